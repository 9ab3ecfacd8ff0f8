/** All policies that are about a user, a group or a role, ready to be judged by. */
import type { NamedPolicy, Policies } from "../../languages/policy/evaluate.ts";
import { tryParseArn } from "../../languages/arn.ts";
import type { Principal, ServiceContext } from "../../service.ts";
import { isAwsManagedArn } from "./aws-managed/aws-managed.ts";
import { nameInArn, readPolicy } from "./documents.ts";
import { defaultVersion, findPolicy, groupNamed, identityNamed, noSuchEntity } from "./entities.ts";
import { keyOf } from "./names.ts";
import { roles, users, type Identity, type IdentityKind } from "./state.ts";

/** The user, group or role with this ARN. Raises NoSuchEntity. */
export function identityWithArn(context: ServiceContext, arn: string): Identity {
  const [type] = tryParseArn(arn)?.resource.split("/") ?? [];
  const kind = KINDS.find((kind) => kind === type);
  if (kind === undefined) throw noSuchEntity(`The entity with ARN ${arn} cannot be found.`);
  const identity = identityNamed(context, kind, nameInArn(arn));
  if (identity.arn !== arn) throw noSuchEntity(`The ${kind} with ARN ${arn} cannot be found.`);
  return identity;
}

/** What a caller of the context's account may do; undefined when it is gone meanwhile. For the gateway, which judges calls. */
export function identityPolicies(
  context: ServiceContext,
  principal: Extract<Principal, { type: "user" | "role-session" }>,
): Pick<Policies, "identity" | "permissionsBoundary"> | undefined {
  const arn = principal.type === "user" ? principal.arn : principal.roleArn;
  const table = principal.type === "user" ? context.table(users) : context.table(roles);
  const identity = table.get(keyOf(nameInArn(arn)));
  return identity?.arn === arn ? policiesOf(context, identity) : undefined;
}

const KINDS: readonly IdentityKind[] = ["user", "group", "role"];

/** Inline and attached policies, for a user also those of its groups, and the permissions boundary. */
export function policiesOf(
  context: ServiceContext,
  identity: Identity,
): Pick<Policies, "identity" | "permissionsBoundary"> {
  const groups = identity.kind === "user" ? identity.groups.map((name) => groupNamed(context, name)) : [];
  const policies = [identity, ...groups].flatMap((holder) => [
    ...Object.entries(holder.inline).map(([name, text]) => ({ name, document: readPolicy(text, "identity") })),
    ...holder.attached.flatMap((arn) => managed(context, arn) ?? []),
  ]);
  const boundary = identity.kind === "group" ? undefined : identity.permissionsBoundary;
  if (boundary === undefined) return { identity: policies };
  // A boundary that is gone allows nothing any more.
  const permissionsBoundary = managed(context, boundary) ?? {
    name: boundary,
    document: { version: "2012-10-17", statements: [] },
  };
  return { identity: policies, permissionsBoundary };
}

/** AWS's own policies never change: each is parsed once, some of them are long. */
const awsPolicies = new Map<string, NamedPolicy>();

function managed(context: ServiceContext, arn: string): NamedPolicy | undefined {
  const known = awsPolicies.get(arn);
  if (known !== undefined) return known;
  const policy = findPolicy(context, arn);
  if (policy === undefined) return undefined;
  const named = { name: arn, document: readPolicy(defaultVersion(policy).document, "identity") };
  if (isAwsManagedArn(arn)) awsPolicies.set(arn, named);
  return named;
}
