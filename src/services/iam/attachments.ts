/** Who has which managed policy attached: kept with the identity, and by policy for the way back. */
import { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { attachablePolicy, noSuchEntity, policyWithArn, putIdentity, quotaExceeded } from "./entities.ts";
import { keyOf } from "./names.ts";
import { attachments, type Identity } from "./state.ts";

/** AWS page "IAM and AWS STS quotas": managed policies attached to a user, a group, a role. */
const MOST_ATTACHED = 10;
const QUOTA = { user: "PoliciesPerUser", group: "PoliciesPerGroup", role: "PoliciesPerRole" } as const;

/** Attaches the policy; once more is no error. Raises NoSuchEntity, LimitExceeded, PolicyNotAttachable. */
export function attach(context: ServiceContext, identity: Identity, arn: string): void {
  const policy = attachablePolicy(context, arn);
  if (policy.path.startsWith("/aws-service-role/") && policy.arn.startsWith("arn:aws:iam::aws:")) {
    throw new AwsError("PolicyNotAttachableException", `Cannot attach a Service Role Policy to a Customer Role.`);
  }
  if (identity.attached.includes(arn)) return;
  if (identity.attached.length >= MOST_ATTACHED) throw quotaExceeded(QUOTA[identity.kind], MOST_ATTACHED);
  putIdentity(context, { ...identity, attached: [...identity.attached, arn] });
  context.table(attachments).put([arn, identity.kind, keyOf(identity.name)], identity.name);
}

/** Detaches the policy. Raises NoSuchEntity when it is not attached. */
export function detach(context: ServiceContext, identity: Identity, arn: string): void {
  if (!identity.attached.includes(arn)) {
    policyWithArn(context, arn);
    throw noSuchEntity(`Policy ${arn} was not found.`);
  }
  putIdentity(context, { ...identity, attached: identity.attached.filter((attached) => attached !== arn) });
  context.table(attachments).remove(arn, identity.kind, keyOf(identity.name));
}

/** Follows a user or group that got another name. */
export function moveAttachments(context: ServiceContext, from: Identity, to: Identity): void {
  const table = context.table(attachments);
  for (const arn of from.attached) {
    table.remove(arn, from.kind, keyOf(from.name));
    table.put([arn, to.kind, keyOf(to.name)], to.name);
  }
}
