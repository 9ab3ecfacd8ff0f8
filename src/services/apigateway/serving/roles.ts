/** Roles that API Gateway assumes, each kept until it is nearly over. */
import { createRoleSessions } from "../../../role-session.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";

export interface Roles {
  /** Raises the AwsError of AssumeRole. */
  assume(context: ServiceContext, roleArn: string): Promise<Principal>;
}

const SESSION = "BackplaneAssumeRoleSession";

export function createRoles(): Roles {
  const sessions = createRoleSessions();
  return {
    async assume(context, roleArn) {
      const as = serviceOf("apigateway.amazonaws.com", context.account);
      const { principal } = await sessions.of(context, { roleArn, sessionName: SESSION, as });
      return principal;
    },
  };
}
