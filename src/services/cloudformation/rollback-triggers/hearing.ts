/** What alarms and time do to an operation that is being monitored: a breach or a lost alarm rolls it back, the end of the time lets it end. */
import type { DeadlineHandler, EventListener, ServiceContext } from "../../../service.ts";
import { stoppedWords } from "../failure.ts";
import { halt } from "../halting.ts";
import { settle } from "../phases.ts";
import { operations, stacks, type Operation } from "../state.ts";
import { breached, missing } from "./monitoring.ts";

/** The events that alarms tell of themselves, in their account and region: where AWS looks for triggers too. */
export const alarmEvents: Readonly<Record<string, EventListener>> = {
  "CloudWatch Alarm State Change": (context, { resources: [arn = ""], detail }) => {
    if (valueOf(detail["state"]) === "ALARM") stopAll(context, arn, breached(arn));
  },
  "CloudWatch Alarm Configuration Change": (context, { resources: [arn = ""], detail }) => {
    if (detail["operation"] === "delete") stopAll(context, arn, missing(arn));
  },
};

function valueOf(state: unknown): unknown {
  return typeof state === "object" && state !== null && "value" in state ? state.value : undefined;
}

/** Stops what is being made under the eyes of an alarm; what goes back already is let be. */
function stopAll(context: ServiceContext, arn: string, reason: string): void {
  for (const [[id], operation] of Array.from(context.table(operations).entries())) {
    const stack = isWatching(operation, arn) ? context.table(stacks).get(String(id)) : undefined;
    if (stack?.status !== "CREATE_IN_PROGRESS" && stack?.status !== "UPDATE_IN_PROGRESS") continue;
    settle(context, stack, halt(context, stack, operation, stoppedWords(operation.kind, reason)));
  }
}

function isWatching({ phase, halted, monitoring }: Operation, arn: string): boolean {
  return phase === "forward" && !halted && monitoring?.triggers.some((trigger) => trigger.arn === arn) === true;
}

/** The monitoring time is over. */
export const monitoringEnds: DeadlineHandler = (context, { key }) => {
  const stack = context.table(stacks).get(key);
  const operation = context.table(operations).get(key);
  if (stack === undefined || operation?.monitoring === undefined || operation.phase !== "forward") return;
  settle(context, stack, { ...operation, monitoring: { ...operation.monitoring, period: "over" } });
};
