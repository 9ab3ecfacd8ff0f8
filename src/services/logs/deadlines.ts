/** What time does in CloudWatch Logs: old events go, deleted groups are swept, filters see what came in. */
import { isAwsError } from "../../kernel/errors.ts";
import type { Deadline } from "../../kernel/deadlines.ts";
import { serviceOf, type DeadlineHandler, type ServiceContext } from "../../service.ts";
import { incomingEvents, type Delivery, type Incoming } from "./filters.ts";
import { dataOf, type Datum } from "./metric-data.ts";
import { groupArn } from "./names.ts";
import { setExpiry } from "./retention.ts";
import { DAY_MS, expiredBefore } from "./rules.ts";
import {
  BATCH_SPAN_MS,
  batches,
  groups,
  metricFilters,
  streamBatches,
  streams,
  subscriptionFilters,
  type MetricFilter,
} from "./state.ts";
import { invokeDestination, payloadsOf } from "./subscription.ts";

/** Rows that go in one transaction; others get their turn between two. */
const SLICE = 1000;
/** What PutMetricData takes at once. */
const DATA_AT_ONCE = 1000;
const LONGEST_BACKOFF_MS = 600_000;

/** Takes away the batches of one group that have expired as a whole, and sets the next time. */
const expire: DeadlineHandler = (context, deadline) => {
  const name = payloadOf<{ group: string }>(deadline).group;
  const group = context.table(groups).get(name);
  if (group?.id !== deadline.key || group.retentionInDays === undefined) return;
  const before = expiredBefore(context.now, group.retentionInDays) - BATCH_SPAN_MS;
  const { freed, more } = removeBatches(context, group.id, before);
  const left = { ...group, storedBytes: Math.max(0, group.storedBytes - freed) };
  context.table(groups).put([name], left);
  if (more) context.deadlines.set({ ...deadline, due: context.now });
  else setExpiry(context, left, group.retentionInDays);
};

/** Takes away what a deleted group held. */
const sweep: DeadlineHandler = (context, deadline) => {
  const id = deadline.key;
  const { more } = removeBatches(context, id, Infinity);
  if (more) {
    context.deadlines.set({ name: "sweep", key: id, due: context.now });
    return;
  }
  for (const table of [streams, metricFilters, subscriptionFilters]) {
    const rows = context.table<unknown>(table);
    const keys = Array.from(rows.entries([id]), ([key]) => key);
    for (const key of keys) rows.remove(...key);
  }
};

function removeBatches(context: ServiceContext, groupId: string, before: number): { freed: number; more: boolean } {
  const rows = context.table(batches);
  const index = context.table(streamBatches);
  let freed = 0;
  const slice = [...rows.entries([groupId], { limit: SLICE })];
  for (const [[, first, sequence], batch] of slice) {
    if (typeof first !== "number" || sequence === undefined) continue;
    if (first >= before) return { freed, more: false };
    freed += batch.bytes;
    rows.remove(groupId, first, sequence);
    index.remove(groupId, batch.streamId, first, sequence);
  }
  return { freed, more: slice.length === SLICE };
}

/** Publishes what the group's metric filters make of new events. */
const metrics: DeadlineHandler = async (context, deadline) => {
  const incoming = payloadOf<Incoming>(deadline);
  const published = context.transact(() =>
    [...context.table(metricFilters).list([incoming.groupId])].map((filter) => apply(context, incoming, filter)),
  );
  const as = serviceOf("logs.amazonaws.com", context.account, groupArn(context, incoming.group));
  for (const { filter, data } of published) {
    const { metricNamespace, metricName, unit } = filter.transformation;
    for (let at = 0; at < data.length; at += DATA_AT_ONCE) {
      const MetricData = data.slice(at, at + DATA_AT_ONCE).map(({ timestamp, dimensions, values, counts }) => ({
        MetricName: metricName,
        Timestamp: new Date(timestamp),
        Dimensions: [...dimensions],
        Values: [...values],
        Counts: [...counts],
        ...(unit === undefined ? {} : { Unit: unit }),
      }));
      await context.call("cloudwatch", "PutMetricData", { Namespace: metricNamespace, MetricData }, { as });
    }
  }
};

/** Inside a transaction. What `filter` says of the new events; remembers the last minute that it said something about. */
function apply(
  context: ServiceContext,
  incoming: Incoming,
  filter: MetricFilter,
): { filter: MetricFilter; data: readonly Datum[] } {
  const reported = filter.reportedMinute ?? -1;
  const { data, minutes } = dataOf(filter, incomingEvents(context, incoming), (minute) => minute > reported);
  const latest = Math.max(reported, ...minutes);
  if (latest > reported) {
    context.table(metricFilters).put([incoming.groupId, filter.name], { ...filter, reportedMinute: latest });
  }
  return { filter, data };
}

/** Delivers new events to a subscription's function; again later, for a day, when it cannot take them now. */
const deliver: DeadlineHandler = async (context, deadline) => {
  const delivery = payloadOf<Delivery>(deadline);
  const filter = context.table(subscriptionFilters).get(delivery.groupId, delivery.filter);
  if (filter === undefined) return;
  const group = { name: delivery.group, id: delivery.groupId };
  try {
    for (const Payload of payloadsOf(context.account, group, filter, incomingEvents(context, delivery))) {
      await invokeDestination(context, group.name, filter.destinationArn, { InvocationType: "Event", Payload });
    }
  } catch (error) {
    if (!isRetryable(error) || context.now - delivery.since > DAY_MS) throw error;
    const due = context.now + Math.min(1000 * 2 ** delivery.attempt, LONGEST_BACKOFF_MS);
    const payload: Delivery = { ...delivery, attempt: delivery.attempt + 1 };
    context.transact(() => context.deadlines.set({ name: "deliver", key: deadline.key, due, payload }));
  }
};

/** Throttling and Lambda's own failures; AWS does not come again for a function that is not there or not permitted. */
function isRetryable(error: unknown): boolean {
  return isAwsError(error, "TooManyRequestsException", "ThrottlingException", "ServiceException", "InternalFailure");
}

/** Payloads are read as they were written, in this folder. */
function payloadOf<Payload>(deadline: Deadline): Payload {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this service wrote under this name
  return deadline.payload as Payload;
}

export const deadlines = { expire, sweep, metrics, deliver };
