/** Hooks are asked before and after the traffic moves, and whatever is no answer of Succeeded fails the deployment. */
import { SSM } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import {
  aliasOf,
  allowReports,
  appspec,
  createFunction,
  createGroup,
  deploy,
  eventsOf,
  infoOf,
  refusal,
  REPORTS,
  targetOf,
  withCloud,
} from "./codedeploy-fixture.ts";

const given = withCloud();
const BEFORE = "CodeDeployHook_before";
const AFTER = "CodeDeployHook_after";
const FAILED = "The deployment failed because one or more of the lifecycle event validation functions failed.";

/** A hook that ends well and says nothing. */
const SILENT = `return "well";`;

describe("hooks", () => {
  it("that answer Succeeded let the traffic through", async () => {
    await allowReports(given);
    await createFunction(given, BEFORE, REPORTS("Succeeded"));
    await createFunction(given, AFTER, REPORTS("Succeeded"));
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE, AfterAllowTraffic: AFTER }));
    expect((await infoOf(given, id)).status).toBe("Succeeded");
    expect(await eventsOf(given, id)).toBe("Succeeded Succeeded Succeeded");
    expect(await aliasOf(given)).toBe("2");
  });

  it("before the traffic that answer Failed keep it from moving", async () => {
    await allowReports(given);
    await createFunction(given, BEFORE, REPORTS("Failed"));
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE }));
    expect(await infoOf(given, id)).toMatchObject({
      status: "Failed",
      errorInformation: { code: "HOOK_EXECUTION_FAILURE", message: FAILED },
      deploymentOverview: { Failed: 1 },
    });
    expect(await eventsOf(given, id)).toBe("Failed Skipped Skipped");
    expect((await targetOf(given, id)).lambdaFunctionInfo?.targetVersionWeight).toBe(0);
    expect(await aliasOf(given)).toBe("1");
  });

  it("after the traffic that answer Failed move it back", async () => {
    await allowReports(given);
    await createFunction(given, AFTER, REPORTS("Failed"));
    await createGroup(given);
    const id = await deploy(given, appspec({ AfterAllowTraffic: AFTER }));
    expect(await eventsOf(given, id)).toBe("Succeeded Succeeded Failed");
    const { rollbackInfo } = await infoOf(given, id);
    expect(await infoOf(given, rollbackInfo?.rollbackDeploymentId ?? "")).toMatchObject({ status: "Succeeded" });
    expect(await aliasOf(given)).toBe("1");
  });

  it("that never answer fail the deployment after an hour", async () => {
    await createFunction(given, BEFORE, SILENT);
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE }));
    await given.cloud.advance("59m59s");
    expect((await infoOf(given, id)).status).toBe("InProgress");
    await given.cloud.advance("1s");
    expect(await infoOf(given, id)).toMatchObject({
      status: "Failed",
      errorInformation: {
        code: "TIMEOUT",
        message:
          "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.",
      },
    });
    expect(await aliasOf(given)).toBe("1");
  });

  it("whose role may not say how it went fail it: they raise, and are not heard", async () => {
    await createFunction(given, BEFORE, REPORTS("Succeeded"));
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE }));
    expect(await infoOf(given, id)).toMatchObject({
      status: "Failed",
      errorInformation: { code: "HOOK_EXECUTION_FAILURE" },
    });
    const [first] = (await targetOf(given, id)).lifecycleEvents ?? [];
    expect(first?.diagnostics).toMatchObject({ errorCode: "ScriptFailed", scriptName: BEFORE });
    expect(first?.diagnostics?.message).toContain(
      "is not authorized to perform: codedeploy:PutLifecycleEventHookExecutionStatus",
    );
    expect(first?.diagnostics?.logTail).toContain("AccessDenied");
  });

  it("that raise after they have answered have answered", async () => {
    await allowReports(given);
    await createFunction(given, BEFORE, `${REPORTS("Succeeded")} throw new Error("later");`);
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE }));
    expect((await infoOf(given, id)).status).toBe("Succeeded");
  });

  it("that are not there fail it", async () => {
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE }));
    expect(await infoOf(given, id)).toMatchObject({
      status: "Failed",
      errorInformation: { code: "HOOK_EXECUTION_FAILURE", message: FAILED },
    });
    const [first] = (await targetOf(given, id)).lifecycleEvents ?? [];
    expect(first?.diagnostics).toMatchObject({ errorCode: "ScriptMissing", scriptName: BEFORE });
  });

  it("of another name than CodeDeployHook_ are beyond the managed policy's reach", async () => {
    await allowReports(given);
    await createFunction(given, "before", REPORTS("Succeeded"));
    await createGroup(given);
    const id = await deploy(given, appspec({ BeforeAllowTraffic: "before" }));
    expect((await infoOf(given, id)).errorInformation).toEqual({
      code: "IAM_ROLE_PERMISSIONS",
      message:
        "The IAM role arn:aws:iam::000000000000:role/deployer does not give you permission to perform operations in the following AWS service: AWSLambda. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant permissions to your users or groups by creating IAM policies.",
    });
    const Statement = [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" }];
    await given.iam.putRolePolicy({
      RoleName: "deployer",
      PolicyName: "invoke",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
    const next = await deploy(given, appspec({ BeforeAllowTraffic: "before" }));
    expect((await infoOf(given, next)).status).toBe("Succeeded");
  });
});

describe("PutLifecycleEventHookExecutionStatus", () => {
  /** A hook that gives its id away instead of answering. */
  async function waiting(): Promise<{ deploymentId: string; lifecycleEventHookExecutionId: string }> {
    const tells = `
      const { SSM } = require("@aws-sdk/client-ssm");
      await new SSM({}).putParameter({ Name: "asked", Value: JSON.stringify(event), Type: "String" });`;
    const Statement = [{ Effect: "Allow", Action: "ssm:PutParameter", Resource: "*" }];
    await given.iam.putRolePolicy({
      RoleName: "runner",
      PolicyName: "tell",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
    await createFunction(given, BEFORE, tells);
    await createGroup(given);
    const deploymentId = await deploy(given, appspec({ BeforeAllowTraffic: BEFORE }));
    const ssm = new SSM(given.cloud.client());
    const { Parameter } = await ssm.getParameter({ Name: "asked" });
    ssm.destroy();
    const event: { DeploymentId: string; LifecycleEventHookExecutionId: string } = JSON.parse(Parameter?.Value ?? "{}");
    expect(Object.keys(event)).toEqual(["DeploymentId", "LifecycleEventHookExecutionId"]);
    expect(event.DeploymentId).toBe(deploymentId);
    return { deploymentId, lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId };
  }

  it("is taken once, with one of two statuses, for an id that is known", async () => {
    const asked = await waiting();
    const put = (change: object) =>
      given.codedeploy.putLifecycleEventHookExecutionStatus({ ...asked, status: "Succeeded", ...change });
    expect(await refusal(put({ status: "InProgress" }))).toMatch(/^InvalidLifecycleEventHookExecutionStatusException/);
    expect(await refusal(put({ lifecycleEventHookExecutionId: "unknown" }))).toMatch(
      /^InvalidLifecycleEventHookExecutionIdException/,
    );
    expect(await refusal(put({ deploymentId: undefined }))).toMatch(/^DeploymentIdRequiredException/);
    expect(await refusal(put({ deploymentId: "d-AAAAAAAAA" }))).toMatch(/^DeploymentDoesNotExistException/);
    expect((await put({})).lifecycleEventHookExecutionId).toBe(asked.lifecycleEventHookExecutionId);
    await given.cloud.settled();
    expect((await infoOf(given, asked.deploymentId)).status).toBe("Succeeded");
    expect(await refusal(put({}))).toMatch(/^LifecycleEventAlreadyCompletedException/);
    // The hour that was set for it is forgotten.
    await given.cloud.advance("2h");
    expect((await infoOf(given, asked.deploymentId)).status).toBe("Succeeded");
  });

  it("comes too late when the deployment was stopped", async () => {
    const asked = await waiting();
    await given.codedeploy.stopDeployment({ deploymentId: asked.deploymentId });
    const late = given.codedeploy.putLifecycleEventHookExecutionStatus({ ...asked, status: "Succeeded" });
    expect(await refusal(late)).toMatch(/^LifecycleEventAlreadyCompletedException/);
    await given.cloud.settled();
    expect(await aliasOf(given)).toBe("1");
  });
});
