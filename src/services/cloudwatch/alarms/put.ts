/** What putting a metric alarm and putting a composite one have in common. */
import { AwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { validation } from "../rules.ts";
import type { Tag } from "../sdk.ts";
import { putTags } from "../tags.ts";
import { rememberConfiguration } from "./history.ts";
import { alarmArn } from "./names.ts";
import { alarms, type AlarmState, type AnyAlarm, type StateValue } from "./state.ts";
import { configurationChange } from "./told.ts";

/** AWS page "CloudWatch service quotas". */
const MOST_ALARMS = 5000;

interface Given {
  readonly AlarmName: string;
  readonly AlarmDescription?: string | undefined;
  readonly ActionsEnabled?: boolean | undefined;
  readonly OKActions?: readonly string[] | undefined;
  readonly AlarmActions?: readonly string[] | undefined;
  readonly InsufficientDataActions?: readonly string[] | undefined;
}

/** The alarm that is about to be overwritten. Raises ValidationError where it is of the other type. */
export function replaced(context: ServiceContext, name: string, type: AnyAlarm["type"]): AnyAlarm | undefined {
  // oxlint-disable-next-line no-control-regex -- these are what a name must not have
  if (/[\u0000-\u001f\u007f]/.test(name)) validation("AlarmName must not contain ASCII control characters");
  const before = context.table(alarms).get(name);
  if (before !== undefined && before.type !== type) {
    validation(`An alarm of type ${before.type} with the name ${name} already exists.`);
  }
  return before;
}

/** A new alarm knows nothing yet; an overwritten one keeps its state. */
export function commonPart(
  context: ServiceContext,
  input: Given,
  before: AnyAlarm | undefined,
): {
  name: string;
  description?: string;
  actionsEnabled: boolean;
  actions: Record<StateValue, readonly string[]>;
  configuredAt: number;
  state: AlarmState;
} {
  const { now } = context;
  const { AlarmName, AlarmDescription, ActionsEnabled = true } = input;
  return {
    name: AlarmName,
    ...(AlarmDescription === undefined ? {} : { description: AlarmDescription }),
    actionsEnabled: ActionsEnabled,
    actions: {
      OK: input.OKActions ?? [],
      ALARM: input.AlarmActions ?? [],
      INSUFFICIENT_DATA: input.InsufficientDataActions ?? [],
    },
    configuredAt: now,
    state: before?.state ?? {
      value: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      updatedAt: now,
      transitionedAt: now,
    },
  };
}

/** Inside a transaction. Tags are for new alarms only, as on AWS. */
export function save(
  context: ServiceContext,
  alarm: AnyAlarm,
  before: AnyAlarm | undefined,
  tags: readonly Tag[] | undefined,
): void {
  const table = context.table(alarms);
  if (before === undefined) {
    if (Array.from(table.list([], { limit: MOST_ALARMS })).length >= MOST_ALARMS) {
      throw new AwsError("LimitExceededFault", `The maximum number of ${MOST_ALARMS} alarms has been reached.`);
    }
    putTags(context, alarmArn(context, alarm.name), tags ?? []);
  }
  table.put([alarm.name], alarm);
  rememberConfiguration(context, alarm, before === undefined ? "Create" : "Update", before);
  context.emit(configurationChange(context, alarm, before === undefined ? "create" : "update", before));
}
