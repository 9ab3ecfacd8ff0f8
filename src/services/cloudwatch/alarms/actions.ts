/**
 * What an alarm does when its state changes: functions are invoked; what Seatrial has no service for is recorded as failed, in the
 * alarm's history and in the journal.
 */
import type { Deadline } from "../../../kernel/deadlines.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import { tryParseArn, type Arn } from "../../../languages/arn.ts";
import { serviceOf, type DeadlineHandler, type ServiceContext } from "../../../service.ts";
import { validation } from "../rules.ts";
import { remember } from "./history.ts";
import { alarmArn } from "./names.ts";
import type { AlarmState, AnyAlarm } from "./state.ts";
import { functionEvent } from "./told.ts";

/** Whom functions see call them, and their policies must allow (AWS page "Invoke a Lambda function from an alarm"). */
const PRINCIPAL = "lambda.alarms.cloudwatch.amazonaws.com";
const MOST_ACTIONS = 5;
/** What may be named as an action (AWS page "PutMetricAlarm"), by the ARN's service; the others' `what` is for the record. */
const TARGETS: Readonly<Record<string, { readonly what: string; readonly matches: (arn: Arn) => boolean }>> = {
  lambda: { what: "Lambda", matches: ({ resource }) => /^function:[^:]+(:[^:]+)?$/.test(resource) },
  sns: { what: "SNS", matches: ({ resource }) => /^[\w-]+(\.fifo)?$/.test(resource) },
  automate: { what: "EC2", matches: ({ resource }) => /^ec2:(stop|terminate|reboot|recover)$/.test(resource) },
  swf: { what: "EC2", matches: ({ resource }) => resource.startsWith("action/actions/AWS_EC2.InstanceId.") },
  autoscaling: { what: "Auto Scaling", matches: ({ resource }) => resource.startsWith("scalingPolicy:") },
  ssm: { what: "Systems Manager OpsCenter", matches: ({ resource }) => /^opsitem:[1-4](#.*)?$/.test(resource) },
  "ssm-incidents": { what: "Incident Manager", matches: ({ resource }) => resource.startsWith("response-plan/") },
  aiops: { what: "CloudWatch investigations", matches: ({ resource }) => resource.startsWith("investigation-group") },
};
/** A composite alarm cannot act on instances or scale. */
const NOT_COMPOSITE = ["automate", "swf", "autoscaling"];

/** Raises ValidationError for what is no action of an alarm of this region and type. */
export function checkActions({ region }: ServiceContext, type: AnyAlarm["type"], arns: readonly string[]): void {
  if (arns.length > MOST_ACTIONS) validation(`Number of actions must be less than or equal to ${MOST_ACTIONS}`);
  for (const text of arns) {
    const arn = tryParseArn(text);
    const target = arn === undefined ? undefined : TARGETS[arn.service];
    if (arn === undefined || target === undefined || !target.matches(arn)) validation(`Invalid arn syntax: ${text}`);
    if (type === "CompositeAlarm" && NOT_COMPOSITE.includes(arn.service)) validation(`Invalid arn syntax: ${text}`);
    if (arn.region !== region && arn.region !== "") {
      validation(`Invalid region ${arn.region} specified. Only ${region} is supported.`);
    }
  }
}

/** What an `action` deadline carries. */
interface Action {
  readonly arn: string;
  readonly alarm: AnyAlarm;
  readonly before: AlarmState;
}

/** Inside a transaction: sets the actions of the alarm's state on their way. */
export function act(context: ServiceContext, alarm: AnyAlarm, before: AlarmState): void {
  if (!alarm.actionsEnabled) return;
  for (const arn of new Set(alarm.actions[alarm.state.value])) {
    const payload: Action = { arn, alarm, before };
    context.deadlines.set({ name: "action", key: context.random.uuid(), due: context.now, payload });
  }
}

/** Performs one action. Killed in between, it is performed again, as AWS may. */
export const action: DeadlineHandler = async (context, deadline) => {
  const { arn, alarm, before } = payloadOf(deadline);
  const message = JSON.stringify(functionEvent(context, alarm, before));
  const error = await perform(context, arn, alarm, message);
  context.transact(() => {
    const stateUpdateTimestamp = alarm.state.updatedAt;
    const common = { stateUpdateTimestamp, notificationResource: arn, publishedMessage: message };
    if (error === undefined) {
      const data = JSON.stringify({ actionState: "Succeeded", ...common });
      remember(context, alarm, { kind: "Action", summary: `Successfully executed action ${arn}`, data });
      return;
    }
    const summary = `Failed to execute action ${arn}. Received error: "${error}"`;
    const data = JSON.stringify({ actionState: "Failed", error, ...common });
    remember(context, alarm, { kind: "Action", summary, data });
    context.note("alarm action failed", `${alarm.name}: ${summary}`);
  });
};

/** Answers why it could not be done. */
async function perform(
  context: ServiceContext,
  text: string,
  alarm: AnyAlarm,
  message: string,
): Promise<string | undefined> {
  const arn = tryParseArn(text);
  if (arn?.service !== "lambda") {
    const what = TARGETS[arn?.service ?? ""]?.what ?? text;
    return `Seatrial has no ${what} yet: nothing was done`;
  }
  try {
    await context.call(
      "lambda",
      "Invoke",
      { FunctionName: text, InvocationType: "Event", Payload: Buffer.from(message) },
      {
        as: serviceOf(PRINCIPAL, context.account, alarmArn(context, alarm.name)),
        account: arn.account,
        region: arn.region,
      },
    );
    return undefined;
  } catch (error) {
    // As SNS's refusals are told: users know the caller by that name.
    if (isAwsError(error)) return error.message.replace(`User: ${PRINCIPAL} `, "CloudWatch Alarms ");
    throw error;
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the payload of an `action` row is only ever written by `act`
const payloadOf = (deadline: Deadline): Action => deadline.payload as Action;
