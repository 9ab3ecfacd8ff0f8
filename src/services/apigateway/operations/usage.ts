/** What has been used of a usage plan, day by day, and what is granted beyond its quota (AWS page "Maintain a usage plan"). */
import type { Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { DAY_MS, dayOf, extend, remaining, used } from "../quota.ts";
import type { Sdk } from "../sdk.ts";
import type { UsagePlanRow } from "../state.ts";
import { keyOf } from "./api-keys.ts";
import { keysOf, planOf } from "./usage-plan-keys.ts";

/** AWS keeps a plan's usage for 90 days. */
const MOST_DAYS = 90;

/** Epoch milliseconds. Raises BadRequestException. */
function dayNamed(text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || dayOf(time) !== text)
    badRequest(`Invalid date '${text}'. Dates must be of the form YYYY-MM-DD`);
  return time;
}

/** `[used, remaining]` of each day. A plan without a quota has none that could remain: 0. */
function daily(context: ServiceContext, plan: UsagePlanRow, keyId: string, from: number, to: number): number[][] {
  const days: number[][] = [];
  for (let day = from; day <= to; day += DAY_MS) {
    const left = remaining(context, plan, keyId, day);
    days.push([used(context, plan, keyId, day).day, Number.isFinite(left) ? Math.max(0, left) : 0]);
  }
  return days;
}

export const usageOperations = {
  GetUsage(context, { usagePlanId, keyId, startDate, endDate, ...page }) {
    const plan = planOf(context, usagePlanId);
    const [from, to] = [dayNamed(startDate), dayNamed(endDate)];
    if (to < from) badRequest("Invalid date range: the end date must not be before the start date");
    if ((to - from) / DAY_MS >= MOST_DAYS)
      badRequest(`Invalid date range: it must not be longer than ${MOST_DAYS} days`);
    const keys = keysOf(context, plan.id);
    const wanted = keyId === undefined ? keys : keys.filter((id) => id === keyOf(context, keyId).id);
    const { items, position } = pageOf(wanted, page);
    const shown = items.map((id) => [id, daily(context, plan, id, from, to)] as const);
    return { usagePlanId, startDate, endDate, items: Object.fromEntries(shown), position };
  },

  UpdateUsage(context, { usagePlanId, keyId, patchOperations = [] }) {
    const plan = planOf(context, usagePlanId);
    keyOf(context, keyId);
    if (!keysOf(context, plan.id).includes(keyId)) {
      badRequest(`Usage Plan ${usagePlanId} is not associated with API Key ${keyId}`);
    }
    for (const { op, path, value = "" } of patchOperations) {
      if (op !== "replace" || path !== "/remaining") {
        badRequest(`Invalid patch path '${path ?? ""}' specified for op '${op ?? ""}'. Must be one of: [/remaining]`);
      }
      if (!/^\d+$/.test(value)) badRequest(`Invalid value '${value}' for /remaining: it must be a number`);
      if (plan.quota === undefined) badRequest(`Usage Plan ${usagePlanId} has no quota`);
      extend(context, plan, keyId, Number(value));
    }
    return today(context, plan, keyId);
  },
} satisfies Operations<Sdk>;

function today(context: ServiceContext, plan: UsagePlanRow, keyId: string): Output<Sdk, "UpdateUsage"> {
  const day = dayOf(context.now);
  const items = { [keyId]: daily(context, plan, keyId, Date.parse(day), Date.parse(day)) };
  return { usagePlanId: plan.id, startDate: day, endDate: day, items };
}
