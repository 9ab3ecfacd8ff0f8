/**
 * Account gates ("Prevent failed StackSets deployments using target account gates"): a function of the target account and region is asked
 * before anything is done there. Where it is not there, or may not be asked, it is skipped.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import type { Body, Principal, ServiceContext } from "../../../service.ts";
import type { AccountGate } from "./state.ts";

const FUNCTION = "AWSCloudFormationStackSetAccountGate";

/** What the gate says, asked as the execution role. */
export async function askAccountGate(
  context: ServiceContext,
  as: Principal,
  { account, region }: { readonly account: string; readonly region: string },
): Promise<AccountGate> {
  const arn = `arn:aws:lambda:${region}:${account}:function:${FUNCTION}`;
  // What the function is told is documented nowhere; it knows its account and region from where it runs.
  const Payload = Buffer.from("{}");
  try {
    const answer = await context.call("lambda", "Invoke", { FunctionName: arn, Payload }, { as, account, region });
    if (answer.FunctionError !== undefined)
      return { status: "FAILED", reason: `${arn} failed: ${answer.FunctionError}` };
    return verdict(arn, textOf(answer.Payload));
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException"))
      return { status: "SKIPPED", reason: `Function not found: ${arn}` };
    if (isAwsError(error)) return { status: "SKIPPED", reason: error.message };
    throw error;
  }
}

function textOf(payload: Body | undefined): string {
  return typeof payload === "string" || payload instanceof Uint8Array ? Buffer.from(payload).toString() : "";
}

function verdict(arn: string, text: string): AccountGate {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = undefined;
  }
  const status = typeof answer === "object" && answer !== null && "Status" in answer ? answer.Status : undefined;
  if (status === "SUCCEEDED") return { status, reason: undefined };
  return { status: "FAILED", reason: `${arn} answered ${text}` };
}
