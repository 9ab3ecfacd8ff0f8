/** Every resource type of the services, with every property: what was written is read back, and what is changed outside is seen. */
import { readFileSync } from "node:fs";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Fixture } from "../stack-fixture.ts";
import { CODE_BUCKET } from "./every-part-fixture.ts";
import { detect, EVERY_TYPE, REFUSED, startWithEveryType, told } from "./every-type-fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startWithEveryType([{ Key: "of-the-stack", Value: "1" }]);
  expect(await fixture.status("every"), (await fixture.story("every")).join("\n")).toBe("CREATE_COMPLETE");
});
afterEach(() => fixture.close());

it("the template has every type and every property that the services' handlers take", () => {
  const coverage = readFileSync(new URL("../../../../docs/coverage.md", import.meta.url), "utf8");
  const rows = [...coverage.matchAll(/^\| `(AWS::(?:IAM|Lambda|Logs|S3)::\w+)` \| ([^|]*) \|/gm)];
  expect(rows.length).toBeGreaterThan(25);
  const written = new Map<string, Set<string>>();
  for (const { Type, Properties } of Object.values(EVERY_TYPE.Resources)) {
    written.set(Type, new Set([...(written.get(Type) ?? []), ...Object.keys(Properties)]));
  }
  const missing = rows.flatMap(([, type = "", properties = ""]) =>
    properties
      .split(", ")
      .filter((name) => written.get(type)?.has(name) !== true && REFUSED[type]?.includes(name) !== true)
      .map((name) => `${type} ${name}`),
  );
  expect(missing).toEqual([]);
});

it("what was written is read back as it was written", async () => {
  const drifts = await detect(fixture);
  expect(told(drifts)).toEqual({});
  expect(new Set(drifts.map(({ LogicalResourceId }) => LogicalResourceId))).toEqual(
    new Set(Object.keys(EVERY_TYPE.Resources)),
  );
  for (const { ExpectedProperties = "", ActualProperties = "", LogicalResourceId } of drifts) {
    const actual: unknown = JSON.parse(ActualProperties);
    // A rule that is given no id gets one.
    const expected: unknown = JSON.parse(
      ExpectedProperties.replace(/"ExpirationDate":"[^"]+"/, (date) => `${date},"Id":"${idIn(ActualProperties)}"`),
    );
    expect(actual, LogicalResourceId).toEqual(expected);
  }
  const written = drifts.find(({ LogicalResourceId }) => LogicalResourceId === "User")?.ExpectedProperties;
  expect(written).toContain('"LoginProfile":{"PasswordResetRequired":true}');
});

const idIn = (text: string) => /"Id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? "";

it("what is changed outside of CloudFormation is seen, that and nothing else", async () => {
  const iam = new IAM(fixture.cloud.client());
  const policy = (action: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "One", Effect: "Allow", Action: action, Resource: "*" }],
    });
  const [RoleName, UserName, GroupName] = ["every-role", "every-user", "every-group"];
  await iam.updateRole({ RoleName, Description: "runs more", MaxSessionDuration: 3600 });
  await iam.tagRole({ RoleName, Tags: [{ Key: "stage", Value: "prod" }] });
  await iam.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument: policy("lambda:*") });
  await iam.putRolePolicy({ RoleName, PolicyName: "by-hand", PolicyDocument: policy("s3:*") });
  await iam.putRolePolicy({ RoleName, PolicyName: "of-role", PolicyDocument: policy("s3:PutObject") });
  await iam.attachGroupPolicy({ GroupName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
  await iam.deleteUserPermissionsBoundary({ UserName });
  await iam.removeUserFromGroup({ UserName, GroupName });
  await iam.detachUserPolicy({ UserName, PolicyArn: "arn:aws:iam::000000000000:policy/shop/every-policy" });
  await iam.deleteUserPolicy({ UserName, PolicyName: "shared" });
  await iam.putUserPolicy({ UserName, PolicyName: "of-user", PolicyDocument: policy("s3:PutObject") });
  await iam.putGroupPolicy({ GroupName, PolicyName: "of-group", PolicyDocument: policy("s3:PutObject") });
  const { AccessKeyMetadata: [key] = [] } = await iam.listAccessKeys({ UserName });
  await iam.updateAccessKey({ UserName, AccessKeyId: key?.AccessKeyId, Status: "Active" });
  await iam.removeRoleFromInstanceProfile({ InstanceProfileName: "every-profile", RoleName });
  const OpenIDConnectProviderArn = "arn:aws:iam::000000000000:oidc-provider/token.example.com";
  await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "third" });
  await iam.untagSAMLProvider({
    SAMLProviderArn: "arn:aws:iam::000000000000:saml-provider/every-saml",
    TagKeys: ["team"],
  });
  await iam.updateRoleDescription({ RoleName: "AWSServiceRoleForAutoScaling_blue", Description: "by hand" });

  const lambda = new Lambda(fixture.cloud.client());
  const FunctionName = "every-function";
  await lambda.updateFunctionConfiguration({
    FunctionName,
    MemorySize: 512,
    Environment: { Variables: { TABLE: "other", EXTRA: "1" } },
    Layers: [],
  });
  await lambda.deleteFunctionConcurrency({ FunctionName });
  await lambda.updateAlias({ FunctionName, Name: "live", Description: "by hand" });
  await lambda.updateFunctionUrlConfig({ FunctionName, Qualifier: "live", InvokeMode: "BUFFERED" });
  await lambda.updateFunctionEventInvokeConfig({ FunctionName, Qualifier: "live", MaximumRetryAttempts: 2 });

  const logs = new CloudWatchLogs(fixture.cloud.client());
  const logGroupName = "/every";
  await logs.putRetentionPolicy({ logGroupName, retentionInDays: 30 });
  await logs.putMetricFilter({
    logGroupName,
    filterName: "errors",
    filterPattern: "ERROR",
    metricTransformations: [{ metricName: "Errors", metricNamespace: "Shop", metricValue: "2" }],
  });
  await logs.putResourcePolicy({ policyName: "every-log-policy", policyDocument: policy("logs:*") });

  const Bucket = "every-bucket";
  const s3 = new S3(fixture.cloud.client());
  await s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: "team", Value: "shop" }] } });
  await s3.putBucketWebsite({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: "start.html" } } });
  await s3.deleteBucketCors({ Bucket });
  await s3.putBucketPolicy({
    Bucket,
    Policy: (await s3.getBucketPolicy({ Bucket })).Policy?.replace("s3:*", "s3:Get*"),
  });

  expect(told(await detect(fixture))).toMatchInlineSnapshot(`
    {
      "AccessKey": [
        "/Status NOT_EQUAL Inactive → Active",
      ],
      "Alias": [
        "/Description NOT_EQUAL live → by hand",
      ],
      "Asynchronous": [
        "/MaximumRetryAttempts NOT_EQUAL 1 → 2",
      ],
      "Bucket": [
        "/CorsConfiguration REMOVE {"CorsRules":[{"AllowedHeaders":["*"],"AllowedMethods":["GET","PUT"],"AllowedOrigins":["https://example.com"],"ExposedHeaders":["ETag"],"Id":"cors","MaxAge":60}]} → null",
        "/Tags/1 REMOVE {"Key":"stage","Value":"test"} → null",
        "/WebsiteConfiguration/ErrorDocument REMOVE error.html → null",
        "/WebsiteConfiguration/IndexDocument NOT_EQUAL index.html → start.html",
        "/WebsiteConfiguration/RoutingRules/0 REMOVE {"RedirectRule":{"ReplaceKeyPrefixWith":"new/"},"RoutingRuleCondition":{"KeyPrefixEquals":"old/"}} → null",
      ],
      "BucketPolicy": [
        "/PolicyDocument/Statement/0/Action NOT_EQUAL s3:* → s3:Get*",
      ],
      "Errors": [
        "/FilterPattern NOT_EQUAL { $.level = "error" } → ERROR",
        "/MetricTransformations/0/Dimensions/0 REMOVE {"Key":"path","Value":"$.path"} → null",
        "/MetricTransformations/0/MetricValue NOT_EQUAL 1 → 2",
        "/MetricTransformations/0/Unit REMOVE Count → null",
      ],
      "Function": [
        "/Environment/Variables/TABLE NOT_EQUAL orders → other",
        "/Environment/Variables/LEVEL REMOVE debug → null",
        "/Environment/Variables/EXTRA ADD null → 1",
        "/Layers/0 REMOVE arn:aws:lambda:us-east-1:000000000000:layer:every-layer:1 → null",
        "/MemorySize NOT_EQUAL 256 → 512",
        "/ReservedConcurrentExecutions REMOVE 5 → null",
      ],
      "Group": [
        "/ManagedPolicyArns/0 ADD null → arn:aws:iam::aws:policy/AdministratorAccess",
      ],
      "GroupPolicy": [
        "/PolicyDocument/Statement/0/Action NOT_EQUAL s3:GetObject → s3:PutObject",
      ],
      "Linked": [
        "/Description NOT_EQUAL scales → by hand",
      ],
      "LogGroup": [
        "/RetentionInDays NOT_EQUAL 7 → 30",
      ],
      "LogPolicy": [
        "/PolicyDocument/Statement/0/Principal REMOVE {"Service":"es.amazonaws.com"} → null",
        "/PolicyDocument/Statement/0/Action NOT_EQUAL logs:PutLogEvents → logs:*",
        "/PolicyDocument/Statement/0/Sid ADD null → One",
      ],
      "ManagedPolicy": [
        "/Users/0 REMOVE every-user → null",
      ],
      "Oidc": [
        "/ClientIdList/2 ADD null → third",
      ],
      "Policy": [
        "/Users/0 REMOVE every-user → null",
      ],
      "Profile": [
        "/Roles/0 REMOVE every-role → null",
      ],
      "Role": [
        "/Description NOT_EQUAL runs functions → runs more",
        "/MaxSessionDuration NOT_EQUAL 7200 → 3600",
        "/Policies/0/PolicyDocument/Statement/0/Action/0 REMOVE s3:GetObject → null",
        "/Policies/0 ADD null → {"PolicyDocument":{"Statement":[{"Action":"s3:*","Effect":"Allow","Resource":"*","Sid":"One"}],"Version":"2012-10-17"},"PolicyName":"by-hand"}",
        "/Tags/1/Value NOT_EQUAL test → prod",
      ],
      "RolePolicy": [
        "/PolicyDocument/Statement/0/Action NOT_EQUAL s3:GetObject → s3:PutObject",
      ],
      "Saml": [
        "/Tags/0 REMOVE {"Key":"team","Value":"shop"} → null",
      ],
      "Url": [
        "/InvokeMode NOT_EQUAL RESPONSE_STREAM → BUFFERED",
      ],
      "User": [
        "/Groups/0 REMOVE every-group → null",
        "/PermissionsBoundary REMOVE arn:aws:iam::aws:policy/AdministratorAccess → null",
      ],
      "UserPolicy": [
        "/PolicyDocument/Statement/0/Action NOT_EQUAL s3:GetObject → s3:PutObject",
      ],
    }
  `);
});

it("what is deleted outside of CloudFormation is told as deleted, whatever its type", async () => {
  const [iam, lambda] = [new IAM(fixture.cloud.client()), new Lambda(fixture.cloud.client())];
  const [logs, s3] = [new CloudWatchLogs(fixture.cloud.client()), new S3(fixture.cloud.client())];
  const [RoleName, UserName, GroupName] = ["every-role", "every-user", "every-group"];
  const arn = (kind: string) => `arn:aws:iam::000000000000:${kind}`;

  // The innermost first: each with its holder still there.
  for (const PolicyName of ["of-role", "shared"]) await iam.deleteRolePolicy({ RoleName, PolicyName });
  for (const PolicyName of ["of-user", "shared"]) await iam.deleteUserPolicy({ UserName, PolicyName });
  for (const PolicyName of ["of-group", "shared"]) await iam.deleteGroupPolicy({ GroupName, PolicyName });
  const { AccessKeyMetadata: [key] = [] } = await iam.listAccessKeys({ UserName });
  await iam.deleteAccessKey({ UserName, AccessKeyId: key?.AccessKeyId });
  await iam.removeUserFromGroup({ UserName: "other-user", GroupName });
  await iam.deleteUser({ UserName: "other-user" });
  const PolicyArn = arn("policy/shop/every-policy");
  await iam.detachRolePolicy({ RoleName, PolicyArn });
  await iam.detachUserPolicy({ UserName, PolicyArn });
  await iam.detachGroupPolicy({ GroupName, PolicyArn });
  await iam.deletePolicy({ PolicyArn });
  await iam.removeRoleFromInstanceProfile({ InstanceProfileName: "every-profile", RoleName });
  await iam.deleteInstanceProfile({ InstanceProfileName: "every-profile" });
  await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arn("oidc-provider/token.example.com") });
  await iam.deleteSAMLProvider({ SAMLProviderArn: arn("saml-provider/every-saml") });
  await iam.deleteServiceLinkedRole({ RoleName: "AWSServiceRoleForAutoScaling_blue" });

  const FunctionName = "every-function";
  await lambda.deleteFunctionUrlConfig({ FunctionName, Qualifier: "live" });
  await lambda.deleteFunctionEventInvokeConfig({ FunctionName, Qualifier: "live" });
  const { Policy = "" } = await lambda.getPolicy({ FunctionName });
  const sid = /"Sid":"([^"]+)"/.exec(Policy)?.[1] ?? "";
  await lambda.removePermission({ FunctionName, StatementId: sid });
  await lambda.deleteAlias({ FunctionName, Name: "live" });
  await lambda.deleteFunction({ FunctionName, Qualifier: "1" });
  const layer = { LayerName: "every-layer", VersionNumber: 1 };
  const { Policy: shared = "" } = await lambda.getLayerVersionPolicy(layer);
  await lambda.removeLayerVersionPermission({ ...layer, StatementId: /"Sid":"([^"]+)"/.exec(shared)?.[1] ?? "" });
  await lambda.deleteLayerVersion(layer);

  const logGroupName = "/every";
  await logs.deleteLogStream({ logGroupName, logStreamName: "stream" });
  await logs.deleteMetricFilter({ logGroupName, filterName: "errors" });
  await logs.deleteSubscriptionFilter({ logGroupName, filterName: "to-target" });
  await logs.deleteResourcePolicy({ policyName: "every-log-policy" });
  await s3.deleteBucketPolicy({ Bucket: "every-bucket" });
  const inner = told(await detect(fixture));
  const holders = ["Role", "Group", "User", "Function", "Target", "LogGroup", "Bucket", "LogBucket"];
  const innermost = Object.keys(EVERY_TYPE.Resources).filter((id) => !holders.includes(id) && !OF_TARGET.includes(id));
  expect(pick(inner, innermost)).toEqual(Object.fromEntries(innermost.map((id) => [id, "DELETED"])));

  await iam.deleteRolePolicy({ RoleName, PolicyName: "inline" });
  await iam.detachRolePolicy({
    RoleName,
    PolicyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  });
  await iam.deleteRole({ RoleName });
  const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  await iam.deleteUserPolicy({ UserName, PolicyName: "inline" });
  await iam.detachUserPolicy({ UserName, PolicyArn: readOnly });
  await iam.removeUserFromGroup({ UserName, GroupName });
  await iam.deleteLoginProfile({ UserName });
  await iam.deleteUser({ UserName });
  await iam.deleteGroupPolicy({ GroupName, PolicyName: "inline" });
  await iam.detachGroupPolicy({ GroupName, PolicyArn: readOnly });
  await iam.deleteGroup({ GroupName });
  await lambda.deleteFunction({ FunctionName });
  const { Functions: [target] = [] } = await lambda.listFunctions({});
  await lambda.deleteFunction({ FunctionName: target?.FunctionName });
  await logs.deleteLogGroup({ logGroupName });
  const { Buckets = [] } = await s3.listBuckets({});
  for (const { Name: Bucket } of Buckets.filter(({ Name }) => Name !== CODE_BUCKET)) await s3.deleteBucket({ Bucket });
  // What was in them has gone with them.
  expect(told(await detect(fixture))).toEqual(
    Object.fromEntries(Object.keys(EVERY_TYPE.Resources).map((id) => [id, "DELETED"])),
  );
});

/** Go with the function that they are of. */
const OF_TARGET = ["SecondVersion", "AliasByArn", "MayInvoke", "BucketMayInvoke", "UrlPermission"];

function pick<Value>(record: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}
