/**
 * Token buckets (AWS page "Throttle requests to your REST APIs"), filled by the cloud's clock: a method's own limits and usage plans'. The account's
 * limit of 10,000 a second is not held: a rehearsal in virtual time makes all of an hour's requests at a moment's rate, as nobody does on AWS.
 */
import type { MethodSetting } from "../state.ts";
import { USUAL_SETTING } from "../stage-patch.ts";
import type { Exchange, Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";

export interface Limit {
  /** Requests a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

export interface Throttles {
  /** Raises GatewayFault (429) where the method's own limit is reached. */
  admitStage(exchange: Exchange, route: Route, setting: MethodSetting): void;
  /** Takes one of `key`'s requests; false where there is none. `now` in epoch milliseconds. */
  take(key: string, limit: Limit, now: number): boolean;
}

const MOST_KEPT = 10_000;

export function createThrottles(): Throttles {
  const buckets = new Map<string, { tokens: number; at: number }>();

  function take(key: string, { rateLimit, burstLimit }: Limit, now: number): boolean {
    const bucket = buckets.get(key) ?? { tokens: burstLimit, at: now };
    bucket.tokens = Math.min(burstLimit, bucket.tokens + (Math.max(0, now - bucket.at) * rateLimit) / 1000);
    bucket.at = now;
    if (buckets.size >= MOST_KEPT) buckets.clear();
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  return {
    take,
    admitStage({ context, api, stage }, { resource, method }, setting) {
      const { throttlingBurstLimit: burstLimit, throttlingRateLimit: rateLimit } = setting;
      if (burstLimit === undefined || rateLimit === undefined || burstLimit < 0 || rateLimit < 0) return;
      if (burstLimit === USUAL_SETTING.throttlingBurstLimit && rateLimit === USUAL_SETTING.throttlingRateLimit) return;
      const key = `${api.id}/${stage.stageName}/${resource.id}/${method.httpMethod ?? ""}`;
      if (!take(key, { burstLimit, rateLimit }, context.now)) {
        throw new GatewayFault("THROTTLED", "Too Many Requests");
      }
    },
  };
}
