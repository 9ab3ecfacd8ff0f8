/** AWS::Logs::MetricFilter and AWS::Logs::SubscriptionFilter. */
import {
  type Properties,
  flag,
  given,
  number,
  pairs,
  present,
  requiredText,
  structures,
  text,
  texts,
  unlessEmpty,
  unlessGone,
  unlessMissing,
} from "../../../resource.ts";
import type { Input, ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";

export const metricFilter: ResourceType = {
  properties: [
    "ApplyOnTransformedLogs",
    "EmitSystemFieldDimensions",
    "FieldSelectionCriteria",
    "FilterName",
    "FilterPattern",
    "LogGroupName",
    "MetricTransformations",
  ],
  required: ["FilterPattern", "LogGroupName", "MetricTransformations"],
  replaceOn: ["FilterName", "LogGroupName"],
  nameProperty: "FilterName",
  identifiers: ["LogGroupName", "FilterName"],
  physicalIdOf: (_, identifiers) => identifiers["FilterName"] ?? "",

  async read(context, { physicalId, properties }) {
    const input = {
      logGroupName: requiredText(properties, "LogGroupName"),
      filterNamePrefix: physicalId,
      limit: 1,
    };
    const found = await unlessMissing(context.call("logs", "DescribeMetricFilters", input));
    const [filter] = found?.metricFilters ?? [];
    if (filter?.filterName !== physicalId) return undefined;
    return {
      physicalId,
      properties: present({
        ApplyOnTransformedLogs: filter.applyOnTransformedLogs,
        EmitSystemFieldDimensions: filter.emitSystemFieldDimensions,
        FieldSelectionCriteria: filter.fieldSelectionCriteria,
        FilterName: physicalId,
        FilterPattern: filter.filterPattern,
        LogGroupName: filter.logGroupName,
        MetricTransformations: filter.metricTransformations?.map((one) => ({
          DefaultValue: one.defaultValue,
          Dimensions: unlessEmpty(Object.entries(one.dimensions ?? {}).map(([Key, Value]) => ({ Key, Value }))),
          MetricName: one.metricName,
          MetricNamespace: one.metricNamespace,
          MetricValue: one.metricValue,
          Unit: one.unit,
        })),
      }),
    };
  },

  create: (context, request) => putMetricFilter(context, request, filterNameOf(request)),
  update: (context, request) => putMetricFilter(context, request, request.physicalId),

  delete: (context, request) => {
    const logGroupName = requiredText(request.properties, "LogGroupName");
    return unlessGone(context.call("logs", "DeleteMetricFilter", { logGroupName, filterName: request.physicalId }));
  },
};

async function putMetricFilter(context: ResourceContext, { properties }: ResourceRequest, filterName: string) {
  await context.call("logs", "PutMetricFilter", {
    logGroupName: requiredText(properties, "LogGroupName"),
    filterName,
    filterPattern: requiredText(properties, "FilterPattern"),
    metricTransformations: structures(properties, "MetricTransformations").map(transformationOf),
    ...given("applyOnTransformedLogs", flag(properties, "ApplyOnTransformedLogs")),
    ...given("fieldSelectionCriteria", text(properties, "FieldSelectionCriteria")),
    ...given("emitSystemFieldDimensions", texts(properties, "EmitSystemFieldDimensions")),
  });
  return { status: "SUCCESS", physicalId: filterName } as const;
}

type Transformation = Input<Sdk, "PutMetricFilter">["metricTransformations"][number];

function transformationOf(properties: Properties): Transformation {
  return {
    metricName: requiredText(properties, "MetricName"),
    metricNamespace: requiredText(properties, "MetricNamespace"),
    metricValue: requiredText(properties, "MetricValue"),
    ...given("defaultValue", number(properties, "DefaultValue")),
    ...given("dimensions", properties["Dimensions"] === undefined ? undefined : pairs(properties, "Dimensions")),
    ...given("unit", unitOf(text(properties, "Unit"))),
  };
}

function unitOf(unit: string | undefined): Transformation["unit"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's check of the call turns others away, with AWS's words
  return unit as Transformation["unit"];
}

export const subscriptionFilter: ResourceType = {
  properties: [
    "ApplyOnTransformedLogs",
    "DestinationArn",
    "Distribution",
    "EmitSystemFields",
    "FieldSelectionCriteria",
    "FilterName",
    "FilterPattern",
    "LogGroupName",
    "RoleArn",
  ],
  required: ["DestinationArn", "FilterPattern", "LogGroupName"],
  replaceOn: ["FilterName", "LogGroupName"],
  nameProperty: "FilterName",
  identifiers: ["FilterName", "LogGroupName"],
  physicalIdOf: (_, identifiers) => identifiers["FilterName"] ?? "",

  async read(context, { physicalId, properties }) {
    const input = {
      logGroupName: requiredText(properties, "LogGroupName"),
      filterNamePrefix: physicalId,
      limit: 1,
    };
    const found = await unlessMissing(context.call("logs", "DescribeSubscriptionFilters", input));
    const [filter] = found?.subscriptionFilters ?? [];
    if (filter?.filterName !== physicalId) return undefined;
    return {
      physicalId,
      properties: present({
        ApplyOnTransformedLogs: filter.applyOnTransformedLogs,
        DestinationArn: filter.destinationArn,
        Distribution: filter.distribution,
        EmitSystemFields: filter.emitSystemFields,
        FieldSelectionCriteria: filter.fieldSelectionCriteria,
        FilterName: physicalId,
        FilterPattern: filter.filterPattern,
        LogGroupName: filter.logGroupName,
        RoleArn: filter.roleArn,
      }),
    };
  },

  create: (context, request) => putSubscriptionFilter(context, request, filterNameOf(request)),
  update: (context, request) => putSubscriptionFilter(context, request, request.physicalId),

  delete: (context, request) => {
    const logGroupName = requiredText(request.properties, "LogGroupName");
    const filterName = request.physicalId;
    return unlessGone(context.call("logs", "DeleteSubscriptionFilter", { logGroupName, filterName }));
  },
};

async function putSubscriptionFilter(context: ResourceContext, { properties }: ResourceRequest, filterName: string) {
  await context.call("logs", "PutSubscriptionFilter", {
    logGroupName: requiredText(properties, "LogGroupName"),
    filterName,
    filterPattern: requiredText(properties, "FilterPattern"),
    destinationArn: requiredText(properties, "DestinationArn"),
    ...given("roleArn", text(properties, "RoleArn")),
    ...given("distribution", distributionOf(text(properties, "Distribution"))),
    ...given("applyOnTransformedLogs", flag(properties, "ApplyOnTransformedLogs")),
    ...given("fieldSelectionCriteria", text(properties, "FieldSelectionCriteria")),
    ...given("emitSystemFields", texts(properties, "EmitSystemFields")),
  });
  return { status: "SUCCESS", physicalId: filterName } as const;
}

type Distribution = Input<Sdk, "PutSubscriptionFilter">["distribution"];

function distributionOf(value: string | undefined): Distribution {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's check of the call turns others away, with AWS's words
  return value as Distribution;
}

function filterNameOf(request: ResourceRequest): string {
  return text(request.properties, "FilterName") ?? request.generatedName({ maxLength: 512 });
}
