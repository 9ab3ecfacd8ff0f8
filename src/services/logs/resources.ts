/** CloudWatch Logs' CloudFormation resource types (CloudFormation Template Reference, "AWS::Logs"). */
import type { ResourceType } from "../../service.ts";
import { logGroup, logStream } from "./resources/groups.ts";
import { metricFilter, subscriptionFilter } from "./resources/filters.ts";
import { resourcePolicy } from "./resources/resource-policy.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::Logs::LogGroup": logGroup,
  "AWS::Logs::LogStream": logStream,
  "AWS::Logs::MetricFilter": metricFilter,
  "AWS::Logs::SubscriptionFilter": subscriptionFilter,
  "AWS::Logs::ResourcePolicy": resourcePolicy,
};
