/** What a method does with a request that may pass: its integration. */
import { stopwatch } from "../../../kernel/clock.ts";
import type { Exchange, Route } from "./exchange.ts";
import { GatewayFault, misconfigured } from "./fault.ts";
import { integrateMapped } from "./integrate-mapped.ts";
import { integrateHttpProxy } from "./integrate-http.ts";
import { integrateProxy } from "./integrate-proxy.ts";
import type { Reply } from "./reply.ts";
import type { Roles } from "./roles.ts";

export async function integrate(exchange: Exchange, route: Route, roles: Roles): Promise<Reply> {
  const { methodIntegration } = route.method;
  if (methodIntegration === undefined) return misconfigured();
  const elapsed = stopwatch();
  try {
    const reply = await run();
    exchange.integration = { status: 200, ...exchange.integration, latencyMs: elapsed() };
    return reply;
  } catch (error) {
    const words = error instanceof GatewayFault ? error.message : String(error);
    exchange.integration = { ...exchange.integration, latencyMs: elapsed(), error: words };
    throw error;
  }

  function run(): Promise<Reply> {
    switch (methodIntegration?.type) {
      case "AWS_PROXY":
        return integrateProxy(exchange, route, roles);
      case "HTTP_PROXY":
        return integrateHttpProxy(exchange, route);
      case "AWS":
      case "HTTP":
      case "MOCK":
        return integrateMapped(exchange, route, roles);
      case undefined:
        return misconfigured();
    }
  }
}
