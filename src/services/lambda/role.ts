/** The execution role: may Lambda assume it, and its session, kept until it is nearly over. */
import type { RoleCredentials } from "../../compute/contract.ts";
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../service.ts";
import { functionArn } from "./names.ts";

export interface RoleSession {
  readonly credentials: RoleCredentials;
  /** Who the function is: its log lines and destinations are its own doing. */
  readonly principal: Principal;
}

export interface RoleSessions {
  /** The function's session; the same as last time while it has more than 5 minutes left. Raises AccessDeniedException. */
  of(context: ServiceContext, functionName: string, role: string): RoleSession | Promise<RoleSession>;
  /**
   * A new session, which proves that the role is there and trusts Lambda.
   * Raises InvalidParameterValueException in AWS's words where it does not.
   */
  prove(context: ServiceContext, functionName: string, role: string): Promise<void>;
}

const MARGIN_MS = 5 * 60_000;
const REFUSED = "The role defined for the function cannot be assumed by Lambda.";

export function createRoleSessions(): RoleSessions {
  const kept = new Map<string, RoleSession>();
  const keyOf = (context: ServiceContext, name: string, role: string): string =>
    `${context.account}/${context.region}/${name}/${role}`;

  async function open(context: ServiceContext, functionName: string, role: string): Promise<RoleSession> {
    const lambda = serviceOf("lambda.amazonaws.com", context.account, functionArn(context, functionName));
    // STS wants two characters; a function's name may have one.
    const RoleSessionName = functionName.padEnd(2, "_");
    const request = { RoleArn: role, RoleSessionName };
    const { Credentials, AssumedRoleUser } = await context.call("sts", "AssumeRole", request, { as: lambda });
    if (Credentials === undefined || AssumedRoleUser === undefined) throw new Error("AssumeRole gave no session");
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials;
    const session: RoleSession = {
      credentials: {
        accessKeyId: AccessKeyId ?? "",
        secretAccessKey: SecretAccessKey ?? "",
        ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
        ...(Expiration === undefined ? {} : { expiresAtMs: Expiration.getTime() }),
      },
      principal: {
        type: "role-session",
        account: context.account,
        arn: AssumedRoleUser.Arn ?? "",
        roleArn: role,
        userId: AssumedRoleUser.AssumedRoleId ?? "",
        sessionName: RoleSessionName,
        sessionTags: {},
        ...(AccessKeyId === undefined ? {} : { accessKeyId: AccessKeyId }),
      },
    };
    kept.set(keyOf(context, functionName, role), session);
    return session;
  }

  return {
    of(context, functionName, role) {
      const session = kept.get(keyOf(context, functionName, role));
      const expiresAt = session?.credentials.expiresAtMs ?? Number.POSITIVE_INFINITY;
      if (session !== undefined && expiresAt - context.now > MARGIN_MS) return session;
      return open(context, functionName, role).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        throw new AwsError("AccessDeniedException", REFUSED, { status: 403 });
      });
    },
    async prove(context, functionName, role) {
      const account = tryParseArn(role)?.account;
      if (account !== undefined && account !== context.account) {
        throw new AwsError("AccessDeniedException", "Cross-account pass role is not allowed.", { status: 403 });
      }
      try {
        await open(context, functionName, role);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        throw new AwsError("InvalidParameterValueException", REFUSED);
      }
    },
  };
}

function isRefusal(error: unknown): boolean {
  return isAwsError(error) && !isAwsError(error, "NotImplemented", "InternalFailure");
}
