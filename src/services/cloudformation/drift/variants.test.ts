/** What can be written in more than one way, or only later: read back as the template has it. */
import { DescribeStackResourceDriftsCommand, DetectStackDriftCommand } from "@aws-sdk/client-cloudformation";
import { Lambda } from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startFixture, type Fixture } from "../stack-fixture.ts";
import { attribute, ref, trust } from "./every-part-fixture.ts";
import { CAPABILITIES, detect, told } from "./every-type-fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

it("buckets, filters and permissions in their other forms", async () => {
  const bucket = (Properties: object) => ({ Type: "AWS::S3::Bucket", Properties });
  const filter = (MetricTransformations: readonly object[], FilterPattern = "") => ({
    Type: "AWS::Logs::MetricFilter",
    Properties: { FilterPattern, LogGroupName: ref("Group"), MetricTransformations },
  });
  const Resources = {
    Redirecting: bucket({
      WebsiteConfiguration: { RedirectAllRequestsTo: { HostName: "example.com", Protocol: "https" } },
    }),
    LogsIntoItself: bucket({
      LoggingConfiguration: {
        LogFilePrefix: "log/",
        TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "EventTime" } },
      },
    }),
    Prefixed: bucket({
      LifecycleConfiguration: {
        Rules: [
          { Id: "all", Prefix: "", Status: "Enabled", ExpirationInDays: "30" },
          {
            Id: "noncurrent",
            NoncurrentVersionTransition: { StorageClass: "GLACIER", TransitionInDays: 3 },
            Status: "Enabled",
          },
          { Id: "dated", Transition: { StorageClass: "GLACIER", TransitionDate: "2031-01-01" }, Status: "Enabled" },
        ],
        TransitionDefaultMinimumObjectSize: "varies_by_storage_class",
      },
      VersioningConfiguration: { Status: "Suspended" },
    }),
    Empty: bucket({ Tags: [], CorsConfiguration: { CorsRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] } }),
    Group: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: "14" } },
    Counting: filter([{ DefaultValue: 0, MetricName: "N", MetricNamespace: "Shop", MetricValue: "1" }]),
    Measuring: filter([{ MetricName: "N", MetricNamespace: "Shop", MetricValue: "$.n", Unit: "Bytes" }], "{ $.n = * }"),
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: { Effect: "Allow", Principal: { AWS: ref("AWS::AccountId") }, Action: ["sts:AssumeRole"] },
        },
        MaxSessionDuration: "3600",
      },
    },
  };
  await fixture.create("every", { Resources }, CAPABILITIES);
  expect(await fixture.status("every"), (await fixture.story("every")).join("\n")).toBe("CREATE_COMPLETE");
  expect(told(await detect(fixture))).toEqual({});
});

it("an alias that shares its invocations", async () => {
  const lambda = new Lambda(fixture.cloud.client());
  const functionProperties = { Handler: "index.handler", Role: attribute("Role", "Arn"), Runtime: "nodejs22.x" };
  const template = (more: object, code: string) => ({
    Resources: {
      Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust("lambda.amazonaws.com") } },
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: { ...functionProperties, Code: { ZipFile: code }, FunctionName: "shared" },
      },
      First: { Type: "AWS::Lambda::Version", Properties: { FunctionName: ref("Function") } },
      Alias: {
        Type: "AWS::Lambda::Alias",
        Properties: { FunctionName: ref("Function"), FunctionVersion: "1", Name: "live", ...more },
        DependsOn: "First",
      },
    },
  });
  await fixture.create("every", template({}, "exports.handler = async () => 1"), CAPABILITIES);
  await fixture.cloud.advance("1m");
  const ZipFile = zipSync({ "index.js": Buffer.from("exports.handler = async () => 2") });
  await lambda.updateFunctionCode({ FunctionName: "shared", ZipFile });
  await fixture.cloud.advance("1m");
  await lambda.publishVersion({ FunctionName: "shared" });
  const AdditionalVersionWeights = [{ FunctionVersion: "2", FunctionWeight: 0.1 }];
  const more = { RoutingConfig: { AdditionalVersionWeights } };
  await fixture.update("every", template(more, "exports.handler = async () => 1"), CAPABILITIES);
  await fixture.cloud.advance("1m");
  expect(told(await detect(fixture))).toEqual({});
  const RoutingConfig = { AdditionalVersionWeights: { "2": 0.5 } };
  await lambda.updateAlias({ FunctionName: "shared", Name: "live", RoutingConfig });
  expect(told(await detect(fixture))).toEqual({
    Alias: ["/RoutingConfig/AdditionalVersionWeights/0/FunctionWeight NOT_EQUAL 0.1 → 0.5"],
  });
  await lambda.updateAlias({ FunctionName: "shared", Name: "live", RoutingConfig: { AdditionalVersionWeights: {} } });
  await fixture.client.send(new DetectStackDriftCommand({ StackName: "every", LogicalResourceIds: ["Alias"] }));
  await fixture.cloud.settled();
  const { StackResourceDrifts } = await fixture.client.send(
    new DescribeStackResourceDriftsCommand({ StackName: "every", StackResourceDriftStatusFilters: ["MODIFIED"] }),
  );
  expect(told(StackResourceDrifts ?? [])).toEqual({
    Alias: [`/RoutingConfig REMOVE {"AdditionalVersionWeights":[{"FunctionVersion":"2","FunctionWeight":0.1}]} → null`],
  });
});

it("a function URL of an alias, as the SAM transform names it", async () => {
  const FunctionName = ref("Function");
  const Resources = {
    Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust("lambda.amazonaws.com") } },
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Code: { ZipFile: "exports.handler = async () => 1" },
        Handler: "index.handler",
        Role: attribute("Role", "Arn"),
        Runtime: "nodejs22.x",
      },
    },
    Version: { Type: "AWS::Lambda::Version", Properties: { FunctionName } },
    Alias: {
      Type: "AWS::Lambda::Alias",
      Properties: { FunctionName, FunctionVersion: attribute("Version", "Version"), Name: "live" },
    },
    OfAlias: { Type: "AWS::Lambda::Url", Properties: { AuthType: "NONE", TargetFunctionArn: ref("Alias") } },
    OfFunction: { Type: "AWS::Lambda::Url", Properties: { AuthType: "NONE", TargetFunctionArn: FunctionName } },
  };
  await fixture.create("every", { Resources }, CAPABILITIES);
  expect(await fixture.status("every"), (await fixture.story("every")).join("\n")).toBe("CREATE_COMPLETE");
  expect(told(await detect(fixture))).toEqual({});
});
