/** What time does in Parameter Store: parameters expire, and policies tell what they have to tell. */
import type { Deadline } from "../../kernel/deadlines.ts";
import type { DeadlineHandler, ServiceContext } from "../../service.ts";
import type { PolicyDeadline } from "./policy-deadlines.ts";
import { remove } from "./removal.ts";
import { latestOf, versions, type ParameterPolicy, type Version } from "./state.ts";

const policy: DeadlineHandler = (context, deadline) => {
  const { name, index } = payloadOf(deadline);
  const latest = latestOf(context, name);
  const due = latest?.policies[index];
  if (latest === undefined || due === undefined) return;
  tell(context, name, latest, due);
  if (due.type === "Expiration") {
    remove(context, name);
    return;
  }
  const policies = latest.policies.map((one, at): ParameterPolicy =>
    at === index ? { ...one, status: "Finished" } : one,
  );
  context.table(versions).put([name, latest.version], { ...latest, policies });
};

/** The event "Parameter Store Policy Action" stands in the journal until there is an EventBridge to send it to. */
function tell(
  context: ServiceContext,
  name: string,
  { type }: Version,
  { type: policyType, text }: ParameterPolicy,
): void {
  context.note(
    "Parameter Store Policy Action",
    JSON.stringify({
      "parameter-name": name,
      "parameter-type": type,
      "policy-type": policyType,
      "policy-content": text,
      "action-status": "Success",
    }),
  );
}

function payloadOf({ payload }: Deadline): PolicyDeadline {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by schedulePolicies
  return payload as PolicyDeadline;
}

export const deadlines: Readonly<Record<string, DeadlineHandler>> = { policy };
