/** Parameters of other accounts, by their ARN: what the parameter's resource policies allow (AWS page "Working with shared parameters"). */
import { tryParseArn } from "../../languages/arn.ts";
import { evaluate, type NamedPolicy } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { requestPrincipal, type ServiceContext } from "../../service.ts";
import { refuse } from "./errors.ts";
import { canonical, parameterArn, type Asked } from "./names.ts";
import { resourcePolicies, type Owner } from "./state.ts";

const EVERYTHING = parsePolicy(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  "identity",
);

/** The policies of the parameter that an ARN names; for the gateway, which judges callers of the same account by them too. */
export function resourcePolicy(context: ServiceContext, given: string): NamedPolicy | undefined {
  const arn = tryParseArn(given);
  if (arn?.service !== "ssm" || !arn.resource.startsWith("parameter/")) return undefined;
  return policyOf(context, arn, canonical(arn.resource.slice("parameter".length)));
}

/** All policies of a parameter as one: what one of them denies none can allow. */
function policyOf(context: ServiceContext, owner: Owner, name: string): NamedPolicy | undefined {
  const rows = [...context.table(resourcePolicies, owner).list([name])];
  if (rows.length === 0) return undefined;
  const statements = rows.flatMap(({ policy }) => parsePolicy(policy, "resource").statements);
  return { name: "resource", document: { version: "2012-10-17", statements } };
}

/** Raises AccessDeniedException for a parameter of another account whose policies do not allow `action` to the caller. */
export function permit(context: ServiceContext, { owner, name }: Asked, action: string): void {
  if (owner.account === context.account) return;
  const resource = parameterArn(owner, name);
  const own = policyOf(context, owner, name);
  const request = { principal: requestPrincipal(context.principal), action, resource, resourceAccount: owner.account };
  // What the caller's own account allows its identities is judged before an operation is reached.
  const policies = {
    identity: [{ name: "identity", document: EVERYTHING }],
    ...(own === undefined ? {} : { resource: own }),
  };
  if (evaluate(request, policies).decision === "allowed") return;
  refuse(
    "AccessDeniedException",
    `User: ${context.principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`,
  );
}
