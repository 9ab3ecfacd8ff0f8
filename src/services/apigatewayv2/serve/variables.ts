/** `$context.…`, `$request.…` and `$stageVariables.…`: what access logs, mappings, URIs and identity sources may name. */
import { commonLogTime } from "../../../languages/proxy/request.ts";
import type { Visit } from "./visit.ts";

/** What is known once the reply is: for access logs alone. */
export interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly latencyMs: number;
}

/** AWS page "Customize HTTP API access logs", "$context variables". Undefined where it has no value. */
export function contextVariable(visit: Visit, name: string, outcome?: Outcome): string | undefined {
  const { api, context, failure, integrated, request, route, stage } = visit;
  const [head = "", ...rest] = name.split(".");
  switch (head) {
    case "accountId":
      return context.account;
    case "apiId":
      return api.ApiId;
    case "authorizer":
      return authorizerVariable(visit, rest.join("."));
    case "awsEndpointRequestId":
      return integrated.requestId;
    case "customDomain":
      return visit.mappingKey;
    case "dataProcessed":
      return outcome && String(outcome.bytes + Number(visit.headers["content-length"] ?? 0));
    case "domainName":
      return visit.domainName;
    case "domainPrefix":
      return visit.domainName.split(".")[0];
    case "error":
      return errorVariable(failure, rest[0]);
    case "extendedRequestId":
    case "requestId":
      return visit.requestId;
    case "httpMethod":
      return request.method;
    case "identity":
      return identityVariable(visit, rest[0]);
    case "integration":
      return integrationVariable(visit, rest[0]);
    case "integrationErrorMessage":
      return integrated.error;
    case "integrationLatency":
      return textOf(integrated.latencyMs);
    case "integrationStatus":
      return textOf(integrated.integrationStatus);
    case "path":
      return visit.rawPath;
    case "protocol":
      return "HTTP/1.1";
    case "requestTime":
      return commonLogTime(visit.receivedAt);
    case "requestTimeEpoch":
      return String(visit.receivedAt);
    case "responseLatency":
      return textOf(outcome?.latencyMs);
    case "responseLength":
      return textOf(outcome?.bytes);
    case "routeKey":
      return route?.RouteKey;
    case "stage":
      return stage.StageName;
    case "status":
      return textOf(outcome?.status);
    default:
      return undefined;
  }
}

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function errorVariable(failure: Visit["failure"], name: string | undefined): string | undefined {
  if (name === "responseType") return failure?.type;
  if (name === "messageString") return failure && JSON.stringify(failure.message);
  return name === "message" ? failure?.message : undefined;
}

function authorizerVariable({ authorized, failure }: Visit, name: string): string | undefined {
  if (name === "error") return failure?.authorizer;
  if (authorized?.type === "lambda") {
    if (name === "principalId") return authorized.principalId;
    const value = authorized.values[name];
    return value === undefined || value === null ? undefined : String(value);
  }
  if (authorized?.type !== "jwt") return undefined;
  const claim = /^(?:jwt\.)?claims\.(.+)$/.exec(name)?.[1];
  return claim === undefined ? undefined : authorized.claims[claim];
}

function identityVariable({ authorized, headers, sourceIp }: Visit, name: string | undefined): string | undefined {
  if (name === "sourceIp") return sourceIp;
  if (name === "userAgent") return headers["user-agent"];
  if (authorized?.type !== "iam") return undefined;
  const { caller } = authorized;
  switch (name) {
    case "accountId":
      return caller.account;
    case "caller":
    case "user":
      return "userId" in caller ? caller.userId : caller.account;
    case "userArn":
      return caller.arn;
    case undefined:
    default:
      return undefined;
  }
}

function integrationVariable({ integrated }: Visit, name: string | undefined): string | undefined {
  switch (name) {
    case "error":
      return integrated.error;
    case "integrationStatus":
      return textOf(integrated.integrationStatus);
    case "latency":
      return textOf(integrated.latencyMs);
    case "requestId":
      return integrated.requestId;
    case "status":
      return textOf(integrated.status);
    case undefined:
    default:
      return undefined;
  }
}

/** A URI with its stage variables filled in. */
export function withStageVariables(text: string, { stage }: Visit): string {
  if (!text.includes("${stageVariables.")) return text;
  return text.replaceAll(/\$\{stageVariables\.([^}]+)\}/g, (_, name: string) => stage.StageVariables?.[name] ?? "");
}
