/** HTTP APIs in templates: what SAM makes of an HttpApi, definitions in S3, quick create, drift, imports, and what is refused. */
import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let stacks: CloudFormation;
let gateway: ApiGatewayV2;
beforeEach(async () => {
  cloud = await startCloud();
  stacks = new CloudFormation(cloud.client());
  gateway = new ApiGatewayV2(cloud.client());
});
afterEach(async () => {
  stacks.destroy();
  gateway.destroy();
  await cloud.close();
});

async function deploy(operation: "createStack" | "updateStack", template: object) {
  const Capabilities = ["CAPABILITY_IAM" as const, "CAPABILITY_AUTO_EXPAND" as const];
  const input = { StackName: "app", TemplateBody: JSON.stringify(template), Capabilities };
  await (operation === "createStack" ? stacks.createStack(input) : stacks.updateStack(input));
  await cloud.advance("1m");
  const { Stacks = [] } = await stacks.describeStacks({ StackName: "app" });
  const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "app" });
  const failures = StackEvents.flatMap(({ ResourceStatusReason: reason = "", ResourceStatus: status = "" }) =>
    status.endsWith("FAILED") ? [reason] : [],
  );
  const outputs = Object.fromEntries((Stacks[0]?.Outputs ?? []).map((one) => [one.OutputKey ?? "", one.OutputValue]));
  return { status: Stacks[0]?.StackStatus, failures, outputs };
}

async function get(id: string | undefined, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${cloud.endpointUrl}/restapis/${id}${path}`, { headers });
  return { status: response.status, body: await response.text() };
}

const handler = (answer: string) =>
  `exports.handler = async (event) => ({ answer: "${answer}", route: event.routeKey });`;
const functionWith = (answer: string, Events: object, more: object = {}) => ({
  Type: "AWS::Serverless::Function",
  Properties: { Runtime: "nodejs20.x", Handler: "index.handler", InlineCode: handler(answer), Events, ...more },
});
const SAM = { Transform: "AWS::Serverless-2016-10-31" };
const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:some";

describe("SAM", () => {
  it("an event alone makes an API with a $default stage", async () => {
    const template = (answer: string) => ({
      ...SAM,
      Resources: {
        Fn: functionWith(answer, {
          All: { Type: "HttpApi" },
          Pets: { Type: "HttpApi", Properties: { Path: "/pets/{id}", Method: "get" } },
        }),
      },
      Outputs: { Id: { Value: { Ref: "ServerlessHttpApi" } } },
    });
    const { outputs, ...made } = await deploy("createStack", template("one"));
    expect(made).toEqual({ status: "CREATE_COMPLETE", failures: [] });
    const asked = (path: string) => get(outputs["Id"], `/$default/_user_request_${path}`);
    expect(JSON.parse((await asked("/pets/1")).body)).toEqual({ answer: "one", route: "GET /pets/{id}" });
    expect(JSON.parse((await asked("/any")).body)).toEqual({ answer: "one", route: "$default" });
    expect(await deploy("updateStack", template("two"))).toMatchObject({ status: "UPDATE_COMPLETE", failures: [] });
    expect(JSON.parse((await asked("/pets/1")).body)).toMatchObject({ answer: "two" });
    await stacks.deleteStack({ StackName: "app" });
    await cloud.advance("1m");
    expect((await gateway.getApis({})).Items).toEqual([]);
  });

  it("an HttpApi has a stage, CORS, an authorizer, logs and tags", async () => {
    const Authorizers = {
      Decider: {
        FunctionArn: { "Fn::GetAtt": ["Auth", "Arn"] },
        Identity: { Headers: ["x-key"] },
        AuthorizerPayloadFormatVersion: "2.0",
        EnableSimpleResponses: true,
        EnableFunctionDefaultPermissions: true,
      },
    };
    const { outputs, ...made } = await deploy("createStack", {
      ...SAM,
      Resources: {
        Api: {
          Type: "AWS::Serverless::HttpApi",
          Properties: {
            StageName: "dev",
            CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowHeaders: ["x-key"] },
            Auth: { DefaultAuthorizer: "Decider", Authorizers },
            StageVariables: { mode: "test" },
            DefaultRouteSettings: { ThrottlingBurstLimit: 10, ThrottlingRateLimit: 5 },
            AccessLogSettings: {
              DestinationArn: { "Fn::GetAtt": ["Logs", "Arn"] },
              Format: "$context.requestId $context.status",
            },
            Tags: { team: "blue" },
          },
        },
        Logs: { Type: "AWS::Logs::LogGroup" },
        Auth: {
          Type: "AWS::Serverless::Function",
          Properties: {
            Runtime: "nodejs20.x",
            Handler: "index.handler",
            InlineCode: `exports.handler = async (event) => ({ isAuthorized: event.headers["x-key"] === "open" });`,
          },
        },
        Fn: functionWith(
          "aliased",
          { Pets: { Type: "HttpApi", Properties: { ApiId: { Ref: "Api" }, Path: "/pets", Method: "ANY" } } },
          { AutoPublishAlias: "live" },
        ),
      },
      Outputs: { Id: { Value: { Ref: "Api" } }, Url: { Value: { "Fn::GetAtt": ["Api", "ApiEndpoint"] } } },
    });
    expect(made).toEqual({ status: "CREATE_COMPLETE", failures: [] });
    const path = "/dev/_user_request_/pets";
    expect(await get(outputs["Id"], path)).toEqual({ status: 401, body: '{"message":"Unauthorized"}' });
    expect(await get(outputs["Id"], path, { "x-key": "shut" })).toEqual({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    expect(await get(outputs["Id"], path, { "x-key": "open" })).toEqual({
      status: 200,
      body: '{"answer":"aliased","route":"ANY /pets"}',
    });
    const ApiId = outputs["Id"] ?? "";
    expect(outputs["Url"]).toContain(ApiId);
    expect(await gateway.getApi({ ApiId })).toMatchObject({
      CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowHeaders: ["x-key"] },
      Tags: { team: "blue", "httpapi:createdBy": "SAM" },
    });
    expect(await gateway.getStage({ ApiId, StageName: "dev" })).toMatchObject({
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingBurstLimit: 10, ThrottlingRateLimit: 5 },
      StageVariables: { mode: "test" },
      Tags: { team: "blue" },
    });
    const { StackDriftDetectionId = "" } = await stacks.detectStackDrift({ StackName: "app" });
    await cloud.settled();
    const drift = await stacks.describeStackDriftDetectionStatus({ StackDriftDetectionId });
    expect(drift).toMatchObject({ StackDriftStatus: "IN_SYNC" });
    await gateway.updateStage({ ApiId, StageName: "dev", StageVariables: { mode: "other" } });
    const again = await stacks.detectStackDrift({ StackName: "app" });
    await cloud.settled();
    const drifted = await stacks.describeStackDriftDetectionStatus(again);
    expect(drifted).toMatchObject({ StackDriftStatus: "DRIFTED", DriftedStackResourceCount: 1 });
  });
});

describe("AWS::ApiGatewayV2::Api", () => {
  const integration = { type: "aws_proxy", uri: FUNCTION, payloadFormatVersion: "2.0" };
  const definition = (title: string, path: string) =>
    JSON.stringify({
      openapi: "3.0.1",
      info: { title, version: "1" },
      paths: { [path]: { get: { "x-amazon-apigateway-integration": integration } } },
    });
  const apiWith = (Properties: object) => ({
    Resources: { Api: { Type: "AWS::ApiGatewayV2::Api", Properties } },
    Outputs: { Id: { Value: { Ref: "Api" } } },
  });
  const keysOf = async (ApiId = "") => (await gateway.getRoutes({ ApiId })).Items?.map(({ RouteKey }) => RouteKey);

  it("reads its definition from S3, which the properties beside it overrule", async () => {
    const s3 = new S3(cloud.client());
    await s3.createBucket({ Bucket: "definitions" });
    await s3.putObject({ Bucket: "definitions", Key: "one.json", Body: definition("one", "/one") });
    await s3.putObject({ Bucket: "definitions", Key: "two.json", Body: definition("two", "/two") });
    s3.destroy();
    const at = (Key: string, more: object = {}) =>
      apiWith({ BodyS3Location: { Bucket: "definitions", Key, ...more }, Description: "mine", Name: "named" });
    const { outputs, ...made } = await deploy("createStack", at("one.json"));
    expect(made).toEqual({ status: "CREATE_COMPLETE", failures: [] });
    const ApiId = outputs["Id"] ?? "";
    expect(await gateway.getApi({ ApiId })).toMatchObject({ Name: "named", Description: "mine", Version: "1" });
    expect(await keysOf(ApiId)).toEqual(["GET /one"]);
    expect(await deploy("updateStack", at("two.json"))).toMatchObject({ status: "UPDATE_COMPLETE", failures: [] });
    expect(await keysOf(ApiId)).toEqual(["GET /two"]);
    const wrong = await deploy("updateStack", at("one.json", { Etag: "other" }));
    expect(wrong.status).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(wrong.failures[0]).toMatch(/ETag/);
    expect(await keysOf(ApiId)).toEqual(["GET /two"]);
  });

  it("is made quickly from a target", async () => {
    const { outputs, status } = await deploy(
      "createStack",
      apiWith({ Name: "quick", ProtocolType: "HTTP", Target: FUNCTION, RouteKey: "GET /a" }),
    );
    expect(status).toBe("CREATE_COMPLETE");
    expect(await keysOf(outputs["Id"])).toEqual(["GET /a"]);
  });

  it("with warnings fails where it is told to, and leaves nothing", async () => {
    const Body = { openapi: "3.0.1", info: { title: "x", version: "1" }, paths: { "/a": { get: {} } } };
    const failed = await deploy("createStack", apiWith({ Body, FailOnWarnings: true }));
    expect(failed.status).toBe("ROLLBACK_COMPLETE");
    expect(failed.failures[0]).toMatch(/Warnings found during import/);
    expect((await gateway.getApis({})).Items).toEqual([]);
  });

  it("of the WebSocket kind fails, and says that it is not there", async () => {
    const failed = await deploy("createStack", apiWith({ Name: "x", ProtocolType: "WEBSOCKET" }));
    expect(failed.status).toBe("ROLLBACK_COMPLETE");
    expect(failed.failures[0]).toMatch(/WEBSOCKET/);
  });

  it("is imported into a stack, as its parts are", async () => {
    const { ApiId = "" } = await gateway.createApi({ Name: "api", ProtocolType: "HTTP" });
    const { RouteId = "" } = await gateway.createRoute({ ApiId, RouteKey: "GET /" });
    await gateway.createStage({ ApiId, StageName: "dev" });
    const template = {
      Resources: Object.fromEntries(
        Object.entries({
          Api: ["AWS::ApiGatewayV2::Api", { Name: "api", ProtocolType: "HTTP" }],
          Route: ["AWS::ApiGatewayV2::Route", { ApiId, RouteKey: "GET /" }],
          Stage: ["AWS::ApiGatewayV2::Stage", { ApiId, StageName: "dev" }],
        }).map(([name, [Type, Properties]]) => [name, { Type, Properties, DeletionPolicy: "Retain" }]),
      ),
    };
    await stacks.createChangeSet({
      StackName: "app",
      ChangeSetName: "import",
      ChangeSetType: "IMPORT",
      TemplateBody: JSON.stringify(template),
      ResourcesToImport: [
        { LogicalResourceId: "Api", ResourceType: "AWS::ApiGatewayV2::Api", ResourceIdentifier: { ApiId } },
        {
          LogicalResourceId: "Route",
          ResourceType: "AWS::ApiGatewayV2::Route",
          ResourceIdentifier: { ApiId, RouteId },
        },
        {
          LogicalResourceId: "Stage",
          ResourceType: "AWS::ApiGatewayV2::Stage",
          ResourceIdentifier: { ApiId, StageName: "dev" },
        },
      ],
    });
    await cloud.settled();
    await stacks.executeChangeSet({ StackName: "app", ChangeSetName: "import" });
    await cloud.advance("1m");
    const { Stacks = [] } = await stacks.describeStacks({ StackName: "app" });
    expect(Stacks[0]?.StackStatus).toBe("IMPORT_COMPLETE");
    const { StackResources = [] } = await stacks.describeStackResources({ StackName: "app" });
    const ids = Object.fromEntries(StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
    expect(ids).toEqual({ Api: ApiId, Route: RouteId, Stage: "dev" });
  });
});
