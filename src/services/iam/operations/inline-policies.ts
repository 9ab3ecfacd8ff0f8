/** Inline policies of users, groups and roles. */
import { AwsError } from "../../../kernel/errors.ts";
import { policySize } from "../../../languages/policy/document.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { encodeDocument, INLINE_POLICIES_SIZE, readPolicy } from "../documents.ts";
import { groupNamed, modifiableRole, noSuchEntity, putIdentity, roleNamed, userNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { pageOf, type PageRequest } from "../paging.ts";
import type { Identity } from "../state.ts";

function put(context: ServiceContext, identity: Identity, name: string, document: string): object {
  readPolicy(document, "identity");
  const inline = { ...identity.inline, [name]: document };
  const size = Object.values(inline).reduce((sum, text) => sum + policySize(text), 0);
  const limit = INLINE_POLICIES_SIZE[identity.kind];
  if (size > limit) {
    throw new AwsError(
      "LimitExceededException",
      `Maximum policy size of ${limit} bytes exceeded for ${identity.kind} ${identity.name}`,
    );
  }
  putIdentity(context, { ...identity, inline });
  return {};
}

function get(identity: Identity, name: string): { PolicyName: string; PolicyDocument: string } {
  const document = identity.inline[name];
  if (document === undefined) throw notFound(identity, name);
  return { PolicyName: name, PolicyDocument: encodeDocument(document) };
}

function remove(context: ServiceContext, identity: Identity, name: string): object {
  if (identity.inline[name] === undefined) throw notFound(identity, name);
  const { [name]: _, ...inline } = identity.inline;
  putIdentity(context, { ...identity, inline });
  return {};
}

function list(identity: Identity, request: PageRequest) {
  const { items, rest } = pageOf(Object.keys(identity.inline).sort(), request, (name) => name);
  return { PolicyNames: items, ...rest };
}

function notFound(identity: Identity, name: string): AwsError {
  return noSuchEntity(`The ${identity.kind} policy with name ${name} cannot be found.`);
}

export const inlinePolicyOperations = {
  PutUserPolicy: (context, input) =>
    put(context, userNamed(context, input.UserName), input.PolicyName, input.PolicyDocument),
  PutGroupPolicy: (context, input) =>
    put(context, groupNamed(context, input.GroupName), input.PolicyName, input.PolicyDocument),
  PutRolePolicy: (context, input) =>
    put(context, modifiableRole(context, input.RoleName), input.PolicyName, input.PolicyDocument),

  GetUserPolicy: (context, input) => ({
    UserName: input.UserName,
    ...get(userNamed(context, input.UserName), input.PolicyName),
  }),
  GetGroupPolicy: (context, input) => ({
    GroupName: input.GroupName,
    ...get(groupNamed(context, input.GroupName), input.PolicyName),
  }),
  GetRolePolicy: (context, input) => ({
    RoleName: input.RoleName,
    ...get(roleNamed(context, input.RoleName), input.PolicyName),
  }),

  DeleteUserPolicy: (context, input) => remove(context, userNamed(context, input.UserName), input.PolicyName),
  DeleteGroupPolicy: (context, input) => remove(context, groupNamed(context, input.GroupName), input.PolicyName),
  DeleteRolePolicy: (context, input) => remove(context, modifiableRole(context, input.RoleName), input.PolicyName),

  ListUserPolicies: (context, input) => list(userNamed(context, input.UserName), input),
  ListGroupPolicies: (context, input) => list(groupNamed(context, input.GroupName), input),
  ListRolePolicies: (context, input) => list(roleNamed(context, input.RoleName), input),
} satisfies Operations<Iam>;
