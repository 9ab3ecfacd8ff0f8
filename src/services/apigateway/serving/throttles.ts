/**
 * Token buckets (AWS page "Throttle requests to your REST APIs"), filled by the cloud's clock: a method's own limits and usage plans'. The account's
 * limit of 10,000 a second is not held: a rehearsal in virtual time makes all of an hour's requests at a moment's rate, as nobody does on AWS.
 */
import { createTokenBuckets, type TokenBuckets } from "../../../languages/token-bucket.ts";
import type { MethodSetting } from "../state.ts";
import { USUAL_SETTING } from "../stage-patch.ts";
import type { Exchange, Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";

export interface Throttles extends TokenBuckets {
  /** Raises GatewayFault (429) where the method's own limit is reached. */
  admitStage(exchange: Exchange, route: Route, setting: MethodSetting): void;
}

export function createThrottles(): Throttles {
  const { take } = createTokenBuckets();
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
