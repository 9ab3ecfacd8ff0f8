/** Cross-origin requests to a function URL whose configuration has CORS (AWS page "Cors" of the Lambda API). */
import type { Cors } from "@aws-sdk/client-lambda";
import type { HttpReply, HttpRequest } from "../../service.ts";

/** The reply to a preflight request, which does not reach the function. Undefined for any other request. */
export function preflight(cors: Cors | undefined, request: HttpRequest): HttpReply | undefined {
  const asked = request.headers["access-control-request-method"];
  if (cors === undefined || request.method !== "OPTIONS" || asked === undefined) return undefined;
  const headers = corsHeaders(cors, request);
  if (headers["access-control-allow-origin"] !== undefined) {
    const { AllowMethods, AllowHeaders, MaxAge } = cors;
    if (AllowMethods?.length) headers["access-control-allow-methods"] = AllowMethods.join(",");
    if (AllowHeaders?.length) headers["access-control-allow-headers"] = AllowHeaders.join(",");
    if (MaxAge !== undefined) headers["access-control-max-age"] = String(MaxAge);
  }
  return { status: 200, headers, body: "" };
}

/** What is added to the function's own headers, and wins over them. */
export function corsHeaders(cors: Cors | undefined, request: HttpRequest): Record<string, string> {
  const origin = request.headers["origin"];
  if (cors === undefined || origin === undefined) return {};
  const allowed = (cors.AllowOrigins ?? []).find((pattern) => pattern === "*" || matches(pattern, origin));
  if (allowed === undefined) return {};
  return {
    // With credentials a browser does not take the wildcard.
    "access-control-allow-origin": allowed === "*" && cors.AllowCredentials !== true ? "*" : origin,
    vary: "Origin",
    ...(cors.AllowCredentials === true ? { "access-control-allow-credentials": "true" } : {}),
    ...(cors.ExposeHeaders?.length ? { "access-control-expose-headers": cors.ExposeHeaders.join(",") } : {}),
  };
}

/** `https://*.example.com` is allowed; a pattern has one wildcard at most. */
function matches(pattern: string, origin: string): boolean {
  const at = pattern.indexOf("*");
  if (at < 0) return pattern.toLowerCase() === origin.toLowerCase();
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 1)];
  return origin.length >= before.length + after.length && origin.startsWith(before) && origin.endsWith(after);
}
