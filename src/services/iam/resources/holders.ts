/** Inline and managed policies of a user, a group or a role, from a template: what is wanted is compared with what was. */
import { type Properties } from "../../../resource.ts";
import type { ResourceContext } from "../../../service.ts";
import type { IdentityKind } from "../state.ts";
import { unlessGone } from "./attempts.ts";
import { inlinePolicies, listOf } from "./properties.ts";

/** The four calls, for one kind of holder. */
interface Holder {
  put(name: string, policy: string, document: string): Promise<unknown>;
  remove(name: string, policy: string): Promise<unknown>;
  attach(name: string, arn: string): Promise<unknown>;
  detach(name: string, arn: string): Promise<unknown>;
}

/** How policies of this kind of holder are written. */
export function holderOf({ call }: ResourceContext, kind: IdentityKind): Holder {
  switch (kind) {
    case "user":
      return {
        put: (UserName, PolicyName, PolicyDocument) =>
          call("iam", "PutUserPolicy", { UserName, PolicyName, PolicyDocument }),
        remove: (UserName, PolicyName) => call("iam", "DeleteUserPolicy", { UserName, PolicyName }),
        attach: (UserName, PolicyArn) => call("iam", "AttachUserPolicy", { UserName, PolicyArn }),
        detach: (UserName, PolicyArn) => call("iam", "DetachUserPolicy", { UserName, PolicyArn }),
      };
    case "group":
      return {
        put: (GroupName, PolicyName, PolicyDocument) =>
          call("iam", "PutGroupPolicy", { GroupName, PolicyName, PolicyDocument }),
        remove: (GroupName, PolicyName) => call("iam", "DeleteGroupPolicy", { GroupName, PolicyName }),
        attach: (GroupName, PolicyArn) => call("iam", "AttachGroupPolicy", { GroupName, PolicyArn }),
        detach: (GroupName, PolicyArn) => call("iam", "DetachGroupPolicy", { GroupName, PolicyArn }),
      };
    case "role":
      return {
        put: (RoleName, PolicyName, PolicyDocument) =>
          call("iam", "PutRolePolicy", { RoleName, PolicyName, PolicyDocument }),
        remove: (RoleName, PolicyName) => call("iam", "DeleteRolePolicy", { RoleName, PolicyName }),
        attach: (RoleName, PolicyArn) => call("iam", "AttachRolePolicy", { RoleName, PolicyArn }),
        detach: (RoleName, PolicyArn) => call("iam", "DetachRolePolicy", { RoleName, PolicyArn }),
      };
  }
}

/** Makes `Policies` and `ManagedPolicyArns` of `name` what `wanted` says, from what `previous` said. */
export async function writePolicies(
  context: ResourceContext,
  kind: IdentityKind,
  name: string,
  wanted: Properties,
  previous: Properties = {},
): Promise<void> {
  const holder = holderOf(context, kind);
  const inline = inlinePolicies(wanted);
  const before = inlinePolicies(previous);
  const arns = listOf(wanted, "ManagedPolicyArns");
  for (const [policy, document] of inline)
    if (before.get(policy) !== document) await holder.put(name, policy, document);
  for (const arn of arns) await holder.attach(name, arn);
  for (const policy of before.keys()) if (!inline.has(policy)) await unlessGone(holder.remove(name, policy));
  for (const arn of listOf(previous, "ManagedPolicyArns"))
    if (!arns.includes(arn)) await unlessGone(holder.detach(name, arn));
}
