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

const CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d";

const SERVED = {
  ...API,
  Served: { Type: "AWS::ApiGateway::Deployment", Properties: { RestApiId, StageName: "dev" } },
};

const logger = {
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: trusting("apigateway.amazonaws.com"),
    Policies: [{ PolicyName: "logs", PolicyDocument: allowing("logs:*") }],
  },
};

/** Its parts are resources of the stack. */
const BARE = { Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "api" } } };
const FUNCTION_URI =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:some/invocations";
const ROLE = "arn:aws:iam::000000000000:role/some";
const POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_some";
const resource = (PathPart: string) => ({
  Type: "AWS::ApiGateway::Resource",
  Properties: { RestApiId, ParentId: attribute("Api", "RootResourceId"), PathPart },
});
const model = (Name: string) => ({ Type: "AWS::ApiGateway::Model", Properties: { RestApiId, Name, Schema: {} } });
const OPEN_METHOD = { RestApiId, ResourceId: ref("C"), HttpMethod: "GET", AuthorizationType: "NONE" };

export const apigatewayTypes: TypeCases = {
  "AWS::ApiGateway::Account": {
    beside: { Logger: logger, Second: logger },
    first: { CloudWatchRoleArn: attribute("Logger", "Arn") },
    changed: { CloudWatchRoleArn: attribute("Second", "Arn") },
    replaced: "an account has these settings once",
  },
  "AWS::ApiGateway::ApiKey": {
    beside: SERVED,
    first: { Enabled: true },
    changed: {
      CustomerId: "customer",
      Description: "changed",
      Enabled: false,
      StageKeys: [{ RestApiId, StageName: "dev" }],
      Tags: tags("a"),
    },
    replaced: { Name: "key", GenerateDistinctId: true, Value: "abcdefghij0123456789" },
  },
  "AWS::ApiGateway::DomainName": {
    first: { DomainName: "api.example.com", CertificateArn: CERTIFICATE },
    changed: {
      DomainName: "api.example.com",
      RegionalCertificateArn: CERTIFICATE,
      EndpointConfiguration: { Types: ["REGIONAL"] },
      SecurityPolicy: "TLS_1_0",
      Tags: tags("a"),
    },
    replaced: { DomainName: "other.example.com", CertificateArn: CERTIFICATE },
    untried: { RoutingMode: "there is one mode alone" },
    notGiven: {
      RegionalDomainName: "an edge-optimized domain name has none",
      RegionalHostedZoneId: "an edge-optimized domain name has none",
    },
  },
  "AWS::ApiGateway::BasePathMapping": {
    beside: {
      ...SERVED,
      Domain: {
        Type: "AWS::ApiGateway::DomainName",
        Properties: { DomainName: "api.example.com", CertificateArn: CERTIFICATE },
      },
    },
    first: { DomainName: ref("Domain"), RestApiId },
    changed: { DomainName: ref("Domain"), RestApiId, Stage: "dev" },
    replaced: { DomainName: ref("Domain"), RestApiId, BasePath: "v1" },
  },
  "AWS::ApiGateway::UsagePlan": {
    beside: SERVED,
    first: { Quota: { Limit: 100, Period: "MONTH", Offset: 3 }, ApiStages: [{ ApiId: RestApiId, Stage: "dev" }] },
    changed: {
      UsagePlanName: "plan",
      Description: "changed",
      Quota: { Limit: 50, Period: "WEEK" },
      Throttle: { BurstLimit: 10, RateLimit: 5.5 },
      ApiStages: [{ ApiId: RestApiId, Stage: "dev", Throttle: { "/a/GET": { BurstLimit: 2, RateLimit: 1 } } }],
      Tags: tags("a"),
    },
    replaced: "a plan takes every change",
  },
  "AWS::ApiGateway::UsagePlanKey": {
    beside: {
      Key: { Type: "AWS::ApiGateway::ApiKey", Properties: {} },
      Second: { Type: "AWS::ApiGateway::ApiKey", Properties: {} },
      Plan: { Type: "AWS::ApiGateway::UsagePlan", Properties: {} },
    },
    first: { KeyId: ref("Key"), KeyType: "API_KEY", UsagePlanId: ref("Plan") },
    changed: "every change needs a new one",
    replaced: { KeyId: ref("Second"), KeyType: "API_KEY", UsagePlanId: ref("Plan") },
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
  "AWS::ApiGateway::Resource": {
    beside: { ...BARE, ...OTHER },
    first: { RestApiId, ParentId: attribute("Api", "RootResourceId"), PathPart: "c" },
    changed: "a resource that hangs elsewhere is another one",
    replaced: { RestApiId, ParentId: attribute("Api", "RootResourceId"), PathPart: "{c}" },
  },
  "AWS::ApiGateway::Method": {
    beside: {
      ...BARE,
      C: resource("c"),
      Input: model("Input"),
      Output: model("Output"),
      Validator: { Type: "AWS::ApiGateway::RequestValidator", Properties: { RestApiId, ValidateRequestBody: true } },
      Pool: {
        Type: "AWS::ApiGateway::Authorizer",
        Properties: {
          RestApiId,
          Name: "pool",
          Type: "COGNITO_USER_POOLS",
          ProviderARNs: [POOL],
          IdentitySource: "method.request.header.Authorization",
        },
      },
    },
    first: {
      ...OPEN_METHOD,
      RequestParameters: { "method.request.querystring.q": "true" },
      MethodResponses: [
        { StatusCode: "200", ResponseParameters: { "method.response.header.X-A": true } },
        { StatusCode: 404, ResponseModels: { "application/json": "Error" } },
      ],
      Integration: {
        Type: "MOCK",
        RequestTemplates: { "application/json": '{"statusCode": 200}' },
        IntegrationResponses: [
          { StatusCode: "200", ResponseParameters: { "method.response.header.X-A": "'a'" } },
          { StatusCode: "404", SelectionPattern: "4\\d{2}" },
        ],
      },
    },
    changed: {
      ...OPEN_METHOD,
      ApiKeyRequired: true,
      AuthorizationType: "COGNITO_USER_POOLS",
      AuthorizerId: ref("Pool"),
      AuthorizationScopes: ["a/read", "a/write"],
      OperationName: "find",
      RequestModels: { "application/json": ref("Input") },
      RequestParameters: { "method.request.header.X-B": false },
      RequestValidatorId: ref("Validator"),
      MethodResponses: [
        {
          StatusCode: "200",
          ResponseModels: { "application/json": ref("Output") },
          ResponseParameters: { "method.response.header.X-B": false },
        },
      ],
      Integration: {
        Type: "AWS",
        IntegrationHttpMethod: "POST",
        Uri: FUNCTION_URI,
        Credentials: ROLE,
        CacheNamespace: "some",
        CacheKeyParameters: ["method.request.header.X-B"],
        ContentHandling: "CONVERT_TO_TEXT",
        PassthroughBehavior: "NEVER",
        RequestParameters: { "integration.request.header.X-C": "method.request.header.X-B" },
        TimeoutInMillis: 5000,
        IntegrationResponses: [{ StatusCode: "200", ResponseTemplates: { "application/json": "$input.body" } }],
      },
    },
    replaced: { ...OPEN_METHOD, HttpMethod: "POST" },
  },
  "AWS::ApiGateway::Model": {
    beside: { ...BARE, ...OTHER },
    first: { RestApiId, Name: "Some", ContentType: "application/json", Schema: { type: "object" } },
    changed: {
      RestApiId,
      Name: "Some",
      ContentType: "application/json",
      Description: "changed",
      Schema: { type: "string" },
    },
    replaced: { RestApiId, Schema: '{"type": "string"}' },
  },
  "AWS::ApiGateway::RequestValidator": {
    beside: BARE,
    first: { RestApiId, Name: "some", ValidateRequestBody: true },
    changed: { RestApiId, Name: "some", ValidateRequestParameters: true },
    replaced: { RestApiId, Name: "other" },
  },
  "AWS::ApiGateway::Authorizer": {
    beside: { ...BARE, ...OTHER },
    first: {
      RestApiId,
      Name: "some",
      Type: "TOKEN",
      AuthorizerUri: FUNCTION_URI,
      IdentitySource: "method.request.header.Authorization",
      IdentityValidationExpression: "Bearer .*",
      AuthorizerCredentials: ROLE,
    },
    changed: {
      RestApiId,
      Name: "renamed",
      Type: "COGNITO_USER_POOLS",
      AuthType: "cognito_user_pools",
      ProviderARNs: [POOL],
      IdentitySource: "method.request.header.Token",
      AuthorizerResultTtlInSeconds: 60,
    },
    replaced: {
      RestApiId: ref("Other"),
      Name: "some",
      Type: "REQUEST",
      AuthorizerUri: FUNCTION_URI,
      AuthorizerResultTtlInSeconds: 0,
    },
  },
  "AWS::ApiGateway::GatewayResponse": {
    beside: BARE,
    first: { RestApiId, ResponseType: "DEFAULT_4XX", ResponseTemplates: { "application/json": "{}" } },
    changed: {
      RestApiId,
      ResponseType: "DEFAULT_4XX",
      StatusCode: "418",
      ResponseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
      ResponseTemplates: { "text/plain": "no" },
    },
    replaced: { RestApiId, ResponseType: "THROTTLED", StatusCode: 503 },
  },
};
