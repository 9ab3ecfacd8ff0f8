/** Applications, groups, configurations, revisions and tags, and who may do what with them. */
import { CodeDeploy } from "@aws-sdk/client-codedeploy";
import { describe, expect, it } from "vitest";
import {
  aliasOf,
  APPLICATION,
  appspec,
  createGroup,
  deploy,
  GROUP,
  infoOf,
  refusal,
  revisionOf,
  ROLLS_BACK,
  SERVICE_ROLE_ARN,
  withCloud,
} from "./codedeploy-fixture.ts";

const given = withCloud();
const named = { applicationName: APPLICATION, deploymentGroupName: GROUP };

describe("applications", () => {
  it("are made, listed, renamed with all that is theirs, and taken away", async () => {
    const { codedeploy } = given;
    await createGroup(given);
    const id = await deploy(given);
    const { application } = await codedeploy.getApplication({ applicationName: APPLICATION });
    expect(application).toMatchObject({
      applicationName: APPLICATION,
      linkedToGitHub: false,
      computePlatform: "Lambda",
    });
    await codedeploy.updateApplication({ applicationName: APPLICATION, newApplicationName: "renamed" });
    expect((await codedeploy.listApplications({})).applications).toEqual(["renamed"]);
    expect((await codedeploy.getApplication({ applicationName: "renamed" })).application?.applicationId).toBe(
      application?.applicationId,
    );
    expect((await infoOf(given, id)).applicationName).toBe("renamed");
    const renamed = { applicationName: "renamed", deploymentGroupName: GROUP };
    expect((await codedeploy.listDeployments(renamed)).deployments).toEqual([id]);
    expect((await codedeploy.listApplicationRevisions({ applicationName: "renamed" })).revisions).toHaveLength(1);
    const { applicationsInfo } = await codedeploy.batchGetApplications({ applicationNames: ["renamed", "gone"] });
    expect(applicationsInfo?.map(({ applicationName }) => applicationName)).toEqual(["renamed"]);
    await codedeploy.deleteApplication({ applicationName: "renamed" });
    expect(await refusal(codedeploy.getApplication({ applicationName: "renamed" }))).toBe(
      "ApplicationDoesNotExistException: No application found for name: renamed",
    );
  });

  it.each([
    ["of servers", { applicationName: "a" }, "InvalidComputePlatformException"],
    ["of ECS", { applicationName: "a", computePlatform: "ECS" as const }, "InvalidComputePlatformException"],
    [
      "that are there",
      { applicationName: APPLICATION, computePlatform: "Lambda" as const },
      "ApplicationAlreadyExistsException",
    ],
    [
      "of a bad name",
      { applicationName: "a b", computePlatform: "Lambda" as const },
      "InvalidApplicationNameException",
    ],
  ])("%s are refused", async (_, input, code) => {
    expect(await refusal(given.codedeploy.createApplication(input))).toContain(`${code}: `);
  });
});

describe("deployment groups", () => {
  it("are shown as AWS shows them", async () => {
    const deploymentGroupId = await createGroup(given);
    const { deploymentGroupInfo } = await given.codedeploy.getDeploymentGroup(named);
    expect(deploymentGroupInfo).toEqual({
      applicationName: APPLICATION,
      deploymentGroupId,
      deploymentGroupName: GROUP,
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      ec2TagFilters: [],
      onPremisesInstanceTagFilters: [],
      autoScalingGroups: [],
      serviceRoleArn: SERVICE_ROLE_ARN,
      triggerConfigurations: [],
      autoRollbackConfiguration: {
        enabled: true,
        events: ["DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_FAILURE"],
      },
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      computePlatform: "Lambda",
    });
  });

  it("are changed in what is said, renamed with their deployments, and taken away", async () => {
    const { codedeploy } = given;
    await createGroup(given);
    const id = await deploy(given);
    const canary = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
    const renaming = {
      applicationName: APPLICATION,
      currentDeploymentGroupName: GROUP,
      newDeploymentGroupName: "other",
    };
    await codedeploy.updateDeploymentGroup({ ...renaming, deploymentConfigName: canary });
    const { deploymentGroupsInfo, errorMessage } = await codedeploy.batchGetDeploymentGroups({
      applicationName: APPLICATION,
      deploymentGroupNames: ["other", GROUP],
    });
    expect(deploymentGroupsInfo).toMatchObject([
      { deploymentGroupName: "other", deploymentConfigName: canary, autoRollbackConfiguration: { enabled: true } },
    ]);
    expect(errorMessage).toContain(GROUP);
    expect((await infoOf(given, id)).deploymentGroupName).toBe("other");
    await codedeploy.deleteDeploymentGroup({ applicationName: APPLICATION, deploymentGroupName: "other" });
    expect((await codedeploy.listDeploymentGroups({ applicationName: APPLICATION })).deploymentGroups).toEqual([]);
    expect(await refusal(codedeploy.getDeploymentGroup(named))).toBe(
      "DeploymentGroupDoesNotExistException: No Deployment Group found for name: group",
    );
  });

  it.each([
    [
      { serviceRoleArn: "arn:aws:iam::000000000000:role/nobody" },
      "InvalidRoleException: AWS CodeDeploy does not have the permissions required to assume the role arn:aws:iam::000000000000:role/nobody.",
    ],
    [
      { serviceRoleArn: "arn:aws:iam::000000000000:role/runner" },
      "InvalidRoleException: AWS CodeDeploy does not have the permissions required to assume the role",
    ],
    [
      { deploymentConfigName: "gone" },
      "DeploymentConfigDoesNotExistException: No deployment configuration found for name: gone",
    ],
    [{ deploymentConfigName: "CodeDeployDefault.OneAtATime" }, "InvalidDeploymentConfigNameException"],
    [
      { deploymentStyle: { deploymentType: "IN_PLACE" as const, deploymentOption: "WITH_TRAFFIC_CONTROL" as const } },
      "InvalidDeploymentStyleException",
    ],
    [
      { deploymentStyle: { deploymentType: "BLUE_GREEN" as const } },
      "InvalidDeploymentStyleException: Deployment type or deployment option cannot be null or empty",
    ],
    [{ ec2TagFilters: [{ Key: "a" }] }, "InvalidEC2TagException"],
    [{ autoScalingGroups: ["a"] }, "InvalidAutoScalingGroupException"],
    [{ blueGreenDeploymentConfiguration: {} }, "InvalidBlueGreenDeploymentConfigurationException"],
    [{ autoRollbackConfiguration: { enabled: true } }, "InvalidAutoRollbackConfigException"],
    [
      {
        triggerConfigurations: [
          { triggerName: "a", triggerTargetArn: "b", triggerEvents: ["DeploymentStart" as const] },
        ],
      },
      "InvalidTriggerConfigException",
    ],
    [{ applicationName: "gone" }, "ApplicationDoesNotExistException: No application found for name: gone"],
  ])("that say %j are refused", async (more, message) => {
    expect(await refusal(createGroup(given, more))).toContain(message);
  });

  it("take their deployments with them, those at work too", async () => {
    await createGroup(given, { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" });
    const id = await deploy(given);
    await given.codedeploy.deleteDeploymentGroup(named);
    expect(await refusal(infoOf(given, id))).toBe(
      `DeploymentDoesNotExistException: The deployment ${id} could not be found`,
    );
    expect((await given.codedeploy.listDeployments({})).deployments).toEqual([]);
    await given.cloud.advance("10m");
    expect(await aliasOf(given)).toBe("1 + 2 at 0.1");
    await createGroup(given);
    expect((await given.codedeploy.listDeployments(named)).deployments).toEqual([]);
    const next = await deploy(given);
    expect((await infoOf(given, next)).status).toBe("Succeeded");
    expect(await aliasOf(given)).toBe("2");
  });

  it("are named by their ids where they keep a configuration from being deleted", async () => {
    const { codedeploy } = given;
    const { deploymentConfigId } = await codedeploy.createDeploymentConfig({
      deploymentConfigName: "mine",
      computePlatform: "Lambda",
      trafficRoutingConfig: { type: "AllAtOnce" },
    });
    const groupId = await createGroup(given, { deploymentConfigName: "mine" });
    expect(await refusal(codedeploy.deleteDeploymentConfig({ deploymentConfigName: "mine" }))).toBe(
      `DeploymentConfigInUseException: Deployment configuration ${deploymentConfigId} is in use by Deployment Group ${groupId}`,
    );
  });
});

describe("deployment configurations", () => {
  it("of AWS are listed before one's own", async () => {
    const { codedeploy } = given;
    const own = {
      deploymentConfigName: "mine",
      computePlatform: "Lambda" as const,
      trafficRoutingConfig: {
        type: "TimeBasedCanary" as const,
        timeBasedCanary: { canaryPercentage: 25, canaryInterval: 2 },
      },
    };
    await codedeploy.createDeploymentConfig(own);
    const { deploymentConfigsList = [] } = await codedeploy.listDeploymentConfigs({});
    expect(deploymentConfigsList).toHaveLength(18);
    expect(deploymentConfigsList.at(-1)).toBe("mine");
    expect(deploymentConfigsList.filter((name) => name.startsWith("CodeDeployDefault.Lambda"))).toHaveLength(9);
    const { deploymentConfigInfo } = await codedeploy.getDeploymentConfig({ deploymentConfigName: "mine" });
    expect(deploymentConfigInfo).toMatchObject(own);
    const predefined = await codedeploy.getDeploymentConfig({
      deploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes",
    });
    expect(predefined.deploymentConfigInfo?.trafficRoutingConfig).toEqual({
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: 10, linearInterval: 3 },
    });
    await createGroup(given, { deploymentConfigName: "mine" });
    const remove = () => codedeploy.deleteDeploymentConfig({ deploymentConfigName: "mine" });
    expect(await refusal(remove())).toContain("DeploymentConfigInUseException");
    await codedeploy.deleteDeploymentGroup(named);
    await remove();
    expect(await refusal(codedeploy.getDeploymentConfig({ deploymentConfigName: "mine" }))).toContain(
      "DeploymentConfigDoesNotExistException",
    );
  });

  const canary = (canaryPercentage: number, canaryInterval: number) => ({
    type: "TimeBasedCanary" as const,
    timeBasedCanary: { canaryPercentage, canaryInterval },
  });
  it.each([
    ["a share of 0", { trafficRoutingConfig: canary(0, 5) }, "InvalidTrafficRoutingConfigurationException"],
    ["a share of 100", { trafficRoutingConfig: canary(100, 5) }, "InvalidTrafficRoutingConfigurationException"],
    ["more than two days", { trafficRoutingConfig: canary(10, 2881) }, "InvalidTrafficRoutingConfigurationException"],
    [
      "the other type's settings",
      { trafficRoutingConfig: { ...canary(10, 5), type: "TimeBasedLinear" as const } },
      "InvalidTrafficRoutingConfigurationException",
    ],
    ["no routing", {}, "InvalidTrafficRoutingConfigurationException"],
    [
      "healthy hosts",
      { trafficRoutingConfig: canary(10, 5), minimumHealthyHosts: { type: "HOST_COUNT" as const, value: 1 } },
      "InvalidMinimumHealthyHostValueException",
    ],
    ["servers", { computePlatform: "Server" as const }, "InvalidComputePlatformException"],
    ["AWS's prefix", { deploymentConfigName: "CodeDeployDefault.Mine" }, "InvalidDeploymentConfigNameException"],
  ])("with %s are refused", async (_, more, code) => {
    const input = { deploymentConfigName: "mine", computePlatform: "Lambda" as const, ...more };
    expect(await refusal(given.codedeploy.createDeploymentConfig(input))).toContain(`${code}: `);
  });
});

describe("revisions", () => {
  it("are registered, used and found again", async () => {
    const { codedeploy } = given;
    await createGroup(given);
    const s3Location = { bucket: "b", key: "specs/one.yml", bundleType: "YAML" as const };
    const fromS3 = { revisionType: "S3" as const, s3Location };
    await codedeploy.registerApplicationRevision({
      applicationName: APPLICATION,
      revision: fromS3,
      description: "first",
    });
    await given.cloud.advance("1m");
    await deploy(given);
    const revision = revisionOf(appspec());
    const { revisionInfo } = await codedeploy.getApplicationRevision({ applicationName: APPLICATION, revision });
    expect(revisionInfo).toMatchObject({ deploymentGroups: [GROUP] });
    expect(revisionInfo?.firstUsedTime).toEqual(revisionInfo?.lastUsedTime);
    const list = async (filter: object) => {
      const { revisions = [] } = await codedeploy.listApplicationRevisions({ applicationName: APPLICATION, ...filter });
      return revisions.map(({ revisionType }) => revisionType);
    };
    expect(await list({ sortBy: "registerTime", sortOrder: "descending" })).toEqual(["AppSpecContent", "S3"]);
    expect(await list({ deployed: "exclude" })).toEqual(["S3"]);
    expect(await list({ s3Bucket: "b", s3KeyPrefix: "specs/" })).toEqual(["S3"]);
    expect(await list({ s3Bucket: "b", s3KeyPrefix: "other/" })).toEqual([]);
    const unknown = revisionOf("unknown");
    expect(
      await refusal(codedeploy.getApplicationRevision({ applicationName: APPLICATION, revision: unknown })),
    ).toContain("RevisionDoesNotExistException");
    const batch = await codedeploy.batchGetApplicationRevisions({
      applicationName: APPLICATION,
      revisions: [fromS3, unknown],
    });
    expect(batch.revisions).toMatchObject([{ genericRevisionInfo: { description: "first" } }]);
    expect(batch.errorMessage).toBeDefined();
  });
});

describe("tags", () => {
  it("belong to applications and groups", async () => {
    const { codedeploy } = given;
    await createGroup(given, { tags: [{ Key: "a", Value: "1" }] });
    const ResourceArn = "arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:app/group";
    await codedeploy.tagResource({ ResourceArn, Tags: [{ Key: "b", Value: "2" }] });
    await codedeploy.untagResource({ ResourceArn, TagKeys: ["a"] });
    expect((await codedeploy.listTagsForResource({ ResourceArn })).Tags).toEqual([{ Key: "b", Value: "2" }]);
    expect(await refusal(codedeploy.listTagsForResource({ ResourceArn: "x" }))).toContain("InvalidArnException");
    const config = "arn:aws:codedeploy:us-east-1:000000000000:deploymentconfig:mine";
    expect(await refusal(codedeploy.listTagsForResource({ ResourceArn: config }))).toContain(
      "ArnNotSupportedException",
    );
  });
});

describe("ListDeployments", () => {
  it("filters by status and time", async () => {
    const { codedeploy } = given;
    await createGroup(given);
    const first = await deploy(given);
    await given.cloud.advance("10m");
    const second = await deploy(given);
    expect((await codedeploy.listDeployments({})).deployments).toEqual([second, first]);
    expect((await codedeploy.listDeployments({ ...named, includeOnlyStatuses: ["Failed"] })).deployments).toEqual([
      second,
    ]);
    const createTimeRange = { start: new Date(given.cloud.now() - 60_000) };
    expect((await codedeploy.listDeployments({ ...named, createTimeRange })).deployments).toEqual([second]);
    expect(await refusal(codedeploy.listDeployments({ applicationName: APPLICATION }))).toContain(
      "DeploymentGroupNameRequiredException",
    );
    expect(await refusal(codedeploy.listDeployments({ deploymentGroupName: GROUP }))).toContain(
      "ApplicationNameRequiredException",
    );
    const batch = await codedeploy.batchGetDeployments({ deploymentIds: [first, second] });
    expect(batch.deploymentsInfo?.map(({ status }) => status)).toEqual(["Succeeded", "Failed"]);
  });
});

describe("a user", () => {
  it("may do what the policies of applications and groups allow, and nothing else", async () => {
    const { iam, cloud } = given;
    await createGroup(given, { deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes" });
    await iam.createUser({ UserName: "dev" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "dev" });
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    };
    const codedeploy = new CodeDeploy(cloud.client({ credentials }));
    const allow = (...actions: string[]) => {
      const Statement = [
        { Effect: "Allow", Action: actions, Resource: "arn:aws:codedeploy:us-east-1:000000000000:*:app*" },
        { Effect: "Allow", Action: "codedeploy:GetDeploymentConfig", Resource: "*" },
      ];
      const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
      return iam.putUserPolicy({ UserName: "dev", PolicyName: "may", PolicyDocument });
    };
    const create = () => codedeploy.createDeployment({ ...named, revision: revisionOf(appspec()) });
    expect(await refusal(create())).toContain(
      "is not authorized to perform: codedeploy:CreateDeployment on resource: arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:app/group",
    );
    await allow("codedeploy:CreateDeployment", "codedeploy:GetApplicationRevision");
    expect(await refusal(create())).toContain("codedeploy:RegisterApplicationRevision");
    await allow(
      "codedeploy:CreateDeployment",
      "codedeploy:GetApplicationRevision",
      "codedeploy:RegisterApplicationRevision",
    );
    const { deploymentId } = await create();
    expect(await refusal(codedeploy.getDeployment({ deploymentId }))).toContain(
      "codedeploy:GetDeployment on resource: arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:app/group",
    );
    await allow("codedeploy:GetDeployment");
    expect((await codedeploy.getDeployment({ deploymentId })).deploymentInfo?.status).toBeDefined();
    expect(await refusal(codedeploy.stopDeployment({ deploymentId }))).toContain("codedeploy:StopDeployment");
    codedeploy.destroy();
    await cloud.settled();
  });
});

describe("what other compute platforms have", () => {
  it("is refused for a Lambda deployment as AWS refuses it", async () => {
    const { codedeploy } = given;
    await createGroup(given, {
      deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
      autoRollbackConfiguration: ROLLS_BACK,
    });
    const deploymentId = await deploy(given);
    const unsupported = "UnsupportedActionForDeploymentTypeException: ";
    expect(await refusal(codedeploy.continueDeployment({ deploymentId }))).toContain(unsupported);
    expect(await refusal(codedeploy.skipWaitTimeForInstanceTermination({ deploymentId }))).toContain(unsupported);
    expect(await refusal(codedeploy.listDeploymentInstances({ deploymentId }))).toContain(
      "InvalidComputePlatformException: ",
    );
    expect(await refusal(codedeploy.listOnPremisesInstances({}))).toContain("NotImplemented: ");
    expect(await refusal(codedeploy.listGitHubAccountTokenNames({}))).toContain("NotImplemented: ");
    const target = { deploymentId, targetId: "fn:live" };
    expect((await codedeploy.listDeploymentTargets({ deploymentId })).targetIds).toEqual(["fn:live"]);
    expect(
      (await codedeploy.listDeploymentTargets({ deploymentId, targetFilters: { TargetStatus: ["Failed"] } })).targetIds,
    ).toEqual([]);
    expect(
      (await codedeploy.batchGetDeploymentTargets({ deploymentId, targetIds: ["fn:live"] })).deploymentTargets,
    ).toHaveLength(1);
    expect(await refusal(codedeploy.getDeploymentTarget({ ...target, targetId: "other:live" }))).toContain(
      "DeploymentTargetDoesNotExistException",
    );
  });
});
