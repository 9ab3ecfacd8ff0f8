/** A deployment ready to serve: read once, and kept for as long as requests come for it. */
import type { Cors } from "@aws-sdk/client-apigatewayv2";
import type { ServiceContext } from "../../../service.ts";
import { snapshots, type AuthorizerRow, type IntegrationRow, type RouteRow } from "../state.ts";
import { createRouteTable, type RouteTable } from "./route-table.ts";

export interface Deployed {
  readonly routes: RouteTable<RouteRow>;
  readonly integrations: ReadonlyMap<string, IntegrationRow>;
  readonly authorizers: ReadonlyMap<string, AuthorizerRow>;
  readonly cors: Cors | undefined;
}

const MOST_KEPT = 256;

export interface Deployments {
  /** Undefined for one that is not there. A deployment never changes. */
  of(context: ServiceContext, apiId: string, deploymentId: string): Deployed | undefined;
}

export function createDeployments(): Deployments {
  const kept = new Map<string, Deployed>();
  return {
    of(context, apiId, deploymentId) {
      const key = `${apiId}/${deploymentId}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const snapshot = context.table(snapshots).get(apiId, deploymentId);
      if (snapshot === undefined) return undefined;
      const deployed = {
        routes: createRouteTable(snapshot.routes),
        integrations: new Map(snapshot.integrations.map((row) => [row.IntegrationId, row])),
        authorizers: new Map(snapshot.authorizers.map((row) => [row.AuthorizerId, row])),
        cors: snapshot.cors,
      };
      const [oldest] = kept.keys();
      if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(key, deployed);
      return deployed;
    },
  };
}
