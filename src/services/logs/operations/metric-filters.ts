/** Metric filters: kept, described, tried out. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { groupNamed, invalid, unsupported } from "../names.ts";
import { DESCRIBE_LIMIT, readToken, takePage } from "../paging.ts";
import { patternOf, withPattern } from "../patterns.ts";
import type { Sdk } from "../sdk.ts";
import { groups, metricFilters, type LogGroup, type MetricFilter } from "../state.ts";

const MOST_FILTERS = 100;
const MOST_DIMENSIONS = 3;

type Transformation = Input<Sdk, "PutMetricFilter">["metricTransformations"][number];

export const PutMetricFilter: Handler<Sdk, "PutMetricFilter"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  if (group.class !== "STANDARD")
    invalid("Metric filters are supported for log groups of the Standard log class only.");
  refuseTransformers("PutMetricFilter", input, input.emitSystemFieldDimensions);
  const [transformation] = input.metricTransformations;
  if (transformation === undefined) invalid("Exactly one metric transformation must be given.");
  checkTransformation(input.filterPattern, transformation);
  const table = context.table(metricFilters);
  const old = table.get(group.id, input.filterName);
  if (old === undefined && group.metricFilters >= MOST_FILTERS) {
    throw new AwsError("LimitExceededException", "Resource limit exceeded.");
  }
  table.put([group.id, input.filterName], {
    name: input.filterName,
    pattern: input.filterPattern,
    createdAt: context.now,
    transformation: { ...transformation, metricValue: transformation.metricValue },
  });
  if (old === undefined) context.table(groups).put([group.name], { ...group, metricFilters: group.metricFilters + 1 });
  return {};
};

export const DeleteMetricFilter: Handler<Sdk, "DeleteMetricFilter"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  const table = context.table(metricFilters);
  if (!table.has(group.id, input.filterName)) {
    throw new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.");
  }
  table.remove(group.id, input.filterName);
  context.table(groups).put([group.name], { ...group, metricFilters: group.metricFilters - 1 });
  return {};
};

export const DescribeMetricFilters: Handler<Sdk, "DescribeMetricFilters"> = (context, input) => {
  const { metricName, metricNamespace } = input;
  if ((metricName === undefined) !== (metricNamespace === undefined)) {
    invalid("metricName and metricNamespace must be specified together.");
  }
  const isWanted = ({ transformation }: MetricFilter): boolean =>
    metricName === undefined ||
    (transformation.metricName === metricName && transformation.metricNamespace === metricNamespace);
  const chosen =
    input.logGroupName === undefined ? context.table(groups).list() : [groupNamed(context, input.logGroupName)];
  const found = all(context, chosen, input.filterNamePrefix ?? "", input.nextToken, isWanted);
  const { page, nextToken } = takePage(found, input.limit ?? DESCRIBE_LIMIT, nameOf);
  return {
    metricFilters: page.map(({ group, filter }) => ({
      filterName: filter.name,
      filterPattern: filter.pattern,
      metricTransformations: [describe(filter)],
      creationTime: filter.createdAt,
      logGroupName: group.name,
    })),
    nextToken,
  };
};

export const TestMetricFilter: Handler<Sdk, "TestMetricFilter"> = (_, input) => {
  const pattern = patternOf(input.filterPattern);
  const matches = input.logEventMessages.flatMap((message, index) => {
    const { matches, fields } = pattern.match(message);
    return matches ? [{ eventNumber: index + 1, eventMessage: message, extractedValues: { ...fields } }] : [];
  });
  return { matches };
};

/** Raises InvalidParameterException for what only a log transformer or a monitoring account gives a meaning. */
export function refuseTransformers(
  operation: string,
  input: {
    readonly applyOnTransformedLogs?: boolean | undefined;
    readonly fieldSelectionCriteria?: string | undefined;
  },
  systemFields: readonly string[] | undefined,
): void {
  if (input.applyOnTransformedLogs === true) {
    unsupported(operation, "applyOnTransformedLogs", "the log group has no log transformer");
  }
  if (input.fieldSelectionCriteria !== undefined) {
    unsupported(operation, "fieldSelectionCriteria", "logs are not centralized from other accounts here");
  }
  if (systemFields !== undefined && systemFields.length > 0) {
    unsupported(operation, "system fields", "logs are not centralized from other accounts here");
  }
}

function checkTransformation(pattern: string, transformation: Transformation): void {
  const filter = patternOf(pattern);
  const { metricValue, defaultValue, dimensions = {} } = transformation;
  const selectors = Object.values(dimensions);
  if (metricValue.startsWith("$")) withPattern(() => filter.field("{}", metricValue));
  else if (metricValue.trim() === "" || !Number.isFinite(Number(metricValue))) {
    invalid(
      `Invalid metric transformation: metricValue '${metricValue}' is neither a number nor a field of the filter pattern.`,
    );
  }
  if (selectors.length === 0) return;
  if (defaultValue !== undefined) {
    invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties.");
  }
  if (selectors.length > MOST_DIMENSIONS) invalid("A metric filter can have no more than 3 dimensions.");
  if (filter.kind === "text") invalid("The specified filter pattern does not support dimensions.");
  for (const selector of selectors) withPattern(() => filter.field("{}", selector));
}

interface Found {
  readonly group: LogGroup;
  readonly filter: MetricFilter;
}

/** Neither name has a colon in it. */
const nameOf = ({ group, filter }: Found): string => `${group.name}:${filter.name}`;

function* all(
  context: ServiceContext,
  chosen: Iterable<LogGroup>,
  prefix: string,
  token: string | undefined,
  isWanted: (filter: MetricFilter) => boolean,
): Iterable<Found> {
  const [lastGroup = "", lastFilter = ""] = token === undefined ? [] : readToken(token).split(":");
  for (const group of chosen) {
    if (group.name < lastGroup) continue;
    for (const [, filter] of context.table(metricFilters).beginning([group.id], prefix)) {
      if (group.name === lastGroup && filter.name <= lastFilter) continue;
      if (isWanted(filter)) yield { group, filter };
    }
  }
}

function describe({ transformation }: MetricFilter): Transformation {
  const { metricName, metricNamespace, metricValue, defaultValue, dimensions, unit } = transformation;
  return {
    metricName,
    metricNamespace,
    metricValue,
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(dimensions === undefined ? {} : { dimensions: { ...dimensions } }),
    ...(unit === undefined ? {} : { unit }),
  };
}
