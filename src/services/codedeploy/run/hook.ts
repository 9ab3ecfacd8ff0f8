/**
 * Hooks: a function is invoked as the service role with the id of the deployment and of the execution, and answers by
 * PutLifecycleEventHookExecutionStatus ("AppSpec 'hooks' section for an AWS Lambda deployment"). Whatever is no answer of Succeeded fails the deployment.
 */
import type { DeadlineHandler, ServiceContext } from "../../../service.ts";
import { DeploymentFault, faultOf } from "../errors.ts";
import { deployments, EVENT_NAMES, type Deployment, type Diagnostics, type EventName } from "../state.ts";
import { end, eventOf } from "./course.ts";
import { failed } from "./failed.ts";
import { working } from "./work.ts";

/** AWS's words. */
const FAILED = "The deployment failed because one or more of the lifecycle event validation functions failed.";
const TIMED_OUT =
  "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.";

const isWaitedFor = (deployment: Deployment, payload: unknown): boolean =>
  EVENT_NAMES.some((name) => name === payload && eventOf(deployment, name).status === "InProgress");

export const hook = working(isWaitedFor, async ({ deployment, role, roleArn }, payload) => {
  const name = eventNamed(payload);
  const FunctionName = hookOf(deployment, name);
  const Payload = Buffer.from(
    JSON.stringify({
      DeploymentId: deployment.id,
      LifecycleEventHookExecutionId: eventOf(deployment, name).executionId,
    }),
  );
  try {
    const {
      FunctionError,
      Payload: reply,
      LogResult,
    } = await role.call("lambda", "Invoke", { FunctionName, Payload, LogType: "Tail" });
    // Its answer is what counts; there is an hour for that.
    if (FunctionError === undefined) return () => {};
    const message = reply === undefined ? FunctionError : Buffer.from(reply).toString("utf8");
    throw raised("ScriptFailed", FunctionName, message, Buffer.from(LogResult ?? "", "base64").toString("utf8"));
  } catch (error) {
    throw asHookFault(error, FunctionName, roleArn);
  }
});

function asHookFault(error: unknown, functionName: string, roleArn: string): DeploymentFault {
  const fault = faultOf(error, "AWSLambda", roleArn);
  if (fault.code === "HOOK_EXECUTION_FAILURE") return fault;
  if (fault.code === "INVALID_LAMBDA_FUNCTION") return raised("ScriptMissing", functionName, fault.message, "");
  const diagnostics = diagnosticsOf("ScriptNotExecutable", functionName, fault.message, "");
  return new DeploymentFault(fault.code, fault.message, diagnostics);
}

function raised(
  errorCode: Diagnostics["errorCode"],
  scriptName: string,
  message: string,
  logTail: string,
): DeploymentFault {
  return new DeploymentFault("HOOK_EXECUTION_FAILURE", FAILED, diagnosticsOf(errorCode, scriptName, message, logTail));
}

/** "CodeDeploy returns up to the last 4 KB of the diagnostic log." */
function diagnosticsOf(
  errorCode: Diagnostics["errorCode"],
  scriptName: string,
  message: string,
  logTail: string,
): Diagnostics {
  return { errorCode, scriptName, message, logTail: logTail.slice(-4096) };
}

/** An hour is over. */
export const hookTimeout: DeadlineHandler = (context, { key, payload }) => {
  const deployment = context.table(deployments).get(key);
  if (deployment?.status !== "InProgress" || !isWaitedFor(deployment, payload)) return;
  const scriptName = hookOf(deployment, eventNamed(payload));
  const diagnostics = diagnosticsOf("ScriptTimedOut", scriptName, TIMED_OUT, "");
  end(context, deployment, { status: "Failed", code: "TIMEOUT", message: TIMED_OUT, diagnostics });
};

/** The function has answered Failed. Inside a transaction. */
export function hookFailed(context: ServiceContext, deployment: Deployment, name: EventName): void {
  failed(
    context,
    deployment,
    raised("ScriptFailed", hookOf(deployment, name), "The validation function answered Failed.", ""),
  );
}

function hookOf({ plan }: Deployment, name: EventName): string {
  return (name === "AllowTraffic" ? undefined : plan?.hooks[name]) ?? "";
}

function eventNamed(payload: unknown): EventName {
  const name = EVENT_NAMES.find((one) => one === payload);
  if (name === undefined) throw new Error("the deadline does not say which lifecycle event it is for");
  return name;
}
