/** Lambda's CloudFormation resource types, in stacks. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE, ROLE_ARN, zipOf } from "./function-fixture.ts";

let cloud: TestCloud;
let stacks: CloudFormation;
let lambda: Lambda;

beforeEach(async () => {
  cloud = await startCloud();
  stacks = new CloudFormation(cloud.client());
  lambda = new Lambda(cloud.client());
  await new IAM(cloud.client()).createRole(ROLE);
});
afterEach(async () => {
  stacks.destroy();
  lambda.destroy();
  await cloud.close();
});

type Properties = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, { Type: string; Properties: Properties; DependsOn?: string }>>;

const ref = (Ref: string) => ({ Ref });
const attribute = (...path: readonly string[]) => ({ "Fn::GetAtt": path });

/** A template whose outputs are `outputs`. */
function templateOf(Resources: Resources, outputs: Properties = {}): string {
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }]));
  return JSON.stringify({ Resources, ...(Object.keys(Outputs).length === 0 ? {} : { Outputs }) });
}

/** Makes or changes the stack `app`; answers its status and its outputs. */
async function deploy(TemplateBody: string, operation: "createStack" | "updateStack" = "createStack") {
  const input = { StackName: "app", TemplateBody };
  await (operation === "createStack" ? stacks.createStack(input) : stacks.updateStack(input));
  await cloud.advance("1m");
  const { Stacks } = await stacks.describeStacks({ StackName: "app" });
  const outputs = Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((one) => [one.OutputKey, one.OutputValue]));
  return { status: Stacks?.[0]?.StackStatus, reason: await firstFailure(), outputs };
}

async function firstFailure(): Promise<string | undefined> {
  const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "app" });
  return StackEvents.findLast((event) => event.ResourceStatus?.endsWith("_FAILED"))?.ResourceStatusReason;
}

const inline = (body: string): Properties => ({
  Runtime: "nodejs20.x",
  Handler: "index.handler",
  Role: ROLE_ARN,
  Code: { ZipFile: `exports.handler = async (event, context) => { ${body} };` },
});

const answerOf = async (FunctionName = ""): Promise<unknown> =>
  JSON.parse((await lambda.invoke({ FunctionName })).Payload?.transformToString() ?? "");

describe("a stack", () => {
  it("has a function of inline code with all its settings, changes it in place, and takes it away", async () => {
    const settings = {
      ...inline("return process.env.MODE"),
      Environment: { Variables: { MODE: 1 } },
      Timeout: "7",
      MemorySize: 256,
      EphemeralStorage: { Size: 1024 },
      ReservedConcurrentExecutions: 5,
      TracingConfig: { Mode: "Active" },
      LoggingConfig: { LogFormat: "JSON" },
      Tags: [{ Key: "team", Value: "a" }],
    };
    const outputs = { Arn: attribute("Fn", "Arn"), Name: ref("Fn") };
    const first = await deploy(templateOf({ Fn: { Type: "AWS::Lambda::Function", Properties: settings } }, outputs));
    expect(first).toMatchObject({ status: "CREATE_COMPLETE", reason: undefined });
    const FunctionName = first.outputs["Name"] ?? "";
    expect(FunctionName).toMatch(/^app-Fn-[A-Za-z0-9]{12}$/);
    expect(first.outputs["Arn"]).toBe(`arn:aws:lambda:us-east-1:000000000000:function:${FunctionName}`);
    const { Configuration, Tags, Concurrency } = await lambda.getFunction({ FunctionName });
    expect(Configuration).toMatchObject({
      State: "Active",
      Timeout: 7,
      MemorySize: 256,
      TracingConfig: { Mode: "Active" },
      LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "INFO" },
    });
    expect(Tags).toMatchObject({ team: "a" });
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 5 });
    expect(await answerOf(FunctionName)).toBe("1");

    const changed = { ...inline("return [process.env.MODE, 2]"), Environment: { Variables: { MODE: "x" } } };
    const second = await deploy(
      templateOf({ Fn: { Type: "AWS::Lambda::Function", Properties: changed } }, outputs),
      "updateStack",
    );
    expect(second).toMatchObject({ status: "UPDATE_COMPLETE", outputs: { Name: FunctionName } });
    const after = await lambda.getFunction({ FunctionName });
    expect(after).toMatchObject({
      Configuration: { Timeout: 3, MemorySize: 128, LoggingConfig: { LogFormat: "Text" } },
    });
    expect(after.Concurrency).toBeUndefined();
    expect(after.Tags ?? {}).not.toHaveProperty("team");
    expect(await answerOf(FunctionName)).toEqual(["x", 2]);

    await stacks.deleteStack({ StackName: "app" });
    await cloud.advance("1m");
    expect((await lambda.listFunctions({})).Functions).toEqual([]);
  });

  it("has versions, aliases, permissions, URLs, layers and settings around a function from S3", async () => {
    const s3 = new S3(cloud.client());
    await s3.createBucket({ Bucket: "code" });
    const layer = zipOf({ "nodejs/node_modules/tool/index.js": "module.exports = 'tool'" });
    await s3.putObject({ Bucket: "code", Key: "fn.zip", Body: functionOf("return require('tool')").Code.ZipFile });
    await s3.putObject({ Bucket: "code", Key: "layer.zip", Body: layer });
    const { ZipFile: _, ...code } = { ZipFile: "", S3Bucket: "code", S3Key: "fn.zip" };
    const resources: Resources = {
      Tool: {
        Type: "AWS::Lambda::LayerVersion",
        Properties: { LayerName: "tool", Content: { S3Bucket: "code", S3Key: "layer.zip" } },
      },
      Shared: {
        Type: "AWS::Lambda::LayerVersionPermission",
        Properties: { Action: "lambda:GetLayerVersion", LayerVersionArn: ref("Tool"), Principal: "111111111111" },
      },
      Fn: {
        Type: "AWS::Lambda::Function",
        Properties: { ...inline(""), FunctionName: "web", Code: code, Layers: [ref("Tool")] },
      },
      One: { Type: "AWS::Lambda::Version", Properties: { FunctionName: ref("Fn"), Description: "first" } },
      Live: {
        Type: "AWS::Lambda::Alias",
        Properties: { FunctionName: ref("Fn"), FunctionVersion: attribute("One", "Version"), Name: "live" },
      },
      Url: {
        Type: "AWS::Lambda::Url",
        Properties: { TargetFunctionArn: ref("Live"), AuthType: "NONE", Cors: { AllowOrigins: ["*"] } },
      },
      Public: {
        Type: "AWS::Lambda::Permission",
        Properties: {
          FunctionName: ref("Live"),
          Action: "lambda:InvokeFunctionUrl",
          Principal: "*",
          FunctionUrlAuthType: "NONE",
        },
      },
      Retries: {
        Type: "AWS::Lambda::EventInvokeConfig",
        DependsOn: "Live",
        Properties: { FunctionName: ref("Fn"), Qualifier: "live", MaximumRetryAttempts: "0" },
      },
    };
    const { status, reason, outputs } = await deploy(
      templateOf(resources, {
        Version: attribute("One", "Version"),
        VersionArn: ref("One"),
        AliasArn: ref("Live"),
        Url: attribute("Url", "FunctionUrl"),
        Layer: ref("Tool"),
      }),
    );
    expect([status, reason]).toEqual(["CREATE_COMPLETE", undefined]);
    const arn = "arn:aws:lambda:us-east-1:000000000000:function:web";
    expect(outputs).toMatchObject({
      Version: "1",
      VersionArn: `${arn}:1`,
      AliasArn: `${arn}:live`,
      Layer: "arn:aws:lambda:us-east-1:000000000000:layer:tool:1",
      Url: expect.stringMatching(/^http:\/\/[a-z0-9]{32}\.lambda-url\.us-east-1\./),
    });
    expect(await answerOf(`${arn}:live`)).toBe("tool");
    expect((await lambda.getPolicy({ FunctionName: "web", Qualifier: "live" })).Policy).toContain("InvokeFunctionUrl");
    expect(await lambda.getFunctionEventInvokeConfig({ FunctionName: "web", Qualifier: "live" })).toMatchObject({
      MaximumRetryAttempts: 0,
    });

    // A second version, with a share of the alias.
    const shift = {
      AdditionalVersionWeights: [{ FunctionVersion: attribute("Two", "Version"), FunctionWeight: "0.5" }],
    };
    const next: Resources = {
      ...resources,
      Fn: { Type: "AWS::Lambda::Function", Properties: { ...resources["Fn"]?.Properties, Description: "second" } },
      Two: { Type: "AWS::Lambda::Version", Properties: { FunctionName: ref("Fn") } },
      Live: {
        Type: "AWS::Lambda::Alias",
        Properties: { ...resources["Live"]?.Properties, RoutingConfig: shift },
      },
    };
    expect(await deploy(templateOf(next), "updateStack")).toMatchObject({ status: "UPDATE_COMPLETE" });
    expect(await lambda.getAlias({ FunctionName: "web", Name: "live" })).toMatchObject({
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
    });
    await stacks.deleteStack({ StackName: "app" });
    await cloud.advance("1m");
    expect((await lambda.listFunctions({})).Functions).toEqual([]);
    expect((await lambda.listLayers({})).Layers).toEqual([]);
  });

  it("answers a custom resource whose inline code uses CloudFormation's response module", async () => {
    const source = `const response = require("cfn-response");
      exports.handler = (event, context) => response.send(event, context, response.SUCCESS, { Answer: "42" }, "own-id");`;
    const { status, reason, outputs } = await deploy(
      templateOf(
        {
          Fn: { Type: "AWS::Lambda::Function", Properties: { ...inline(""), Code: { ZipFile: source } } },
          Mine: { Type: "Custom::Mine", Properties: { ServiceToken: attribute("Fn", "Arn") } },
        },
        { Answer: attribute("Mine", "Answer"), Id: ref("Mine") },
      ),
    );
    expect([status, reason]).toEqual(["CREATE_COMPLETE", undefined]);
    expect(outputs).toEqual({ Answer: "42", Id: "own-id" });
  });

  it("fails with Lambda's own words, and with the name of what is not there", async () => {
    const fails = async (Properties: Properties) => {
      const template = templateOf({ Fn: { Type: "AWS::Lambda::Function", Properties } });
      const { status, reason } = await deploy(template);
      await stacks.deleteStack({ StackName: "app" });
      await cloud.advance("1m");
      return [status, reason];
    };
    expect(await fails({ ...inline(""), Role: `${ROLE_ARN}x` })).toEqual([
      "ROLLBACK_COMPLETE",
      expect.stringContaining("The role defined for the function cannot be assumed by Lambda."),
    ]);
    expect(await fails({ ...inline(""), SnapStart: { ApplyOn: "PublishedVersions" } })).toEqual([
      "ROLLBACK_COMPLETE",
      expect.stringContaining("SnapStart.ApplyOn PublishedVersions"),
    ]);
  });
});
