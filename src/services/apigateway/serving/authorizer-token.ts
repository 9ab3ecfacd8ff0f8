/**
 * COGNITO_USER_POOLS: a token of a user pool that the authorizer names (AWS page "Control access to REST APIs using Amazon Cognito user pools as an
 * authorizer"). There is no Cognito here: a pool's keys are fetched from where its ARN says that it is, and kept for two hours of the cloud's time.
 */
import { isJson } from "../openapi/document.ts";
import {
  checkClaims,
  JwtError,
  parseJwt,
  scopesOf,
  verifySignature,
  type Jwt,
  type SetKey,
} from "../../../languages/jwt.ts";
import { createKeySets } from "../../../languages/key-sets.ts";
import type { Authorizer } from "../state.ts";
import { headerOf, type Authorized, type Exchange } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";

/** In the machine's time. */
const FETCH_MS = 1500;

export interface UserPools {
  /** Raises GatewayFault: 401 for no token or a wrong one, 500 where its pool cannot be asked. */
  checkToken(exchange: Exchange, authorizer: Authorizer, scopes: readonly string[]): Promise<Authorized>;
}

export function createUserPools(): UserPools {
  const sets = createKeySets();
  return {
    async checkToken(exchange, { identitySource = "", identityValidationExpression, providerARNs = [] }, scopes) {
      const header = identitySource.replace("method.request.header.", "") || "Authorization";
      const given = headerOf(exchange.incoming, header)?.replace(/^Bearer\s+/i, "");
      if (given === undefined || given === "") return unauthorized();
      try {
        const token = parseJwt(given);
        const issuer = issuerOf(token, providerARNs);
        const { now } = exchange.context;
        verifySignature(token, await sets.of(issuer, token.keyId, now, () => fetchKeys(issuer, exchange)));
        checkKind(token, issuer, scopes, identityValidationExpression, now);
        return { claims: textClaims(token) };
      } catch (error) {
        if (!(error instanceof JwtError)) throw error;
        exchange.lines.push(`Unauthorized request: ${exchange.context.requestId}: ${error.message}`);
        return unauthorized();
      }
    },
  };
}

function unauthorized(): never {
  throw new GatewayFault("UNAUTHORIZED", "Unauthorized");
}

/** The pool that made the token, if the authorizer names it. Raises JwtError. */
function issuerOf({ claims }: Jwt, providerArns: readonly string[]): string {
  const issuers = providerArns.map((arn) => {
    const [, region = "", pool = ""] = /^arn:[^:]+:cognito-idp:([^:]+):\d+:userpool\/(.+)$/.exec(arn) ?? [];
    return `https://cognito-idp.${region}.amazonaws.com/${pool}`;
  });
  const found = issuers.find((issuer) => issuer === claims["iss"]);
  if (found === undefined) throw new JwtError("issuer does not match");
  return found;
}

/** Without scopes an identity token is wanted, with scopes an access token that has one of them. Raises JwtError. */
function checkKind(
  token: Jwt,
  issuer: string,
  scopes: readonly string[],
  expression: string | undefined,
  now: number,
): void {
  const { token_use: use, aud, client_id: client } = token.claims;
  const audience = [aud ?? client].filter((one) => typeof one === "string");
  checkClaims(token, { issuer, audience, now });
  if (scopes.length === 0) {
    if (use !== "id") throw new JwtError("the token is no identity token");
    // "API Gateway validates the aud field of the incoming identity token".
    if (expression !== undefined && !new RegExp(`^(?:${expression})$`).test(String(aud))) {
      throw new JwtError("the token does not have a valid audience");
    }
    return;
  }
  if (use !== "access") throw new JwtError("the token is no access token");
  const own = scopesOf(token);
  if (!scopes.some((scope) => own.includes(scope))) throw new JwtError("the token does not have a required scope");
}

/** Functions get every claim as a text. */
function textClaims({ claims }: Jwt): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
}

/** Raises GatewayFault (500) where the pool does not tell them. */
async function fetchKeys(issuer: string, { lines }: Exchange): Promise<SetKey[]> {
  const address = `${issuer}/.well-known/jwks.json`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS) });
    const value: unknown = await response.json();
    const keys = isJson(value) ? value["keys"] : undefined;
    if (response.ok && Array.isArray(keys)) return keys.filter(isJson).map((key): SetKey => ({ ...key }));
  } catch {
    // Told below.
  }
  lines.push(`Execution failed due to configuration error: Seatrial has no Cognito, and ${address} does not answer`);
  throw new GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", null);
}
