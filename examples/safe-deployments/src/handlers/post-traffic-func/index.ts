/** AfterAllowTraffic: calls the API as its users do, and checks that the new version answers. */
import assert from "node:assert/strict";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { deployedVersion, type HookEvent, report, variable } from "../hook.js";
import { reachable } from "../../../reachable.mjs";

const cloudFormation = new CloudFormationClient();

export async function handler(event: HookEvent): Promise<void> {
  console.log(JSON.stringify(event));
  await report(event, async () => {
    const response = await fetch(reachable(await apiEndpoint(), process.env["AWS_ENDPOINT_URL"]));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { message: deployedVersion() });
  });
}

async function apiEndpoint(): Promise<string> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: variable("STACK_NAME") }));
  const output = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === "ApiEndpoint");
  if (output?.OutputValue === undefined) throw new Error("The stack has no output ApiEndpoint");
  return output.OutputValue;
}
