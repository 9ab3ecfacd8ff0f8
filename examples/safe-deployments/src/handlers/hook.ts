/** What a function that CodeDeploy calls during a deployment has in common with the next: run a check, and report how it went. */
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from "@aws-sdk/client-codedeploy";

/** The event of AWS's page "AppSpec 'hooks' section for an AWS Lambda deployment". */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

const codeDeploy = new CodeDeployClient();

/** Runs `check`, which raises when the release is not as it should be, and tells CodeDeploy. */
export async function report({ DeploymentId, LifecycleEventHookExecutionId }: HookEvent, check: () => Promise<void>) {
  let status: "Succeeded" | "Failed" = "Succeeded";
  try {
    await check();
  } catch (error) {
    console.error(error);
    status = "Failed";
  }
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status,
    }),
  );
  console.log(`Told CodeDeploy: ${status}`);
}

/** A variable of this function's environment. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set`);
  return value;
}

/** The number of the version that is deployed: the end of its ARN. */
export function deployedVersion(): string {
  return variable("FUNC1_ARN_VERSION").split(":").at(-1) ?? "";
}
