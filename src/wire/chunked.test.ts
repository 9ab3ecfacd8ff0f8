/** aws-chunked: AWS's own examples, any way of cutting the stream, and every way in which it can be wrong. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsError } from "../kernel/errors.ts";
import { decodeChunked, type ChunkedOptions, type ChunkSigning } from "./chunked.ts";
import { signingKey } from "./sigv4-key.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/** The examples of AWS's pages send 65,536 and 1,024 times the letter a. */
const FIRST = "a".repeat(65_536);
const SECOND = "a".repeat(1024);

function docSigning(seedSignature: string): ChunkSigning {
  return {
    key: signingKey(SECRET, "20130524", "us-east-1", "s3"),
    timestamp: "20130524T000000Z",
    scope: "20130524/us-east-1/s3/aws4_request",
    seedSignature,
  };
}

function docBody(signatures: readonly [string, string, string], trailers = ""): string {
  const [first, second, last] = signatures;
  return `10000;chunk-signature=${first}\r\n${FIRST}\r\n400;chunk-signature=${second}\r\n${SECOND}\r\n0;chunk-signature=${last}\r\n${trailers}\r\n`;
}

const PAYLOAD_BODY = docBody([
  "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
  "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
  "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
]);
const PAYLOAD: ChunkedOptions = {
  decodedLength: 66_560,
  signed: true,
  signing: docSigning("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"),
};
const TRAILER_BODY = docBody(
  [
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
  ],
  "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
);
const TRAILER: ChunkedOptions = {
  decodedLength: 66_560,
  signed: true,
  trailers: ["x-amz-checksum-crc32c"],
  signing: docSigning("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"),
};
const UNSIGNED: ChunkedOptions = { decodedLength: 5, signed: false, trailers: [] };

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.filter((cut) => cut <= bytes.length), bytes.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function decode(text: string | Uint8Array, options: ChunkedOptions, cuts: readonly number[] = []) {
  const pieces: Uint8Array[] = [];
  let trailers: ReadonlyMap<string, string> = new Map();
  const noted: ChunkedOptions = {
    ...options,
    onTrailers: (found) => {
      trailers = found;
    },
  };
  const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  for await (const piece of decodeChunked(inPieces(bytes, cuts), noted)) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), trailers };
}

async function refusal(text: string, options: ChunkedOptions): Promise<AwsError> {
  try {
    await decode(text, options);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("AWS's documented examples are decoded and verified", () => {
  it("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", async () => {
    expect((await decode(PAYLOAD_BODY, PAYLOAD)).bytes.toString()).toBe(FIRST + SECOND);
  });

  it("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", async () => {
    const { bytes, trailers } = await decode(TRAILER_BODY, TRAILER);
    expect(bytes.toString()).toBe(FIRST + SECOND);
    expect([...trailers]).toEqual([["x-amz-checksum-crc32c", "sOO8/Q=="]]);
  });

  it("however the network cuts them", async () => {
    const near = fc.array(fc.oneof(fc.nat(66_900), fc.nat(100), fc.integer({ min: 65_600, max: 66_950 })), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(near, async (cuts) => {
        expect((await decode(TRAILER_BODY, TRAILER, cuts)).bytes.length).toBe(66_560);
      }),
      { numRuns: 50 },
    );
  });
});

describe("unsigned chunks", () => {
  it("any body, in any chunks, cut anywhere, comes out as it went in", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 8192, max: 9000 }), { maxLength: 3 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(28_000), { maxLength: 8 }),
        async (sizes, tail, cuts) => {
          const chunks = [...sizes.map((size) => Buffer.alloc(size, size & 255)), Buffer.from(tail)].filter(
            (c) => c.length > 0,
          );
          const framed = chunks.flatMap((chunk) => [
            Buffer.from(`${chunk.length.toString(16)}\r\n`),
            chunk,
            Buffer.from("\r\n"),
          ]);
          const coded = Buffer.concat([...framed, Buffer.from("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n")]);
          const plain = Buffer.concat(chunks);
          const options = { decodedLength: plain.length, signed: false, trailers: ["x-amz-checksum-crc32"] };
          expect((await decode(coded, options, cuts)).bytes.equals(plain)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("pass bytes on before a chunk is whole, so that a large one is never held", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("140000000\r\n");
      yield Buffer.from("the first bytes of 5 GiB");
      throw new Error("the reader asked for more than it needed");
    }
    const decoder = decodeChunked(endless(), { ...UNSIGNED, decodedLength: 5 * 1024 ** 3 });
    const first = await decoder.next();
    expect(Buffer.from(first.value ?? []).toString()).toBe("the first bytes of 5 GiB");
    await decoder.return();
  });
});

describe("a tampered stream is refused", () => {
  it.each([
    ["a byte of a chunk", PAYLOAD_BODY.replace("aaaa\r\n400", "aaab\r\n400"), PAYLOAD],
    ["a chunk's signature", PAYLOAD_BODY.replace("0055627c", "1055627c"), PAYLOAD],
    ["the last chunk's signature", PAYLOAD_BODY.replace("b6c6ea8a", "c6c6ea8a"), PAYLOAD],
    ["a trailer", TRAILER_BODY.replace("sOO8/Q==", "AAAAAA=="), TRAILER],
    ["the trailers' signature", TRAILER_BODY.replace("d81f82fc", "e81f82fc"), TRAILER],
  ])("with SignatureDoesNotMatch when %s was changed", async (_, body, options) => {
    const error = await refusal(body, options);
    expect([error.code, error.details.status]).toEqual(["SignatureDoesNotMatch", 403]);
  });

  it("when the seed is another request's", async () => {
    expect((await refusal(PAYLOAD_BODY, { ...PAYLOAD, signing: docSigning("00") })).code).toBe("SignatureDoesNotMatch");
  });

  it("when chunks that should be signed are not", async () => {
    expect((await refusal("5\r\nhello\r\n0\r\n\r\n", { ...PAYLOAD, decodedLength: 5 })).code).toBe("IncompleteBody");
  });
});

describe("a malformed stream is refused", () => {
  it("when it is cut short, wherever that is", async () => {
    const body = "5\r\nhello\r\n0\r\n\r\n";
    for (let length = 0; length < body.length; length++) {
      expect((await refusal(body.slice(0, length), UNSIGNED)).code).toBe("IncompleteBody");
    }
    expect((await decode(body, UNSIGNED)).bytes.toString()).toBe("hello");
  });

  it.each([
    ["IncompleteBody", "4\r\nhell\r\n0\r\n\r\n"],
    ["IncompleteBody", "6\r\nhello!\r\n0\r\n\r\n"],
    ["IncompleteBody", "5\r\nhello!\r\n0\r\n\r\n"],
    ["IncompleteBody", "5\r\nhello\r\n0\r\n\r\nmore\r\n"],
    ["IncompleteBody", "-5\r\nhello\r\n0\r\n\r\n"],
    ["IncompleteBody", "x\r\n"],
    ["IncompleteBody", "5".repeat(5000)],
    ["MalformedTrailerError", "5\r\nhello\r\n0\r\nnot a trailer\r\n\r\n"],
    ["MalformedTrailerError", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"],
    ["MalformedTrailerError", "5\r\nhello\r\n0\r\nx-amz-trailer-signature:00\r\n\r\n"],
  ])("with %s", async (code, body) => {
    expect((await refusal(body, UNSIGNED)).code).toBe(code);
  });

  it("when a trailer that was announced does not come", async () => {
    const options = { ...UNSIGNED, trailers: ["x-amz-checksum-crc32"] };
    expect((await refusal("5\r\nhello\r\n0\r\n\r\n", options)).code).toBe("MalformedTrailerError");
  });

  it("when a chunk before the last is smaller than AWS allows", async () => {
    const error = await refusal("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", UNSIGNED);
    expect([error.code, error.details.status]).toEqual(["InvalidChunkSizeError", 403]);
    expect(error.details.members).toEqual({ Chunk: 2, BadChunkSize: 3 });
  });
});
