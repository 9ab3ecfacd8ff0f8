/** Parameters of other accounts, by their ARN: what the parameter's resource policies allow (AWS page "Working with shared parameters"). */
import { evaluate } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import type { RequestPrincipal } from "../../languages/policy/principal.ts";
import type { Principal, ServiceContext } from "../../service.ts";
import { refuse } from "./errors.ts";
import { parameterArn, type Asked } from "./names.ts";
import { resourcePolicies } from "./state.ts";

const EVERYTHING = parsePolicy(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  "identity",
);

/** Raises AccessDeniedException for a parameter of another account whose policies do not allow `action` to the caller. */
export function permit(context: ServiceContext, { owner, name }: Asked, action: string): void {
  if (owner.account === context.account) return;
  const resource = parameterArn(owner, name);
  const documents = [...context.table(resourcePolicies, owner).list([name])].map(({ policy }) =>
    parsePolicy(policy, "resource"),
  );
  const document = { version: "2012-10-17", statements: documents.flatMap(({ statements }) => statements) } as const;
  const request = { principal: asRequested(context.principal), action, resource, resourceAccount: owner.account };
  // What the caller's own account allows its identities is judged before an operation is reached.
  const policies = {
    identity: [{ name: "identity", document: EVERYTHING }],
    resource: { name: "resource", document },
  };
  if (evaluate(request, policies).decision === "allowed") return;
  refuse(
    "AccessDeniedException",
    `User: ${context.principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`,
  );
}

function asRequested(principal: Principal): RequestPrincipal {
  switch (principal.type) {
    case "root":
    case "user":
    case "service":
    case "anonymous":
      return principal;
    case "role-session":
      return { ...principal, tags: principal.sessionTags };
  }
}
