/** Gives out temporary credentials, and says whose they are. */
import type { IssuedKey, Principal, ServiceContext } from "../../service.ts";
import { newKeyId } from "../../kernel/access-key-id.ts";
import { sessions, type Session } from "./state.ts";

/** 40 characters of base 64. */
const SECRET_BYTES = 30;
const TOKEN_BYTES = 240;
/** What AWS's tokens begin with: base 64 of its own header. */
const TOKEN_BEGINNING = "IQoJb3JpZ2luX2Vj";
/** For so long after its end a key is still answered with ExpiredToken and not as if it had never been. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Inside a transaction: credentials for `principal` that end `seconds` from now. */
export function giveCredentials(
  context: ServiceContext,
  principal: Principal,
  seconds: number,
  transitiveTagKeys: readonly string[] = [],
) {
  const session: Session = {
    accessKeyId: newKeyId(context.random, "ASIA", principal.account),
    secretAccessKey: context.random.bytes(SECRET_BYTES).toString("base64"),
    sessionToken: TOKEN_BEGINNING + context.random.bytes(TOKEN_BYTES).toString("base64"),
    principal,
    expiresAt: context.now + seconds * 1000,
    transitiveTagKeys,
  };
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = session;
  context.table(sessions).put([accessKeyId], session);
  // In the background: nobody waits for a row to go.
  context.deadlines.set({
    name: "session-forgotten",
    key: accessKeyId,
    due: expiresAt + REMEMBERED_MS,
    background: true,
  });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    // STS tells times to the second.
    Expiration: new Date(Math.floor(expiresAt / 1000) * 1000),
  };
}

/** Whose key this is, for whoever checks a signature. */
export function issuedKey(context: ServiceContext, accessKeyId: string): IssuedKey | undefined {
  const session = context.table(sessions).get(accessKeyId);
  if (session === undefined) return undefined;
  const { principal, secretAccessKey, sessionToken, expiresAt } = session;
  const signer =
    principal.type === "service" || principal.type === "anonymous" ? principal : { ...principal, accessKeyId };
  return { principal: signer, secretAccessKey, sessionToken, expiresAt, status: "Active" };
}

/** The session whose key signed this request; undefined for a long-lived key and for services. */
export function sessionOf(context: ServiceContext): Session | undefined {
  const { principal } = context;
  if (!("accessKeyId" in principal) || principal.accessKeyId === undefined) return undefined;
  return context.table(sessions).get(principal.accessKeyId);
}

/** True for a caller with temporary credentials. */
export function isTemporary(principal: Principal): boolean {
  return "accessKeyId" in principal && (principal.accessKeyId ?? "").startsWith("ASIA");
}
