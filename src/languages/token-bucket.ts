/** Token buckets, as API Gateway throttles by (AWS page "Throttle requests to your REST APIs"), in whatever time they are told. */

export interface Limit {
  /** Requests a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

export interface TokenBuckets {
  /** Takes one of `key`'s requests; false where there is none. `now` in epoch milliseconds. */
  take(key: string, limit: Limit, now: number): boolean;
}

/** How many buckets are kept; when there are more, all begin anew. */
const MOST_KEPT = 10_000;

export function createTokenBuckets(): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key, { rateLimit, burstLimit }, now) {
      const bucket = buckets.get(key) ?? { tokens: burstLimit, at: now };
      bucket.tokens = Math.min(burstLimit, bucket.tokens + (Math.max(0, now - bucket.at) * rateLimit) / 1000);
      bucket.at = now;
      if (buckets.size >= MOST_KEPT) buckets.clear();
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
