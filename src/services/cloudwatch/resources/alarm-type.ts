/** What AWS::CloudWatch::Alarm and AWS::CloudWatch::CompositeAlarm have alike: name, actions, tags, and how they come and go. */
import { flag, given, present, text, texts, unlessEmpty, unlessGone, type Properties } from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { alarmArn } from "../alarms/names.ts";
import type { Tag } from "../sdk.ts";
import { liveTags, tagsOf, updateTags } from "./tagging.ts";

/** One of the two kinds; `Settings` is what its Put operation takes besides name, actions and tags, `Live` what DescribeAlarms tells of one. */
interface AlarmKind<Settings, Live> {
  /** Besides those that both kinds have. */
  readonly properties: readonly string[];
  readonly required?: readonly string[];
  readonly unsupported?: readonly string[];
  settings(properties: Properties): Settings;
  put(context: ResourceContext, alarm: Settings & Actions & { AlarmName: string; Tags?: Tag[] }): Promise<unknown>;
  find(context: ResourceContext, name: string): Promise<Live | undefined>;
  /** The live settings as a template has them; undefined for what the alarm does not have. */
  shown(live: Live): Record<string, unknown>;
}

type Actions = ReturnType<typeof actionsOf>;

interface LiveActions {
  readonly AlarmName?: string | undefined;
  readonly AlarmDescription?: string | undefined;
  readonly ActionsEnabled?: boolean | undefined;
  readonly OKActions?: readonly string[] | undefined;
  readonly AlarmActions?: readonly string[] | undefined;
  readonly InsufficientDataActions?: readonly string[] | undefined;
}

const COMMON_PROPERTIES = [
  "ActionsEnabled",
  "AlarmActions",
  "AlarmDescription",
  "AlarmName",
  "InsufficientDataActions",
  "OKActions",
  "Tags",
];

/** The CloudFormation type of a kind of alarm. */
export function alarmType<Settings, Live extends LiveActions>(kind: AlarmKind<Settings, Live>): ResourceType {
  const { required, unsupported } = kind;
  return {
    properties: [...COMMON_PROPERTIES, ...kind.properties],
    ...given("required", required),
    ...given("unsupported", unsupported),
    replaceOn: ["AlarmName"],
    nameProperty: "AlarmName",
    identifiers: ["AlarmName"],

    async create(context, request) {
      const { properties } = request;
      const AlarmName = text(properties, "AlarmName") ?? request.generatedName({ maxLength: 255 });
      const alarm = { ...kind.settings(properties), ...actionsOf(properties), AlarmName, Tags: tagsOf(request) };
      await kind.put(context, alarm);
      return done(context, AlarmName);
    },

    async update(context, request) {
      const { physicalId: AlarmName, properties } = request;
      await kind.put(context, { ...kind.settings(properties), ...actionsOf(properties), AlarmName });
      await updateTags(context, alarmArn(context, AlarmName), request);
      return done(context, AlarmName);
    },

    async read(context, { physicalId: name }) {
      const live = await kind.find(context, name);
      if (live === undefined) return undefined;
      const Tags = await liveTags(context, alarmArn(context, name));
      return {
        physicalId: name,
        properties: present({ ...shownActions(live), ...kind.shown(live), Tags }),
        attributes: { Arn: alarmArn(context, name) },
      };
    },

    delete: (context, { physicalId }) =>
      unlessGone(context.call("cloudwatch", "DeleteAlarms", { AlarmNames: [physicalId] })),
  };
}

function done(context: ResourceContext, name: string): Progress {
  return { status: "SUCCESS", physicalId: name, attributes: { Arn: alarmArn(context, name) } };
}

function actionsOf(properties: Properties) {
  return {
    ...given("ActionsEnabled", flag(properties, "ActionsEnabled")),
    ...given("AlarmActions", texts(properties, "AlarmActions")),
    ...given("AlarmDescription", text(properties, "AlarmDescription")),
    ...given("InsufficientDataActions", texts(properties, "InsufficientDataActions")),
    ...given("OKActions", texts(properties, "OKActions")),
  };
}

function shownActions(live: LiveActions): Record<string, unknown> {
  return {
    ActionsEnabled: live.ActionsEnabled,
    AlarmActions: unlessEmpty(live.AlarmActions),
    AlarmDescription: live.AlarmDescription,
    AlarmName: live.AlarmName,
    InsufficientDataActions: unlessEmpty(live.InsufficientDataActions),
    OKActions: unlessEmpty(live.OKActions),
  };
}
