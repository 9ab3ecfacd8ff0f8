/** How a function is called: by the integration's role, or by API Gateway itself, which the function's own policy must allow. */
import { isAwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import { serviceOf, type Principal, type ServiceContext } from "../../../service.ts";
import { GatewayFault, misconfigured } from "./fault.ts";
import type { Roles } from "./roles.ts";

const SERVICE = "apigateway.amazonaws.com";

export interface FunctionCall {
  /** `arn:aws:lambda:…:function:NAME[:QUALIFIER]` */
  readonly functionArn: string;
  readonly payload: string;
  /** What calls: `arn:aws:execute-api:…`. */
  readonly sourceArn: string;
  /** A role's ARN, `arn:aws:iam::*:user/*` for the caller's own powers, or none. */
  readonly credentials: string | undefined;
  readonly caller: Principal;
  readonly timeoutMs: number;
  readonly isEvent?: boolean;
}

export interface FunctionResult {
  readonly payload: string;
  readonly functionError: string | undefined;
}

/** `…:lambda:path/2015-03-31/functions/ARN/invocations` → ARN; undefined for another URI. */
export function functionArnOf(uri: string): string | undefined {
  return /^arn:[^:]+:apigateway:[^:]*:lambda:path\/+2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
}

/**
 * Calls the function. `log` is given a line where the call itself fails. Raises GatewayFault: 500 where it may not be called or is not there, 504
 * where it takes too long.
 */
export async function callFunction(
  context: ServiceContext,
  roles: Roles,
  call: FunctionCall,
  log: (line: string) => void,
): Promise<FunctionResult> {
  const { functionArn, payload, sourceArn, credentials, caller, timeoutMs } = call;
  const arn = tryParseArn(functionArn);
  if (arn === undefined) {
    log(`Execution failed due to configuration error: Invalid function ARN ${functionArn}`);
    return misconfigured();
  }
  try {
    const as =
      credentials === undefined
        ? serviceOf(SERVICE, context.account, sourceArn)
        : credentials.endsWith(":user/*")
          ? caller
          : await roles.assume(context, credentials);
    const calling = context.call(
      "lambda",
      "Invoke",
      {
        FunctionName: functionArn,
        Payload: Buffer.from(payload),
        ...(call.isEvent === true ? { InvocationType: "Event" as const } : {}),
      },
      { as, account: arn.account, region: arn.region },
    );
    const output = await within(calling, timeoutMs);
    return { payload: Buffer.from(output.Payload ?? "").toString(), functionError: output.FunctionError };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (error.code === "AccessDeniedException" && credentials === undefined) {
      log("Execution failed due to configuration error: Invalid permissions on Lambda function");
    } else {
      log(`Execution failed due to configuration error: ${error.message}`);
    }
    return misconfigured();
  }
}

/** Raises GatewayFault (504) when `work` is not done after `ms`. The function is not stopped, as on AWS. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const end = AbortSignal.timeout(ms);
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(new GatewayFault("INTEGRATION_TIMEOUT", "Endpoint request timed out"));
    end.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    end.removeEventListener("abort", stop);
  }
}
