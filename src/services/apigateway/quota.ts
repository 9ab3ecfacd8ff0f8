/** Quotas of usage plans: what a key has used of a period, and what it has left (AWS page "Usage plans and API keys for REST APIs"). Days are UTC's. */
import type { ServiceContext } from "../../service.ts";
import { extensions, usage, type UsagePlanRow } from "./state.ts";

export type Quota = NonNullable<UsagePlanRow["quota"]>;

export const DAY_MS = 86_400_000;

/** `YYYY-MM-DD`, in UTC. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** When the quota's period began; `offset` is the day of the week (0 is Sunday) or of the month at which it does. */
export function periodStart({ period, offset = 0 }: Quota, now: number): number {
  const date = new Date(now);
  const today = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (period) {
    case "WEEK":
      return today - ((date.getUTCDay() - offset + 7) % 7) * DAY_MS;
    case "MONTH": {
      const here = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1 + offset);
      return here <= now ? here : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1 + offset);
    }
    case "DAY":
    case undefined:
      return today;
  }
}

/** The key's requests of the day that `at` is in, and of the period up to that day's end. */
export function used(
  context: ServiceContext,
  plan: UsagePlanRow,
  keyId: string,
  at: number,
): { readonly day: number; readonly period: number } {
  const today = dayOf(at);
  const first = plan.quota === undefined ? today : dayOf(periodStart(plan.quota, at));
  const sum = { day: 0, period: 0 };
  const before = { after: [dayOf(Date.parse(first) - DAY_MS)] };
  for (const [key, count] of context.table(usage).entries([plan.id, keyId], before)) {
    const day = String(key.at(-1));
    if (day > today) break;
    if (day === today) sum.day = count;
    sum.period += count;
  }
  return sum;
}

/** What is left of the quota at the end of the day that `at` is in; Infinity where the plan has none. */
export function remaining(context: ServiceContext, plan: UsagePlanRow, keyId: string, at: number): number {
  const { quota } = plan;
  if (quota?.limit === undefined) return Number.POSITIVE_INFINITY;
  const more = context.table(extensions).get(plan.id, keyId, dayOf(periodStart(quota, at))) ?? 0;
  return quota.limit + more - used(context, plan, keyId, at).period;
}

/** Inside a transaction: what is left now becomes `left`, until the period ends. */
export function extend(context: ServiceContext, plan: UsagePlanRow, keyId: string, left: number): void {
  const { quota } = plan;
  if (quota?.limit === undefined) return;
  const more = left + used(context, plan, keyId, context.now).period - quota.limit;
  context.table(extensions).put([plan.id, keyId, dayOf(periodStart(quota, context.now))], more);
}

/** Inside a transaction: one request more. */
export function count(context: ServiceContext, plan: UsagePlanRow, keyId: string): void {
  const key = [plan.id, keyId, dayOf(context.now)] as const;
  const table = context.table(usage);
  table.put(key, (table.get(...key) ?? 0) + 1);
}
