/** Calling a function as API Gateway does: under its own name, which the function's policy must allow, or as a role. */
import { AwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import { createRoleSessions } from "../../../role-session.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";

export const SERVICE = "apigateway.amazonaws.com";

export interface FunctionCall {
  readonly arn: string;
  /** Whom the function's policy must allow to be the source. */
  readonly sourceArn: string;
  readonly credentials: string | undefined;
  readonly payload: string;
}

export interface FunctionAnswer {
  readonly payload: string;
  /** Set where the function failed. */
  readonly error?: string;
}

export interface FunctionCaller {
  /** Raises the AwsError of Lambda or, for credentials, of STS. */
  call(context: ServiceContext, call: FunctionCall): Promise<FunctionAnswer>;
}

const SESSION = "BackplaneAssumeRoleSession";

export function createFunctionCaller(): FunctionCaller {
  const sessions = createRoleSessions();

  async function session(context: ServiceContext, roleArn: string): Promise<Principal> {
    const as = serviceOf(SERVICE, context.account);
    const { principal } = await sessions.of(context, { roleArn, sessionName: SESSION, as });
    return principal;
  }

  return {
    async call(context, { arn, sourceArn, credentials, payload }) {
      const target = tryParseArn(arn);
      if (target === undefined) throw new AwsError("InvalidParameterValueException", `Invalid function ARN: ${arn}`);
      const as =
        credentials === undefined
          ? serviceOf(SERVICE, context.account, sourceArn)
          : await session(context, credentials);
      const input = { FunctionName: arn, Payload: Buffer.from(payload) };
      const options = { as, region: target.region };
      const { FunctionError, Payload } = await context.call("lambda", "Invoke", input, options);
      const answered = Payload === undefined ? "" : Buffer.from(Payload).toString();
      return FunctionError === undefined ? { payload: answered } : { payload: answered, error: FunctionError };
    },
  };
}
