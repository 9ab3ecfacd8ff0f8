/**
 * The draft tried out before it is deployed (AWS page "Use the API Gateway console to test a REST API method"): a method without its authorizer and
 * key, and an authorizer without a method. Each tells its execution log.
 */
import { stopwatch } from "../../../kernel/clock.ts";
import { decodedPath } from "../../../languages/proxy/request.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { unsupported } from "../errors.ts";
import { usualStatus } from "../gateway-responses.ts";
import type { Sdk } from "../sdk.ts";
import { executionLines } from "../serving/access-log.ts";
import { askFunction } from "../serving/authorizer-function.ts";
import { methodArn, type Exchange } from "../serving/exchange.ts";
import { GatewayFault } from "../serving/fault.ts";
import { gatewayReply } from "../serving/gateway-reply.ts";
import { integrate } from "../serving/integrate.ts";
import type { Reply } from "../serving/reply.ts";
import { serve } from "../serving/served.ts";
import type { Keeping } from "../serving/keeping.ts";
import { validateRequest } from "../serving/validate.ts";
import { USUAL_SETTING } from "../stage-patch.ts";
import { apiOf, definitionOf, methodOf, resourceOf } from "../state.ts";
import { authorizerOf } from "./authorizers.ts";
import { snapshotOf } from "./deployments.ts";

/** As AWS names the stage that there is not. */
const STAGE = "test-invoke-stage";

interface Tried {
  readonly httpMethod: string;
  readonly pathWithQueryString: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly body?: string | undefined;
  readonly stageVariables?: Readonly<Record<string, string>> | undefined;
}

function exchangeOf(context: ServiceContext, restApiId: string, tried: Tried): Exchange {
  const api = apiOf(context, restApiId);
  const { random, now, account, region } = context;
  const [path = "", query = ""] = tried.pathWithQueryString.split("?", 2);
  const whole = path.startsWith("/") ? path : `/${path}`;
  const several = Object.entries(tried.multiValueHeaders ?? {});
  return {
    context,
    caller: context.principal,
    api,
    stage: { stageName: STAGE, deploymentId: "", createdAt: now, updatedAt: now },
    served: serve(
      api.id,
      snapshotOf(api, definitionOf(context, restApiId)),
      `arn:aws:execute-api:${region}:${account}:${api.id}`,
    ),
    isCanary: false,
    incoming: {
      method: tried.httpMethod,
      path: whole,
      wholePath: whole,
      query,
      headers: [
        ...Object.entries(tried.headers ?? {}),
        ...several.flatMap(([name, values]) => values.map((value) => [name, value] as const)),
      ],
      body: Buffer.from(tried.body ?? ""),
      sourceIp: STAGE,
      domainName: "testPrefix.testDomainName",
      protocol: "HTTP/1.1",
    },
    variables: tried.stageVariables ?? {},
    extendedRequestId: `${random.bytes(11).toString("base64").slice(0, 15)}=`,
    traceHeader: `Root=1-${Math.floor(now / 1000)
      .toString(16)
      .padStart(8, "0")}-${random.hex(24)}`,
    startedAt: now,
    setting: { ...USUAL_SETTING, dataTraceEnabled: true },
    lines: [],
  };
}

/** `Thu Jan 01 00:00:00 UTC 2026 : …` */
function logOf({ context }: Exchange, lines: readonly string[]): string {
  const [day, date, month, year, time] = new Date(context.now).toUTCString().replace(",", "").split(" ");
  const stamp = `${day} ${month} ${date} ${time} UTC ${year}`;
  const told = lines.map((line) => `${stamp} : ${line}\n`);
  return `Execution log for request ${context.requestId}\n${told.join("")}`;
}

/** A plain method is asked for as itself, ANY as GET. */
const verbOf = (httpMethod: string): string => (httpMethod === "ANY" ? "GET" : httpMethod);

export const testInvokeOperations = (keeping: Keeping) =>
  ({
    async TestInvokeMethod(context, input) {
      const { restApiId, resourceId, httpMethod, clientCertificateId } = input;
      if (clientCertificateId !== undefined) unsupported("clientCertificateId", "there are no client certificates");
      const definition = definitionOf(context, restApiId);
      const resource = resourceOf(definition, resourceId);
      const method = methodOf(definition, resourceId, httpMethod);
      const pathWithQueryString = input.pathWithQueryString ?? resource.path;
      const exchange = exchangeOf(context, restApiId, {
        ...input,
        httpMethod: verbOf(httpMethod),
        pathWithQueryString,
      });
      const match = exchange.served.router.find(exchange.incoming.path);
      const parameters = match?.target.id === resourceId ? Object.entries(match.parameters) : [];
      const route = {
        resource,
        method,
        parameters: Object.fromEntries(parameters.map(([name, value]) => [name, decodedPath(value)])),
      };
      exchange.route = route;
      const elapsed = stopwatch();
      let reply: Reply;
      try {
        validateRequest(exchange, route);
        reply = await integrate(exchange, route, keeping.roles);
      } catch (error) {
        if (!(error instanceof GatewayFault)) throw error;
        reply = gatewayReply(exchange, error);
      }
      const headers = [...reply.headers];
      return {
        status: reply.status,
        body: reply.body.toString(),
        headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1) ?? ""])),
        multiValueHeaders: Object.fromEntries(headers),
        log: logOf(exchange, executionLines(exchange, reply)),
        latency: Math.round(elapsed()),
      };
    },

    async TestInvokeAuthorizer(context, input) {
      const { restApiId, authorizerId, additionalContext, pathWithQueryString = "/" } = input;
      if (additionalContext !== undefined) unsupported("additionalContext", "an authorizer is told the request alone");
      const authorizer = authorizerOf(definitionOf(context, restApiId), authorizerId);
      const exchange = exchangeOf(context, restApiId, { ...input, httpMethod: "GET", pathWithQueryString });
      const elapsed = stopwatch();
      const tell = () => ({ log: logOf(exchange, exchange.lines), latency: Math.round(elapsed()) });
      try {
        if (authorizer.type === "COGNITO_USER_POOLS") {
          const { claims = {} } = await keeping.authorizers.pools.checkToken(exchange, authorizer, []);
          const told = Object.entries(claims).map(([name, value]) => [name, String(value)]);
          return { clientStatus: 0, claims: Object.fromEntries(told), ...tell() };
        }
        // It is asked each time: what it answered before is of no interest.
        const asked = { ...authorizer, authorizerResultTtlInSeconds: 0 };
        const arn = methodArn(exchange, exchange.incoming.path);
        const { authorized, policy } = await askFunction(keeping, exchange, asked, arn);
        const authorization = Object.entries(authorized.context ?? {}).map(([name, value]) => [name, [value]]);
        return {
          clientStatus: 0,
          principalId: authorized.principalId,
          policy,
          authorization: Object.fromEntries(authorization),
          ...tell(),
        };
      } catch (error) {
        if (!(error instanceof GatewayFault)) throw error;
        return { clientStatus: error.status ?? usualStatus(error.type), ...tell() };
      }
    },
  }) satisfies Operations<Sdk>;
