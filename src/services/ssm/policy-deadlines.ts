/** The deadlines of a parameter's policies: one for each that is still to come, by its place among them. */
import type { ServiceContext } from "../../service.ts";
import { dueOf } from "./policies.ts";
import type { Version } from "./state.ts";

const NAME = "policy";

export interface PolicyDeadline {
  readonly name: string;
  readonly index: number;
}

/** Sets them anew for a parameter's latest version, which comes after `before`; inside a transaction. */
export function schedulePolicies(
  context: ServiceContext,
  name: string,
  { policies, modifiedAt }: Version,
  before: Version | undefined,
): void {
  if (before !== undefined) unschedulePolicies(context, name, before);
  for (const [index, policy] of policies.entries()) {
    if (policy.status !== "Pending") continue;
    const payload: PolicyDeadline = { name, index };
    const due = Math.max(context.now, dueOf(policy, policies, modifiedAt));
    // In the background: an expiration in a year is nothing that a rehearsal waits for.
    context.deadlines.set({ name: NAME, key: keyOf(name, index), due, payload, background: true });
  }
}

/** Takes those of the version away that was the latest; inside a transaction. */
export function unschedulePolicies(context: ServiceContext, name: string, { policies }: Version): void {
  for (const index of policies.keys()) context.deadlines.cancel({ name: NAME, key: keyOf(name, index) });
}

function keyOf(name: string, index: number): string {
  return `${name} ${index}`;
}
