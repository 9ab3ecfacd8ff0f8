/** What time does in Parameter Store: parameters expire, and policies tell what they have to tell. */
import type { Deadline } from "../../kernel/deadlines.ts";
import type { DeadlineHandler } from "../../service.ts";
import { tellPolicyAction } from "./events.ts";
import type { PolicyDeadline } from "./policy-deadlines.ts";
import { remove } from "./removal.ts";
import { latestOf, versions, type ParameterPolicy } from "./state.ts";

const policy: DeadlineHandler = (context, deadline) => {
  const { name, index } = payloadOf(deadline);
  const latest = latestOf(context, name);
  const due = latest?.policies[index];
  if (latest === undefined || due === undefined) return;
  tellPolicyAction(context, name, latest, due);
  if (due.type === "Expiration") {
    remove(context, name);
    return;
  }
  const finished = (one: ParameterPolicy, at: number): ParameterPolicy =>
    at === index ? { ...one, status: "Finished" } : one;
  context.table(versions).put([name, latest.version], { ...latest, policies: latest.policies.map(finished) });
};

function payloadOf({ payload }: Deadline): PolicyDeadline {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by schedulePolicies
  return payload as PolicyDeadline;
}

export const deadlines: Readonly<Record<string, DeadlineHandler>> = { policy };
