/** Bodies that are broken or hostile: each codec answers with its own error and never with a crash. */
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AwsError, isAwsError } from "../kernel/errors.ts";
import { decodeCbor } from "./cbor.ts";
import type { Claim } from "./claim.ts";
import { renderError } from "./failure.ts";
import { readInput } from "./input.ts";
import { loadModel } from "./tables.ts";
import { readXmlDocument } from "./xml-reader.ts";

function claimOf(service: string, name: string, protocol: Claim["protocol"]): Claim {
  const model = loadModel(service);
  const operation = model.operations.get(name);
  if (operation === undefined) throw new Error(name);
  const nothing = { labels: {}, query: new Map(), form: undefined, region: undefined, s3: undefined, method: "POST" };
  return { model, operation, protocol, ...nothing };
}

function read(claim: Claim, body: string | Uint8Array): Record<string, unknown> {
  const request = { method: "POST", path: "/", query: "", headers: {}, body: Readable.from([]) };
  return readInput(claim, request, Buffer.from(body));
}

describe("JSON", () => {
  const putLogEvents = claimOf("logs", "PutLogEvents", "awsJson1_1");

  test("that does not parse is SerializationException, at Lambda InvalidRequestContentException", () => {
    expect(() => read(putLogEvents, "{")).toThrow(expect.objectContaining({ code: "SerializationException" }));
    const createFunction = claimOf("lambda", "CreateFunction", "restJson1");
    const code = "InvalidRequestContentException";
    expect(() => read(createFunction, "{")).toThrow(expect.objectContaining({ code }));
  });

  test("that is not UTF-8 is refused, not mended into another name", () => {
    const broken = Buffer.concat([Buffer.from('{"logGroupName":"a'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(() => read(putLogEvents, broken)).toThrow(expect.objectContaining({ code: "SerializationException" }));
    const deleteObjects = claimOf("s3", "DeleteObjects", "restXml");
    const xml = Buffer.concat([
      Buffer.from("<Delete><Object><Key>"),
      Buffer.of(0xff),
      Buffer.from("</Key></Object></Delete>"),
    ]);
    expect(() => read(deleteObjects, xml)).toThrow(expect.objectContaining({ code: "MalformedXML" }));
  });

  test("of the wrong type is refused in AWS's words", () => {
    expect(() => read(putLogEvents, '{"logGroupName":5}')).toThrow("NUMBER_VALUE cannot be converted to String");
    expect(() => read(putLogEvents, '{"logEvents":"x"}')).toThrow("STRING_VALUE cannot be converted to List");
    expect(() => read(putLogEvents, '{"logEvents":[{"timestamp":"x"}]}')).toThrow(
      "STRING_VALUE cannot be converted to Integer",
    );
    expect(() => read(putLogEvents, '{"logGroupName":[]}')).toThrow("Start of list found where not expected");
    expect(() => read(putLogEvents, "[]")).toThrow("Start of list found where not expected");
  });

  test("with unknown members and nulls is read without them, and `__proto__` is a key as any other", () => {
    expect(read(putLogEvents, '{"nope":1,"logGroupName":null,"logStreamName":"s"}')).toEqual({ logStreamName: "s" });
    const { tags } = read(claimOf("logs", "CreateLogGroup", "awsJson1_1"), '{"tags":{"__proto__":"x"}}');
    expect(Object.entries(tags ?? {})).toEqual([["__proto__", "x"]]);
    expect(Object.getPrototypeOf(tags)).toBe(Object.prototype);
  });
});

describe("CBOR", () => {
  test("of any bytes is a value or SerializationException", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeCbor(bytes);
        } catch (error) {
          expect(isAwsError(error, "SerializationException")).toBe(true);
        }
      }),
    );
  });

  test("of a thousand nested lists is refused", () => {
    expect(() => decodeCbor(new Uint8Array(1000).fill(0x81))).toThrow("not valid CBOR");
  });

  test("with indefinite lengths, half floats and tags is read as RFC 8949's examples are", () => {
    const hex = (text: string): unknown => decodeCbor(Buffer.from(text, "hex"));
    expect(hex("9f018202039f0405ffff")).toEqual([1, [2, 3], [4, 5]]);
    expect(hex("7f657374726561646d696e67ff")).toBe("streaming");
    expect(hex("bf61610161629f0203ffff")).toEqual({ a: 1, b: [2, 3] });
    expect(hex("f93e00")).toBe(1.5);
    expect(hex("f90001")).toBe(5.960464477539063e-8);
    expect(hex("3903e7")).toBe(-1000);
    expect(hex("c11a514b67b0")).toEqual(new Date("2013-03-21T20:04:00Z"));
  });
});

describe("XML", () => {
  test("of any text is a document or MalformedXML", () => {
    const pieces = fc.constantFrom(
      "<",
      ">",
      "</",
      "/>",
      "a",
      "b:c",
      " ",
      '"',
      "'",
      "=",
      "&",
      ";",
      "<!--",
      "-->",
      "]]>",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        try {
          readXmlDocument(parts.join(""));
        } catch (error) {
          expect(isAwsError(error, "MalformedXML")).toBe(true);
        }
      }),
    );
  });

  test("is read with its references, CDATA, comments, prefixes and attributes", () => {
    const text = `\uFEFF<?xml version="1.0"?><!-- c -->
      <s:a xmlns:s="u" k='"v&lt;"'>x&#65;&#x42;<!-- c --><![CDATA[<&>]]>\r\n<b/></s:a>\n`;
    const root = readXmlDocument(text);
    expect(root).toMatchObject({ name: "a", text: "xAB<&>\n", children: [{ name: "b", text: "" }] });
    expect(root.attributes.get("k")).toBe('"v<"');
  });

  test("with a document type or without an end is refused", () => {
    for (const text of [
      "",
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "<!DOCTYPE a><a/>",
      "<a b=c/>",
      "<a b='1' b='2'/>",
      "x<a/>",
    ]) {
      expect(() => readXmlDocument(text), text).toThrow(expect.objectContaining({ code: "MalformedXML" }));
    }
    expect(() => readXmlDocument("<a>".repeat(1000))).toThrow(expect.objectContaining({ code: "MalformedXML" }));
  });
});

test("an error that quotes what no XML may hold is XML nevertheless", () => {
  for (const [service, operation, protocol] of [
    ["cloudformation", "CreateStack", "awsQuery"],
    ["s3", "PutObject", "restXml"],
  ] as const) {
    const error = new AwsError("ValidationError", "none is called [a\u0000b\u0001<]");
    const { body } = renderError(claimOf(service, operation, protocol), error, "id");
    expect(body).toContain("none is called [a\uFFFDb\uFFFD&lt;]");
  }
});
