/** The execution role: may Lambda assume it, and its session, kept until it is nearly over. */
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { createRoleSessions, type RoleRequest, type RoleSession } from "../../role-session.ts";
import { serviceOf, type ServiceContext } from "../../service.ts";
import { functionArn } from "./names.ts";

/** Its credentials are the function's; who it is, its log lines and destinations are the doing of. */
export interface ExecutionRoles {
  /** The function's session; the same as last time while it has more than 5 minutes left. Raises AccessDeniedException. */
  of(context: ServiceContext, functionName: string, role: string): RoleSession | Promise<RoleSession>;
  /**
   * A new session, which proves that the role is there and trusts Lambda.
   * Raises InvalidParameterValueException in AWS's words where it does not.
   */
  prove(context: ServiceContext, functionName: string, role: string): Promise<void>;
}

const REFUSED = "The role defined for the function cannot be assumed by Lambda.";

export function createExecutionRoles(): ExecutionRoles {
  const sessions = createRoleSessions();
  return {
    of(context, functionName, role) {
      const session = sessions.of(context, requestOf(context, functionName, role));
      if (!(session instanceof Promise)) return session;
      return session.catch((error: unknown) => {
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
        await sessions.open(context, requestOf(context, functionName, role));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        throw new AwsError("InvalidParameterValueException", REFUSED);
      }
    },
  };
}

function requestOf(context: ServiceContext, functionName: string, roleArn: string): RoleRequest {
  const as = serviceOf("lambda.amazonaws.com", context.account, functionArn(context, functionName));
  // STS wants two characters; a function's name may have one.
  return { roleArn, sessionName: functionName.padEnd(2, "_"), as };
}

function isRefusal(error: unknown): boolean {
  return isAwsError(error) && !isAwsError(error, "NotImplemented", "InternalFailure");
}
