/**
 * COGNITO_USER_POOLS: a token of the user pool that the authorizer names. There is no Cognito here: the keys are fetched from the issuer that the
 * pool's ARN stands for, `https://cognito-idp.REGION.amazonaws.com/POOL`, and where it cannot be asked nobody can be let in.
 */
import type { Authorizer } from "../state.ts";
import { headerOf, type Authorized, type Exchange } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";

/** Raises GatewayFault: 401 for no token or a wrong one, 500 where its issuer cannot be asked. */
export async function checkToken(
  exchange: Exchange,
  authorizer: Authorizer,
  scopes: readonly string[],
): Promise<Authorized> {
  const header = (authorizer.identitySource ?? "method.request.header.Authorization").replace(
    "method.request.header.",
    "",
  );
  const token = headerOf(exchange.incoming, header)?.replace(/^Bearer\s+/i, "");
  if (token === undefined || token === "") throw new GatewayFault("UNAUTHORIZED", "Unauthorized");
  exchange.lines.push(`Seatrial has no Cognito that could verify a token for ${scopes.join(" ")}`);
  throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
}
