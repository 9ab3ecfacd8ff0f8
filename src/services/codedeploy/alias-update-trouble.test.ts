/** What may come between a stack and the deployment that moves its alias: each ends, with an error that says what it was. */
import { describe, expect, it } from "vitest";
import { aliasResource, groupResource, withStack } from "./alias-update-fixture.ts";
import { allowReports, createFunction, infoOf, REPORTS, revisionOf, withCloud } from "./codedeploy-fixture.ts";

const given = withCloud();
const { stacks, update, status, told, live, deploymentIds } = withStack(given);

/** The application and the group of the stack. */
async function named() {
  const { StackResources = [] } = await stacks().describeStackResources({ StackName: "app" });
  const idOf = (logicalId: string): string =>
    StackResources.find(({ LogicalResourceId }) => LogicalResourceId === logicalId)?.PhysicalResourceId ?? "";
  return { applicationName: idOf("App"), deploymentGroupName: idOf("Group"), role: idOf("Deployer") };
}

/** A deployment of the stack's alias that the stack knows nothing of. */
async function foreignDeployment(TargetVersion: string): Promise<string> {
  const { applicationName, deploymentGroupName } = await named();
  const Properties = { Name: "served", Alias: "live", CurrentVersion: "1", TargetVersion };
  const Resources = [{ served: { Type: "AWS::Lambda::Function", Properties } }];
  const { deploymentId = "" } = await given.codedeploy.createDeployment({
    applicationName,
    deploymentGroupName,
    revision: revisionOf(JSON.stringify({ version: "0.0", Resources })),
  });
  await given.cloud.settled();
  return deploymentId;
}

const failure = async (): Promise<string | undefined> =>
  (await told()).find((line) => line.startsWith("Live UPDATE_FAILED"));

describe("a stack's update", () => {
  it("fails while somebody else's deployment is at work in its group, which goes on", async () => {
    await update("1");
    await given.lambda.updateFunctionConfiguration({ FunctionName: "served", Description: "by hand" });
    const { Version = "" } = await given.lambda.publishVersion({ FunctionName: "served" });
    const foreign = await foreignDeployment(Version);
    expect(await live()).toBe(`1 + ${Version} at 0.1`);
    await update("2");
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await failure()).toMatch(/already has an active Deployment 'd-ID' \(Service: CodeDeploy, Status Code: 400/);
    await given.cloud.advance("5m");
    expect((await infoOf(given, foreign)).status).toBe("Succeeded");
    expect(await live()).toBe(Version);

    // The alias is not any more where the template has left it.
    await update("3");
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await failure()).toContain(
      "The Lambda function alias version does not match the current version in AppSpec file.",
    );
  });

  it("fails when an alarm of its group is not there", async () => {
    await update("1", { alarms: ["nowhere"] });
    await update("2", { alarms: ["nowhere"] });
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await failure()).toContain("d-ID failed. The state of the alarms nowhere cannot be retrieved");
    expect(await live()).toBe("1");
  });

  it("fails when the service role is deleted in the middle, and puts the alias back itself", async () => {
    await update("1");
    await update("2");
    expect(await live()).toBe("1 + 2 at 0.1");
    const { role: RoleName } = await named();
    const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda";
    await given.iam.detachRolePolicy({ RoleName, PolicyArn });
    await given.iam.deleteRole({ RoleName });
    await given.cloud.advance("5m");
    expect(await failure()).toContain("does not have the permissions required to assume the role");
    const [rollback = "", first = ""] = await deploymentIds();
    for (const id of [first, rollback])
      expect(await infoOf(given, id)).toMatchObject({
        status: "Failed",
        errorInformation: { code: "IAM_ROLE_MISSING" },
      });
    expect([await status(), await live()]).toEqual(["UPDATE_ROLLBACK_COMPLETE", "1"]);
  });

  it("fails when the version is deleted before the traffic moves", async () => {
    await allowReports(given);
    const Statement = [{ Effect: "Allow", Action: "lambda:DeleteFunction", Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await given.iam.putRolePolicy({ RoleName: "runner", PolicyName: "delete", PolicyDocument });
    const deletes = `
      const { Lambda } = require("@aws-sdk/client-lambda");
      await new Lambda({}).deleteFunction({ FunctionName: "served", Qualifier: "2" });`;
    await createFunction(given, "CodeDeployHook_before", deletes + REPORTS("Succeeded"));
    const story = { hooks: { BeforeAllowTrafficHook: "CodeDeployHook_before" } };
    await update("1", story);
    await update("2", story);
    expect(await failure()).toContain("d-ID failed. The deployment failed because of an invalid Lambda function.");
    const [rollback = "", first = ""] = await deploymentIds();
    expect(await infoOf(given, first)).toMatchObject({ errorInformation: { code: "INVALID_LAMBDA_FUNCTION" } });
    expect(await infoOf(given, rollback)).toMatchObject({ status: "Succeeded" });
    expect([await status(), await live()]).toEqual(["UPDATE_ROLLBACK_COMPLETE", "1"]);
  });

  it("cannot lose a version that its alias sends traffic to", async () => {
    await update("1");
    await update("2");
    for (const Qualifier of ["1", "2"]) {
      const deleting = given.lambda.deleteFunction({ FunctionName: "served", Qualifier });
      await expect(deleting).rejects.toThrow(
        "Unable to delete version because the following aliases reference it: [live]",
      );
    }
    await given.cloud.advance("5m");
    expect([await status(), await live()]).toEqual(["UPDATE_COMPLETE", "2"]);
  });

  it("cannot be rolled back when its alias is deleted in the middle, and says so", async () => {
    await update("1");
    await update("2");
    await given.lambda.deleteAlias({ FunctionName: "served", Name: "live" });
    await given.cloud.advance("5m");
    expect(await failure()).toContain("d-ID failed. The deployment failed because of an invalid Lambda function.");
    expect(await status()).toBe("UPDATE_ROLLBACK_FAILED");
  });

  it("fails when its group is deleted in the middle", async () => {
    await update("1");
    await update("2");
    await given.codedeploy.deleteDeploymentGroup(await named());
    await given.cloud.settled();
    expect(await failure()).toContain("The deployment d-ID could not be found");
    expect([await status(), await live()]).toEqual(["UPDATE_ROLLBACK_COMPLETE", "1"]);
  });

  it("can be cancelled although its group is gone", async () => {
    await update("1");
    await update("2");
    await given.codedeploy.deleteDeploymentGroup(await named());
    await stacks()
      .cancelUpdateStack({ StackName: "app" })
      .catch(() => undefined);
    await given.cloud.settled();
    expect([await status(), await live()]).toEqual(["UPDATE_ROLLBACK_COMPLETE", "1"]);
  });

  it("can be cancelled while a hook is waited for", async () => {
    await createFunction(given, "CodeDeployHook_before", `return "well";`);
    const story = { hooks: { BeforeAllowTrafficHook: "CodeDeployHook_before" } };
    await update("1", story);
    await update("2", story);
    await stacks().cancelUpdateStack({ StackName: "app" });
    await given.cloud.settled();
    expect([await status(), await live()]).toEqual(["UPDATE_ROLLBACK_COMPLETE", "1"]);
    const [, first = ""] = await deploymentIds();
    expect(await infoOf(given, first)).toMatchObject({ status: "Stopped", errorInformation: { code: "MANUAL_STOP" } });
  });

  it("keeps the stack from being deleted until it is over", async () => {
    await update("1");
    await update("2");
    await expect(stacks().deleteStack({ StackName: "app" })).rejects.toThrow(
      "cannot be deleted while in status UPDATE_IN_PROGRESS",
    );
    await given.cloud.advance("5m");
    expect(await status()).toBe("UPDATE_COMPLETE");
    await stacks().deleteStack({ StackName: "app" });
    await given.cloud.settled();
    expect(await deploymentIds()).toEqual([]);
    await expect(status()).rejects.toThrow("Stack with id app does not exist");
  });
});

describe("two aliases of a stack", () => {
  const both = (answer: string, group: "Group" | "Other") => ({
    besides: { Beta: aliasResource(answer, "beta", group), ...(group === "Other" ? { Other: groupResource() } : {}) },
  });

  it("shift side by side, each in its own group", async () => {
    await update("1", both("1", "Other"));
    await update("2", both("2", "Other"));
    expect([await live(), await live("beta")]).toEqual(["1 + 2 at 0.1", "1 + 2 at 0.1"]);
    await given.cloud.advance("5m");
    expect([await status(), await live(), await live("beta")]).toEqual(["UPDATE_COMPLETE", "2", "2"]);
  });

  it("cannot share a group when both move", async () => {
    await update("1", both("1", "Group"));
    await update("2", both("2", "Group"));
    expect(await status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await told("Beta")).filter((line) => line.includes("already has an active Deployment"))).toHaveLength(1);
    await given.cloud.advance("10m");
    expect([await live(), await live("beta")]).toEqual(["1", "1"]);
  });
});

describe("no deployment is made", () => {
  it("when nothing or only the description of the alias changes, nor for a new or a renamed alias", async () => {
    await update("1");
    await update("1", { config: "LambdaAllAtOnce" });
    await update("1", { description: "the first" });
    expect(await status()).toBe("UPDATE_COMPLETE");
    await update("1", { besides: { Beta: aliasResource("1", "beta") } });
    expect(await live("beta")).toBe("1");
    await update("2", { besides: { Live: aliasResource("2", "other") } });
    expect([await status(), await live("other")]).toEqual(["UPDATE_COMPLETE", "2"]);
    expect(await deploymentIds()).toEqual([]);
  });
});
