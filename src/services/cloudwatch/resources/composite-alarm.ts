/** AWS::CloudWatch::CompositeAlarm (CloudFormation Template Reference). */
import { given, number, requiredText, text } from "../../../resource.ts";
import { alarmType } from "./alarm-type.ts";

export const compositeAlarm = alarmType({
  properties: ["ActionsSuppressor", "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod", "AlarmRule"],
  required: ["AlarmRule"],

  settings: (properties) => ({
    AlarmRule: requiredText(properties, "AlarmRule"),
    ...given("ActionsSuppressor", text(properties, "ActionsSuppressor")),
    ...given("ActionsSuppressorExtensionPeriod", number(properties, "ActionsSuppressorExtensionPeriod")),
    ...given("ActionsSuppressorWaitPeriod", number(properties, "ActionsSuppressorWaitPeriod")),
  }),

  put: (context, alarm) => context.call("cloudwatch", "PutCompositeAlarm", alarm),

  async find(context, name) {
    const wanted = { AlarmNames: [name], AlarmTypes: ["CompositeAlarm" as const] };
    const { CompositeAlarms = [] } = await context.call("cloudwatch", "DescribeAlarms", wanted);
    return CompositeAlarms[0];
  },

  shown: (live) => ({
    ActionsSuppressor: live.ActionsSuppressor,
    ActionsSuppressorExtensionPeriod: live.ActionsSuppressorExtensionPeriod,
    ActionsSuppressorWaitPeriod: live.ActionsSuppressorWaitPeriod,
    AlarmRule: live.AlarmRule,
  }),
});
