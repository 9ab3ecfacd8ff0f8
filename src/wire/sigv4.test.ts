/** Signatures: AWS's own examples, the SDK's signer as the other side, and every way in which one can be wrong. */
import { createHash, createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";
import { readSignature, verifySignature, type SignatureDialect } from "./sigv4.ts";

const ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const DOC_TIME = Date.UTC(2013, 4, 24);
const MINUTE = 60_000;
const BOTOCORE_TARGET =
  "/b/a%20k?versionId=v&response-content-type=text%2Fplain&acl&other=1&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=mmPFPNQG0mvPKhWEVKyliBIJVS0%3D&x-amz-meta-a=b%20c&content-type=text%2Fcss&x-amz-security-token=tok%2F%2B%3D&Expires=2000000000";

function request(method: string, target: string, headers: Record<string, string>): HttpRequest {
  const [path = "", query = ""] = target.split("?");
  return { method, path, query, headers, body: Readable.from([]) };
}

interface Attempt {
  readonly dialect?: SignatureDialect;
  readonly service?: string;
  readonly secret?: string;
  readonly now?: number;
  readonly payloadHash?: string;
}

function verify(sent: HttpRequest, attempt: Attempt = {}): void {
  const signature = readSignature(sent, attempt.dialect ?? "s3");
  if (signature === undefined) throw new Error("the request is not signed");
  verifySignature({
    request: sent,
    signature,
    secretAccessKey: attempt.secret ?? SECRET,
    service: attempt.service ?? "s3",
    now: attempt.now ?? DOC_TIME,
    ...(attempt.payloadHash === undefined ? {} : { payloadHash: attempt.payloadHash }),
  });
}

function refusal(run: () => unknown): AwsError {
  try {
    run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

function docHeaders(signedHeaders: string, signature: string, more: Record<string, string>): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`,
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    ...more,
  };
}

const GET_OBJECT = request(
  "GET",
  "/test.txt",
  docHeaders(
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    { range: "bytes=0-9", "x-amz-content-sha256": EMPTY },
  ),
);
const PRESIGNED =
  "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

describe("AWS's documented examples are accepted", () => {
  it("GET Object", () => {
    expect(() => verify(GET_OBJECT)).not.toThrow();
  });

  it("PUT Object, whose key holds a dollar sign", () => {
    const sent = docHeaders(
      "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      {
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
    );
    expect(() => verify(request("PUT", "/test%24file.text", sent))).not.toThrow();
    // The same key sent with the dollar sign as it is.
    expect(() => verify(request("PUT", "/test$file.text", sent))).not.toThrow();
  });

  it("GET Bucket Lifecycle, whose query has a name without a value", () => {
    const sent = docHeaders(
      "host;x-amz-content-sha256;x-amz-date",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
      { "x-amz-content-sha256": EMPTY },
    );
    expect(() => verify(request("GET", "/?lifecycle", sent))).not.toThrow();
  });

  it("GET Bucket (List Objects)", () => {
    const sent = docHeaders(
      "host;x-amz-content-sha256;x-amz-date",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
      { "x-amz-content-sha256": EMPTY },
    );
    expect(() => verify(request("GET", "/?prefix=J&max-keys=2", sent))).not.toThrow();
  });

  it("a presigned GET Object", () => {
    expect(() => verify(request("GET", PRESIGNED, { host: "examplebucket.s3.amazonaws.com" }))).not.toThrow();
  });

  it("IAM ListUsers of the general reference", () => {
    const sent = {
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      host: "iam.amazonaws.com",
      "x-amz-date": "20150830T123600Z",
    };
    const attempt: Attempt = {
      dialect: "query",
      service: "iam",
      secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      now: Date.UTC(2015, 7, 30, 12, 36),
    };
    expect(() => verify(request("GET", "/?Action=ListUsers&Version=2010-05-08", sent), attempt)).not.toThrow();
  });
});

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error("the signer never starts a hash again");
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

interface Signing {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly sessionToken?: string;
  readonly expiresIn?: number;
}

/** A request as an AWS SDK signs it, at DOC_TIME. */
async function signed(signing: Signing): Promise<HttpRequest> {
  const signer = new SignatureV4({
    service: signing.service,
    region: "eu-west-1",
    sha256: Sha256,
    uriEscapePath: signing.service !== "s3",
    credentials: {
      accessKeyId: ACCESS_KEY,
      secretAccessKey: SECRET,
      ...(signing.sessionToken === undefined ? {} : { sessionToken: signing.sessionToken }),
    },
  });
  const unsigned = {
    method: signing.method ?? "GET",
    protocol: "http:",
    hostname: "localhost",
    port: 4566,
    path: signing.path ?? "/",
    query: signing.query ?? {},
    headers: { host: "localhost:4566", ...signing.headers },
    body: signing.body,
  };
  const options = { signingDate: new Date(DOC_TIME) };
  const made =
    signing.expiresIn === undefined
      ? await signer.sign(unsigned, options)
      : await signer.presign(unsigned, { ...options, expiresIn: signing.expiresIn });
  const query = Object.entries(made.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one ?? "")}`,
    ),
  );
  const headers = Object.entries(made.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return request(made.method, `${made.path}?${query.join("&")}`, Object.fromEntries(headers));
}

describe("what an SDK signs is accepted", () => {
  it("for any S3 key, query and header", async () => {
    const word = fc.string({ unit: "binary", maxLength: 12 }).filter((text) => Buffer.from(text).toString() === text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          word.filter((text) => text !== ""),
          { minLength: 1, maxLength: 4 },
        ),
        fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), word, { maxKeys: 4 }),
        fc.stringMatching(/^[ -~]{0,20}$/),
        async (segments, query, meta) => {
          const path = `/${segments.map(encodeSegment).join("/")}`;
          const sent = await signed({ service: "s3", path, query, headers: { "x-amz-meta-note": meta } });
          verify(sent);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("for a body, in a service whose path is encoded twice", async () => {
    const body = '{"a":1}';
    const path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Af/invocations";
    const sent = await signed({ service: "lambda", method: "POST", path, body });
    const payloadHash = createHash("sha256").update(body).digest("hex");
    expect(() => verify(sent, { dialect: "restJson", service: "lambda", payloadHash })).not.toThrow();
    const other = refusal(() => verify(sent, { dialect: "restJson", service: "lambda", payloadHash: EMPTY }));
    expect(other.code).toBe("InvalidSignatureException");
  });

  it("with a session token, in the header and in a presigned query", async () => {
    const sessionToken = "FwoGZXIvYXdzE//+=";
    // The S3 presigner declares its payload so, and the signer moves the header into the query.
    const presigned = { expiresIn: 60, headers: { "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" } };
    for (const more of [{}, presigned]) {
      const sent = await signed({ service: "s3", path: "/b/k", sessionToken, ...more });
      expect(readSignature(sent, "s3")?.sessionToken).toBe(sessionToken);
      expect(() => verify(sent)).not.toThrow();
    }
  });

  it("for a presigned request to a service other than S3, as EKS's tokens are", async () => {
    const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    const sent = await signed({ service: "sts", query, headers: { "x-k8s-aws-id": "cluster" }, expiresIn: 60 });
    const attempt: Attempt = { dialect: "query", service: "sts" };
    expect(() => verify({ ...sent, headers: { ...sent.headers, "x-k8s-aws-id": "cluster" } }, attempt)).not.toThrow();
    const late = refusal(() => verify(sent, { ...attempt, now: DOC_TIME + 16 * MINUTE }));
    expect(late.message).toBe(
      "Signature expired: 20130524T000000Z is now earlier than 20130524T000100Z (20130524T001600Z - 15 min.)",
    );
  });
});

function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

describe("a wrong signature is refused", () => {
  it("by S3 with what it calculated", () => {
    const error = refusal(() => verify(GET_OBJECT, { secret: "another" }));
    expect(error.code).toBe("SignatureDoesNotMatch");
    expect(error.details.status).toBe(403);
    expect(error.details.members).toMatchObject({
      AWSAccessKeyId: ACCESS_KEY,
      SignatureProvided: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      StringToSign:
        "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
    });
    expect(error.details.members?.["CanonicalRequestBytes"]).toMatch(/^47 45 54 0a 2f /);
  });

  it("when anything that was signed is changed", () => {
    const changed: HttpRequest[] = [
      { ...GET_OBJECT, method: "HEAD" },
      { ...GET_OBJECT, path: "/test.tx" },
      { ...GET_OBJECT, query: "versionId=1" },
      { ...GET_OBJECT, headers: { ...GET_OBJECT.headers, range: "bytes=0-10" } },
    ];
    for (const one of changed) expect(refusal(() => verify(one)).code).toBe("SignatureDoesNotMatch");
  });

  it("by a JSON service with the canonical string in its message", async () => {
    const sent = await signed({ service: "logs", method: "POST", body: "{}" });
    const error = refusal(() => verify(sent, { dialect: "json", service: "logs", secret: "x" }));
    expect(error.code).toBe("InvalidSignatureException");
    expect(error.message).toContain("The Canonical String for this request should have been\n'POST\n/\n");
  });

  it("when an x-amz- header was added after signing", () => {
    const error = refusal(() =>
      verify({ ...GET_OBJECT, headers: { ...GET_OBJECT.headers, "x-amz-acl": "public-read" } }),
    );
    expect(error.code).toBe("AccessDenied");
    expect(error.details.members).toEqual({ HeadersNotSigned: "x-amz-acl" });
  });

  it("when it was made for another service", () => {
    const error = refusal(() => verify(GET_OBJECT, { service: "sts" }));
    expect(error.code).toBe("AuthorizationHeaderMalformed");
    expect(error.message).toContain(`incorrect service "s3". This endpoint belongs to "sts".`);
  });
});

describe("time is judged by the clock that is passed", () => {
  it("S3 allows fifteen minutes in both directions", () => {
    for (const now of [DOC_TIME - 15 * MINUTE, DOC_TIME + 15 * MINUTE])
      expect(() => verify(GET_OBJECT, { now })).not.toThrow();
    for (const now of [DOC_TIME - 16 * MINUTE, DOC_TIME + 16 * MINUTE]) {
      const error = refusal(() => verify(GET_OBJECT, { now }));
      expect(error.code).toBe("RequestTimeTooSkewed");
      expect(error.details.members).toMatchObject({
        RequestTime: "20130524T000000Z",
        MaxAllowedSkewMilliseconds: 900_000,
      });
    }
  });

  it("other services allow five", async () => {
    const sent = await signed({ service: "sts" });
    const at = (now: number) => refusal(() => verify(sent, { dialect: "query", service: "sts", now }));
    expect(at(DOC_TIME + 6 * MINUTE).message).toBe(
      "Signature expired: 20130524T000000Z is now earlier than 20130524T000100Z (20130524T000600Z - 5 min.)",
    );
    expect(at(DOC_TIME - 6 * MINUTE).message).toContain(
      "Signature not yet current: 20130524T000000Z is still later than",
    );
  });

  it("a presigned URL ends when it says, and does not begin before it was made", () => {
    const sent = request("GET", PRESIGNED, { host: "examplebucket.s3.amazonaws.com" });
    expect(() => verify(sent, { now: DOC_TIME + 86_400_000 })).not.toThrow();
    const late = refusal(() => verify(sent, { now: DOC_TIME + 86_401_000 }));
    expect([late.code, late.message]).toEqual(["AccessDenied", "Request has expired"]);
    expect(late.details.members).toEqual({
      "X-Amz-Expires": 86_400,
      Expires: "2013-05-25T00:00:00Z",
      ServerTime: "2013-05-25T00:00:01Z",
    });
    expect(refusal(() => verify(sent, { now: DOC_TIME - 60 * MINUTE })).message).toBe("Request is not yet valid");
  });
});

describe("a malformed signature is refused in the service's words", () => {
  const read = (headers: Record<string, string>, dialect: SignatureDialect = "s3", target = "/") =>
    refusal(() => readSignature(request("GET", target, headers), dialect));
  const authorization = GET_OBJECT.headers["authorization"] ?? "";
  const date = { "x-amz-date": "20130524T000000Z" };

  it("an unsigned request has no signature, and that is no error here", () => {
    expect(readSignature(request("GET", "/?a=b", {}), "s3")).toBeUndefined();
  });

  it.each([
    ["AuthorizationHeaderMalformed", { ...date, authorization: "AWS4-HMAC-SHA256 Credential=a" }],
    ["AuthorizationHeaderMalformed", { ...date, authorization: authorization.replace("/s3/", "/") }],
    ["AuthorizationHeaderMalformed", { ...date, authorization: authorization.replace("aws4_request", "aws4") }],
    ["AuthorizationHeaderMalformed", { ...date, authorization: authorization.replace("20130524", "2013-05-24") }],
    ["AuthorizationHeaderMalformed", { "x-amz-date": "20130525T000000Z", authorization }],
    ["InvalidArgument", { ...date, authorization: "Bearer token" }],
    ["InvalidRequest", { ...date, authorization: "AWS AKID:signature" }],
    ["InvalidRequest", { ...date, authorization }],
    ["AccessDenied", { authorization }],
    ["AccessDenied", { authorization, "x-amz-date": "20130231T000000Z" }],
    ["NotImplemented", { ...date, authorization: authorization.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256") }],
  ] as const)("S3 answers %s", (code, headers) => {
    expect(read(headers).code).toBe(code);
  });

  it.each([
    ["X-Amz-Expires must be less than a week", PRESIGNED.replace("86400", "604801")],
    ["X-Amz-Expires must be non-negative", PRESIGNED.replace("86400", "-1")],
    ["X-Amz-Expires should be a number", PRESIGNED.replace("86400", "soon")],
    ["Query-string authentication version 4 requires", PRESIGNED.replace("X-Amz-SignedHeaders=host&", "")],
    ["the Credential is mal-formed", PRESIGNED.replace("%2Fs3", "")],
    ["X-Amz-Date must be in the ISO8601 Long Format", PRESIGNED.replace("20130524T000000Z", "now")],
    ["X-Amz-Algorithm only supports", PRESIGNED.replace("AWS4-HMAC-SHA256", "AWS4")],
  ])("S3 says of a presigned URL: %s", (words, target) => {
    const error = read({}, "s3", target);
    expect(error.code).toBe("AuthorizationQueryParametersError");
    expect(error.message).toContain(words);
  });

  it("the other services name each part that is missing", () => {
    const error = read({ authorization: "AWS4-HMAC-SHA256 Credential=a" }, "query");
    expect(error.code).toBe("IncompleteSignature");
    expect(error.message).toMatch(
      /^Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. \(Hashed/,
    );
    expect(read({ ...date, authorization: "Bearer token" }, "json").message).toBe(
      "'token' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer token'.",
    );
  });

  it("any header at all is answered by an AWS error or read", () => {
    const dialects = fc.constantFrom<SignatureDialect>("s3", "query", "json", "restJson");
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), dialects, (text, when, query, dialect) => {
        const sent = request("GET", `/?X-Amz-Algorithm=${query}`, {});
        for (const one of [
          sent,
          request("GET", "/", { authorization: `AWS4-HMAC-SHA256 ${text}`, "x-amz-date": when }),
        ]) {
          try {
            readSignature(one, dialect);
          } catch (error) {
            expect(error).toBeInstanceOf(AwsError);
          }
        }
      }),
    );
  });
});

describe("a presigned S3 URL of Version 2, as aws s3 presign makes it", () => {
  // AWS "Signing and Authenticating REST Requests" prints this URL, and the string that it signs.
  const target =
    "/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620";
  const sent = request("GET", target, { host: "johnsmith.s3.amazonaws.com" });
  const end = 1_175_139_620_000;

  it("is accepted until it ends", () => {
    expect(readSignature(sent, "s3")).toMatchObject({ accessKeyId: ACCESS_KEY, service: "s3", region: "" });
    expect(() => verify(sent, { now: end })).not.toThrow();
    expect(refusal(() => verify(sent, { now: end + 1000 })).message).toBe("Request has expired");
  });

  it("signs its sub-resources, its security token and the reply's headers, but no other parameter", () => {
    // Signed by botocore 1.43 (HmacV1QueryAuth).
    const more = request("PUT", BOTOCORE_TARGET, { host: "localhost:4566" });
    expect(() => verify(more, { now: 0 })).not.toThrow();
    expect(readSignature(more, "s3")?.sessionToken).toBe("tok/+=");
    const other = { ...more, query: more.query.replace("versionId=v", "versionId=w") };
    expect(refusal(() => verify(other, { now: 0 })).code).toBe("SignatureDoesNotMatch");
  });

  it("is refused when it was changed or is not whole", () => {
    expect(refusal(() => verify({ ...sent, path: "/photos/kitten.jpg" }, { now: end })).code).toBe(
      "SignatureDoesNotMatch",
    );
    expect(refusal(() => verify({ ...sent, query: "AWSAccessKeyId=a" }, { now: end })).code).toBe("AccessDenied");
    const never = { ...sent, query: sent.query.replace("1175139620", "soon") };
    expect(refusal(() => verify(never, { now: end })).code).toBe("AccessDenied");
  });
});
