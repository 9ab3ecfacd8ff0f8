/** A function URL's request as the function sees it: payload format 2.0 (AWS page "Invoking Lambda function URLs"). */
import { commonLogTime, isText } from "../../languages/proxy/request.ts";
import { iamIdentity, type HttpRequest, type Principal, type ServiceContext } from "../../service.ts";

export interface UrlRequest {
  readonly request: HttpRequest;
  readonly host: string;
  readonly body: Uint8Array;
  readonly urlId: string;
  /** The caller of a URL whose AuthType is AWS_IAM. */
  readonly caller: Principal | undefined;
  readonly traceHeader: string;
}

/** The event as text. */
export function eventOf(
  context: ServiceContext,
  { request, host, body, urlId, caller, traceHeader }: UrlRequest,
): string {
  const domainName = host.replace(/:\d+$/, "");
  const sourceIp = context.http?.sourceIp ?? "127.0.0.1";
  const { host: _, connection: __, "transfer-encoding": ___, ...passed } = request.headers;
  const headers: Record<string, string> = {
    ...passed,
    host: domainName,
    "x-amzn-trace-id": traceHeader,
    "x-forwarded-for": sourceIp,
    "x-forwarded-port": /:(\d+)$/.exec(host)?.[1] ?? "80",
    "x-forwarded-proto": "http",
  };
  const cookies = request.headers["cookie"]?.split(/;\s*/).filter((cookie) => cookie !== "");
  const parameters = parametersOf(request.query);
  const text = body.length === 0 || isText(request.headers["content-type"]);
  const rawPath = decodePath(request.path);
  return JSON.stringify({
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: request.query,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(parameters === undefined ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: caller === undefined ? "anonymous" : caller.account,
      apiId: urlId,
      ...(caller === undefined ? {} : { authorizer: { iam: iamIdentity(caller) } }),
      domainName,
      domainPrefix: urlId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp,
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId: context.requestId,
      routeKey: "$default",
      stage: "$default",
      time: commonLogTime(context.now),
      timeEpoch: context.now,
    },
    ...(body.length === 0 ? {} : { body: Buffer.from(body).toString(text ? "utf8" : "base64") }),
    isBase64Encoded: !text,
  });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Values of one name are joined by commas. */
function parametersOf(query: string): Record<string, string> | undefined {
  if (query === "") return undefined;
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(found);
}
