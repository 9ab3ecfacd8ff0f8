/** Who may: the API's own policy, then what the method asks for: nothing, a signature, an authorizer (AWS page "Control and manage access to REST APIs"). */
import { evaluate, type Evaluation, type NamedPolicy } from "../../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../../languages/policy/parse.ts";
import type { RequestPrincipal } from "../../../languages/policy/principal.ts";
import { requestPrincipal, serviceOf, type Principal } from "../../../service.ts";
import { askFunction } from "./authorizer-function.ts";
import { headerOf, methodArn, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";
import type { Keeping } from "./keeping.ts";

const INVOKE = "execute-api:Invoke";

/** Raises GatewayFault: 401 and 403 where the request may not pass, 500 where an authorizer does not work. */
export async function authorize(keeping: Keeping, exchange: Exchange, route: Route): Promise<void> {
  const { method } = route;
  const arn = methodArn(exchange, exchange.incoming.path);
  const own = ownPolicy(exchange, arn);
  if (own?.decision === "explicitDeny") throw refused(exchange, arn, own);
  switch (method.authorizationType) {
    case "AWS_IAM":
      return checkIdentity(exchange, arn, own);
    case "CUSTOM": {
      const authorizer = exchange.served.snapshot.definition.authorizers[method.authorizerId ?? ""];
      if (authorizer === undefined) throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
      const { authorized, policy } = await askFunction(keeping, exchange, authorizer, arn);
      const evaluation = judge(exchange, arn, policy);
      if (evaluation.decision !== "allowed") {
        const explicit = evaluation.decision === "explicitDeny" ? " with an explicit deny" : "";
        throw new GatewayFault("ACCESS_DENIED", `User is not authorized to access this resource${explicit}`);
      }
      exchange.authorized = authorized;
      return undefined;
    }
    case "COGNITO_USER_POOLS": {
      const authorizer = exchange.served.snapshot.definition.authorizers[method.authorizerId ?? ""];
      if (authorizer === undefined) throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
      exchange.authorized = await keeping.authorizers.pools.checkToken(
        exchange,
        authorizer,
        method.authorizationScopes ?? [],
      );
      return undefined;
    }
    case undefined:
    default:
      if (own !== undefined && own.decision !== "allowed") throw refused(exchange, arn, own);
      return undefined;
  }
}

/** What the API's policy says of the caller alone; undefined where it has none. */
function ownPolicy(exchange: Exchange, arn: string): Evaluation | undefined {
  const { served, caller, context } = exchange;
  if (served.policy === undefined) return undefined;
  const request = {
    principal: requestPrincipal(caller),
    action: INVOKE,
    resource: arn,
    resourceAccount: context.account,
    context: keysOf(exchange),
  };
  return evaluate(request, { identity: [], resource: served.policy });
}

function keysOf({ context, incoming }: Exchange): Readonly<Record<string, string | undefined>> {
  return {
    "aws:SourceIp": incoming.sourceIp,
    "aws:UserAgent": headerOf(incoming, "user-agent"),
    "aws:Referer": headerOf(incoming, "referer"),
    "aws:SecureTransport": "false",
    "aws:CurrentTime": new Date(context.now).toISOString(),
    "aws:EpochTime": String(Math.floor(context.now / 1000)),
  };
}

/** AWS tells the owner's account with its last four digits only. */
function refused({ caller }: Exchange, arn: string, evaluation: Evaluation): GatewayFault {
  const masked = arn.replace(/:\d{8}(\d{4}):/, ":********$1:");
  const who = caller.type === "anonymous" ? "anonymous" : caller.arn;
  const why = evaluation.decision === "explicitDeny" ? " with an explicit deny" : "";
  return new GatewayFault(
    "ACCESS_DENIED",
    `User: ${who} is not authorized to perform: ${INVOKE} on resource: ${masked}${why}`,
  );
}

/** AWS_IAM: the caller's own policies or the API's allow it; another account's caller needs both. */
async function checkIdentity(exchange: Exchange, arn: string, own: Evaluation | undefined): Promise<void> {
  const { caller, context } = exchange;
  if (caller.type === "anonymous") {
    throw new GatewayFault("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token");
  }
  const byPolicy = own?.decision === "allowed";
  const isHome = caller.account === context.account;
  if (!isHome && !byPolicy) throw refused(exchange, arn, own ?? NOT_ALLOWED);
  if (caller.type === "root") return;
  if (caller.type === "service") throw refused(exchange, arn, NOT_ALLOWED);
  if (isHome && byPolicy && caller.sessionPolicies === undefined) return;
  const decision = await simulated(exchange, caller, arn);
  if (decision === "explicitDeny")
    throw refused(exchange, arn, { decision, source: "identity-based policy", matched: [] });
  if (decision === "implicitDeny" && !(isHome && byPolicy)) throw refused(exchange, arn, NOT_ALLOWED);
  for (const text of caller.sessionPolicies ?? []) {
    const session = [{ name: "session policy", document: parsePolicy(text, "identity") }];
    const request = { principal: requestPrincipal(caller), action: INVOKE, resource: arn, context: keysOf(exchange) };
    const evaluation = evaluate(request, { identity: session });
    if (evaluation.decision !== "allowed") throw refused(exchange, arn, evaluation);
  }
}

const NOT_ALLOWED: Evaluation = { decision: "implicitDeny", source: "identity-based policy", matched: [] };

/** What the caller's user or role may do: IAM alone knows its policies, and is asked as anybody may ask it. */
async function simulated(
  { context, ...exchange }: Exchange,
  caller: Extract<Principal, { type: "user" | "role-session" }>,
  arn: string,
): Promise<"allowed" | "explicitDeny" | "implicitDeny"> {
  const keys = Object.entries(keysOf({ context, ...exchange })).flatMap(([ContextKeyName, value]) =>
    value === undefined ? [] : [{ ContextKeyName, ContextKeyValues: [value], ContextKeyType: "string" as const }],
  );
  const { EvaluationResults } = await context.call(
    "iam",
    "SimulatePrincipalPolicy",
    {
      PolicySourceArn: caller.type === "user" ? caller.arn : caller.roleArn,
      ActionNames: [INVOKE],
      ResourceArns: [arn],
      ContextEntries: keys,
    },
    { as: serviceOf("apigateway.amazonaws.com", caller.account), account: caller.account },
  );
  return EvaluationResults?.[0]?.EvalDecision ?? "implicitDeny";
}

/** What the policy that an authorizer gave says of this method. Raises GatewayFault (500) where it is none. */
function judge(exchange: Exchange, resource: string, text: string): Evaluation {
  let policy: NamedPolicy;
  try {
    policy = { name: "authorizer", document: parsePolicy(text, "identity") };
  } catch (error) {
    exchange.lines.push(`Execution failed due to configuration error: Invalid JSON in response: ${String(error)}`);
    throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
  }
  const { account } = exchange.context;
  const principal: RequestPrincipal = { type: "user", account, arn: `arn:aws:iam::${account}:user/authorized` };
  return evaluate({ principal, action: INVOKE, resource, context: keysOf(exchange) }, { identity: [policy] });
}
