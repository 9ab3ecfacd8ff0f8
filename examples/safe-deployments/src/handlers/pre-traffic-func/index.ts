/** BeforeAllowTraffic: invokes the new version, which nobody else reaches yet, and checks that it answers its own number. */
import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { deployedVersion, type HookEvent, report, variable } from "../hook.js";

const lambda = new LambdaClient();

export async function handler(event: HookEvent): Promise<void> {
  console.log(JSON.stringify(event));
  await report(event, async () => {
    const { Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: variable("FUNC1_NAME"), Qualifier: deployedVersion(), LogType: "Tail" }),
    );
    const answer = JSON.parse(Payload?.transformToString() ?? "{}");
    assert.deepEqual(JSON.parse(answer.body), { message: deployedVersion() });
  });
}
