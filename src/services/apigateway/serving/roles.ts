/** Roles that API Gateway assumes, each kept until it is nearly over. */
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";

export interface Roles {
  /** Raises the AwsError of AssumeRole. */
  assume(context: ServiceContext, roleArn: string): Promise<Principal>;
}

const MARGIN_MS = 5 * 60_000;
const SESSION = "BackplaneAssumeRoleSession";

export function createRoles(): Roles {
  const kept = new Map<string, { readonly principal: Principal; readonly until: number }>();
  return {
    async assume(context, roleArn) {
      const key = `${context.account}/${roleArn}`;
      const known = kept.get(key);
      if (known !== undefined && known.until - MARGIN_MS > context.now) return known.principal;
      const as = serviceOf("apigateway.amazonaws.com", context.account);
      const request = { RoleArn: roleArn, RoleSessionName: SESSION };
      const { Credentials, AssumedRoleUser } = await context.call("sts", "AssumeRole", request, { as });
      const principal: Principal = {
        type: "role-session",
        account: roleArn.split(":")[4] ?? context.account,
        arn: AssumedRoleUser?.Arn ?? "",
        roleArn,
        userId: AssumedRoleUser?.AssumedRoleId ?? "",
        sessionName: SESSION,
        sessionTags: {},
        ...(Credentials?.AccessKeyId === undefined ? {} : { accessKeyId: Credentials.AccessKeyId }),
      };
      kept.set(key, { principal, until: Credentials?.Expiration?.getTime() ?? 0 });
      return principal;
    },
  };
}
