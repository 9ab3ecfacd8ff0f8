/** Lambda authorizers, of the types TOKEN and REQUEST (AWS page "Use API Gateway Lambda authorizers"). */
import { isJson } from "../openapi/document.ts";
import { authorizerFlushes, type Authorizer } from "../state.ts";
import { lookUp } from "./gateway-reply.ts";
import { contextVariables } from "./context-variables.ts";
import { headerOf, queryValues, type Authorized, type Exchange } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";
import { callFunction, functionArnOf, type FunctionResult } from "./lambda.ts";
import { requestContext, requestParts } from "./proxy-event.ts";
import type { Keeping } from "./keeping.ts";
import { stopwatch } from "../../../kernel/clock.ts";
import { withVariables } from "./target.ts";

const TIMEOUT_MS = 29_000;
const MOST_KEPT = 10_000;

export interface Answer {
  readonly authorized: Authorized;
  /** The policy document as text. */
  readonly policy: string;
}

/** Raises GatewayFault: 401 where the request brings nothing to judge by, 500 where the function does not work. */
export async function askFunction(
  keeping: Keeping,
  exchange: Exchange,
  authorizer: Authorizer,
  arn: string,
): Promise<Answer> {
  const { context, api, stage } = exchange;
  const identity = identityOf(exchange, authorizer);
  const ttl = authorizer.authorizerResultTtlInSeconds ?? 300;
  const { answers } = keeping.authorizers;
  const flushes = context.table(authorizerFlushes).get(api.id, stage.stageName) ?? 0;
  const key = JSON.stringify([
    context.account,
    context.region,
    api.id,
    stage.stageName,
    flushes,
    authorizer.id,
    identity,
  ]);
  // A REQUEST authorizer without identity sources cannot be cached.
  const isKept = ttl > 0 && identity.length > 0;
  const known = isKept ? answers.get(key) : undefined;
  if (known !== undefined && known.until > context.now) return known;
  const answer = await ask(keeping, exchange, authorizer, identity, arn);
  if (isKept) {
    if (answers.size >= MOST_KEPT) answers.clear();
    answers.set(key, { ...answer, until: context.now + ttl * 1000 });
  }
  return answer;
}

/** What the request brings for its identity sources. Raises GatewayFault (401) where one is missing or not of the form. */
function identityOf(exchange: Exchange, authorizer: Authorizer): string[] {
  const sources = (authorizer.identitySource ?? "").split(",").filter((one) => one.trim() !== "");
  const values = sources.map((source) => sourceValue(exchange, source.trim()) ?? "");
  if (values.includes("")) throw new GatewayFault("UNAUTHORIZED", "Unauthorized");
  const pattern = authorizer.identityValidationExpression;
  if (authorizer.type === "TOKEN" && pattern !== undefined && pattern !== "") {
    if (!new RegExp(`^(?:${pattern})$`).test(values[0] ?? "")) throw new GatewayFault("UNAUTHORIZED", "Unauthorized");
  }
  return values;
}

function sourceValue(exchange: Exchange, source: string): string | undefined {
  const { incoming, variables } = exchange;
  if (source.startsWith("context.")) return lookUp(contextVariables(exchange), source.slice("context.".length));
  if (source.startsWith("stageVariables.")) return variables[source.slice("stageVariables.".length)];
  const [, kind, name = ""] =
    /^method\.request\.(header|querystring|multivalueheader|multivaluequerystring)\.(.+)$/.exec(source) ?? [];
  if (kind === undefined) return undefined;
  return kind.endsWith("header") ? headerOf(incoming, name) : queryValues(incoming.query)[name]?.at(-1);
}

async function ask(
  keeping: Keeping,
  exchange: Exchange,
  authorizer: Authorizer,
  identity: readonly string[],
  methodArn: string,
): Promise<Answer> {
  const { context, caller, api, lines } = exchange;
  const functionArn = functionArnOf(withVariables(authorizer.authorizerUri ?? "", exchange.variables));
  const failed = (line: string): never => {
    lines.push(`Execution failed due to configuration error: ${line}`);
    throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
  };
  if (functionArn === undefined) return failed(`Invalid authorizer URI ${authorizer.authorizerUri ?? ""}`);
  const event =
    authorizer.type === "TOKEN"
      ? { type: "TOKEN", methodArn, authorizationToken: identity[0] }
      : { type: "REQUEST", methodArn, ...requestParts(exchange), requestContext: requestContext(exchange) };
  const elapsed = stopwatch();
  let result: FunctionResult;
  try {
    result = await callFunction(
      context,
      keeping.roles,
      {
        functionArn,
        payload: JSON.stringify(event),
        sourceArn: `arn:aws:execute-api:${context.region}:${context.account}:${api.id}/authorizers/${authorizer.id ?? ""}`,
        credentials: authorizer.authorizerCredentials,
        caller,
        timeoutMs: TIMEOUT_MS,
      },
      (line) => void lines.push(line),
    );
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error;
    throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
  }
  const value = parsed(result.payload);
  if (result.functionError !== undefined) {
    // The one error that is an answer (the page's example): raise Exception('Unauthorized').
    if (isJson(value) && value["errorMessage"] === "Unauthorized") {
      throw new GatewayFault("UNAUTHORIZED", "Unauthorized");
    }
    return failed(`Authorizer function failed with response body: ${result.payload}`);
  }
  if (!isJson(value) || !isJson(value["policyDocument"])) return failed(`Invalid JSON in response: ${result.payload}`);
  const told = contextOf(value["context"]);
  const { principalId } = value;
  if (told === undefined) return failed("Authorizer context must be an object of texts, numbers and booleans");
  if (typeof principalId !== "string") return failed("Authorizer response must have a principalId");
  const key = value["usageIdentifierKey"];
  return {
    authorized: {
      principalId,
      context: told,
      usageIdentifierKey: typeof key === "string" ? key : undefined,
      latencyMs: elapsed(),
    },
    policy: JSON.stringify(value["policyDocument"]),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Texts, numbers and booleans, all handed on as text; undefined where there is anything else. */
function contextOf(given: unknown): Record<string, string> | undefined {
  if (given === undefined || given === null) return {};
  if (!isJson(given)) return undefined;
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue;
    if (typeof value === "object") return undefined;
    found[name] = String(value);
  }
  return found;
}
