/** API keys and what their usage plans leave: `x-api-key`, or what an authorizer says (AWS page "Usage plans and API keys for REST APIs"). */
import { apiKeys, extensions, keyPlans, keyValues, usage, usagePlans, type UsagePlanRow } from "../state.ts";
import { headerOf, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";
import type { Keeping } from "./serving.ts";

const DAY_MS = 86_400_000;

/** Raises GatewayFault: 403 without a key that a plan of this stage has, 429 over the plan's rate or quota. Counts the request. */
export function admitKey({ throttles }: Pick<Keeping, "throttles">, exchange: Exchange, route: Route): void {
  if (route.method.apiKeyRequired !== true) return;
  const { context, served, incoming, authorized } = exchange;
  const given =
    served.snapshot.apiKeySource === "AUTHORIZER" ? authorized?.usageIdentifierKey : headerOf(incoming, "x-api-key");
  const id = given === undefined || given === "" ? undefined : context.table(keyValues).get(given);
  const key = id === undefined ? undefined : context.table(apiKeys).get(id);
  const plan = key?.enabled === true ? planOf(exchange, key.id) : undefined;
  if (key === undefined || plan === undefined) throw new GatewayFault("INVALID_API_KEY", "Forbidden");
  exchange.apiKey = { id: key.id, value: key.value };

  const stage = plan.apiStages?.find(({ apiId, stage: name }) => isStage(exchange, apiId, name));
  const place = `${route.resource.path}/${route.method.httpMethod ?? ""}`;
  for (const [name, limit] of [
    ["plan", plan.throttle],
    [place, stage?.throttle?.[place]],
  ] as const) {
    const { rateLimit, burstLimit } = limit ?? {};
    if (rateLimit === undefined || burstLimit === undefined) continue;
    if (!throttles.take(`${plan.id}/${key.id}/${name}`, { rateLimit, burstLimit }, context.now)) {
      throw new GatewayFault("THROTTLED", "Too Many Requests");
    }
  }
  context.transact(() => {
    if (remaining(exchange, plan, key.id) <= 0) throw new GatewayFault("QUOTA_EXCEEDED", "Limit Exceeded");
    const day = dayOf(context.now);
    const table = context.table(usage);
    table.put([plan.id, key.id, day], (table.get(plan.id, key.id, day) ?? 0) + 1);
  });
}

function planOf(exchange: Exchange, keyId: string): UsagePlanRow | undefined {
  const { context } = exchange;
  for (const [key] of context.table(keyPlans).entries([keyId])) {
    const plan = context.table(usagePlans).get(String(key.at(-1)));
    if (plan?.apiStages?.some(({ apiId, stage }) => isStage(exchange, apiId, stage)) === true) return plan;
  }
  return undefined;
}

function isStage({ api, stage }: Exchange, apiId: string | undefined, name: string | undefined): boolean {
  return apiId === api.id && name === stage.stageName;
}

function remaining({ context }: Pick<Exchange, "context">, plan: UsagePlanRow, keyId: string): number {
  const { quota } = plan;
  if (quota?.limit === undefined) return Number.POSITIVE_INFINITY;
  const first = periodStart(quota, context.now);
  let used = 0;
  for (const count of context.table(usage).list([plan.id, keyId], { after: [dayOf(first - DAY_MS)] })) used += count;
  return quota.limit + (context.table(extensions).get(plan.id, keyId, dayOf(first)) ?? 0) - used;
}

/** `YYYY-MM-DD`, in UTC. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** When the quota's period began; `offset` is the day of the week (0 is Sunday) or of the month at which it does. */
export function periodStart({ period, offset = 0 }: NonNullable<UsagePlanRow["quota"]>, now: number): number {
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
