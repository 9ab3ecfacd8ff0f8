/** Throttling by token buckets (AWS page "Throttle requests to your HTTP APIs"), in the cloud's time. */
import type { StageRow } from "../state.ts";

/** The account's own limits, which fill in what a route's settings leave out. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5000;
const MOST_KEPT = 10_000;

export interface Throttle {
  /** False when the request is one too many. `now` in epoch milliseconds. */
  admits(apiId: string, stage: StageRow, routeKey: string, now: number): boolean;
}

interface Bucket {
  tokens: number;
  at: number;
}

export function createThrottle(): Throttle {
  const buckets = new Map<string, Bucket>();
  return {
    admits(apiId, { DefaultRouteSettings, RouteSettings, StageName }, routeKey, now) {
      const own = RouteSettings?.[routeKey];
      const rate = own?.ThrottlingRateLimit ?? DefaultRouteSettings?.ThrottlingRateLimit;
      const burst = own?.ThrottlingBurstLimit ?? DefaultRouteSettings?.ThrottlingBurstLimit;
      // Nothing is said: the account's limits are for all its APIs in a region, and are not counted here.
      if (rate === undefined && burst === undefined) return true;
      const most = burst ?? ACCOUNT_BURST;
      // Other limits begin anew.
      const key = [apiId, StageName, routeKey, rate, most].join("\n");
      const bucket = buckets.get(key) ?? { tokens: most, at: now };
      const refilled = bucket.tokens + ((now - bucket.at) / 1000) * (rate ?? ACCOUNT_RATE);
      bucket.tokens = Math.min(most, refilled);
      bucket.at = now;
      if (buckets.size >= MOST_KEPT) buckets.clear();
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
