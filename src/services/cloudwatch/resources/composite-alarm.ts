/** AWS::CloudWatch::CompositeAlarm (CloudFormation Template Reference). */
import { given, number, present, requiredText, text, type Properties } from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { alarmArn } from "../alarms/names.ts";
import {
  ACTION_PROPERTIES,
  actionsOf,
  deleteAlarm,
  liveTags,
  shownActions,
  tagsOf,
  updateTags,
} from "./alarm-common.ts";

export const compositeAlarm: ResourceType = {
  properties: [
    ...ACTION_PROPERTIES,
    "ActionsSuppressor",
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
    "AlarmRule",
  ],
  required: ["AlarmRule"],
  replaceOn: ["AlarmName"],
  nameProperty: "AlarmName",
  identifiers: ["AlarmName"],

  async create(context, request) {
    const name = text(request.properties, "AlarmName") ?? request.generatedName({ maxLength: 255 });
    await context.call("cloudwatch", "PutCompositeAlarm", {
      AlarmName: name,
      ...configured(request.properties),
      Tags: tagsOf(request),
    });
    return done(context, name);
  },

  async update(context, request) {
    const { physicalId: name, properties } = request;
    await context.call("cloudwatch", "PutCompositeAlarm", { AlarmName: name, ...configured(properties) });
    await updateTags(context, alarmArn(context, name), request);
    return done(context, name);
  },

  async read(context, { physicalId: name }) {
    const { CompositeAlarms = [] } = await context.call("cloudwatch", "DescribeAlarms", {
      AlarmNames: [name],
      AlarmTypes: ["CompositeAlarm"],
    });
    const [live] = CompositeAlarms;
    if (live === undefined) return undefined;
    return {
      physicalId: name,
      properties: present({
        ...shownActions(live),
        ActionsSuppressor: live.ActionsSuppressor,
        ActionsSuppressorExtensionPeriod: live.ActionsSuppressorExtensionPeriod,
        ActionsSuppressorWaitPeriod: live.ActionsSuppressorWaitPeriod,
        AlarmRule: live.AlarmRule,
        Tags: await liveTags(context, alarmArn(context, name)),
      }),
      attributes: { Arn: alarmArn(context, name) },
    };
  },

  delete: (context, { physicalId }) => deleteAlarm(context, physicalId),
};

function done(context: ResourceContext, name: string): Progress {
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: alarmArn(context, name) } };
}

function configured(properties: Properties) {
  return {
    ...actionsOf(properties),
    AlarmRule: requiredText(properties, "AlarmRule"),
    ...given("ActionsSuppressor", text(properties, "ActionsSuppressor")),
    ...given("ActionsSuppressorExtensionPeriod", number(properties, "ActionsSuppressorExtensionPeriod")),
    ...given("ActionsSuppressorWaitPeriod", number(properties, "ActionsSuppressorWaitPeriod")),
  };
}
