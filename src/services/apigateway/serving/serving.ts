/** A request's life at a deployed API: canary → route → throttle → authorize → key → validate → integrate → reply → tell. */
import { decodedPath } from "../../../languages/proxy/request.ts";
import type { HttpReply, HttpRequest, Principal, ServiceContext } from "../../../service.ts";
import { USUAL_SETTING, settingKey } from "../stage-patch.ts";
import type { ApiRow, MethodSetting, StageRow } from "../state.ts";
import { tell } from "./access-log.ts";
import { admitKey } from "./api-keys.ts";
import { authorize } from "./authorize.ts";
import type { Exchange, Incoming, Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";
import { gatewayReply } from "./gateway-reply.ts";
import { integrate } from "./integrate.ts";
import type { Keeping } from "./keeping.ts";
import { compressed, inflated } from "./compression.ts";
import { toHttp, type Reply } from "./reply.ts";
import type { Served } from "./served.ts";
import { stopwatch } from "../../../kernel/clock.ts";
import { validateRequest } from "./validate.ts";

export interface Visit {
  readonly context: ServiceContext;
  readonly caller: Principal;
  readonly api: ApiRow;
  readonly stage: StageRow;
  readonly request: HttpRequest;
  /** Undefined where it is too large. */
  readonly body: Buffer | undefined;
  readonly path: string;
  readonly wholePath: string;
  readonly eventPath?: string | undefined;
  readonly domainName: string;
}

export interface Serving {
  answer(visit: Visit): Promise<HttpReply>;
}

const NO_BODY = Buffer.alloc(0);

export function createServing(keeping: Keeping): Serving {
  return {
    async answer(visit) {
      const { context, api, stage, body } = visit;
      const { canarySettings } = stage;
      const percent = canarySettings?.percentTraffic ?? 0;
      const isCanary = percent > 0 && context.random.fraction() * 100 < percent;
      const deploymentId = isCanary ? (canarySettings?.deploymentId ?? stage.deploymentId) : stage.deploymentId;
      const served = keeping.deployments.of(context, api.id, deploymentId);
      if (served === undefined)
        throw new Error(`stage ${stage.stageName} of ${api.id} has no deployment ${deploymentId}`);
      const elapsed = stopwatch();
      const exchange = exchangeOf(visit, served, isCanary, body ?? NO_BODY);
      const reply = await answered(exchange, body === undefined);
      const whole = compressed(
        finished(exchange, reply),
        served.snapshot.minimumCompressionSize,
        visit.request.headers["accept-encoding"],
      );
      keeping.metrics.record(exchange, whole.status, elapsed());
      tell(keeping, exchange, whole, elapsed());
      return toHttp(whole);
    },
  };

  async function answered(exchange: Exchange, isTooLarge: boolean): Promise<Reply> {
    try {
      if (isTooLarge) {
        throw new GatewayFault("REQUEST_TOO_LARGE", "HTTP content length exceeded 10485760 bytes.");
      }
      return await process(keeping, exchange);
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error;
      return gatewayReply(exchange, error);
    }
  }
}

async function process(keeping: Keeping, exchange: Exchange): Promise<Reply> {
  const route = routeOf(exchange);
  exchange.route = route;
  const setting = settingOf(exchange.stage, route);
  exchange.setting = setting;
  keeping.throttles.admitStage(exchange, route, setting);
  await authorize(keeping, exchange, route);
  admitKey(keeping, exchange, route);
  validateRequest(exchange, route);
  return integrate(exchange, route, keeping.roles);
}

/** Raises GatewayFault where no method is for the request (AWS says that a token is missing). */
export function routeOf({ served, incoming }: Exchange): Route {
  const match = served.router.find(incoming.path);
  const methods = match?.target.methods ?? {};
  const method = methods[incoming.method] ?? methods["ANY"];
  if (match === undefined || method === undefined) {
    throw new GatewayFault("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
  }
  const parameters = Object.fromEntries(
    Object.entries(match.parameters).map(([name, value]) => [name, decodedPath(value)]),
  );
  return { resource: match.target, method, parameters };
}

/** The method's own settings over the stage's for all methods. */
function settingOf({ methodSettings = {} }: StageRow, { resource, method }: Route): MethodSetting {
  return methodSettings[settingKey(resource.path, method.httpMethod ?? "")] ?? methodSettings["*/*"] ?? USUAL_SETTING;
}

function exchangeOf(visit: Visit, served: Served, isCanary: boolean, body: Buffer): Exchange {
  const { context, request, stage } = visit;
  const { random, now } = context;
  const given = request.headers["x-amzn-trace-id"];
  return {
    context,
    caller: visit.caller,
    api: visit.api,
    stage,
    served,
    isCanary,
    incoming: incomingOf(
      visit,
      inflated(body, request.headers["content-encoding"], served.snapshot.minimumCompressionSize),
    ),
    variables: isCanary
      ? { ...stage.variables, ...stage.canarySettings?.stageVariableOverrides }
      : (stage.variables ?? {}),
    extendedRequestId: `${random.bytes(11).toString("base64").slice(0, 15)}=`,
    traceHeader:
      given ??
      `Root=1-${Math.floor(now / 1000)
        .toString(16)
        .padStart(8, "0")}-${random.hex(24)}`,
    startedAt: now,
    lines: [],
  };
}

function incomingOf({ context, request, path, wholePath, eventPath, domainName }: Visit, body: Buffer): Incoming {
  const headers: [string, string][] = [];
  const raw = request.rawHeaders ?? Object.entries(request.headers).flat();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return {
    method: request.method,
    path,
    wholePath,
    eventPath,
    query: request.query,
    headers,
    body,
    sourceIp: context.http?.sourceIp ?? "127.0.0.1",
    domainName,
    protocol: "HTTP/1.1",
  };
}

/** With the headers that every reply has. */
function finished({ context, extendedRequestId, traceHeader, integration }: Exchange, reply: Reply): Reply {
  const headers = new Map(reply.headers);
  headers.set("x-amzn-RequestId", [context.requestId]);
  headers.set("x-amz-apigw-id", [extendedRequestId]);
  if (integration !== undefined) headers.set("X-Amzn-Trace-Id", [traceHeader.split(";")[0] ?? traceHeader]);
  return { ...reply, headers };
}
