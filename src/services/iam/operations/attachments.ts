/** Managed policies on users, groups and roles. */
import type { Operations, ServiceContext } from "../../../service.ts";
import { attach, detach } from "../attachments.ts";
import { findPolicy, groupNamed, modifiableRole, roleNamed, userNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { nameInArn } from "../documents.ts";
import { pageOf, type PageRequest } from "../paging.ts";
import type { Identity } from "../state.ts";

function list(context: ServiceContext, identity: Identity, request: PageRequest & { PathPrefix?: string | undefined }) {
  const prefix = request.PathPrefix ?? "/";
  const wanted = identity.attached.filter((arn) => findPolicy(context, arn)?.path.startsWith(prefix) === true).sort();
  const { items, rest } = pageOf(wanted, request, (arn) => arn);
  return { AttachedPolicies: items.map((arn) => ({ PolicyName: nameInArn(arn), PolicyArn: arn })), ...rest };
}

export const attachmentOperations = {
  AttachUserPolicy(context, input) {
    attach(context, userNamed(context, input.UserName), input.PolicyArn);
    return {};
  },
  AttachGroupPolicy(context, input) {
    attach(context, groupNamed(context, input.GroupName), input.PolicyArn);
    return {};
  },
  AttachRolePolicy(context, input) {
    attach(context, modifiableRole(context, input.RoleName), input.PolicyArn);
    return {};
  },

  DetachUserPolicy(context, input) {
    detach(context, userNamed(context, input.UserName), input.PolicyArn);
    return {};
  },
  DetachGroupPolicy(context, input) {
    detach(context, groupNamed(context, input.GroupName), input.PolicyArn);
    return {};
  },
  DetachRolePolicy(context, input) {
    detach(context, modifiableRole(context, input.RoleName), input.PolicyArn);
    return {};
  },

  ListAttachedUserPolicies: (context, input) => list(context, userNamed(context, input.UserName), input),
  ListAttachedGroupPolicies: (context, input) => list(context, groupNamed(context, input.GroupName), input),
  ListAttachedRolePolicies: (context, input) => list(context, roleNamed(context, input.RoleName), input),
} satisfies Operations<Iam>;
