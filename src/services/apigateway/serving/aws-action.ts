/**
 * AWS integrations with other services than Lambda: `arn:aws:apigateway:REGION:SERVICE:action/NAME` and `…:path/…` are the request that the service
 * would be sent over HTTP, with the integration's role. It is sent to this cloud's own endpoint, unless the cloud does not have the service.
 */
import type { Integration } from "../state.ts";
import type { Exchange } from "./exchange.ts";
import { misconfigured } from "./fault.ts";
import type { RequestValues } from "./parameters.ts";
import type { Roles } from "./roles.ts";

export interface Action {
  readonly region: string;
  readonly service: string;
  readonly kind: "action" | "path";
  readonly name: string;
}

export function actionOf(uri: string): Action | undefined {
  const [, region = "", service = "", kind, name = ""] =
    /^arn:[^:]+:apigateway:([^:]*):([^:]+):(action|path)\/(.*)$/.exec(uri) ?? [];
  return kind === "action" || kind === "path" ? { region, service, kind, name } : undefined;
}

export interface ActionCall {
  readonly action: Action;
  readonly integration: Integration;
  readonly values: RequestValues;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
  readonly roles: Roles;
  readonly timeoutMs: number;
}

/** Raises GatewayFault (500): which service it would have been is in the execution log. */
export async function callAction(exchange: Exchange, { action }: ActionCall): Promise<never> {
  exchange.lines.push(
    `Execution failed due to configuration error: Seatrial's API Gateway calls Lambda and HTTP endpoints, not ${action.service} ${action.name}`,
  );
  return misconfigured();
}
