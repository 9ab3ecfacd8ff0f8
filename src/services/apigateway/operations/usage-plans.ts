/** Usage plans: how much of which stages those may use who have one of their keys (AWS page "Usage plans and API keys for REST APIs"). */
import { LOWER_AND_DIGITS } from "../../../kernel/random.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { badRequest, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { extensions, keyPlans, planKeys, stages, usage, usagePlans, type UsagePlanRow } from "../state.ts";
import { patchedPlan, stageName } from "../usage-plan-patch.ts";
import { checkStages, keysOf, planOf } from "./usage-plan-keys.ts";

/** The last day of a period at which it may begin. */
const LAST_OFFSET = { DAY: 0, WEEK: 6, MONTH: 27 } as const;

type Quota = NonNullable<UsagePlanRow["quota"]>;
type Throttle = NonNullable<UsagePlanRow["throttle"]>;

function checkQuota({ limit, offset = 0, period }: Quota): void {
  if (period !== "DAY" && period !== "WEEK" && period !== "MONTH") {
    return badRequest("Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]");
  }
  if (limit === undefined || limit < 1) badRequest("Usage Plan quota limit must be greater than 0");
  const last = LAST_OFFSET[period];
  if (period === "DAY" && offset !== 0) badRequest("Usage Plan quota offset must be zero in the DAY period");
  if (offset < 0 || offset > last) {
    badRequest(`Usage Plan quota offset must be between 0 and ${last} inclusive in the ${period} period`);
  }
}

function checkThrottle({ rateLimit = 0, burstLimit = 0 }: Throttle): void {
  if (rateLimit < 0) badRequest("Usage Plan throttle rate limit must not be negative");
  if (burstLimit < 0) badRequest("Usage Plan throttle burst limit must not be negative");
}

/** Raises BadRequestException, and NotFoundException for a stage that is new to the plan and not there. */
function checked(context: ServiceContext, plan: UsagePlanRow, before: readonly string[]): UsagePlanRow {
  if (plan.name === "") badRequest("Usage Plan name is required");
  const { apiStages = [], quota, throttle } = plan;
  if (quota !== undefined) checkQuota(quota);
  if (throttle !== undefined) checkThrottle(throttle);
  for (const one of apiStages) {
    const { apiId = "", stage = "" } = one;
    const isKnown = before.includes(stageName(one)) || context.table(stages).has(apiId, stage);
    if (!isKnown) notFound(`API Stage not found: ${apiId}:${stage}`);
    for (const limit of Object.values(one.throttle ?? {})) checkThrottle(limit);
  }
  return {
    ...plan,
    description: plan.description === "" ? undefined : plan.description,
    apiStages: apiStages.map(({ throttle: limits = {}, ...one }) =>
      Object.keys(limits).length === 0 ? one : { ...one, throttle: limits },
    ),
    quota: quota && { offset: 0, ...quota },
    throttle: throttle && { burstLimit: 0, rateLimit: 0, ...throttle },
  };
}

/** Takes a stage that is no more, or all of an API's, from all plans; inside a transaction. */
export function forgetStages(context: ServiceContext, apiId: string, stage?: string): void {
  const isGone = (one: NonNullable<UsagePlanRow["apiStages"]>[number]): boolean =>
    one.apiId === apiId && (stage === undefined || one.stage === stage);
  for (const plan of context.table(usagePlans).list()) {
    const { apiStages = [] } = plan;
    if (!apiStages.some(isGone)) continue;
    context.table(usagePlans).put([plan.id], { ...plan, apiStages: apiStages.filter((one) => !isGone(one)) });
  }
}

export const usagePlanOperations = {
  CreateUsagePlan(context, { name, description, apiStages = [], throttle, quota, tags = {} }) {
    const id = context.random.text(6, LOWER_AND_DIGITS);
    const plan = checked(context, { id, name, description, apiStages, throttle, quota, tags }, []);
    context.table(usagePlans).put([id], plan);
    return plan;
  },

  GetUsagePlan: (context, { usagePlanId }) => planOf(context, usagePlanId),

  GetUsagePlans(context, { keyId, ...page }) {
    const all = [...context.table(usagePlans).list()];
    const wanted = keyId === undefined ? all : all.filter(({ id }) => context.table(planKeys).has(id, keyId));
    return pageOf(wanted, page);
  },

  UpdateUsagePlan(context, { usagePlanId, patchOperations }) {
    const before = planOf(context, usagePlanId);
    const plan = checked(context, patchedPlan(before, patchOperations), (before.apiStages ?? []).map(stageName));
    for (const keyId of keysOf(context, plan.id)) checkStages(context, plan, keyId);
    context.table(usagePlans).put([plan.id], plan);
    return plan;
  },

  DeleteUsagePlan(context, { usagePlanId }) {
    const { id, apiStages = [] } = planOf(context, usagePlanId);
    const [first] = apiStages.map(stageName);
    if (first !== undefined) {
      badRequest(`Cannot delete Usage Plan ${id} because there are API Stages associated with it, including ${first}`);
    }
    for (const keyId of keysOf(context, id)) {
      context.table(planKeys).remove(id, keyId);
      context.table(keyPlans).remove(keyId, id);
    }
    for (const table of [usage, extensions]) {
      for (const [key] of context.table(table).entries([id])) context.table(table).remove(...key);
    }
    context.table(usagePlans).remove(id);
    return {};
  },
} satisfies Operations<Sdk>;
