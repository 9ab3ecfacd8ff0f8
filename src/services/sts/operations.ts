/** All operations that STS has here, by AWS's names. */
import { AwsError } from "../../kernel/errors.ts";
import type { Operations, Principal } from "../../service.ts";
import { accountOfKeyId } from "../../kernel/access-key-id.ts";
import { assumeRole, refuseMfa } from "./assume-role.ts";
import { decodeAuthorizationMessage } from "./authorization-message.ts";
import { giveCredentials, isTemporary } from "./credentials.ts";
import type { Sts } from "./sdk.ts";
import { packedSize, sessionPolicies } from "./session-policies.ts";
import { sessions } from "./state.ts";

const HOUR_SECONDS = 3600;
/** What GetSessionToken and GetFederationToken give where no duration is asked for. */
const TWELVE_HOURS_SECONDS = 12 * HOUR_SECONDS;
/**
 * A federated user without a session policy has only what resources' own policies give it: its session policy allows nothing but what
 * nobody needs leave for.
 */
const NOTHING =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}]}';

function denied(message: string): AwsError {
  return new AwsError("AccessDenied", message, { status: 403 });
}

/** AWS page "IAM identifiers": what UserId is for each kind of caller. */
function userIdOf(principal: Principal): string {
  switch (principal.type) {
    case "root":
      return principal.account;
    case "user":
    case "role-session":
      return principal.userId;
    case "service":
    case "anonymous":
      throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", { status: 403 });
  }
}

export const operations = {
  GetCallerIdentity({ principal }) {
    return { UserId: userIdOf(principal), Account: principal.account, Arn: principal.arn };
  },

  async AssumeRole(context, input) {
    return assumeRole(context, input);
  },

  GetSessionToken(context, input) {
    refuseMfa(input);
    const { principal } = context;
    if (isTemporary(principal) || (principal.type !== "user" && principal.type !== "root")) {
      throw denied("Cannot call GetSessionToken with session credentials");
    }
    // "Sessions for AWS account owners are restricted to a maximum of 3,600 seconds (one hour)."
    const asked = input.DurationSeconds ?? TWELVE_HOURS_SECONDS;
    const seconds = principal.type === "root" ? Math.min(asked, HOUR_SECONDS) : asked;
    const { accessKeyId: _, ...acting } = principal;
    return { Credentials: giveCredentials(context, acting, seconds) };
  },

  async GetFederationToken(context, input) {
    const { principal } = context;
    if (principal.type === "root") {
      throw new AwsError(
        "NotImplemented",
        "Seatrial gives federation tokens to users only, not to an account's root.",
        { status: 501 },
      );
    }
    if (isTemporary(principal) || principal.type !== "user")
      throw denied("Cannot call GetFederationToken with session credentials");
    if (input.Tags !== undefined && input.Tags.length > 0) {
      throw new AwsError("NotImplemented", "Seatrial does not support Tags in GetFederationToken.", { status: 501 });
    }
    const { account, userName } = principal;
    const policies = (await sessionPolicies(context, account, input)) ?? [NOTHING];
    const arn = `arn:aws:sts::${account}:federated-user/${input.Name}`;
    const userId = `${account}:${input.Name}`;
    const acting: Principal = { type: "user", account, arn, userName, userId, sessionPolicies: policies };
    const seconds = input.DurationSeconds ?? TWELVE_HOURS_SECONDS;
    return context.transact(() => ({
      Credentials: giveCredentials(context, acting, seconds),
      FederatedUser: { FederatedUserId: userId, Arn: arn },
      ...packedSize(input),
    }));
  },

  GetAccessKeyInfo(context, input) {
    const id = input.AccessKeyId;
    const account = context.table(sessions).get(id)?.principal.account ?? accountOfKeyId(id);
    if (account === undefined) throw new AwsError("ValidationError", `Invalid value for AccessKeyId: ${id}`);
    return { Account: account };
  },

  DecodeAuthorizationMessage(_context, input) {
    return { DecodedMessage: decodeAuthorizationMessage(input.EncodedMessage) };
  },
} satisfies Operations<Sts>;
