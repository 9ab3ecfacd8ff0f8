/** For the tests: the types of HTTP APIs. */
import { attribute, ref, tags, type TypeCases } from "./case-fixture.ts";

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:some";
const integration = { type: "aws_proxy", uri: FUNCTION, payloadFormatVersion: "2.0" };
const definition = (title: string, ...paths: readonly string[]) => ({
  openapi: "3.0.1",
  info: { title, version: "1" },
  paths: Object.fromEntries(paths.map((path) => [path, { get: { "x-amazon-apigateway-integration": integration } }])),
});
const map = (...names: readonly string[]) => Object.fromEntries(tags(...names).map(({ Key, Value }) => [Key, Value]));

/** An API of two routes, and what the parts of an API lean on. */
const API = { Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Body: definition("api", "/a", "/b") } } };
const OTHER = { Other: { Type: "AWS::ApiGatewayV2::Api", Properties: { Body: definition("other", "/a") } } };
const SOCKETS = "only WebSocket APIs have it";
const ApiId = ref("Api");

const CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/1";
const domain = (DomainName: string) => ({
  Type: "AWS::ApiGatewayV2::DomainName",
  Properties: { DomainName, DomainNameConfigurations: [{ CertificateArn: CERTIFICATE }] },
});
const INTEGRATION = {
  Type: "AWS::ApiGatewayV2::Integration",
  Properties: { ApiId, IntegrationType: "AWS_PROXY", IntegrationUri: FUNCTION, PayloadFormatVersion: "2.0" },
};
const JWT = {
  Type: "AWS::ApiGatewayV2::Authorizer",
  Properties: {
    ApiId,
    AuthorizerType: "JWT",
    IdentitySource: ["$request.header.Authorization"],
    JwtConfiguration: { Audience: ["app"], Issuer: "https://example.com" },
    Name: "jwt",
  },
};

export const apigatewayv2Types: TypeCases = {
  "AWS::ApiGatewayV2::Api": {
    first: { Name: "api", ProtocolType: "HTTP" },
    changed: {
      Name: "renamed",
      ProtocolType: "HTTP",
      Description: "changed",
      Version: "2",
      CorsConfiguration: { AllowOrigins: ["https://example.com"], AllowMethods: ["GET"], MaxAge: 60 },
      DisableExecuteApiEndpoint: true,
      IpAddressType: "dualstack",
      RouteSelectionExpression: "$request.method $request.path",
      Tags: map("a"),
    },
    // A definition says its protocol itself.
    replaced: { Body: definition("other", "/a") },
    untried: {
      ApiKeySelectionExpression: SOCKETS,
      BasePath: "with Body",
      BodyS3Location: "src/services/apigatewayv2/resources.test.ts",
      CredentialsArn: "with Target",
      DisableSchemaValidation: SOCKETS,
      FailOnWarnings: "with Body",
      RouteKey: "with Target",
      Target: "src/services/apigatewayv2/resources.test.ts",
    },
  },
  "AWS::ApiGatewayV2::Deployment": {
    beside: { ...API, ...OTHER },
    first: { ApiId },
    changed: { ApiId, Description: "changed" },
    replaced: { ApiId: ref("Other") },
    untried: { StageName: "a stage names its deployment in the next case" },
  },
  "AWS::ApiGatewayV2::Stage": {
    beside: {
      ...API,
      Logs: { Type: "AWS::Logs::LogGroup" },
      Deployed: { Type: "AWS::ApiGatewayV2::Deployment", Properties: { ApiId } },
      Second: { Type: "AWS::ApiGatewayV2::Deployment", Properties: { ApiId } },
    },
    first: { ApiId, StageName: "dev", DeploymentId: ref("Deployed") },
    changed: {
      ApiId,
      StageName: "dev",
      Description: "changed",
      AccessLogSettings: { DestinationArn: attribute("Logs", "Arn"), Format: "$context.requestId" },
      DefaultRouteSettings: { DetailedMetricsEnabled: true, ThrottlingBurstLimit: 5, ThrottlingRateLimit: 2.5 },
      DeploymentId: ref("Second"),
      RouteSettings: { "GET /a": { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 } },
      StageVariables: { name: "value" },
      Tags: map("a"),
    },
    replaced: { ApiId, StageName: "prod", AutoDeploy: false },
    untried: { ClientCertificateId: SOCKETS },
  },
  "AWS::ApiGatewayV2::Integration": {
    beside: { ...API, ...OTHER },
    first: { ApiId, IntegrationType: "HTTP_PROXY", IntegrationMethod: "GET", IntegrationUri: "https://example.com" },
    changed: {
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationMethod: "POST",
      IntegrationUri: FUNCTION,
      ConnectionType: "INTERNET",
      CredentialsArn: "arn:aws:iam::000000000000:role/caller",
      Description: "changed",
      PayloadFormatVersion: "2.0",
      RequestParameters: { "append:header.x-a": "$request.querystring.a" },
      ResponseParameters: {
        "200": { ResponseParameters: [{ Destination: "overwrite:statuscode", Source: "201" }] },
      },
      TimeoutInMillis: 5000,
    },
    replaced: {
      ApiId: ref("Other"),
      IntegrationType: "HTTP_PROXY",
      IntegrationMethod: "GET",
      IntegrationUri: "https://example.com",
    },
    untried: {
      ConnectionId: "there are no VPC links",
      ContentHandlingStrategy: SOCKETS,
      IntegrationSubtype: "the services of the subtypes are not there",
      PassthroughBehavior: SOCKETS,
      RequestTemplates: SOCKETS,
      TemplateSelectionExpression: SOCKETS,
      TlsConfig: "only integrations by VPC links have it",
    },
  },
  "AWS::ApiGatewayV2::Authorizer": {
    beside: { ...API, ...OTHER },
    first: {
      ApiId,
      AuthorizerType: "REQUEST",
      AuthorizerUri: FUNCTION,
      AuthorizerPayloadFormatVersion: "2.0",
      IdentitySource: ["$request.header.Authorization"],
      Name: "one",
    },
    changed: {
      ApiId,
      AuthorizerCredentialsArn: "arn:aws:iam::000000000000:role/caller",
      AuthorizerType: "REQUEST",
      AuthorizerUri: `${FUNCTION}:live`,
      AuthorizerPayloadFormatVersion: "2.0",
      AuthorizerResultTtlInSeconds: 60,
      EnableSimpleResponses: true,
      IdentitySource: ["$request.querystring.key"],
      Name: "two",
    },
    replaced: {
      ApiId: ref("Other"),
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Audience: ["app"], Issuer: "https://example.com" },
      Name: "one",
    },
  },
  "AWS::ApiGatewayV2::Route": {
    beside: { ...API, ...OTHER, Integration: INTEGRATION, Jwt: JWT },
    first: { ApiId, RouteKey: "GET /pets" },
    changed: {
      ApiId,
      RouteKey: "POST /pets/{id}",
      ApiKeyRequired: false,
      AuthorizationScopes: ["write"],
      AuthorizationType: "JWT",
      AuthorizerId: ref("Jwt"),
      OperationName: "make",
      Target: { "Fn::Join": ["/", ["integrations", ref("Integration")]] },
    },
    replaced: { ApiId: ref("Other"), RouteKey: "GET /pets" },
    untried: {
      ModelSelectionExpression: SOCKETS,
      RequestModels: SOCKETS,
      RouteResponseSelectionExpression: SOCKETS,
    },
  },
  "AWS::ApiGatewayV2::DomainName": {
    first: { DomainName: "api.example.com", DomainNameConfigurations: [{ CertificateArn: CERTIFICATE }] },
    changed: {
      DomainName: "api.example.com",
      DomainNameConfigurations: [{ CertificateArn: `${CERTIFICATE}2`, EndpointType: "REGIONAL" }],
      RoutingMode: "API_MAPPING_ONLY",
      Tags: map("a"),
    },
    replaced: { DomainName: "other.example.com", DomainNameConfigurations: [{ CertificateArn: CERTIFICATE }] },
    untried: { MutualTlsAuthentication: "requests come without TLS" },
  },
  "AWS::ApiGatewayV2::ApiMapping": {
    beside: {
      ...API,
      Dev: { Type: "AWS::ApiGatewayV2::Stage", Properties: { ApiId, StageName: "dev" } },
      Prod: { Type: "AWS::ApiGatewayV2::Stage", Properties: { ApiId, StageName: "prod" } },
      Name: domain("api.example.com"),
      Second: domain("second.example.com"),
    },
    first: { ApiId, DomainName: ref("Name"), Stage: ref("Dev") },
    changed: { ApiId, ApiMappingKey: "v1/pets", DomainName: ref("Name"), Stage: ref("Prod") },
    replaced: { ApiId, DomainName: ref("Second"), Stage: ref("Dev") },
  },
};
