/** One request as it is served: what is known of it, and what becomes known on the way. */
import { decodedPath, multiValueHeaders } from "../../../languages/proxy/request.ts";
import type { HttpRequest, Principal, ServiceContext } from "../../../service.ts";
import type { IntegrationRow, RouteRow } from "../state.ts";
import type { Addressed } from "./address.ts";

/** Who may come, as functions and variables are told. */
export type Authorized =
  | {
      readonly type: "jwt";
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    }
  | { readonly type: "lambda"; readonly principalId?: string; readonly values: Readonly<Record<string, unknown>> }
  | { readonly type: "iam"; readonly caller: Principal };

/** What became of the call behind a route. */
export interface Integrated {
  /** The integration's own status; for a function Lambda's, not that of what the function answers. */
  integrationStatus?: number;
  status?: number;
  latencyMs?: number;
  requestId?: string;
  error?: string;
}

export interface Visit extends Addressed {
  readonly request: HttpRequest;
  /** Names in lower case; what came more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly requestId: string;
  readonly sourceIp: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** With the stage, decoded. */
  readonly rawPath: string;
  /** Who signed the request; anonymous where nobody did. */
  readonly caller: Principal;
  route?: RouteRow;
  pathParameters?: Readonly<Record<string, string>> | undefined;
  authorized?: Authorized;
  integration?: IntegrationRow;
  readonly integrated: Integrated;
  /** Why it was refused, for the access log. */
  failure?: { readonly message: string; readonly type: string; readonly authorizer?: string };
}

/** 16 characters, the last of them a `=`: as HTTP APIs name their requests. */
const REQUEST_ID_BYTES = 11;

export function createVisit(address: Addressed, outside: ServiceContext, request: HttpRequest): Visit {
  const { context } = address;
  const sourceIp = outside.http?.sourceIp ?? "127.0.0.1";
  const multiple = headersFor(address, request, sourceIp, context);
  const headers: Record<string, string> = {};
  for (const name in multiple) headers[name] = multiple[name]?.join(",") ?? "";
  return {
    ...address,
    request,
    headers,
    multiValueHeaders: multiple,
    requestId: context.random.bytes(REQUEST_ID_BYTES).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
    sourceIp,
    receivedAt: context.now,
    rawPath: address.prefix + decodedPath(address.path),
    caller: outside.principal,
    integrated: {},
  };
}

/** The sender's own headers, and those that API Gateway adds. */
function headersFor(
  { domainName }: Addressed,
  request: HttpRequest,
  sourceIp: string,
  context: ServiceContext,
): Record<string, string[]> {
  const raw = request.rawHeaders ?? Object.entries(request.headers).flat();
  const { connection: _, "transfer-encoding": __, expect: ___, ...own } = multiValueHeaders(raw);
  const port = /:(\d+)$/.exec(request.headers["host"] ?? "")?.[1] ?? "80";
  const forwarded = own["x-forwarded-for"];
  return {
    ...own,
    "content-length": own["content-length"] ?? ["0"],
    host: [domainName],
    "x-amzn-trace-id": own["x-amzn-trace-id"] ?? [`Root=${traceId(context)}`],
    "x-forwarded-for": [forwarded === undefined ? sourceIp : `${forwarded.join(", ")}, ${sourceIp}`],
    "x-forwarded-port": [port],
    "x-forwarded-proto": ["http"],
  };
}

function traceId({ now, random }: ServiceContext): string {
  return `1-${Math.floor(now / 1000).toString(16)}-${random.hex(24)}`;
}
