/** Throttling by token buckets (AWS page "Throttle requests to your HTTP APIs"), in the cloud's time. */
import { createTokenBuckets } from "../../../languages/token-bucket.ts";
import type { StageRow } from "../state.ts";

/** The account's own limits, which fill in what a route's settings leave out. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5000;

export interface Throttle {
  /** False when the request is one too many. `now` in epoch milliseconds. */
  admits(apiId: string, stage: StageRow, routeKey: string, now: number): boolean;
}

export function createThrottle(): Throttle {
  const buckets = createTokenBuckets();
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
      return buckets.take(key, { rateLimit: rate ?? ACCOUNT_RATE, burstLimit: most }, now);
    },
  };
}
