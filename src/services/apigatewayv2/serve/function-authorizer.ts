/** Lambda authorizers (AWS page "Control access to HTTP APIs with AWS Lambda authorizers"): a function decides, by a policy or by yes and no. */
import { isAwsError } from "../../../kernel/errors.ts";
import { evaluate } from "../../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../../languages/policy/parse.ts";
import { isRecord, type ProxyReply } from "../../../languages/proxy/reply.ts";
import { executeArn, functionOfUri } from "../names.ts";
import type { AuthorizerRow } from "../state.ts";
import { refuse } from "./answer.ts";
import type { FunctionCaller } from "./call-function.ts";
import { resourceOf, version1, version2 } from "./event.ts";
import { identitySources } from "./identity-source.ts";
import { within } from "./time-limit.ts";
import { withStageVariables } from "./variables.ts";
import type { Visit } from "./visit.ts";

/** What an authorizer may take, in the machine's time (AWS page "Quotas for configuring and running an HTTP API"). */
const LIMIT_MS = 10_000;
const MOST_KEPT = 10_000;

/** What a function has decided, and about what: a policy decides anew for each route. */
interface Decision {
  readonly values: Readonly<Record<string, unknown>>;
  readonly principalId?: string;
  /** True or false, or the text of a policy. */
  readonly allows: boolean | string;
}

export interface FunctionAuthorizers {
  /** Undefined when the request may go on: the visit is authorized then. Else the refusal. */
  authorize(visit: Visit, authorizer: AuthorizerRow): Promise<ProxyReply | undefined>;
  /** Forgets what was decided for a stage. */
  reset(apiId: string, stageName: string): void;
}

export function createFunctionAuthorizers(functions: FunctionCaller): FunctionAuthorizers {
  const kept = new Map<string, { readonly decision: Decision; readonly until: number }>();

  async function decide(
    visit: Visit,
    authorizer: AuthorizerRow,
    sources: readonly string[],
  ): Promise<Decision | undefined> {
    const ttlMs = (authorizer.AuthorizerResultTtlInSeconds ?? 0) * 1000;
    const { api, context, stage } = visit;
    const key = [api.ApiId, stage.StageName, authorizer.AuthorizerId, ...sources].join("\n");
    const known = ttlMs === 0 ? undefined : kept.get(key);
    if (known !== undefined && known.until > context.now) return known.decision;
    const decision = await ask(functions, visit, authorizer, sources);
    if (decision !== undefined && ttlMs > 0) {
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(key, { decision, until: context.now + ttlMs });
    }
    return decision;
  }

  return {
    async authorize(visit, authorizer) {
      const sources = identitySources(visit, authorizer.IdentitySource ?? []);
      if (sources === undefined) {
        return refuse(visit, 401, "Unauthorized", { type: "UNAUTHORIZED", authorizer: "missing identity source" });
      }
      const decision = await decide(visit, authorizer, sources);
      if (decision === undefined) {
        return refuse(visit, 500, "Internal Server Error", {
          type: "AUTHORIZER_FAILURE",
          authorizer: visit.integrated.error ?? "",
        });
      }
      const { allows, principalId, values } = decision;
      if (!(typeof allows === "boolean" ? allows : isAllowed(visit, allows))) {
        return refuse(visit, 403, "Forbidden", {
          type: "ACCESS_DENIED",
          authorizer: "the authorizer denied the request",
        });
      }
      visit.authorized = { type: "lambda", values, ...(principalId === undefined ? {} : { principalId }) };
      return undefined;
    },
    reset(apiId, stageName) {
      const prefix = `${apiId}\n${stageName}\n`;
      for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    },
  };
}

/** Undefined where the function failed or answered what is no decision. */
async function ask(
  functions: FunctionCaller,
  visit: Visit,
  authorizer: AuthorizerRow,
  sources: readonly string[],
): Promise<Decision | undefined> {
  const { api, context } = visit;
  const arn = functionOfUri(withStageVariables(authorizer.AuthorizerUri ?? "", visit));
  if (arn === undefined) return undefined;
  const sourceArn = executeArn(context, api.ApiId, `authorizers/${authorizer.AuthorizerId}`);
  const payload = JSON.stringify(eventOf(visit, authorizer, sources));
  const call = { arn, sourceArn, credentials: authorizer.AuthorizerCredentialsArn, payload };
  try {
    const answer = await within(LIMIT_MS, functions.call(context, call));
    if (answer === undefined || answer.error !== undefined) {
      visit.integrated.error = answer?.error ?? "The authorizer timed out";
      return undefined;
    }
    return decisionOf(JSON.parse(answer.payload), authorizer.EnableSimpleResponses === true);
  } catch (error) {
    if (!isAwsError(error) && !(error instanceof SyntaxError)) throw error;
    visit.integrated.error = error.message;
    return undefined;
  }
}

function eventOf(visit: Visit, { AuthorizerPayloadFormatVersion: format }: AuthorizerRow, sources: readonly string[]) {
  const arn = routeArn(visit);
  if (format === "2.0") {
    const { version, ...rest } = version2(visit);
    return { version, type: "REQUEST", routeArn: arn, identitySource: sources, ...rest };
  }
  const { version, ...rest } = version1(visit);
  const identity = sources.join(",");
  return { version, type: "REQUEST", methodArn: arn, identitySource: identity, authorizationToken: identity, ...rest };
}

/** What a policy allows or denies: `arn:aws:execute-api:…:ID/STAGE/GET/pets`. */
export function routeArn(visit: Visit): string {
  const { api, context, request, route, stage } = visit;
  const path = route?.RouteKey === "$default" ? resourceOf(visit) : `${request.method}${visit.path}`;
  return executeArn(context, api.ApiId, `${stage.StageName}/${path}`);
}

function decisionOf(value: unknown, isSimple: boolean): Decision | undefined {
  if (!isRecord(value)) return undefined;
  const given = value["context"];
  const values = isRecord(given) ? given : {};
  if (isSimple) {
    const { isAuthorized } = value;
    return typeof isAuthorized === "boolean" ? { values, allows: isAuthorized } : undefined;
  }
  const { policyDocument, principalId } = value;
  if (!isRecord(policyDocument)) return undefined;
  return { values, principalId: String(principalId ?? ""), allows: JSON.stringify(policyDocument) };
}

function isAllowed(visit: Visit, policy: string): boolean {
  try {
    const document = parsePolicy(policy, "identity");
    const { account } = visit.context;
    const principal = { type: "user", account, arn: `arn:aws:iam::${account}:user/caller` } as const;
    const context = { "aws:SourceIp": visit.sourceIp, "aws:UserAgent": visit.headers["user-agent"] };
    const request = { principal, action: "execute-api:Invoke", resource: routeArn(visit), context };
    return evaluate(request, { identity: [{ name: "authorizer", document }] }).decision === "allowed";
  } catch {
    return false;
  }
}
