/** AWS_IAM routes: who signed the request may come where the caller's own policies allow `execute-api:Invoke` on the route. */
import { isAwsError } from "../../../kernel/errors.ts";
import { evaluate } from "../../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../../languages/policy/parse.ts";
import type { ProxyReply } from "../../../languages/proxy/reply.ts";
import { serviceOf, type Principal } from "../../../service.ts";
import { refuse } from "./answer.ts";
import { SERVICE } from "./call-function.ts";
import { routeArn } from "./function-authorizer.ts";
import type { Visit } from "./visit.ts";

/** Undefined when the caller may: the visit is authorized then. Else the refusal. */
export async function authorizeSigned(visit: Visit): Promise<ProxyReply | undefined> {
  const { caller } = visit;
  const forbidden = (authorizer: string) => refuse(visit, 403, "Forbidden", { type: "ACCESS_DENIED", authorizer });
  if (caller.type === "anonymous") return forbidden("the request is not signed");
  // HTTP APIs have no policy of their own that could let another account in.
  if (caller.account !== visit.context.account || !(await mayInvoke(visit, caller))) {
    return forbidden(`${caller.arn} is not authorized to perform: execute-api:Invoke on resource: ${routeArn(visit)}`);
  }
  visit.authorized = { type: "iam", caller };
  return undefined;
}

async function mayInvoke(visit: Visit, caller: Principal): Promise<boolean> {
  if (caller.type === "root") return true;
  if (caller.type !== "user" && caller.type !== "role-session") return false;
  const resource = routeArn(visit);
  const input = {
    PolicySourceArn: caller.type === "role-session" ? caller.roleArn : caller.arn,
    ActionNames: ["execute-api:Invoke"],
    ResourceArns: [resource],
    ContextEntries: [
      { ContextKeyName: "aws:SourceIp", ContextKeyType: "ip" as const, ContextKeyValues: [visit.sourceIp] },
    ],
  };
  const as = serviceOf(SERVICE, caller.account);
  try {
    const { EvaluationResults = [] } = await visit.context.call("iam", "SimulatePrincipalPolicy", input, { as });
    return EvaluationResults[0]?.EvalDecision === "allowed" && sessionAllows(caller, resource);
  } catch (error) {
    // The role or user is gone.
    if (isAwsError(error)) return false;
    throw error;
  }
}

/** A session's policies limit what its role may do. */
function sessionAllows(caller: Extract<Principal, { type: "user" | "role-session" }>, resource: string): boolean {
  const request = {
    principal: { type: "user", account: caller.account, arn: caller.arn } as const,
    action: "execute-api:Invoke",
    resource,
    context: {},
  };
  const policies = caller.sessionPolicies ?? [];
  const identity = policies.map((text, index) => ({
    name: `session policy ${index}`,
    document: parsePolicy(text, "identity"),
  }));
  return policies.length === 0 || evaluate(request, { identity }).decision === "allowed";
}
