/** The deadlines of a parameter's policies: one for each that is still to come, by its place among them. */
import type { ServiceContext } from "../../service.ts";
import { dueOf, MOST_POLICIES } from "./policies.ts";
import type { Version } from "./state.ts";

const NAME = "policy";

export interface PolicyDeadline {
  readonly name: string;
  readonly index: number;
}

/** Sets them anew for a parameter's latest version; inside a transaction. */
export function schedulePolicies(context: ServiceContext, name: string, { policies, modifiedAt }: Version): void {
  unschedulePolicies(context, name);
  for (const [index, policy] of policies.entries()) {
    if (policy.status !== "Pending") continue;
    const payload: PolicyDeadline = { name, index };
    const due = Math.max(context.now, dueOf(policy, policies, modifiedAt));
    // In the background: an expiration in a year is nothing that a rehearsal waits for.
    context.deadlines.set({ name: NAME, key: keyOf(name, index), due, payload, background: true });
  }
}

/** Takes them away; inside a transaction. */
export function unschedulePolicies(context: ServiceContext, name: string): void {
  for (let index = 0; index < MOST_POLICIES; index++) {
    context.deadlines.cancel({ name: NAME, key: keyOf(name, index) });
  }
}

function keyOf(name: string, index: number): string {
  return `${name} ${index}`;
}
