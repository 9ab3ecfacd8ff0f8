/** Bodies: what is promised in headers is held to, and nothing counts as taken in before it is proven. */
import { createHash } from "node:crypto";
import { createServer, request as send, type IncomingMessage } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AwsError } from "../kernel/errors.ts";
import { openBody, readBody, readVerifiedBody, type BodyOptions } from "./body.ts";
import type { HttpRequest } from "./http.ts";

const HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const HELLO_MD5 = "XUFAKrxLKna5cZ2REBfFkg==";
const HELLO_CRC32 = "NhCmhg==";

function put(body: string | Uint8Array, headers: Record<string, string> = {}): HttpRequest {
  const bytes = Buffer.from(body);
  return {
    method: "PUT",
    path: "/b/k",
    query: "",
    headers: { "content-length": String(bytes.length), ...headers },
    body: Readable.from([bytes], { objectMode: false }),
  };
}

function take(request: HttpRequest, more: Omit<BodyOptions, "request"> = {}) {
  return readVerifiedBody({ request, ...more });
}

async function refusal(run: () => Promise<unknown>): Promise<AwsError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a body that keeps its promises", () => {
  it("is told with its length, MD5 and the checksum that came with it", async () => {
    const headers = {
      "content-md5": HELLO_MD5,
      "x-amz-content-sha256": HELLO_SHA256,
      "x-amz-checksum-crc32": HELLO_CRC32,
      "x-amz-sdk-checksum-algorithm": "CRC32",
    };
    expect(await take(put("hello", headers))).toEqual({
      bytes: Buffer.from("hello"),
      length: 5,
      md5: "5d41402abc4b2a76b9719d911017c592",
      checksum: { algorithm: "CRC32", value: HELLO_CRC32 },
    });
  });

  it("gets the checksum that the service wants when the client sent none", async () => {
    const { checksum } = await take(put("123456789"), { defaultChecksum: "CRC64NVME" });
    expect(checksum).toEqual({
      algorithm: "CRC64NVME",
      value: Buffer.from("ae8b14860a799888", "hex").toString("base64"),
    });
    expect((await take(put("hello"))).checksum).toBeUndefined();
  });

  it("may be aws-chunked with its checksum in a trailer", async () => {
    const coded = `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${HELLO_CRC32}\r\n\r\n`;
    const { bytes, length, checksum } = await take(put(coded, trailerHeaders("5")));
    expect([bytes.toString(), length, checksum?.value]).toEqual(["hello", 5, HELLO_CRC32]);
  });

  it("may carry any checksum in its header", async () => {
    for (const algorithm of ["SHA1", "SHA256", "SHA512", "MD5"] as const) {
      const value = createHash(algorithm).update("hello").digest("base64");
      const headers = { [`x-amz-checksum-${algorithm.toLowerCase()}`]: value };
      expect((await take(put("hello", headers))).checksum).toEqual({ algorithm, value });
      expect((await refusal(() => take(put("hellO", headers)))).code).toBe("BadDigest");
    }
  });

  it("may name MD5 as its checksum and send it as Content-MD5, as the SDK does", async () => {
    const headers = { "content-md5": HELLO_MD5, "x-amz-sdk-checksum-algorithm": "MD5" };
    expect((await take(put("hello", headers))).length).toBe(5);
  });

  it("may be empty", async () => {
    const { length, md5 } = await take(put(""));
    expect([length, md5]).toEqual([0, "d41d8cd98f00b204e9800998ecf8427e"]);
  });

  it("may come with the checksum of something else, where the operation says so", async () => {
    const request = put("<xml/>", { "x-amz-checksum-crc32": HELLO_CRC32 });
    expect((await take(request, { verifyChecksum: false })).checksum).toBeUndefined();
  });
});

function trailerHeaders(decodedLength: string): Record<string, string> {
  return {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "content-encoding": "aws-chunked",
    "x-amz-trailer": "x-amz-checksum-crc32",
    "x-amz-decoded-content-length": decodedLength,
  };
}

describe("a body that breaks them is refused", () => {
  it.each([
    ["IncompleteBody", "hell", { "content-length": "5" }],
    ["BadDigest", "hellO", { "content-md5": HELLO_MD5 }],
    ["InvalidDigest", "hello", { "content-md5": "XUFA" }],
    ["XAmzContentSHA256Mismatch", "hellO", { "x-amz-content-sha256": HELLO_SHA256 }],
    ["InvalidArgument", "hello", { "x-amz-content-sha256": "abc" }],
    ["InvalidArgument", "hello", { "x-amz-content-sha256": "STREAMING-SOMETHING" }],
    ["NotImplemented", "hello", { "x-amz-content-sha256": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" }],
    ["BadDigest", "hellO", { "x-amz-checksum-crc32": HELLO_CRC32 }],
    ["InvalidRequest", "hello", { "x-amz-checksum-crc32": "AAA=" }],
    ["InvalidRequest", "hello", { "x-amz-checksum-crc32": HELLO_CRC32, "x-amz-checksum-md5": HELLO_MD5 }],
    ["InvalidRequest", "hello", { "x-amz-checksum-crc32": HELLO_CRC32, "x-amz-sdk-checksum-algorithm": "SHA1" }],
    ["InvalidRequest", "hello", { "x-amz-sdk-checksum-algorithm": "CRC32" }],
    ["InvalidRequest", "hello", { ...trailerHeaders("5"), "x-amz-trailer": "x-amz-checksum-crc33" }],
    ["MissingContentLength", "hello", { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }],
    ["BadDigest", `5\r\nhellO\r\n0\r\nx-amz-checksum-crc32:${HELLO_CRC32}\r\n\r\n`, trailerHeaders("5")],
    ["InvalidRequest", `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAA\r\n\r\n`, trailerHeaders("5")],
  ] as const)("with %s", async (code, body, headers) => {
    expect((await refusal(() => take(put(body, headers)))).code).toBe(code);
  });

  it("in S3's words", async () => {
    const crc = await refusal(() => take(put("hellO", { "x-amz-checksum-crc32": HELLO_CRC32 })));
    expect(crc.message).toBe("The CRC32 you specified did not match the calculated checksum.");
    const md5 = await refusal(() => take(put("hellO", { "content-md5": HELLO_MD5 })));
    expect(md5.details.members).toMatchObject({ ExpectedDigest: "5d41402abc4b2a76b9719d911017c592" });
  });

  it("when it is too long, by its header or by its bytes", async () => {
    expect((await refusal(() => take(put("hello"), { maxBytes: 4 }))).code).toBe("EntityTooLarge");
    const unknown: HttpRequest = { ...put("hello"), headers: {} };
    expect((await refusal(() => take(unknown, { maxBytes: 4 }))).code).toBe("EntityTooLarge");
  });

  it("when S3 cannot know its length", async () => {
    const request: HttpRequest = { ...put("hello"), headers: { "transfer-encoding": "chunked" } };
    expect((await refusal(() => take(request))).code).toBe("MissingContentLength");
  });
});

describe("a stream", () => {
  it("gives the bytes, then the facts", async () => {
    const { stream, finished } = openBody({ request: put("hello") });
    expect(Buffer.concat(await stream.toArray()).toString()).toBe("hello");
    expect((await finished).length).toBe(5);
  });

  it("fails with the same error as its facts", async () => {
    const { stream, finished } = openBody({ request: put("hellO", { "content-md5": HELLO_MD5 }) });
    const streamError = await refusal(() => stream.toArray());
    expect(streamError.code).toBe("BadDigest");
    expect(await refusal(() => finished)).toBe(streamError);
  });

  it("that its reader leaves has no facts", async () => {
    const { stream, finished } = openBody({ request: put("hello") });
    stream.destroy();
    expect((await refusal(() => finished)).code).toBe("IncompleteBody");
  });

  it("of a client that hangs up is an incomplete body", async () => {
    const { code } = await overHttp(
      (port) => {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", () => undefined);
        socket.end("PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhell");
      },
      (request) => refusal(() => take(request)),
    );
    expect(code).toBe("IncompleteBody");
  });

  it("that is refused half way leaves the connection open for the answer", async () => {
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      const server = createServer((incoming, reply) => {
        void refusal(() => take(received(incoming)))
          .then((error) => reply.writeHead(error.details.status ?? 500).end())
          .catch(reject);
      });
      server.listen(0, "127.0.0.1", () => {
        const headers = { ...trailerHeaders("100000"), "content-length": "100000" };
        const client = send({ port: portOf(server.address()), method: "PUT", headers }, (reply) => {
          resolve(reply.statusCode);
          client.destroy();
          server.close();
        });
        client.on("error", () => undefined);
        client.write("not a chunk\r\n");
      });
    });
    expect(answered).toBe(400);
  });
});

function received(incoming: IncomingMessage): HttpRequest {
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return { method: "PUT", path: "/b/k", query: "", headers, body: incoming };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}

/** Lets `client` speak to a server and answers what `serve` makes of the request. */
function overHttp<T>(client: (port: number) => void, serve: (request: HttpRequest) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const server = createServer((incoming) => {
      serve(received(incoming))
        .then(resolve, reject)
        .finally(() => server.close());
    });
    server.listen(0, "127.0.0.1", () => client(portOf(server.address())));
  });
}

describe("the body of a service that does not stream", () => {
  const limit = { maxBytes: 1000 };

  it("is read whole", async () => {
    expect((await readBody(put("{}"), limit)).bytes.toString()).toBe("{}");
    expect((await readBody(put(""), limit)).bytes.length).toBe(0);
  });

  it("is unzipped, and the bytes that were signed are kept", async () => {
    const zipped = gzipSync("hello");
    const { bytes, sent } = await readBody(put(zipped, { "content-encoding": "gzip" }), limit);
    expect([bytes.toString(), sent.equals(zipped)]).toEqual(["hello", true]);
  });

  it.each([
    ["RequestEntityTooLarge", put("a".repeat(1001))],
    ["RequestEntityTooLarge", put(gzipSync("a".repeat(100_000)), { "content-encoding": "gzip" })],
    ["SerializationException", put("not gzip", { "content-encoding": "gzip" })],
    ["SerializationException", put(gzipSync("hello").subarray(0, 12), { "content-encoding": "gzip" })],
    ["UnsupportedMediaTypeException", put("hello", { "content-encoding": "br" })],
    ["IncompleteBody", put("hell", { "content-length": "5" })],
  ])("is refused with %s", async (code, request) => {
    expect((await refusal(() => readBody(request, limit))).code).toBe(code);
  });

  it("that is too long is refused in the service's own words", async () => {
    const tooLarge = () => new AwsError("RequestTooLargeException", "too large", { status: 413 });
    expect((await refusal(() => readBody(put("hello"), { maxBytes: 1, tooLarge }))).code).toBe(
      "RequestTooLargeException",
    );
  });
});
