/** Sessions of the roles that services are given: CloudFormation, CodeDeploy, Lambda and API Gateway act as them. */
import { tryParseArn } from "./languages/arn.ts";
import type { Principal, ServiceContext } from "./service.ts";

export interface RoleRequest {
  readonly roleArn: string;
  /** 2 to 64 characters. */
  readonly sessionName: string;
  /** Whom the role's trust policy must allow: the service, for what it acts for. */
  readonly as: Principal;
}

export interface RoleSession {
  /** Who acts: what is done with the session is done by it. */
  readonly principal: Principal;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    /** Epoch milliseconds in the cloud. */
    readonly expiresAtMs: number;
  };
}

/** A new session of a role. Raises what AssumeRole raises (AWS STS API Reference). */
export async function assumeRole(
  context: ServiceContext,
  { roleArn, sessionName, as }: RoleRequest,
): Promise<RoleSession> {
  const input = { RoleArn: roleArn, RoleSessionName: sessionName };
  const { AssumedRoleUser: user, Credentials: keys } = await context.call("sts", "AssumeRole", input, { as });
  if (user === undefined || keys === undefined) throw new Error("AssumeRole answered no session");
  return {
    principal: {
      type: "role-session",
      account: tryParseArn(roleArn)?.account ?? context.account,
      arn: user.Arn,
      roleArn,
      userId: user.AssumedRoleId,
      sessionName,
      sessionTags: {},
      accessKeyId: keys.AccessKeyId,
    },
    credentials: {
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.SessionToken,
      expiresAtMs: keys.Expiration.getTime(),
    },
  };
}

/** Sessions that are kept while they have more than five minutes left. */
export interface RoleSessions {
  /** The session of the last such request, or a new one. Raises what AssumeRole raises. */
  of(context: ServiceContext, request: RoleRequest): RoleSession | Promise<RoleSession>;
  /** A new session in any case, kept for those who ask next. Raises what AssumeRole raises. */
  open(context: ServiceContext, request: RoleRequest): Promise<RoleSession>;
}

const MARGIN_MS = 5 * 60_000;

export function createRoleSessions(): RoleSessions {
  const kept = new Map<string, RoleSession>();

  const open: RoleSessions["open"] = async (context, request) => {
    const session = await assumeRole(context, request);
    kept.set(keyOf(request), session);
    return session;
  };

  return {
    open,
    of(context, request) {
      const session = kept.get(keyOf(request));
      return session !== undefined && session.credentials.expiresAtMs - context.now > MARGIN_MS
        ? session
        : open(context, request);
    },
  };
}

function keyOf({ roleArn, sessionName, as }: RoleRequest): string {
  const source = as.type === "service" ? `${as.account} ${as.sourceArn ?? ""}` : "";
  return `${roleArn} ${sessionName} ${as.arn} ${source}`;
}
