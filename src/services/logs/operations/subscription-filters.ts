/** Subscription filters: kept, described. What they deliver goes out in deadlines.ts. */
import { AwsError, isAwsError } from "../../../kernel/errors.ts";
import type { Handler } from "../../../service.ts";
import { groupNamed, invalid } from "../names.ts";
import { DESCRIBE_LIMIT, readToken, takePage } from "../paging.ts";
import { patternOf } from "../patterns.ts";
import type { Sdk } from "../sdk.ts";
import { groups, subscriptionFilters } from "../state.ts";
import { checkDestination, invokeDestination } from "../subscription.ts";
import { refuseTransformers } from "./metric-filters.ts";

const MOST_FILTERS = 2;

export const PutSubscriptionFilter: Handler<Sdk, "PutSubscriptionFilter"> = async (context, input) => {
  const { logGroupName, filterName, filterPattern, destinationArn } = input;
  if (groupNamed(context, logGroupName).class !== "STANDARD") {
    invalid("Subscription filters are supported for log groups of the Standard log class only.");
  }
  refuseTransformers("PutSubscriptionFilter", input, input.emitSystemFields);
  patternOf(filterPattern);
  checkDestination(context, logGroupName, destinationArn);
  if (input.roleArn !== undefined) invalid("destinationArn for vendor lambda cannot be used with roleArn");
  try {
    await invokeDestination(context, logGroupName, destinationArn, { InvocationType: "DryRun" });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new AwsError(
      "InvalidParameterException",
      "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
    );
  }
  context.transact(() => {
    const group = groupNamed(context, logGroupName);
    const table = context.table(subscriptionFilters);
    const old = table.get(group.id, filterName);
    if (old === undefined && group.subscriptionFilters >= MOST_FILTERS) {
      throw new AwsError("LimitExceededException", "Resource limit exceeded.");
    }
    table.put([group.id, filterName], {
      name: filterName,
      pattern: filterPattern,
      createdAt: old?.createdAt ?? context.now,
      destinationArn,
      distribution: input.distribution ?? "ByLogStream",
    });
    if (old === undefined) {
      context.table(groups).put([group.name], { ...group, subscriptionFilters: group.subscriptionFilters + 1 });
    }
  });
  return {};
};

export const DeleteSubscriptionFilter: Handler<Sdk, "DeleteSubscriptionFilter"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  const table = context.table(subscriptionFilters);
  if (!table.has(group.id, input.filterName)) {
    throw new AwsError("ResourceNotFoundException", "The specified subscription filter does not exist.");
  }
  table.remove(group.id, input.filterName);
  context.table(groups).put([group.name], { ...group, subscriptionFilters: group.subscriptionFilters - 1 });
  return {};
};

export const DescribeSubscriptionFilters: Handler<Sdk, "DescribeSubscriptionFilters"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  const last = input.nextToken === undefined ? undefined : readToken(input.nextToken);
  const rows = context.table(subscriptionFilters).beginning([group.id], input.filterNamePrefix ?? "");
  const found = [...rows].map(([, filter]) => filter).filter(({ name }) => last === undefined || name > last);
  const { page, nextToken } = takePage(found, input.limit ?? DESCRIBE_LIMIT, ({ name }) => name);
  return {
    subscriptionFilters: page.map((filter) => ({
      filterName: filter.name,
      logGroupName: group.name,
      filterPattern: filter.pattern,
      destinationArn: filter.destinationArn,
      distribution: filter.distribution,
      creationTime: filter.createdAt,
    })),
    nextToken,
  };
};
