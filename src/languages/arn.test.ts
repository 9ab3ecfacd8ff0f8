import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arnMatches, ArnSyntaxError, formatArn, parseArn, splitResource, tryParseArn } from "./arn.ts";

describe("an ARN", () => {
  it("is read into its parts, and the resource keeps its own colons", () => {
    expect(parseArn("arn:aws:lambda:eu-west-1:111122223333:function:f:7")).toEqual({
      partition: "aws",
      service: "lambda",
      region: "eu-west-1",
      account: "111122223333",
      resource: "function:f:7",
    });
  });

  it("may have neither region nor account", () => {
    expect(parseArn("arn:aws:s3:::bucket/a/b")).toMatchObject({ region: "", account: "", resource: "bucket/a/b" });
  });

  it.each(["", "arn", "arn:aws:s3", "arn:aws:s3:::", "urn:aws:s3:::b", "arn::s3:::b", "arn:aws::::b"])(
    "is not %j",
    (text) => {
      expect(tryParseArn(text)).toBeUndefined();
      expect(() => parseArn(text)).toThrow(ArnSyntaxError);
      expect(() => parseArn(text)).toThrow(`"${text}" is not an ARN`);
    },
  );

  it("is the same after it was read and written", () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    const arn = fc.record({
      partition: part,
      service: part,
      region: part,
      account: part,
      resource: fc.stringMatching(/^[a-z:/*]{1,12}$/),
    });
    fc.assert(
      fc.property(arn, (arn) => {
        expect(parseArn(formatArn(arn))).toEqual({ ...arn });
      }),
    );
  });

  it("has a type and an id in its resource", () => {
    expect(splitResource("role/team/Deploy")).toEqual({ type: "role", id: "team/Deploy" });
    expect(splitResource("function:f:1")).toEqual({ type: "function", id: "f:1" });
    expect(splitResource("queue")).toEqual({ id: "queue" });
  });
});

describe("an ARN with wildcards", () => {
  it.each([
    ["arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", true],
    ["arn:aws:sns:us-*-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t", true],
    ["arn:aws:sns:*:111122223333:t", "arn:aws:sns:us-east-1:444455556666:t", false],
    ["arn:aws:sns:*", "arn:aws:sns:us-east-1:444455556666:t", false],
    ["*", "arn:aws:sns:us-east-1:444455556666:t", false],
    ["arn:aws:logs:*:*:log-group:*:*", "arn:aws:logs:us-east-1:1:log-group:/a:log-stream:b", true],
  ])("%j against %j is %j, part by part", (pattern, text, expected) => {
    expect(arnMatches(pattern, text)).toBe(expected);
  });
});
