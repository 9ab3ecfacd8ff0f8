/** Every command that the article on safe deployments prints, by the AWS CLI: the same structure and words, the names apart. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDelivery } from "../../examples/safe-deployments/delivery.mjs";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { awsCli, awsIn, clientEnvironment, run, type Aws } from "./tools.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/safe-deployments/", import.meta.url));
const STACK = "basic-dev-v1";
/** Version 1 of the CLI prints a moment as a number, version 2 as a text. */
const MOMENT: unknown = expect.toSatisfy((value: unknown) => typeof value === "number" || typeof value === "string");
const UUID: unknown = expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
const RANDOM = /^[A-Za-z0-9]{12,13}$/;

describe.skipIf(awsCli === undefined)("the AWS CLI prints of the application `basic`", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  let folder: string;
  let aws: Aws;
  /** Physical ids by logical ids. */
  let resources: Record<string, string>;

  beforeAll(async () => {
    cloud = await startCloud({ clock: "auto", startAt: Date.now() });
    folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
    aws = awsIn(clientEnvironment(cloud), EXAMPLE);
    const built = await run(process.execPath, ["build.mjs", "v1"], process.env, EXAMPLE);
    expect(built.status, built.stderr).toBe(0);
    const template = join(folder, "basic.yml");
    await aws("s3", "mb", "s3://artifacts");
    await aws(
      ["cloudformation", "package", "--template-file", "basic.yml", "--s3-bucket", "artifacts"],
      ["--output-template-file", template],
    );
    const deployed = await aws(
      ["cloudformation", "deploy", "--stack-name", STACK, "--template-file", template],
      ["--capabilities", "CAPABILITY_IAM"],
    );
    expect(deployed).toContain(`Successfully created/updated stack - ${STACK}`);
    const listed = await aws(
      ["cloudformation", "describe-stack-resources", "--stack-name", STACK],
      [
        "--query",
        "StackResources[?contains(LogicalResourceId,`Deploy`)].[ResourceType,LogicalResourceId,PhysicalResourceId]",
      ],
      ["--output", "text"],
    );
    const rows = listed.split("\n").map((line) => line.split("\t"));
    resources = Object.fromEntries(rows.map(([, logical = "", physical = ""]) => [logical, physical]));
    expect(rows.map(([type, logical]) => `${type} ${logical}`).toSorted()).toEqual([
      "AWS::CodeDeploy::Application ServerlessDeploymentApplication",
      "AWS::CodeDeploy::DeploymentGroup Func1DeploymentGroup",
      "AWS::IAM::Role CodeDeployServiceRole",
    ]);
  }, 60_000);
  afterAll(async () => {
    await cloud?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const json = async (...words: string[]): Promise<unknown> => JSON.parse(await aws(words));
  const application = (): string => resources["ServerlessDeploymentApplication"] ?? "";
  const group = (): string => resources["Func1DeploymentGroup"] ?? "";
  const role = (): string => resources["CodeDeployServiceRole"] ?? "";

  it("physical names that begin with the stack's and the logical one", () => {
    for (const [logical, physical] of Object.entries(resources)) {
      expect(physical.slice(0, STACK.length + logical.length + 2)).toBe(`${STACK}-${logical}-`);
      expect(physical.slice(STACK.length + logical.length + 2)).toMatch(RANDOM);
    }
  });

  it("list-attached-role-policies", async () => {
    expect(await json("iam", "list-attached-role-policies", "--role-name", role())).toEqual({
      AttachedPolicies: [
        {
          PolicyName: "AWSCodeDeployRoleForLambda",
          PolicyArn: "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda",
        },
      ],
    });
  });

  it("get-application", async () => {
    expect(await json("deploy", "get-application", "--application-name", application())).toEqual({
      application: {
        applicationId: UUID,
        applicationName: application(),
        createTime: MOMENT,
        linkedToGitHub: false,
        computePlatform: "Lambda",
      },
    });
  });

  it("list-deployment-groups", async () => {
    expect(await json("deploy", "list-deployment-groups", "--application-name", application())).toMatchObject({
      deploymentGroups: [group()],
    });
  });

  it("get-deployment-group", async () => {
    const names = ["--application-name", application(), "--deployment-group-name", group()];
    expect(await json("deploy", "get-deployment-group", ...names)).toEqual({
      deploymentGroupInfo: {
        applicationName: application(),
        deploymentGroupId: UUID,
        deploymentGroupName: group(),
        deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
        ec2TagFilters: [],
        onPremisesInstanceTagFilters: [],
        autoScalingGroups: [],
        serviceRoleArn: `arn:aws:iam::000000000000:role/${role()}`,
        triggerConfigurations: [],
        autoRollbackConfiguration: {
          enabled: true,
          events: expect.toSatisfy(
            (events: string[]) =>
              events.toSorted().join() === "DEPLOYMENT_FAILURE,DEPLOYMENT_STOP_ON_ALARM,DEPLOYMENT_STOP_ON_REQUEST",
          ),
        },
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        computePlatform: "Lambda",
      },
    });
  });
});

describe.skipIf(awsCli === undefined)("the AWS CLI prints of the application `alarm`", { timeout: 60_000 }, () => {
  it("how the deployment of a version that raises ended", async () => {
    const cloud = await startCloud({ seed: "clients" });
    try {
      const cloudFormation = new CloudFormationClient(cloud.client());
      const lambda = new LambdaClient(cloud.client());
      const delivery = await createDelivery({ cloudFormation, s3: new S3Client(cloud.client()), bucket: "artifacts" });
      await delivery.ship({ stackName: "alarm", template: "alarm.yml", release: "v1" });
      await cloud.advance("1m");
      const FunctionName = await delivery.physicalId("alarm", "Func1");
      await delivery.ship({ stackName: "alarm", template: "alarm.yml", release: "broken" });
      for (let second = 0; second < 600; second++) {
        await lambda.send(new InvokeCommand({ FunctionName, Qualifier: "dev" }));
        await cloud.advance(1);
        if (!(await delivery.status("alarm")).endsWith("IN_PROGRESS")) break;
      }

      const aws = awsIn(clientEnvironment(cloud));
      const names = [
        ["--application-name", await delivery.physicalId("alarm", "ServerlessDeploymentApplication")],
        ["--deployment-group-name", await delivery.physicalId("alarm", "Func1DeploymentGroup")],
      ];
      const stopped = await aws(
        ["deploy", "list-deployments", "--include-only-statuses", "Stopped", "--query", "deployments[0]"],
        ["--output", "text"],
        names,
      );
      expect(stopped).toMatch(/^d-[A-Z0-9]{9}$/);
      const printed: unknown = JSON.parse(
        await aws(
          ["deploy", "get-deployment", "--deployment-id", stopped],
          ["--query", "deploymentInfo.[deploymentOverview,errorInformation,rollbackInfo]"],
        ),
      );
      const rollback = await aws(
        ["deploy", "list-deployments", "--include-only-statuses", "Succeeded", "--query", "deployments[0]"],
        ["--output", "text"],
        names,
      );
      expect(printed).toEqual([
        { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 1, Skipped: 0, Ready: 0 },
        { code: "ALARM_ACTIVE", message: "the deployment is cancelled due to an abort request" },
        {
          rollbackDeploymentId: rollback,
          rollbackMessage: `Deployment ${stopped} terminated. Automatic rollback is triggered with a DeploymentId ${rollback}.`,
        },
      ]);
    } finally {
      await cloud.close();
    }
  });
});
