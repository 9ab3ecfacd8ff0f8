/** Tags on users, roles, policies, instance profiles and identity providers. */
import type { Operations, ServiceContext } from "../../../service.ts";
import {
  instanceProfileNamed,
  modifiableRole,
  ownPolicy,
  policyWithArn,
  putIdentity,
  roleNamed,
  userNamed,
} from "../entities.ts";
import type { Iam } from "../iam.ts";
import { keyOf, withoutTags, withTags } from "../names.ts";
import { pageOf, type PageRequest } from "../paging.ts";
import { oidcProviderWithArn, samlProviderWithArn } from "../providers.ts";
import { instanceProfiles, managedPolicies, oidcProviders, samlProviders, type Tag } from "../state.ts";

interface Tagged {
  readonly tags: readonly Tag[];
}

/** Finds something that can be tagged, and writes it back with other tags. */
interface Taggable {
  readonly tags: readonly Tag[];
  readonly write: (tags: readonly Tag[]) => void;
}

function taggable<Row extends Tagged>(row: Row, write: (row: Row) => void): Taggable {
  return { tags: row.tags, write: (tags) => write({ ...row, tags }) };
}

const user = (context: ServiceContext, name: string) =>
  taggable(userNamed(context, name), (row) => putIdentity(context, row));
const role = (context: ServiceContext, name: string) =>
  taggable(modifiableRole(context, name), (row) => putIdentity(context, row));
const policy = (context: ServiceContext, arn: string) =>
  taggable(ownPolicy(context, arn), (row) => context.table(managedPolicies).put([keyOf(row.name)], row));
const profile = (context: ServiceContext, name: string) =>
  taggable(instanceProfileNamed(context, name), (row) => context.table(instanceProfiles).put([keyOf(row.name)], row));
const oidc = (context: ServiceContext, arn: string) =>
  taggable(oidcProviderWithArn(context, arn), (row) => context.table(oidcProviders).put([row.arn], row));
const saml = (context: ServiceContext, arn: string) =>
  taggable(samlProviderWithArn(context, arn), (row) => context.table(samlProviders).put([row.arn], row));

function add(thing: Taggable, tags: Parameters<typeof withTags>[1]): object {
  thing.write(withTags(thing.tags, tags));
  return {};
}

function remove(thing: Taggable, keys: readonly string[]): object {
  thing.write(withoutTags(thing.tags, keys));
  return {};
}

function list({ tags }: Tagged, request: PageRequest) {
  const { items, rest } = pageOf(
    [...tags].sort((a, b) => (a.Key < b.Key ? -1 : 1)),
    request,
    ({ Key }) => Key,
  );
  return { Tags: items, ...rest };
}

export const tagOperations = {
  TagUser: (context, input) => add(user(context, input.UserName), input.Tags),
  UntagUser: (context, input) => remove(user(context, input.UserName), input.TagKeys),
  ListUserTags: (context, input) => list(userNamed(context, input.UserName), input),

  TagRole: (context, input) => add(role(context, input.RoleName), input.Tags),
  UntagRole: (context, input) => remove(role(context, input.RoleName), input.TagKeys),
  ListRoleTags: (context, input) => list(roleNamed(context, input.RoleName), input),

  TagPolicy: (context, input) => add(policy(context, input.PolicyArn), input.Tags),
  UntagPolicy: (context, input) => remove(policy(context, input.PolicyArn), input.TagKeys),
  ListPolicyTags: (context, input) => list(policyWithArn(context, input.PolicyArn), input),

  TagInstanceProfile: (context, input) => add(profile(context, input.InstanceProfileName), input.Tags),
  UntagInstanceProfile: (context, input) => remove(profile(context, input.InstanceProfileName), input.TagKeys),
  ListInstanceProfileTags: (context, input) => list(instanceProfileNamed(context, input.InstanceProfileName), input),

  TagOpenIDConnectProvider: (context, input) => add(oidc(context, input.OpenIDConnectProviderArn), input.Tags),
  UntagOpenIDConnectProvider: (context, input) => remove(oidc(context, input.OpenIDConnectProviderArn), input.TagKeys),
  ListOpenIDConnectProviderTags: (context, input) =>
    list(oidcProviderWithArn(context, input.OpenIDConnectProviderArn), input),

  TagSAMLProvider: (context, input) => add(saml(context, input.SAMLProviderArn), input.Tags),
  UntagSAMLProvider: (context, input) => remove(saml(context, input.SAMLProviderArn), input.TagKeys),
  ListSAMLProviderTags: (context, input) => list(samlProviderWithArn(context, input.SAMLProviderArn), input),
} satisfies Operations<Iam>;
