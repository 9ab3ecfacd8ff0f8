/** What one cloud's API Gateway keeps in memory: nothing that a restart may not lose. */
import type { Authorized } from "./exchange.ts";
import type { Metrics } from "./metrics.ts";
import type { Roles } from "./roles.ts";
import type { ServedDeployments } from "./served.ts";
import type { Throttles } from "./throttles.ts";
import { createUserPools, type UserPools } from "./authorizer-token.ts";

export interface Keeping {
  readonly deployments: ServedDeployments;
  readonly roles: Roles;
  readonly authorizers: Authorizers;
  readonly throttles: Throttles;
  readonly metrics: Metrics;
}

/** What authorizers answered, for as long as they may be believed. */
export interface Authorizers {
  readonly answers: Map<string, { readonly authorized: Authorized; readonly policy: string; readonly until: number }>;
  readonly pools: UserPools;
}

export const createAuthorizers = (): Authorizers => ({ answers: new Map(), pools: createUserPools() });
