/**
 * Updates that do not go their type's way but that of their UpdatePolicy attribute ("UpdatePolicy attribute"). What such a way is, is known to
 * the service that brings it.
 */
import type { Progress, ResourceContext, ResourceUpdate, UpdatePolicy } from "../../../service.ts";
import { isObject } from "../../../template/value.ts";
import type { Work } from "../state.ts";

export type UpdatePolicies = ReadonlyMap<string, UpdatePolicy>;

/** An update, whichever way it goes. */
export interface PolicyWork {
  readonly work: Work;
  readonly update: ResourceUpdate;
  /** True when the operation was stopped while the update was at work. */
  readonly halted: boolean;
  /** The type's own way. */
  readonly byType: () => Promise<Progress>;
}

/** True for a step that has begun to go a policy's way: it cannot be dropped, but has to be given up in order. */
export function isUnderPolicy(work: Work | undefined): boolean {
  return work?.action === "update" && work.updatePolicy !== undefined && work.callbackContext !== undefined;
}

/** Raises what the policy or the type raises. */
export async function updateResource(
  context: ResourceContext,
  policies: UpdatePolicies,
  { work, update, halted, byType }: PolicyWork,
): Promise<Progress> {
  for (const [key, policy] of Object.entries(work.updatePolicy ?? {})) {
    const way = policies.get(key);
    if (way?.type !== work.type || !isObject(policy) || !way.applies(update)) continue;
    const request = { ...update, policy };
    if (halted) return way.cancel(context, request);
    const progress = await way.update(context, request);
    return progress.status === "SUCCESS" && hasMore(update) ? byType() : progress;
  }
  return byType();
}

/** The policy has moved the version; what else has changed is the type's to do. */
function hasMore({ properties, previousProperties }: ResourceUpdate): boolean {
  const names = new Set([...Object.keys(properties), ...Object.keys(previousProperties)]);
  names.delete("FunctionVersion");
  // A different order of keys is told as a difference: the type finds that there is nothing to do.
  return [...names].some((name) => JSON.stringify(properties[name]) !== JSON.stringify(previousProperties[name]));
}
