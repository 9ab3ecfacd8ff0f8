/** Stacks whose aliases are moved by deployments: UpdatePolicy CodeDeployLambdaAliasUpdate. */
import { describe, expect, it } from "vitest";
import { withStack } from "./alias-update-fixture.ts";
import { aliasOf, infoOf, REPORTS, withCloud } from "./codedeploy-fixture.ts";

const given = withCloud();
const { stacks, update, status, told, live, deploymentIds } = withStack(given);

describe("an alias's update", () => {
  it("is a deployment that the stack waits for", async () => {
    await update("1");
    expect(await status()).toBe("CREATE_COMPLETE");
    expect(await deploymentIds()).toEqual([]);
    await update("2");
    expect(await status()).toBe("UPDATE_IN_PROGRESS");
    expect(await live()).toBe("1 + 2 at 0.1");
    await given.cloud.advance("4m59s");
    expect(await status()).toBe("UPDATE_IN_PROGRESS");
    await given.cloud.advance("1s");
    expect(await status()).toBe("UPDATE_COMPLETE");
    expect(await live()).toBe("2");
    expect(await told()).toEqual([
      "Live UPDATE_IN_PROGRESS",
      "Live UPDATE_IN_PROGRESS CodeDeploy deployment started: d-ID",
      "Live UPDATE_COMPLETE",
      "app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "app UPDATE_COMPLETE",
    ]);
    const [id = ""] = await deploymentIds();
    const { revision } = await infoOf(given, id);
    expect(JSON.parse(revision?.appSpecContent?.content ?? "")).toEqual({
      version: "0.0",
      Resources: [
        {
          served: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: "served", Alias: "live", CurrentVersion: "1", TargetVersion: "2" },
          },
        },
      ],
      Hooks: [],
    });
    // The fixture's own alias was not touched.
    expect(await aliasOf(given)).toBe("1");
  });

  it("that changes something else too does both", async () => {
    await update("1", { config: "LambdaAllAtOnce" });
    await update("2", { config: "LambdaAllAtOnce", description: "the second" });
    expect(await status()).toBe("UPDATE_COMPLETE");
    expect(await given.lambda.getAlias({ FunctionName: "served", Name: "live" })).toMatchObject({
      FunctionVersion: "2",
      Description: "the second",
    });
  });

  it("that fails takes the whole stack back, without another canary", async () => {
    await given.cloudwatch.putMetricAlarm({
      AlarmName: "errors",
      Namespace: "app",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
    await update("1", { alarms: ["errors"] });
    await update("2", { alarms: ["errors"] });
    await given.cloud.advance("1m");
    await given.cloudwatch.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "tried" });
    await given.cloud.settled();
    expect(await live()).toBe("1");
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await told()).toEqual([
      "Live UPDATE_IN_PROGRESS",
      "Live UPDATE_IN_PROGRESS CodeDeploy deployment started: d-ID",
      "Live UPDATE_IN_PROGRESS CodeDeploy rollback deployment started: d-ID",
      'Live UPDATE_FAILED Resource handler returned message: "d-ID failed. the deployment is cancelled due to an abort request" (RequestToken: TOKEN, HandlerErrorCode: InternalFailure)',
      "app UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Live]. ",
      "Live UPDATE_IN_PROGRESS",
      "Live UPDATE_COMPLETE",
      "app UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "app UPDATE_ROLLBACK_COMPLETE",
    ]);
    expect(await deploymentIds()).toHaveLength(2);
  });

  it("whose hook fails goes back as well", async () => {
    const Statement = [{ Effect: "Allow", Action: "codedeploy:PutLifecycleEventHookExecutionStatus", Resource: "*" }];
    await given.iam.putRolePolicy({
      RoleName: "runner",
      PolicyName: "report",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
    const Hook = {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "CodeDeployHook_after",
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Timeout: 10,
        Role: "arn:aws:iam::000000000000:role/runner",
        Code: { ZipFile: `exports.handler = async (event) => { ${REPORTS("Failed")} };` },
      },
    };
    const story = {
      config: "LambdaAllAtOnce",
      besides: { Hook },
      hooks: { AfterAllowTrafficHook: "CodeDeployHook_after" },
    };
    await update("1", story);
    await update("2", story);
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await live()).toBe("1");
    expect((await told()).find((line) => line.startsWith("Live UPDATE_FAILED"))).toContain(
      "d-ID failed. The deployment failed because one or more of the lifecycle event validation functions failed.",
    );
  });

  it("is stopped and taken back when the stack's update is cancelled", async () => {
    await update("1");
    await update("2");
    expect(await live()).toBe("1 + 2 at 0.1");
    await stacks().cancelUpdateStack({ StackName: "app" });
    await given.cloud.settled();
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await live()).toBe("1");
    const [rollback = "", first = ""] = await deploymentIds();
    expect(await infoOf(given, first)).toMatchObject({ status: "Stopped" });
    expect(await infoOf(given, rollback)).toMatchObject({ status: "Succeeded", creator: "codeDeployRollback" });
    expect(await told()).toContain("Live UPDATE_FAILED Resource update cancelled");
    await given.cloud.advance("1h");
    expect(await live()).toBe("1");
  });

  it("is stopped when another resource of the same update fails", async () => {
    await update("1");
    const Later = { Type: "AWS::Logs::LogStream", Properties: { LogGroupName: "that-is-not-there" } };
    await update("2", { besides: { Later } });
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await live()).toBe("1");
    await given.cloud.advance("1h");
    expect(await live()).toBe("1");
  });
});
