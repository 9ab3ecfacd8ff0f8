/** API keys and what their usage plans leave: `x-api-key`, or what an authorizer says (AWS page "Usage plans and API keys for REST APIs"). */
import { count, remaining } from "../quota.ts";
import { apiKeys, keyPlans, keyValues, usagePlans, type UsagePlanRow } from "../state.ts";
import { headerOf, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";
import type { Keeping } from "./keeping.ts";

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
    const { rateLimit, burstLimit = 0 } = limit ?? {};
    if (rateLimit === undefined) continue;
    if (!throttles.take(`${plan.id}/${key.id}/${name}`, { rateLimit, burstLimit }, context.now)) {
      throw new GatewayFault("THROTTLED", "Too Many Requests");
    }
  }
  context.transact(() => {
    if (remaining(context, plan, key.id, context.now) <= 0) throw new GatewayFault("QUOTA_EXCEEDED", "Limit Exceeded");
    count(context, plan, key.id);
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
