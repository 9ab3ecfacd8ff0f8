/** Reads who signed a request, and how, out of its `Authorization` header or its presigned query. Nothing is verified. */
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";
import {
  asymmetricNotImplemented,
  headerMalformed,
  incompleteSignature,
  queryParametersError,
  type SignatureDialect,
} from "./sigv4-error.ts";
import { readLegacySignature, type LegacySignature } from "./sigv4-legacy.ts";
import { sha256Hex } from "./sigv4-key.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const ASYMMETRIC = "AWS4-ECDSA-P256-SHA256";
/** The longest that a presigned URL may live, seconds. */
const MAX_EXPIRES_SECONDS = 604_800;

/** A request's signature as it came. */
export interface Signature {
  readonly dialect: SignatureDialect;
  readonly accessKeyId: string;
  /** The day of the credential scope, `yyyyMMdd`. */
  readonly date: string;
  readonly region: string;
  /** The signing name of the credential scope, e.g. `s3`, `monitoring`. */
  readonly service: string;
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[];
  /** Hex, as the client sent it. */
  readonly signature: string;
  /** When the request was signed, `yyyyMMdd'T'HHmmss'Z'`. */
  readonly timestamp: string;
  /** The same moment in epoch milliseconds. */
  readonly signedAt: number;
  /** Present when the signature came in the query; `expires` in seconds, absent where the service does not need it. */
  readonly presigned?: { readonly expires?: number };
  readonly sessionToken?: string;
  /** `x-amz-content-sha256` as the client declared it: a hex hash, `UNSIGNED-PAYLOAD` or `STREAMING-…`. */
  readonly payloadHash?: string;
  /** Present for S3's presigned URLs of Version 2, which have no scope: `date`, `region` and `timestamp` are "" then. */
  readonly legacy?: LegacySignature;
}

/**
 * The signature of a request, or undefined when it has none (whether that is allowed is the gateway's matter).
 * @throws AwsError in `dialect`'s words: `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`,
 * `InvalidArgument` or `AccessDenied` from S3, `IncompleteSignature(Exception)` from the others, and `NotImplemented`
 * for Signature Version 4A
 */
export function readSignature(request: HttpRequest, dialect: SignatureDialect): Signature | undefined {
  const authorization = request.headers["authorization"];
  const presigned = mentionsSignature(request.query);
  if (authorization === undefined) return presigned ? readPresigned(request, dialect) : undefined;
  if (presigned && dialect === "s3") {
    throw new AwsError(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
      { status: 400, members: { ArgumentName: "Authorization", ArgumentValue: authorization } },
    );
  }
  return readHeader(request, authorization, dialect);
}

/** True when a query carries a signature of Version 4 (`X-Amz-…`) or of Version 2 (`AWSAccessKeyId`, `Signature`). */
function mentionsSignature(query: string): boolean {
  if (query === "") return false;
  return (
    query.includes("X-Amz-Algorithm=") ||
    query.includes("X-Amz-Credential=") ||
    query.includes("X-Amz-Signature=") ||
    query.includes("AWSAccessKeyId=")
  );
}

function readHeader(request: HttpRequest, authorization: string, dialect: SignatureDialect): Signature {
  const space = authorization.indexOf(" ");
  const scheme = space < 0 ? authorization : authorization.slice(0, space);
  if (scheme !== ALGORITHM) throw unsupportedScheme(scheme, authorization, dialect);
  const parts = headerParts(authorization.slice(ALGORITHM.length + 1), authorization, dialect);
  const when = signingTime(request, dialect);
  const { Credential, SignedHeaders, Signature } = parts;
  if (Credential === undefined || SignedHeaders === undefined || Signature === undefined || when === undefined) {
    throw missingParts(parts, when !== undefined, authorization, dialect);
  }
  const signature = withScope(Credential, SignedHeaders, Signature, when, dialect, "header");
  const payloadHash = request.headers["x-amz-content-sha256"];
  if (dialect === "s3" && payloadHash === undefined) {
    throw new AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", {
      status: 400,
    });
  }
  const sessionToken = request.headers["x-amz-security-token"];
  return {
    ...signature,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(payloadHash === undefined ? {} : { payloadHash }),
  };
}

/** `Credential=…, SignedHeaders=…, Signature=…`, in any order and with or without spaces. */
function headerParts(text: string, authorization: string, dialect: SignatureDialect): Partial<Record<string, string>> {
  const parts: Partial<Record<string, string>> = {};
  for (const piece of text.split(",")) {
    const pair = piece.trim();
    if (pair === "") continue;
    const at = pair.indexOf("=");
    if (at > 0) {
      parts[pair.slice(0, at)] = pair.slice(at + 1);
    } else if (dialect === "s3") {
      throw headerMalformed(
        "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
      );
    } else {
      throw notKeyValue(pair, authorization, dialect);
    }
  }
  return parts;
}

function notKeyValue(pair: string, authorization: string, dialect: SignatureDialect): AwsError {
  return incompleteSignature(
    dialect,
    `'${pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
  );
}

function unsupportedScheme(scheme: string, authorization: string, dialect: SignatureDialect): AwsError {
  if (scheme === ASYMMETRIC) return asymmetricNotImplemented(ASYMMETRIC);
  if (dialect !== "s3") return notKeyValue(authorization.slice(scheme.length + 1), authorization, dialect);
  if (scheme === "AWS") return versionTwo();
  return new AwsError("InvalidArgument", "Unsupported Authorization Type", {
    status: 400,
    members: { ArgumentName: "Authorization", ArgumentValue: authorization },
  });
}

function versionTwo(): AwsError {
  return new AwsError(
    "InvalidRequest",
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    { status: 400 },
  );
}

function missingParts(
  parts: Partial<Record<string, string>>,
  hasDate: boolean,
  authorization: string,
  dialect: SignatureDialect,
): AwsError {
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => parts[name] === undefined);
  if (dialect === "s3") {
    if (missing.length === 0) {
      return new AwsError("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header", {
        status: 403,
      });
    }
    return headerMalformed(
      "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
    );
  }
  const sentences = missing.map((name) => `Authorization header requires '${name}' parameter. `);
  if (!hasDate) sentences.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  const digest = Buffer.from(sha256Hex(authorization), "hex").toString("base64");
  const message = `${sentences.join("")}(Hashed with SHA-256 and encoded with Base64) Authorization=${digest}`;
  return incompleteSignature(dialect, message);
}

function readPresigned(request: HttpRequest, dialect: SignatureDialect): Signature {
  const parameters = new URLSearchParams(request.query);
  const algorithm = parameters.get("X-Amz-Algorithm");
  if (algorithm === null && !parameters.has("X-Amz-Credential") && !parameters.has("X-Amz-Signature")) {
    if (dialect === "s3") return fromLegacy(readLegacySignature(parameters));
    throw incompleteSignature(dialect, "Signature Version 2 is not supported; sign with AWS4-HMAC-SHA256.");
  }
  if (algorithm === ASYMMETRIC) throw asymmetricNotImplemented(ASYMMETRIC);
  const names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders"];
  const missing = names.filter((name) => !parameters.get(name));
  if (dialect === "s3" && (missing.length > 0 || !parameters.has("X-Amz-Expires"))) {
    throw queryParametersError(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  if (missing.length > 0) {
    const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'. `);
    throw incompleteSignature(dialect, `${sentences.join("")}Re-examine the query-string parameters.`);
  }
  if (algorithm !== ALGORITHM) {
    throw dialect === "s3"
      ? queryParametersError(`X-Amz-Algorithm only supports "${ALGORITHM}"`)
      : incompleteSignature(dialect, `Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const timestamp = parameters.get("X-Amz-Date") ?? "";
  const signedAt = parseBasicTime(timestamp);
  if (signedAt === undefined) {
    throw dialect === "s3"
      ? queryParametersError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
      : notBasicTime(timestamp, dialect);
  }
  const signature = withScope(
    parameters.get("X-Amz-Credential") ?? "",
    parameters.get("X-Amz-SignedHeaders") ?? "",
    parameters.get("X-Amz-Signature") ?? "",
    { timestamp, signedAt },
    dialect,
    "query",
  );
  const sessionToken = parameters.get("X-Amz-Security-Token");
  // A hash that the uploader adds to a finished URL was not there when the URL was signed.
  const inHeader = signature.signedHeaders.includes("x-amz-content-sha256");
  const payloadHash =
    parameters.get("X-Amz-Content-Sha256") ?? (inHeader ? request.headers["x-amz-content-sha256"] : undefined);
  const expires = parameters.get("X-Amz-Expires");
  return {
    ...signature,
    presigned: expires === null ? {} : { expires: expirySeconds(expires, dialect) },
    ...(sessionToken === null ? {} : { sessionToken }),
    ...(payloadHash === undefined ? {} : { payloadHash }),
  };
}

function fromLegacy(legacy: LegacySignature): Signature {
  const { accessKeyId, signature, sessionToken } = legacy;
  const scope = { date: "", region: "", service: "s3", signedHeaders: [], timestamp: "", signedAt: 0 };
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { dialect: "s3", accessKeyId, ...scope, signature, presigned: {}, legacy, ...token };
}

function expirySeconds(text: string, dialect: SignatureDialect): number {
  const seconds = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  const fault = expiryFault(seconds);
  if (fault === undefined) return seconds;
  throw dialect === "s3" ? queryParametersError(fault) : incompleteSignature(dialect, fault);
}

function expiryFault(seconds: number): string | undefined {
  if (Number.isNaN(seconds)) return "X-Amz-Expires should be a number";
  if (seconds < 0) return "X-Amz-Expires must be non-negative";
  if (seconds > MAX_EXPIRES_SECONDS) {
    return "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds";
  }
  return undefined;
}

interface SigningTime {
  readonly timestamp: string;
  readonly signedAt: number;
}

/** `x-amz-date`, or `date` as older clients sign it; undefined when there is neither, or none that S3 can read. */
function signingTime(request: HttpRequest, dialect: SignatureDialect): SigningTime | undefined {
  const stated = request.headers["x-amz-date"] ?? request.headers["date"];
  if (stated === undefined) return undefined;
  const signedAt = parseBasicTime(stated);
  if (signedAt !== undefined) return { timestamp: stated, signedAt };
  const parsed = request.headers["x-amz-date"] === undefined ? Date.parse(stated) : Number.NaN;
  if (!Number.isNaN(parsed)) return { timestamp: basicTime(parsed), signedAt: parsed };
  if (dialect === "s3") return undefined;
  throw notBasicTime(stated, dialect);
}

function notBasicTime(stated: string, dialect: SignatureDialect): AwsError {
  return incompleteSignature(
    dialect,
    `Date must be in ISO-8601 'basic format'. Got '${stated}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

/** Epoch milliseconds of `yyyyMMdd'T'HHmmss'Z'`; undefined when the text is not a moment of the calendar. */
export function parseBasicTime(text: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (found === null) return undefined;
  const day = Number(found[3]);
  const moment = Date.UTC(
    Number(found[1]),
    Number(found[2]) - 1,
    day,
    Number(found[4]),
    Number(found[5]),
    Number(found[6]),
  );
  // Date.UTC carries the 31st of February over into March; such a date was not meant, nor is an hour 24 or a month 13.
  const written = new Date(moment);
  const same = written.getUTCDate() === day && written.getUTCMonth() + 1 === Number(found[2]);
  return same && written.getUTCHours() === Number(found[4]) && written.getUTCMinutes() === Number(found[5])
    ? moment
    : undefined;
}

/** Epoch milliseconds as `yyyyMMdd'T'HHmmss'Z'`. */
export function basicTime(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** Takes the credential apart and checks what can be told from the signature alone. */
function withScope(
  credential: string,
  signedHeaders: string,
  signature: string,
  when: SigningTime,
  dialect: SignatureDialect,
  from: "header" | "query",
): Signature {
  const malformed = (reason: string) =>
    from === "header"
      ? headerMalformed(reason)
      : queryParametersError(`Error parsing the X-Amz-Credential parameter; ${reason}`);
  // An access key id issued elsewhere may contain slashes, so the scope is counted from its end.
  const elements = credential.split("/");
  const [date, region, service, terminator] = elements.slice(-4);
  const accessKeyId = elements.slice(0, -4).join("/");
  if (elements.length < 5 || date === undefined || region === undefined || service === undefined) {
    throw dialect === "s3"
      ? malformed(`the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`)
      : incompleteSignature(
          dialect,
          `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
        );
  }
  if (terminator !== "aws4_request") {
    throw dialect === "s3"
      ? malformed(`incorrect terminal "${terminator}". This endpoint uses "aws4_request".`)
      : incompleteSignature(
          dialect,
          `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`,
        );
  }
  if (accessKeyId === "") {
    throw dialect === "s3"
      ? malformed("a non-empty Access Key (AKID) must be provided in the credential.")
      : incompleteSignature(
          dialect,
          `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
        );
  }
  if (dialect === "s3" && !/^\d{8}$/.test(date)) {
    throw malformed(`incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`);
  }
  if (date !== when.timestamp.slice(0, 8)) throw otherDay(date, when.timestamp, dialect, from);
  const names = signedHeaders.toLowerCase().split(";").filter(Boolean).sort();
  return { dialect, accessKeyId, date, region, service, signedHeaders: names, signature, ...when };
}

function otherDay(date: string, timestamp: string, dialect: SignatureDialect, from: "header" | "query"): AwsError {
  if (dialect !== "s3") {
    return incompleteSignature(
      dialect,
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    );
  }
  if (from === "query") {
    return queryParametersError(
      `Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`,
    );
  }
  return headerMalformed(
    `Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`,
  );
}
