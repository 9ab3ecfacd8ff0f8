/** The way in for the users of HTTP APIs: from a request to its route's integration and back, in order. */
import type { Readable } from "node:stream";
import type { ProxyReply } from "../../../languages/proxy/reply.ts";
import type { Door, ServiceContext } from "../../../service.ts";
import { addressed, isAddressed } from "./address.ts";
import { asHttp, NOT_FOUND, plain, refuse } from "./answer.ts";
import { createFunctionCaller, type FunctionCaller } from "./call-function.ts";
import { preflight, withCors } from "./cors.ts";
import { createDeployments, type Deployed, type Deployments } from "./deployed.ts";
import { createFunctionAuthorizers, type FunctionAuthorizers } from "./function-authorizer.ts";
import { callIntegratedFunction } from "./function-integration.ts";
import { callServer } from "./http-integration.ts";
import { authorizeSigned } from "./iam-authorizer.ts";
import { createJwtAuthorizers, type JwtAuthorizers } from "./jwt-authorizer.ts";
import { mapReply } from "./mapping.ts";
import { createRecords, type Records } from "./record.ts";
import { createThrottle, type Throttle } from "./throttle.ts";
import { createVisit, type Visit } from "./visit.ts";

/** AWS page "Quotas for configuring and running an HTTP API": payload size, in bytes. */
const MOST_BYTES = 10 * 2 ** 20;

/** What serves the requests of one cloud. */
export interface Serving {
  readonly door: Door;
  readonly deployments: Deployments;
  readonly functionAuthorizers: FunctionAuthorizers;
  readonly functions: FunctionCaller;
  readonly jwtAuthorizers: JwtAuthorizers;
  readonly records: Records;
  readonly throttle: Throttle;
}

export function createServing(): Serving {
  const functions = createFunctionCaller();
  const parts = {
    deployments: createDeployments(),
    functionAuthorizers: createFunctionAuthorizers(functions),
    functions,
    jwtAuthorizers: createJwtAuthorizers(),
    records: createRecords(),
    throttle: createThrottle(),
  };
  const serving: Serving = { ...parts, door: doorOf(() => serving) };
  return serving;
}

function doorOf(serving: () => Serving): Door {
  return {
    claims: isAddressed,
    signingName: "execute-api",
    async handle(outside, request) {
      const host = outside.http?.host ?? request.headers["host"] ?? "";
      const address = addressed(outside, request, host);
      if (address === undefined) return asHttp(plain(404, NOT_FOUND), requestIdOf(outside));
      const visit = createVisit(address, outside, request);
      const reply = await serve(serving(), visit);
      serving().records.add(visit, reply);
      return asHttp(reply, visit.requestId);
    },
  };
}

function requestIdOf({ random }: ServiceContext): string {
  return random.bytes(11).toString("base64url").padEnd(16, "=");
}

async function serve(serving: Serving, visit: Visit): Promise<ProxyReply> {
  const { api, context, stage } = visit;
  const deployed =
    stage.DeploymentId === undefined ? undefined : serving.deployments.of(context, api.ApiId, stage.DeploymentId);
  if (deployed === undefined) return refuse(visit, 404, NOT_FOUND);
  return (
    preflight(deployed.cors, visit.request) ??
    withCors(deployed.cors, visit.request, await route(serving, visit, deployed))
  );
}

async function route(serving: Serving, visit: Visit, deployed: Deployed): Promise<ProxyReply> {
  const { api, context, request, stage } = visit;
  const found = deployed.routes.find(request.method, visit.path);
  if (found === undefined) return refuse(visit, 404, NOT_FOUND);
  visit.route = found.route;
  visit.pathParameters = found.parameters;
  if (!serving.throttle.admits(api.ApiId, stage, found.route.RouteKey, context.now)) {
    return refuse(visit, 429, "Too Many Requests", { type: "THROTTLED" });
  }
  const refused = await authorize(serving, visit, deployed);
  if (refused !== undefined) return refused;
  const integration = deployed.integrations.get(found.route.Target?.slice("integrations/".length) ?? "");
  if (integration === undefined)
    return refuse(visit, 500, "Internal Server Error", { type: "API_CONFIGURATION_ERROR" });
  visit.integration = integration;
  const body = await collect(request.body, MOST_BYTES);
  if (body === undefined) return refuse(visit, 413, "Request Entity Too Large", { type: "REQUEST_TOO_LARGE" });
  const before = context.now;
  const reply =
    integration.IntegrationType === "HTTP_PROXY"
      ? await callServer(visit, body)
      : await callIntegratedFunction(serving.functions, visit, body);
  visit.integrated.latencyMs = context.now - before;
  return visit.failure === undefined ? mapReply(visit, reply) : reply;
}

async function authorize(serving: Serving, visit: Visit, deployed: Deployed): Promise<ProxyReply | undefined> {
  const { AuthorizationType, AuthorizerId = "" } = visit.route ?? {};
  switch (AuthorizationType) {
    case "AWS_IAM":
      return authorizeSigned(visit);
    case "JWT":
    case "CUSTOM": {
      const authorizer = deployed.authorizers.get(AuthorizerId);
      if (authorizer === undefined) {
        return refuse(visit, 500, "Internal Server Error", { type: "AUTHORIZER_CONFIGURATION_ERROR" });
      }
      return AuthorizationType === "JWT"
        ? serving.jwtAuthorizers.authorize(visit, authorizer)
        : serving.functionAuthorizers.authorize(visit, authorizer);
    }
    case "NONE":
    case undefined:
      return undefined;
  }
}

/** All of a body, or undefined where it is longer than `limit` bytes. */
async function collect(body: Readable, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
