/** What IAM's resource types ask for to tell what is there now: policies and their holders, page by page. */
import { given, parsedDocument, unlessMissing, type Properties } from "../../../resource.ts";
import type { ResourceContext } from "../../../service.ts";
import type { IdentityKind } from "../state.ts";

/** What IAM answers for what is not there. */
export const MISSING = "NoSuchEntityException";

interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** Every item of a list that comes in pages. */
async function all<P extends Page, Item>(
  list: (page: { Marker?: string }) => Promise<P>,
  items: (page: P) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  let marker: string | undefined;
  do {
    const page = await list(given("Marker", marker));
    found.push(...(items(page) ?? []));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return found;
}

/** A policy document of IAM's, which comes percent-encoded (RFC 3986), as a template has it. */
export function shownDocument(encoded: string | undefined): unknown {
  return parsedDocument(encoded === undefined ? undefined : decodeURIComponent(encoded));
}

/** The text of an inline policy; undefined when it, or its holder, is gone. */
export async function inlineDocument(
  { call }: ResourceContext,
  kind: IdentityKind,
  name: string,
  PolicyName: string,
): Promise<string | undefined> {
  const asked = {
    user: () => call("iam", "GetUserPolicy", { UserName: name, PolicyName }),
    group: () => call("iam", "GetGroupPolicy", { GroupName: name, PolicyName }),
    role: () => call("iam", "GetRolePolicy", { RoleName: name, PolicyName }),
  };
  const found = await unlessMissing<{ PolicyDocument: string | undefined }>(asked[kind](), MISSING);
  return found?.PolicyDocument === undefined ? undefined : decodeURIComponent(found.PolicyDocument);
}

async function inlineNames({ call }: ResourceContext, kind: IdentityKind, name: string): Promise<string[]> {
  const page = {
    user: (more: object) => call("iam", "ListUserPolicies", { UserName: name, ...more }),
    group: (more: object) => call("iam", "ListGroupPolicies", { GroupName: name, ...more }),
    role: (more: object) => call("iam", "ListRolePolicies", { RoleName: name, ...more }),
  };
  return all<Page & { PolicyNames: string[] | undefined }, string>(page[kind], ({ PolicyNames }) => PolicyNames);
}

async function attachedArns({ call }: ResourceContext, kind: IdentityKind, name: string): Promise<string[]> {
  const page = {
    user: (more: object) => call("iam", "ListAttachedUserPolicies", { UserName: name, ...more }),
    group: (more: object) => call("iam", "ListAttachedGroupPolicies", { GroupName: name, ...more }),
    role: (more: object) => call("iam", "ListAttachedRolePolicies", { RoleName: name, ...more }),
  };
  const attached = await all(page[kind], ({ AttachedPolicies }) => AttachedPolicies);
  return attached.flatMap(({ PolicyArn }) => PolicyArn ?? []);
}

/** `Policies` and `ManagedPolicyArns` of a user, a group or a role: all that it has, whoever gave it. */
export async function readPolicies(context: ResourceContext, kind: IdentityKind, name: string): Promise<Properties> {
  const Policies: Properties[] = [];
  for (const PolicyName of await inlineNames(context, kind, name)) {
    const text = await inlineDocument(context, kind, name, PolicyName);
    if (text !== undefined) Policies.push({ PolicyDocument: parsedDocument(text), PolicyName });
  }
  return { ManagedPolicyArns: await attachedArns(context, kind, name), Policies };
}

/** `Users`, `Groups` and `Roles` that a managed policy is attached to. */
export async function holdersOf({ call }: ResourceContext, PolicyArn: string): Promise<Properties> {
  const pages = await all(
    (page) => call("iam", "ListEntitiesForPolicy", { PolicyArn, PolicyUsageFilter: "PermissionsPolicy", ...page }),
    (page) => [page],
  );
  return {
    Groups: pages.flatMap((page) => (page.PolicyGroups ?? []).flatMap(({ GroupName }) => GroupName ?? [])),
    Roles: pages.flatMap((page) => (page.PolicyRoles ?? []).flatMap(({ RoleName }) => RoleName ?? [])),
    Users: pages.flatMap((page) => (page.PolicyUsers ?? []).flatMap(({ UserName }) => UserName ?? [])),
  };
}

/** The groups of a user. */
export async function groupsOf({ call }: ResourceContext, UserName: string): Promise<string[]> {
  const groups = await all(
    (page) => call("iam", "ListGroupsForUser", { UserName, ...page }),
    ({ Groups }) => Groups,
  );
  return groups.flatMap(({ GroupName }) => GroupName ?? []);
}

/** The users in a group; undefined when the group is gone. */
export async function membersOf({ call }: ResourceContext, GroupName: string): Promise<string[] | undefined> {
  const work = all(
    (page) => call("iam", "GetGroup", { GroupName, ...page }),
    ({ Users }) => Users,
  );
  const users = await unlessMissing(work, MISSING);
  return users?.flatMap(({ UserName }) => UserName ?? []);
}

/** A user's access keys with their status; undefined when the user is gone. */
export async function keysOf({ call }: ResourceContext, UserName: string) {
  const work = all(
    (page) => call("iam", "ListAccessKeys", { UserName, ...page }),
    ({ AccessKeyMetadata }) => AccessKeyMetadata,
  );
  return unlessMissing(work, MISSING);
}
