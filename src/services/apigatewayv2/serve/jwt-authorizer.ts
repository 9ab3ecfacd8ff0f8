/**
 * JWT authorizers (AWS page "Control access to HTTP APIs with JWT authorizers"): the issuer's public keys are fetched by its OpenID configuration, and kept for
 * two hours of the cloud's time.
 */
import { checkClaims, JwtError, parseJwt, scopesOf, verifySignature, type SetKey } from "../../../languages/jwt.ts";
import { createKeySets } from "../../../languages/key-sets.ts";
import { isRecord, type ProxyReply } from "../../../languages/proxy/reply.ts";
import type { AuthorizerRow } from "../state.ts";
import { refuse } from "./answer.ts";
import { identitySources } from "./identity-source.ts";
import type { Visit } from "./visit.ts";

/** In the machine's time: AWS gives the issuer as long. */
const FETCH_MS = 1500;

export interface JwtAuthorizers {
  /** Undefined when the token is good: the visit is authorized then. Else the refusal. */
  authorize(visit: Visit, authorizer: AuthorizerRow): Promise<ProxyReply | undefined>;
}

export function createJwtAuthorizers(): JwtAuthorizers {
  const sets = createKeySets();
  return {
    async authorize(visit, { JwtConfiguration, IdentitySource = [] }) {
      const { Issuer = "", Audience = [] } = JwtConfiguration ?? {};
      const required = visit.route?.AuthorizationScopes ?? [];
      const [given] = identitySources(visit, IdentitySource) ?? [];
      const now = visit.context.now;
      try {
        if (given === undefined || given === "") return unauthorized(visit, undefined, required);
        const token = parseJwt(given.replace(/^bearer\s+/i, ""));
        verifySignature(token, await sets.of(Issuer, token.keyId, now, () => fetchKeys(Issuer)));
        checkClaims(token, { issuer: Issuer, audience: Audience, now });
        const scopes = scopesOf(token);
        if (required.length > 0 && !required.some((scope) => scopes.includes(scope))) return forbidden(visit, required);
        visit.authorized = {
          type: "jwt",
          claims: Object.fromEntries(Object.entries(token.claims).map(([name, value]) => [name, claimText(value)])),
          scopes: required.length === 0 ? null : scopes,
        };
        return undefined;
      } catch (error) {
        if (!(error instanceof JwtError)) throw error;
        return unauthorized(visit, error.message, required);
      }
    },
  };
}

/** Functions get every claim as a text; a list between brackets, with blanks. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(" ")}]`;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function unauthorized(visit: Visit, why: string | undefined, scopes: readonly string[]): ProxyReply {
  const challenge =
    why === undefined
      ? "Bearer"
      : `Bearer scope="${scopes.join(" ")}" error="invalid_token" error_description="${why.replaceAll('"', "'")}"`;
  const headers = { "www-authenticate": challenge };
  const authorizer = why ?? "missing: token not provided";
  return refuse(visit, 401, "Unauthorized", { type: "UNAUTHORIZED", headers, authorizer });
}

function forbidden(visit: Visit, scopes: readonly string[]): ProxyReply {
  const why = "the token does not have a required scope";
  const challenge = `Bearer scope="${scopes.join(" ")}" error="insufficient_scope" error_description="${why}"`;
  const headers = { "www-authenticate": challenge };
  return refuse(visit, 403, "Forbidden", { type: "ACCESS_DENIED", headers, authorizer: why });
}

/** Raises JwtError when the issuer cannot be asked, or does not answer what it should. */
async function fetchKeys(issuer: string): Promise<SetKey[]> {
  const configuration = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const address = configuration["jwks_uri"];
  if (typeof address !== "string") throw new JwtError("OIDC discovery endpoint has no jwks_uri");
  const { keys } = await fetchJson(address);
  if (!Array.isArray(keys)) throw new JwtError("JWKS endpoint has no keys");
  return keys.filter(isRecord).map((key): SetKey => ({ ...key }));
}

async function fetchJson(address: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS) });
    const value: unknown = await response.json();
    if (response.ok && isRecord(value)) return value;
  } catch {
    // Told below: whoever asks with a token learns no more.
  }
  throw new JwtError("OIDC discovery endpoint communication error");
}
