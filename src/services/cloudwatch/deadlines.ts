/** What time does in CloudWatch: points go when AWS has them no longer, looked at once a day. */
import type { DeadlineHandler, ServiceContext } from "../../service.ts";
import { metrics, minutes, seconds } from "./state.ts";

const DAY_MS = 86_400_000;
/** Sub-minute points are there for 3 hours, the coarsest for 455 days; readers keep to the steps between by themselves. */
const SECONDS_KEPT_S = 3 * 3600;
const MINUTES_KEPT_S = 455 * 86_400;
/** Rows that go in one transaction; others get their turn between two. */
const SLICE = 2000;

/** Inside a transaction. Sets the daily look, where it is not set. */
export function expireSoon(context: ServiceContext): void {
  const handle = { name: "expire", key: "points" };
  if (context.deadlines.get(handle) !== undefined) return;
  context.deadlines.set({ ...handle, due: context.now + DAY_MS, background: true });
}

const expire: DeadlineHandler = (context, deadline) => {
  const now = Math.floor(context.now / 1000);
  let left = SLICE;
  let any = false;
  // A table is not written while it is walked.
  const all = Array.from(context.table(metrics).list());
  for (const metric of all) {
    any = true;
    left -= removeBefore(context, seconds, metric.id, now - SECONDS_KEPT_S, left);
    left -= removeBefore(context, minutes, metric.id, now - MINUTES_KEPT_S, left);
    if (left <= 0) break;
    const [rest] = context.table(minutes).entries([metric.id], { limit: 1 });
    if (rest === undefined) context.table(metrics).remove(metric.namespace, metric.name, metric.id);
  }
  if (any) context.deadlines.set({ ...deadline, due: left <= 0 ? context.now : context.now + DAY_MS });
};

/** Takes away at most `limit` points from before `time`; answers how many. */
function removeBefore(
  context: ServiceContext,
  definition: typeof minutes,
  metricId: string,
  time: number,
  limit: number,
): number {
  if (limit <= 0) return 0;
  const table = context.table(definition);
  const old: (string | number)[][] = [];
  for (const [key] of table.entries([metricId], { limit })) {
    const [, at] = key;
    if (typeof at !== "number" || at >= time) break;
    old.push(key);
  }
  for (const key of old) table.remove(...key);
  return old.length;
}

export const deadlines = { expire };
