/** Cross-origin requests to an API with a CORS configuration (AWS page "Configure CORS for HTTP APIs in API Gateway"). */
import type { Cors } from "@aws-sdk/client-apigatewayv2";
import type { ProxyReply } from "../../../languages/proxy/reply.ts";
import type { HttpRequest } from "../../../service.ts";

/** The reply to a preflight request, which reaches no route. Undefined for any other request. */
export function preflight(cors: Cors | undefined, request: HttpRequest): ProxyReply | undefined {
  const asked = request.headers["access-control-request-method"];
  const origin = request.headers["origin"];
  if (cors === undefined || request.method !== "OPTIONS" || asked === undefined || origin === undefined)
    return undefined;
  const headers = new Map<string, string[]>();
  if (allow(cors, origin, headers)) {
    const { AllowMethods = [], AllowHeaders = [], MaxAge } = cors;
    if (AllowMethods.length > 0) headers.set("access-control-allow-methods", [AllowMethods.join(",")]);
    if (AllowHeaders.length > 0) headers.set("access-control-allow-headers", [AllowHeaders.join(",")]);
    if (MaxAge !== undefined) headers.set("access-control-max-age", [String(MaxAge)]);
  }
  return { status: 204, headers, body: "" };
}

/** The gateway's CORS headers take the place of the integration's own. */
export function withCors(cors: Cors | undefined, request: HttpRequest, reply: ProxyReply): ProxyReply {
  if (cors === undefined) return reply;
  const headers = new Map([...reply.headers].filter(([name]) => !name.startsWith("access-control-")));
  const origin = request.headers["origin"];
  if (origin !== undefined) allow(cors, origin, headers);
  return { ...reply, headers };
}

function allow(cors: Cors, origin: string, headers: Map<string, string[]>): boolean {
  const { AllowCredentials, AllowOrigins = [], ExposeHeaders = [] } = cors;
  const allowed = AllowOrigins.find((pattern) => matches(pattern, origin));
  if (allowed === undefined) return false;
  headers.set("access-control-allow-origin", [allowed === "*" ? "*" : origin]);
  if (AllowCredentials === true) headers.set("access-control-allow-credentials", ["true"]);
  if (ExposeHeaders.length > 0) headers.set("access-control-expose-headers", [ExposeHeaders.join(",")]);
  return true;
}

/** `*`, `https://*` and an origin itself. */
function matches(pattern: string, origin: string): boolean {
  if (pattern.endsWith("*")) return origin.startsWith(pattern.slice(0, -1));
  return pattern.toLowerCase() === origin.toLowerCase();
}
