/** CORS: checks a bucket's rules and answers browsers by them (AWS page "Using cross-origin resource sharing"). */
import { matchesWildcard } from "../../languages/glob.ts";
import type { ServiceContext } from "../../service.ts";
import { configuration, type CorsRule, type Documents } from "./configurations.ts";
import { s3Error } from "./errors.ts";

const METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"];

/** Raises InvalidRequest and MalformedXML for what S3 does not keep. */
export function checkCors(document: Documents["cors"]): Documents["cors"] {
  if (document.CORSRules.length === 0 || document.CORSRules.length > 100) throw s3Error("MalformedXML");
  for (const { AllowedMethods, AllowedOrigins, AllowedHeaders = [] } of document.CORSRules) {
    if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw s3Error("MalformedXML");
    for (const method of AllowedMethods) {
      if (!METHODS.includes(method)) {
        throw s3Error("InvalidRequest", {
          message: `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
        });
      }
    }
    for (const [name, values] of [
      ["AllowedOrigin", AllowedOrigins],
      ["AllowedHeader", AllowedHeaders],
    ] as const) {
      for (const value of values) {
        if (value.split("*").length > 2) {
          throw s3Error("InvalidRequest", { message: `${name} "${value}" can not have more than one wildcard.` });
        }
      }
    }
  }
  return document;
}

/** What a browser asks: an actual request has no `requestHeaders`. */
export interface CorsQuestion {
  readonly origin: string;
  readonly method: string;
  readonly requestHeaders: readonly string[];
}

/** The first rule that allows all of it. */
function ruleFor(rules: readonly CorsRule[], { origin, method, requestHeaders }: CorsQuestion): CorsRule | undefined {
  return rules.find(
    ({ AllowedMethods, AllowedOrigins, AllowedHeaders = [] }) =>
      AllowedMethods.includes(method) &&
      AllowedOrigins.some((pattern) => matchesWildcard(pattern, origin)) &&
      requestHeaders.every((name) =>
        AllowedHeaders.some((pattern) => matchesWildcard(pattern.toLowerCase(), name.toLowerCase())),
      ),
  );
}

/** The `Access-Control-*` headers of the reply; undefined when no rule of the bucket allows the request. */
export function corsHeaders(
  context: ServiceContext,
  bucket: string,
  question: CorsQuestion,
): Record<string, string> | undefined {
  const rule = ruleFor(configuration(context, bucket, "cors")?.CORSRules ?? [], question);
  if (rule === undefined) return undefined;
  const everyone = rule.AllowedOrigins.includes("*");
  return {
    "access-control-allow-origin": everyone ? "*" : question.origin,
    "access-control-allow-methods": rule.AllowedMethods.join(", "),
    ...(question.requestHeaders.length === 0
      ? {}
      : { "access-control-allow-headers": question.requestHeaders.join(", ").toLowerCase() }),
    ...(rule.ExposeHeaders === undefined ? {} : { "access-control-expose-headers": rule.ExposeHeaders.join(", ") }),
    ...(rule.MaxAgeSeconds === undefined ? {} : { "access-control-max-age": String(rule.MaxAgeSeconds) }),
    ...(everyone ? {} : { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/**
 * The further headers of an operation's reply, also of an error's: for the gateway, which knows the request's method. Empty for a
 * request that no browser made from elsewhere.
 */
export function replyHeaders(
  context: ServiceContext,
  method: string,
  { Bucket }: Readonly<Record<string, string>>,
): Record<string, string> {
  const origin = context.http?.headers["origin"];
  if (origin === undefined || Bucket === undefined) return {};
  return corsHeaders(context, Bucket, { origin, method, requestHeaders: [] }) ?? {};
}
