/** CloudWatch Logs' verbs, each in the file of its noun. */
import { FilterLogEvents, GetLogEvents, putLogEvents } from "./operations/events.ts";
import * as groups from "./operations/groups.ts";
import { startLiveTail } from "./operations/live-tail.ts";
import {
  DeleteMetricFilter,
  DescribeMetricFilters,
  PutMetricFilter,
  TestMetricFilter,
} from "./operations/metric-filters.ts";
import * as resourcePolicies from "./operations/resource-policies.ts";
import * as streams from "./operations/streams.ts";
import * as subscriptionFilters from "./operations/subscription-filters.ts";
import * as tags from "./operations/tags.ts";
import type { Tails } from "./tails.ts";

/** The operations of one cloud, whose live tails they share. */
export function operations(tails: Tails) {
  return {
    ...groups,
    ...streams,
    PutLogEvents: putLogEvents(tails),
    GetLogEvents,
    FilterLogEvents,
    StartLiveTail: startLiveTail(tails),
    ...tags,
    PutMetricFilter,
    DescribeMetricFilters,
    DeleteMetricFilter,
    TestMetricFilter,
    ...subscriptionFilters,
    ...resourcePolicies,
  };
}
