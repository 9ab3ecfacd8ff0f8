/** Which keys a usage plan is for: a key may have several plans, but one alone for a stage. */
import type { Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { apiKeys, keyPlans, planKeys, usagePlans, type ApiKeyRow, type UsagePlanRow } from "../state.ts";
import { keyOf } from "./api-keys.ts";

export function planOf(context: ServiceContext, id: string): UsagePlanRow {
  return context.table(usagePlans).get(id) ?? notFound("Invalid Usage Plan ID specified");
}

/** The ids of a plan's keys. */
export function keysOf(context: ServiceContext, planId: string): string[] {
  return [...context.table(planKeys).entries([planId])].map(([key]) => String(key.at(-1)));
}

/** Raises ConflictException where another of the key's plans has one of this plan's stages. */
export function checkStages(context: ServiceContext, plan: UsagePlanRow, keyId: string): void {
  for (const [key] of context.table(keyPlans).entries([keyId])) {
    const other = context.table(usagePlans).get(String(key.at(-1)));
    if (other === undefined || other.id === plan.id) continue;
    for (const { apiId, stage } of plan.apiStages ?? []) {
      if (other.apiStages?.some((one) => one.apiId === apiId && one.stage === stage) === true) {
        conflict(
          `Usage Plan ${plan.id} cannot be added because API Key ${keyId} cannot reference multiple Usage Plans with the same API stage: ${apiId ?? ""}:${stage ?? ""}`,
        );
      }
    }
  }
}

/** Inside a transaction. Raises ConflictException. */
export function addKey(context: ServiceContext, planId: string, keyId: string): void {
  if (context.table(planKeys).has(planId, keyId)) {
    conflict(`API Key ${keyId} is already associated with Usage Plan ${planId}`);
  }
  checkStages(context, planOf(context, planId), keyId);
  context.table(planKeys).put([planId, keyId], context.now);
  context.table(keyPlans).put([keyId, planId], context.now);
}

function shown({ id, name, value }: ApiKeyRow): Output<Sdk, "GetUsagePlanKey"> {
  return { id, type: "API_KEY", name, value };
}

function find(context: ServiceContext, planId: string, keyId: string): ApiKeyRow {
  planOf(context, planId);
  const key = keyOf(context, keyId);
  if (!context.table(planKeys).has(planId, keyId)) {
    notFound(`Usage Plan ${planId} is not associated with API Key ${keyId}`);
  }
  return key;
}

export const usagePlanKeyOperations = {
  CreateUsagePlanKey(context, { usagePlanId, keyId, keyType }) {
    planOf(context, usagePlanId);
    if (keyType !== "API_KEY") badRequest("Invalid key type specified. Must be one of [API_KEY]");
    const key = keyOf(context, keyId);
    addKey(context, usagePlanId, keyId);
    return shown(key);
  },

  GetUsagePlanKey: (context, { usagePlanId, keyId }) => shown(find(context, usagePlanId, keyId)),

  GetUsagePlanKeys(context, { usagePlanId, nameQuery, ...page }) {
    planOf(context, usagePlanId);
    const keys = keysOf(context, usagePlanId).flatMap((id) => context.table(apiKeys).get(id) ?? []);
    const wanted = keys.filter(({ name = "" }) => nameQuery === undefined || name.startsWith(nameQuery));
    const { items, position } = pageOf(wanted, page);
    return { items: items.map(shown), position };
  },

  DeleteUsagePlanKey(context, { usagePlanId, keyId }) {
    find(context, usagePlanId, keyId);
    context.table(planKeys).remove(usagePlanId, keyId);
    context.table(keyPlans).remove(keyId, usagePlanId);
    return {};
  },
} satisfies Operations<Sdk>;
