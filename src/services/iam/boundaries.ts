/** Permissions boundaries: a managed policy that limits a user or a role (AWS page "Permissions boundaries for IAM entities"). */
import type { ServiceContext } from "../../service.ts";
import { attachablePolicy } from "./entities.ts";
import { keyOf } from "./names.ts";
import { boundaryUses, type Role, type User } from "./state.ts";

/** The user or role with another boundary, or none; whoever calls writes it. Raises NoSuchEntity. */
export function useBoundary<Bounded extends User | Role>(
  context: ServiceContext,
  identity: Bounded,
  arn: string | undefined,
): Bounded {
  if (arn !== undefined) attachablePolicy(context, arn);
  const uses = context.table(boundaryUses);
  const key = keyOf(identity.name);
  if (identity.permissionsBoundary !== undefined) uses.remove(identity.permissionsBoundary, identity.kind, key);
  if (arn !== undefined) uses.put([arn, identity.kind, key], identity.name);
  return { ...identity, permissionsBoundary: arn };
}
