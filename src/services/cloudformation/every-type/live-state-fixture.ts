/**
 * For the tests: all that there is in an account, asked of the services themselves, as plain data that two moments can be compared by.
 * What tells when something was last touched, and counters that never go back, are left out.
 */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { CodeDeploy } from "@aws-sdk/client-codedeploy";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SSM } from "@aws-sdk/client-ssm";
import type { TestCloud } from "../../../testing/cloud.ts";
import { logsRoleOf, restApisOf } from "./rest-apis-fixture.ts";

/** Everything, by service and name. */
export type LiveState = Readonly<Record<string, unknown>>;

const PASSING = new Set([
  "$metadata",
  "AlarmConfigurationUpdatedTimestamp",
  "DefaultVersionId",
  "LastModified",
  "LastModifiedTime",
  "LastUpdatedTime",
  "LastUpdateStatus",
  "LatestMatchingVersion",
  "RevisionId",
  "StateReason",
  "StateReasonData",
  "StateTransitionedTimestamp",
  "StateUpdatedTimestamp",
  "StateValue",
  "UpdateDate",
  "ValidUntil",
]);

/** The account's things now, but for the stack whose story is told. */
export async function liveState(cloud: TestCloud, besides: string): Promise<LiveState> {
  const configuration = cloud.client();
  const state = {
    ...(await identities(new IAM(configuration))),
    ...(await alarmsOf(new CloudWatch(configuration))),
    ...(await bucketsOf(new S3(configuration))),
    ...(await deploymentsOf(new CodeDeploy(configuration))),
    ...(await logsOf(new CloudWatchLogs(configuration))),
    ...(await parametersOf(new SSM(configuration))),
    ...(await functionsOf(new Lambda(configuration))),
    ...(await restApisOf(new APIGateway(configuration))),
    ...(await logsRoleOf(new APIGateway(configuration), new IAM(configuration))),
    ...(await httpApisOf(new ApiGatewayV2(configuration))),
    ...(await stacksOf(new CloudFormation(configuration), besides)),
  };
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, settled(value)]));
}

/** Without what is only passing; lists of names in one order. */
function settled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = value.map(settled);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return value;
  // A description that was taken away is an empty one.
  const isThere = ([key, member]: [string, unknown]): boolean =>
    !PASSING.has(key) && member !== undefined && !(key === "Description" && member === "");
  const kept = Object.entries(value).filter(isThere);
  return Object.fromEntries(kept.map(([key, member]) => [key, settled(member)]));
}

/** What the call answers, or the name of its error: a setting that is not there is a state too. */
async function answerOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

async function alarmsOf(cloudwatch: CloudWatch): Promise<Record<string, unknown>> {
  const AlarmTypes = ["MetricAlarm" as const, "CompositeAlarm" as const];
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.describeAlarms({ AlarmTypes });
  const state: Record<string, unknown> = {};
  for (const alarm of [...MetricAlarms, ...CompositeAlarms]) {
    const ResourceARN = alarm.AlarmArn ?? "";
    state[`alarm ${alarm.AlarmName}`] = {
      ...alarm,
      tags: await answerOf(cloudwatch.listTagsForResource({ ResourceARN })),
    };
  }
  const { DashboardEntries = [] } = await cloudwatch.listDashboards({});
  for (const { DashboardName = "", DashboardArn = "" } of DashboardEntries) {
    state[`dashboard ${DashboardName}`] = {
      ...(await cloudwatch.getDashboard({ DashboardName })),
      tags: await answerOf(cloudwatch.listTagsForResource({ ResourceARN: DashboardArn })),
    };
  }
  cloudwatch.destroy();
  return state;
}

async function identities(iam: IAM): Promise<Record<string, unknown>> {
  const {
    UserDetailList = [],
    GroupDetailList,
    RoleDetailList = [],
    Policies = [],
  } = await iam.getAccountAuthorizationDetails({ Filter: ["User", "Group", "Role", "LocalManagedPolicy"] });
  const users = UserDetailList.map(async (user) => {
    const UserName = user.UserName ?? "";
    return {
      ...user,
      login: await answerOf(
        iam.getLoginProfile({ UserName }).then(({ LoginProfile }) => LoginProfile?.PasswordResetRequired),
      ),
      keys: (await iam.listAccessKeys({ UserName })).AccessKeyMetadata,
    };
  });
  const policies = Policies.map(async ({ PolicyVersionList, ...policy }) => ({
    ...policy,
    document: PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document,
    description: (await iam.getPolicy({ PolicyArn: policy.Arn })).Policy?.Description,
  }));
  const { OpenIDConnectProviderList = [] } = await iam.listOpenIDConnectProviders({});
  const { SAMLProviderList = [] } = await iam.listSAMLProviders({});
  const saml = SAMLProviderList.map(({ Arn: SAMLProviderArn }) => iam.getSAMLProvider({ SAMLProviderArn }));
  return {
    users: await Promise.all(users),
    groups: GroupDetailList,
    roles: await Promise.all(
      RoleDetailList.map(async (role) => ({
        ...role,
        role: (await iam.getRole({ RoleName: role.RoleName })).Role,
      })),
    ),
    policies: await Promise.all(policies),
    profiles: (await iam.listInstanceProfiles({})).InstanceProfiles,
    openIdProviders: await Promise.all(
      OpenIDConnectProviderList.map(({ Arn }) => iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: Arn })),
    ),
    samlProviders: await Promise.all(saml),
  };
}

async function bucketsOf(s3: S3): Promise<Record<string, unknown>> {
  const { Buckets = [] } = await s3.listBuckets({});
  const described = Buckets.map(async ({ Name: Bucket = "", CreationDate }) => {
    const target = { Bucket };
    const settings = {
      CreationDate,
      objects: s3.listObjectVersions(target).then(({ Versions }) => Versions?.map(({ Key, ETag }) => [Key, ETag])),
      accelerate: s3.getBucketAccelerateConfiguration(target),
      access: s3.getPublicAccessBlock(target),
      acl: s3.getBucketAcl(target),
      cors: s3.getBucketCors(target),
      encryption: s3.getBucketEncryption(target),
      lifecycle: s3.getBucketLifecycleConfiguration(target),
      lock: s3.getObjectLockConfiguration(target),
      logging: s3.getBucketLogging(target),
      notifications: s3
        .getBucketNotificationConfiguration(target)
        .then((found) => found.LambdaFunctionConfigurations?.map(({ Id: _, ...rest }) => rest)),
      ownership: s3.getBucketOwnershipControls(target),
      policy: s3.getBucketPolicy(target),
      tags: s3.getBucketTagging(target),
      versioning: s3.getBucketVersioning(target),
      website: s3.getBucketWebsite(target),
    };
    const answered = Object.entries(settings).map(async ([name, work]) => [
      name,
      await answerOf(Promise.resolve(work)),
    ]);
    return [Bucket, Object.fromEntries(await Promise.all(answered))];
  });
  return { buckets: Object.fromEntries(await Promise.all(described)) };
}

async function parametersOf(ssm: SSM): Promise<Record<string, unknown>> {
  const { Parameters = [] } = await ssm.describeParameters({});
  const found: Record<string, unknown> = {};
  for (const { Version: _, LastModifiedDate: __, Name = "", ...described } of Parameters) {
    const { TagList } = await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: Name });
    const { Parameter } = await ssm.getParameter({ Name });
    found[`parameter ${Name}`] = { ...described, TagList, Value: Parameter?.Value };
  }
  ssm.destroy();
  return found;
}

async function deploymentsOf(codedeploy: CodeDeploy): Promise<Record<string, unknown>> {
  const { applications = [] } = await codedeploy.listApplications({});
  const { deploymentConfigsList = [] } = await codedeploy.listDeploymentConfigs({});
  const arn = (resource: string): string => `arn:aws:codedeploy:us-east-1:000000000000:${resource}`;
  const described = applications.map(async (applicationName) => {
    const { application } = await codedeploy.getApplication({ applicationName });
    const { deploymentGroups = [] } = await codedeploy.listDeploymentGroups({ applicationName });
    const groups = deploymentGroups.map(async (deploymentGroupName) => {
      const { deploymentGroupInfo } = await codedeploy.getDeploymentGroup({ applicationName, deploymentGroupName });
      const ResourceArn = arn(`deploymentgroup:${applicationName}/${deploymentGroupName}`);
      const { alarmConfiguration, autoRollbackConfiguration, ...rest } = deploymentGroupInfo ?? {};
      // What is switched off is as if it had never been set.
      const alarms = alarmConfiguration?.enabled === true ? alarmConfiguration : undefined;
      const rollback = autoRollbackConfiguration?.enabled === true ? autoRollbackConfiguration : undefined;
      return { ...rest, alarms, rollback, tags: (await codedeploy.listTagsForResource({ ResourceArn })).Tags };
    });
    const { Tags } = await codedeploy.listTagsForResource({ ResourceArn: arn(`application:${applicationName}`) });
    return { ...application, tags: Tags, groups: await Promise.all(groups) };
  });
  const own = deploymentConfigsList.filter((name) => !name.startsWith("CodeDeployDefault."));
  const configs = own.map((deploymentConfigName) => codedeploy.getDeploymentConfig({ deploymentConfigName }));
  const answered = await Promise.all(configs);
  return {
    codedeploy: await Promise.all(described),
    deploymentConfigs: answered.map(({ deploymentConfigInfo }) => deploymentConfigInfo),
  };
}

async function logsOf(logs: CloudWatchLogs): Promise<Record<string, unknown>> {
  const { logGroups = [] } = await logs.describeLogGroups({});
  // What services have written stays behind, as on AWS.
  const own = logGroups.filter(({ logGroupName = "" }) => !/^\/aws\/(lambda|apigateway)\//.test(logGroupName));
  const described = own.map(async (group) => {
    const { logGroupName = "", logGroupArn: resourceArn } = group;
    const [metricFilters, subscriptionFilters, streams, tags] = await Promise.all([
      logs.describeMetricFilters({ logGroupName }),
      logs.describeSubscriptionFilters({ logGroupName }),
      logs.describeLogStreams({ logGroupName }),
      logs.listTagsForResource({ resourceArn }),
    ]);
    const untimed = <T extends { creationTime?: number | undefined }>(filters: readonly T[] = []) =>
      filters.map(({ creationTime: _, ...filter }) => filter);
    return {
      ...group,
      metricFilters: untimed(metricFilters.metricFilters),
      subscriptionFilters: untimed(subscriptionFilters.subscriptionFilters),
      streams: streams.logStreams?.map(({ logStreamName, creationTime }) => ({ logStreamName, creationTime })),
      tags: tags.tags,
    };
  });
  const { resourcePolicies = [] } = await logs.describeResourcePolicies({});
  return {
    logGroups: await Promise.all(described),
    resourcePolicies: resourcePolicies.map(({ policyName, policyDocument }) => ({ policyName, policyDocument })),
  };
}

async function functionsOf(lambda: Lambda): Promise<Record<string, unknown>> {
  const { Functions = [] } = await lambda.listFunctions({});
  const described = Functions.map(async ({ FunctionName = "", FunctionArn: Resource }) => {
    const target = { FunctionName };
    const { Versions = [] } = await lambda.listVersionsByFunction(target);
    const { Aliases = [] } = await lambda.listAliases(target);
    const qualifiers = [undefined, ...Aliases.map(({ Name }) => Name)];
    const settings = {
      configuration: lambda.getFunctionConfiguration(target),
      concurrency: lambda.getFunctionConcurrency(target),
      recursion: lambda.getFunctionRecursionConfig(target),
      runtime: lambda.getRuntimeManagementConfig(target),
      tags: lambda.listTags({ Resource }),
      invokeConfigs: lambda.listFunctionEventInvokeConfigs(target),
      urls: lambda.listFunctionUrlConfigs(target),
      policies: Promise.all(
        qualifiers.map((Qualifier) =>
          answerOf(lambda.getPolicy({ ...target, ...(Qualifier === undefined ? {} : { Qualifier }) })),
        ),
      ),
    };
    const answered = Object.entries(settings).map(async ([name, work]) => [name, await answerOf(work)]);
    return { versions: Versions, aliases: Aliases, ...Object.fromEntries(await Promise.all(answered)) };
  });
  const { Layers = [] } = await lambda.listLayers({});
  const layers = Layers.map(async ({ LayerName = "" }) => {
    const { LayerVersions = [] } = await lambda.listLayerVersions({ LayerName });
    return Promise.all(
      LayerVersions.map(async (layer) => ({
        ...layer,
        policy: await answerOf(lambda.getLayerVersionPolicy({ LayerName, VersionNumber: layer.Version })),
      })),
    );
  });
  return { functions: await Promise.all(described), layers: await Promise.all(layers) };
}

async function stacksOf(stacks: CloudFormation, besides: string): Promise<Record<string, unknown>> {
  const { Stacks = [] } = await stacks.describeStacks({});
  const others = Stacks.filter(({ StackName }) => StackName !== besides);
  const { Summaries = [] } = await stacks.listStackSets({ Status: "ACTIVE" });
  return {
    stacks: others.map(({ StackId, Parameters, Outputs, Tags }) => ({ StackId, Parameters, Outputs, Tags })),
    stackSets: await Promise.all(Summaries.map(({ StackSetName = "" }) => stackSetOf(stacks, StackSetName))),
  };
}

async function stackSetOf(stacks: CloudFormation, StackSetName: string): Promise<unknown> {
  const { StackSet } = await stacks.describeStackSet({ StackSetName });
  const { Summaries = [] } = await stacks.listStackInstances({ StackSetName });
  const instances = Summaries.map(async ({ Account = "", Region = "", Status }) => {
    const one = { StackSetName, StackInstanceAccount: Account, StackInstanceRegion: Region };
    const { StackInstance } = await stacks.describeStackInstance(one);
    return { Account, Region, Status, overrides: StackInstance?.ParameterOverrides };
  });
  return { StackSet, instances: await Promise.all(instances) };
}

async function httpApisOf(gateway: ApiGatewayV2): Promise<Record<string, unknown>> {
  const { Items: apis = [] } = await gateway.getApis({});
  const described = apis.map(async (api) => {
    const target = { ApiId: api.ApiId };
    const parts = await Promise.all([
      gateway.getRoutes(target).then(({ Items }) => Items),
      gateway.getIntegrations(target).then(({ Items }) => Items),
      gateway.getAuthorizers(target).then(({ Items }) => Items),
      gateway
        .getStages(target)
        .then(({ Items }) => Items?.map(({ LastUpdatedDate: _, CreatedDate: __, ...stage }) => stage)),
      gateway.getDeployments(target).then(({ Items }) => Items),
    ]);
    return { ...api, parts };
  });
  const { Items: domains = [] } = await gateway.getDomainNames({});
  const mapped = domains.map(async (domain) => ({
    ...domain,
    mappings: (await gateway.getApiMappings({ DomainName: domain.DomainName })).Items,
  }));
  return { httpApis: await Promise.all(described), domains: await Promise.all(mapped) };
}
