/** For the tests: the types of REST APIs. */
import { allowing, attribute, ref, tags, trusting, type TypeCases } from "./case-fixture.ts";

const MOCK = { type: "mock", requestTemplates: { "application/json": '{"statusCode": 200}' } };
const definition = (title: string, ...paths: readonly string[]) => ({
  openapi: "3.0.1",
  info: { title, version: "1" },
  paths: Object.fromEntries(
    paths.map((path) => [path, { get: { responses: {}, "x-amazon-apigateway-integration": MOCK } }]),
  ),
});
const OPEN = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "*" }],
};

/** An API of two methods, and what the parts of an API lean on. */
const API = { Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Body: definition("api", "/a", "/b") } } };
const OTHER = { Other: { Type: "AWS::ApiGateway::RestApi", Properties: { Body: definition("other", "/a") } } };
const RestApiId = ref("Api");
const deployment = (api: string) => ({ Type: "AWS::ApiGateway::Deployment", Properties: { RestApiId: ref(api) } });

const logger = {
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: trusting("apigateway.amazonaws.com"),
    Policies: [{ PolicyName: "logs", PolicyDocument: allowing("logs:*") }],
  },
};

export const apigatewayTypes: TypeCases = {
  "AWS::ApiGateway::Account": {
    beside: { Logger: logger, Second: logger },
    first: { CloudWatchRoleArn: attribute("Logger", "Arn") },
    changed: { CloudWatchRoleArn: attribute("Second", "Arn") },
    replaced: "an account has these settings once",
  },
  "AWS::ApiGateway::RestApi": {
    first: { Name: "api" },
    changed: {
      Name: "renamed",
      ApiKeySourceType: "AUTHORIZER",
      BinaryMediaTypes: ["image/png"],
      Body: definition("document", "/a"),
      Description: "changed",
      DisableExecuteApiEndpoint: true,
      EndpointConfiguration: { Types: ["REGIONAL"] },
      FailOnWarnings: true,
      MinimumCompressionSize: 1024,
      Mode: "overwrite",
      Policy: OPEN,
      Tags: tags("a"),
    },
    replaced: "an API takes every change",
    untried: {
      BodyS3Location: "src/services/apigateway/sam.test.ts",
      CloneFrom: "an API is copied when it is made, and says no more of it",
      Parameters: "with a Body that is imported",
    },
  },
  "AWS::ApiGateway::Deployment": {
    beside: { ...API, ...OTHER },
    first: { RestApiId, StageName: "dev", StageDescription: { Variables: { name: "value" } } },
    changed: { RestApiId, Description: "changed", StageName: "dev", StageDescription: { MetricsEnabled: true } },
    replaced: { RestApiId: ref("Other") },
    untried: { DeploymentCanarySettings: "a canary wants a stage that is there before" },
  },
  "AWS::ApiGateway::Stage": {
    beside: { ...API, Logs: { Type: "AWS::Logs::LogGroup" }, Deployed: deployment("Api"), Second: deployment("Api") },
    first: { RestApiId, StageName: "dev", DeploymentId: ref("Deployed") },
    changed: {
      RestApiId,
      StageName: "dev",
      AccessLogSetting: { DestinationArn: attribute("Logs", "Arn"), Format: "$context.requestId" },
      CanarySetting: { PercentTraffic: 10, DeploymentId: ref("Deployed"), StageVariableOverrides: { name: "canary" } },
      DeploymentId: ref("Second"),
      Description: "changed",
      MethodSettings: [{ ResourcePath: "/a", HttpMethod: "GET", MetricsEnabled: true, ThrottlingRateLimit: 5 }],
      TracingEnabled: true,
      Variables: { name: "value" },
      Tags: tags("a"),
    },
    replaced: { RestApiId, StageName: "prod", DeploymentId: ref("Deployed") },
    untried: {
      CacheClusterEnabled: "there is no cache: what asks for one is refused",
      CacheClusterSize: "there is no cache",
    },
  },
};
