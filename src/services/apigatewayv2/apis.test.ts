/** The parts of an HTTP API, as an SDK client makes, changes, lists and takes them away. */
import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let gateway: ApiGatewayV2;
// One cloud for all: every test has APIs of its own.
beforeAll(async () => {
  cloud = await startCloud();
  gateway = new ApiGatewayV2(cloud.client());
});
afterAll(async () => {
  gateway.destroy();
  await cloud.close();
});

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:some";
const refused = (message: string | RegExp) => ({
  name: "BadRequestException",
  message: typeof message === "string" ? message : expect.stringMatching(message),
});
async function newApi(settings: object = {}): Promise<string> {
  const { ApiId = "" } = await gateway.createApi({ Name: "api", ProtocolType: "HTTP", ...settings });
  return ApiId;
}
const newIntegration = async (ApiId: string): Promise<string> => {
  const { IntegrationId = "" } = await gateway.createIntegration({
    ApiId,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: FUNCTION,
    PayloadFormatVersion: "2.0",
  });
  return IntegrationId;
};

describe("an API", () => {
  it("is made, changed, listed and taken away", async () => {
    const made = await gateway.createApi({ Name: "pets", ProtocolType: "HTTP", Description: "d", Tags: { a: "1" } });
    const { ApiId = "", $metadata } = made;
    expect($metadata.httpStatusCode).toBe(201);
    const shown = {
      ApiEndpoint: `http://${ApiId}.execute-api.us-east-1.localhost.localstack.cloud:${cloud.port}`,
      ApiId: expect.stringMatching(/^[a-z0-9]{10}$/),
      ApiKeySelectionExpression: "$request.header.x-api-key",
      CreatedDate: new Date(TEST_EPOCH),
      Description: "d",
      DisableExecuteApiEndpoint: false,
      IpAddressType: "ipv4",
      Name: "pets",
      ProtocolType: "HTTP",
      RouteSelectionExpression: "$request.method $request.path",
      Tags: { a: "1" },
    };
    expect(made).toMatchObject(shown);
    expect(await gateway.getApi({ ApiId })).toMatchObject(shown);
    const CorsConfiguration = { AllowOrigins: ["https://a.example"], MaxAge: 5 };
    const changed = await gateway.updateApi({ ApiId, Name: "animals", Description: "", CorsConfiguration });
    expect(changed).toMatchObject({ Name: "animals", CorsConfiguration });
    expect(changed.Description).toBeUndefined();
    await gateway.deleteCorsConfiguration({ ApiId });
    expect((await gateway.getApi({ ApiId })).CorsConfiguration).toBeUndefined();
    expect((await gateway.getApis({})).Items?.map(({ Name }) => Name)).toContain("animals");
    await gateway.deleteApi({ ApiId });
    await expect(gateway.getApi({ ApiId })).rejects.toMatchObject({
      name: "NotFoundException",
      message: `Invalid API identifier specified 000000000000:${ApiId}`,
      ResourceType: "Api",
    });
    await expect(gateway.deleteApi({ ApiId })).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("belongs to its account and region", async () => {
    const ApiId = await newApi();
    for (const where of [{ account: "111111111111" }, { region: "eu-west-1" }]) {
      const other = new ApiGatewayV2(cloud.client(where));
      await expect(other.getApi({ ApiId })).rejects.toMatchObject({ name: "NotFoundException" });
      other.destroy();
    }
  });

  it("is listed page by page", async () => {
    const other = new ApiGatewayV2(cloud.client({ region: "eu-west-1" }));
    for (const Name of ["a", "b", "c"]) await other.createApi({ Name, ProtocolType: "HTTP" });
    const names: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await other.getApis({ MaxResults: "2", NextToken });
      expect(page.Items?.length).toBeLessThanOrEqual(2);
      names.push(...(page.Items ?? []).map(({ Name }) => Name));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    expect(new Set(names)).toEqual(new Set(["a", "b", "c"]));
    await expect(other.getApis({ MaxResults: "x" })).rejects.toMatchObject(refused("Invalid value for max results"));
    await expect(other.getApis({ NextToken: "x" })).rejects.toMatchObject(refused("Invalid next token"));
    other.destroy();
  });

  it("may be made quickly, with everything that it needs", async () => {
    const ApiId = await newApi({ Target: FUNCTION });
    const { Items: routes = [] } = await gateway.getRoutes({ ApiId });
    const { Items: integrations = [] } = await gateway.getIntegrations({ ApiId });
    const { Items: stages = [] } = await gateway.getStages({ ApiId });
    expect(integrations).toMatchObject([
      {
        ApiGatewayManaged: true,
        ConnectionType: "INTERNET",
        IntegrationMethod: "POST",
        IntegrationType: "AWS_PROXY",
        IntegrationUri: FUNCTION,
        PayloadFormatVersion: "2.0",
        TimeoutInMillis: 30_000,
      },
    ]);
    expect(routes).toMatchObject([
      {
        ApiGatewayManaged: true,
        ApiKeyRequired: false,
        AuthorizationType: "NONE",
        RouteKey: "$default",
        Target: `integrations/${integrations[0]?.IntegrationId}`,
      },
    ]);
    expect(stages).toMatchObject([{ ApiGatewayManaged: true, AutoDeploy: true, StageName: "$default" }]);
    await gateway.updateApi({ ApiId, Target: "https://example.com/x", RouteKey: "GET /x" });
    expect((await gateway.getIntegrations({ ApiId })).Items).toMatchObject([
      { IntegrationType: "HTTP_PROXY", IntegrationMethod: "ANY", IntegrationUri: "https://example.com/x" },
    ]);
    expect((await gateway.getRoutes({ ApiId })).Items).toMatchObject([{ RouteKey: "GET /x" }]);
    const plain = await newApi();
    await expect(gateway.updateApi({ ApiId: plain, Target: FUNCTION })).rejects.toMatchObject(refused(/quick create/));
  });

  it("is refused for what HTTP APIs cannot be", async () => {
    const create = (settings: object) => gateway.createApi({ Name: "x", ProtocolType: "HTTP", ...settings });
    await expect(create({ ProtocolType: "WEBSOCKET" })).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("WEBSOCKET"),
    });
    await expect(create({ CorsConfiguration: { AllowCredentials: true, AllowOrigins: ["*"] } })).rejects.toMatchObject(
      refused(/allow-credentials/),
    );
    await expect(create({ CorsConfiguration: { AllowOrigins: ["example.com"] } })).rejects.toMatchObject(
      refused("Invalid format for origin example.com"),
    );
    await expect(create({ RouteKey: "GET /" })).rejects.toMatchObject(refused(/target/));
    await expect(create({ Target: FUNCTION, RouteKey: "FETCH /" })).rejects.toMatchObject(refused(/route key/));
    await expect(create({ RouteSelectionExpression: "$request.body.action" })).rejects.toMatchObject(
      refused(/route selection expression/),
    );
    await expect(create({ ApiKeySelectionExpression: "$context.authorizer.key" })).rejects.toMatchObject(
      refused(/ApiKeySelectionExpression/),
    );
    const vpc = gateway.createVpcLink({ Name: "x", SubnetIds: ["s"] });
    await expect(vpc).rejects.toMatchObject({ message: expect.stringContaining("CreateVpcLink") });
  });

  it("has tags, which are added and taken away by its ARN", async () => {
    const ApiId = await newApi({ Tags: { a: "1" } });
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`;
    await gateway.tagResource({ ResourceArn, Tags: { b: "2", c: "3" } });
    await gateway.untagResource({ ResourceArn, TagKeys: ["a", "c"] });
    expect((await gateway.getTags({ ResourceArn })).Tags).toEqual({ b: "2" });
    await gateway.createStage({ ApiId, StageName: "dev" });
    const stage = `${ResourceArn}/stages/dev`;
    await gateway.tagResource({ ResourceArn: stage, Tags: { s: "1" } });
    expect((await gateway.getStage({ ApiId, StageName: "dev" })).Tags).toEqual({ s: "1" });
    await expect(gateway.getTags({ ResourceArn: `${ResourceArn}/routes/x` })).rejects.toMatchObject(
      refused(/Invalid ARN/),
    );
    await expect(gateway.tagResource({ ResourceArn, Tags: { ["k".repeat(129)]: "" } })).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });
});

describe("a route", () => {
  it("is made, changed and taken away", async () => {
    const ApiId = await newApi();
    const Target = `integrations/${await newIntegration(ApiId)}`;
    const made = await gateway.createRoute({ ApiId, RouteKey: "GET /pets/{id}", Target, OperationName: "one" });
    const { RouteId = "" } = made;
    const shown = {
      ApiKeyRequired: false,
      AuthorizationType: "NONE",
      OperationName: "one",
      RouteId: expect.stringMatching(/^[a-z0-9]{7}$/),
      RouteKey: "GET /pets/{id}",
      Target,
    };
    expect(made).toMatchObject(shown);
    expect(await gateway.getRoute({ ApiId, RouteId })).toMatchObject(shown);
    const changed = await gateway.updateRoute({
      ApiId,
      RouteId,
      RouteKey: "ANY /{proxy+}",
      AuthorizationType: "AWS_IAM",
    });
    expect(changed).toMatchObject({ RouteKey: "ANY /{proxy+}", AuthorizationType: "AWS_IAM", Target });
    await gateway.deleteRoute({ ApiId, RouteId });
    await expect(gateway.getRoute({ ApiId, RouteId })).rejects.toMatchObject({
      name: "NotFoundException",
      message: `Invalid Route identifier specified ${RouteId}`,
    });
  });

  it("is refused for what is no route", async () => {
    const ApiId = await newApi();
    const create = (RouteKey: string, settings: object = {}) => gateway.createRoute({ ApiId, RouteKey, ...settings });
    await create("GET /a");
    await expect(create("GET /a")).rejects.toMatchObject({
      name: "ConflictException",
      message: "Route with key GET /a already exists for this API",
    });
    for (const key of ["/a", "FETCH /a", "GET a", "GET /a//b", "GET /{a+}/b", "GET /x{a}", "get /a", ""]) {
      await expect(create(key), key).rejects.toMatchObject(refused(/route key/i));
    }
    await expect(create("GET /b", { Target: "x" })).rejects.toMatchObject(refused(/Invalid target/));
    await expect(create("GET /b", { Target: "integrations/none" })).rejects.toMatchObject(refused(/none/));
    const invalid =
      "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.";
    await expect(create("GET /b", { AuthorizationType: "JWT" })).rejects.toMatchObject(refused(invalid));
    await expect(create("GET /b", { AuthorizationType: "JWT", AuthorizerId: "none" })).rejects.toMatchObject(
      refused(invalid),
    );
    await expect(create("GET /b", { AuthorizationScopes: ["a"] })).rejects.toMatchObject(refused(/scopes/));
    await expect(create("GET /b", { ApiKeyRequired: true })).rejects.toMatchObject(refused(/API keys/));
    await expect(create("GET /b", { RequestModels: { a: "b" } })).rejects.toMatchObject(refused(/RequestModels/));
  });
});

describe("an integration", () => {
  it("is completed, changed part by part, and kept while a route leads to it", async () => {
    const ApiId = await newApi();
    const { IntegrationId = "" } = await gateway.createIntegration({
      ApiId,
      IntegrationType: "HTTP_PROXY",
      IntegrationMethod: "GET",
      IntegrationUri: "https://example.com",
      RequestParameters: { "append:header.a": "1", "overwrite:path": "/x" },
      ResponseParameters: { "200": { "overwrite:statuscode": "201" }, "404": { "remove:header.a": "''" } },
    });
    const changed = await gateway.updateIntegration({
      ApiId,
      IntegrationId,
      Description: "d",
      TimeoutInMillis: 1000,
      RequestParameters: { "overwrite:path": "", "append:header.b": "2" },
      ResponseParameters: { "404": {} },
    });
    expect(changed).toMatchObject({
      ConnectionType: "INTERNET",
      Description: "d",
      IntegrationMethod: "GET",
      PayloadFormatVersion: "1.0",
      TimeoutInMillis: 1000,
    });
    expect(changed.RequestParameters).toEqual({ "append:header.a": "1", "append:header.b": "2" });
    expect(changed.ResponseParameters).toEqual({ "200": { "overwrite:statuscode": "201" } });
    await gateway.createRoute({ ApiId, RouteKey: "GET /", Target: `integrations/${IntegrationId}` });
    await expect(gateway.deleteIntegration({ ApiId, IntegrationId })).rejects.toMatchObject({
      name: "ConflictException",
    });
    const { Items = [] } = await gateway.getRoutes({ ApiId });
    await gateway.deleteRoute({ ApiId, RouteId: Items[0]?.RouteId ?? "" });
    await gateway.deleteIntegration({ ApiId, IntegrationId });
    await expect(gateway.getIntegration({ ApiId, IntegrationId })).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("is refused for what HTTP APIs do not have", async () => {
    const ApiId = await newApi();
    const create = (settings: object) =>
      gateway.createIntegration({
        ApiId,
        IntegrationType: "HTTP_PROXY",
        IntegrationMethod: "GET",
        IntegrationUri: "https://e",
        ...settings,
      });
    await expect(create({ IntegrationType: "MOCK" })).rejects.toMatchObject(refused(/proxy integrations/));
    await expect(create({ IntegrationUri: "ftp://e" })).rejects.toMatchObject(
      refused("Invalid HTTP endpoint specified for URI"),
    );
    await expect(create({ IntegrationMethod: undefined })).rejects.toMatchObject(refused(/HttpMethod/));
    await expect(create({ PayloadFormatVersion: "2.0" })).rejects.toMatchObject(refused(/payload format version/));
    await expect(create({ IntegrationType: "AWS_PROXY" })).rejects.toMatchObject(refused(/Lambda function/));
    await expect(create({ PassthroughBehavior: "NEVER" })).rejects.toMatchObject(refused(/PassthroughBehavior/));
    await expect(create({ RequestParameters: { "overwrite:header.Authorization": "x" } })).rejects.toMatchObject(
      refused(/Operations on header Authorization are restricted/),
    );
    await expect(create({ RequestParameters: { "integration.request.header.a": "x" } })).rejects.toMatchObject(
      refused(/mapping expression/),
    );
    await expect(create({ ResponseParameters: { "99": {} } })).rejects.toMatchObject(refused(/status code/));
    for (const given of [
      { IntegrationType: "AWS_PROXY", IntegrationSubtype: "SQS-SendMessage" },
      { ConnectionType: "VPC_LINK", ConnectionId: "x" },
    ]) {
      await expect(create(given)).rejects.toMatchObject({ name: "NotImplemented" });
    }
    for (const TimeoutInMillis of [49, 30_001]) {
      await expect(create({ TimeoutInMillis })).rejects.toMatchObject({ name: "BadRequestException" });
    }
  });
});

describe("an authorizer", () => {
  const JWT = {
    Name: "jwt",
    AuthorizerType: "JWT" as const,
    IdentitySource: ["$request.header.Authorization"],
    JwtConfiguration: { Audience: ["app"], Issuer: "https://example.com" },
  };

  it("is made, changed, and kept while a route asks it", async () => {
    const ApiId = await newApi();
    const { AuthorizerId = "" } = await gateway.createAuthorizer({ ApiId, ...JWT });
    const JwtConfiguration = { Audience: ["other"], Issuer: "https://example.com" };
    expect(await gateway.updateAuthorizer({ ApiId, AuthorizerId, Name: "new", JwtConfiguration })).toMatchObject({
      ...JWT,
      AuthorizerId,
      Name: "new",
      JwtConfiguration,
    });
    const { RouteId = "" } = await gateway.createRoute({
      ApiId,
      RouteKey: "GET /",
      AuthorizationType: "JWT",
      AuthorizerId,
      AuthorizationScopes: ["a"],
    });
    await expect(gateway.deleteAuthorizer({ ApiId, AuthorizerId })).rejects.toMatchObject({
      name: "ConflictException",
    });
    const open = await gateway.updateRoute({ ApiId, RouteId, AuthorizationType: "NONE" });
    expect([open.AuthorizerId, open.AuthorizationScopes]).toEqual([undefined, undefined]);
    await gateway.deleteAuthorizer({ ApiId, AuthorizerId });
    expect((await gateway.getAuthorizers({ ApiId })).Items).toEqual([]);
  });

  it("is refused for what cannot decide", async () => {
    const ApiId = await newApi();
    await gateway.createAuthorizer({ ApiId, ...JWT });
    const jwt = (settings: object) => gateway.createAuthorizer({ ApiId, ...JWT, Name: "other", ...settings });
    await expect(jwt({ Name: "jwt" })).rejects.toMatchObject(refused(/must be unique/));
    await expect(jwt({ JwtConfiguration: { Audience: ["a"] } })).rejects.toMatchObject(refused(/Issuer/));
    await expect(jwt({ JwtConfiguration: { Issuer: "https://e", Audience: [] } })).rejects.toMatchObject(
      refused(/Audience/),
    );
    await expect(jwt({ IdentitySource: ["a"] })).rejects.toMatchObject(refused("Invalid identity source specified: a"));
    const request = (settings: object) =>
      gateway.createAuthorizer({
        ApiId,
        Name: "fn",
        AuthorizerType: "REQUEST",
        AuthorizerUri: FUNCTION,
        AuthorizerPayloadFormatVersion: "2.0",
        IdentitySource: [],
        ...settings,
      });
    await expect(request({ AuthorizerUri: "x" })).rejects.toMatchObject(refused("Invalid Authorizer URI specified"));
    await expect(request({ AuthorizerPayloadFormatVersion: undefined })).rejects.toMatchObject(
      refused(/AuthorizerPayloadFormatVersion/),
    );
    await expect(request({ AuthorizerPayloadFormatVersion: "1.0", EnableSimpleResponses: true })).rejects.toMatchObject(
      refused(/EnableSimpleResponses/),
    );
    await expect(request({ AuthorizerResultTtlInSeconds: 60 })).rejects.toMatchObject(refused(/identity source/));
    await expect(request({ AuthorizerResultTtlInSeconds: 3601 })).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });
});

describe("stages and deployments", () => {
  it("point to each other", async () => {
    const ApiId = await newApi();
    await expect(gateway.createDeployment({ ApiId })).rejects.toMatchObject(
      refused("Unable to deploy API because no routes exist in this API"),
    );
    await gateway.createRoute({ ApiId, RouteKey: "GET /" });
    const { DeploymentId = "", ...made } = await gateway.createDeployment({ ApiId, Description: "one" });
    expect(made).toMatchObject({ AutoDeployed: false, DeploymentStatus: "DEPLOYED", Description: "one" });
    const stage = await gateway.createStage({
      ApiId,
      StageName: "dev",
      DeploymentId,
      StageVariables: { a: "1", b: "2" },
    });
    expect(stage).toMatchObject({
      CreatedDate: new Date(TEST_EPOCH),
      DefaultRouteSettings: { DetailedMetricsEnabled: false },
      DeploymentId,
      RouteSettings: {},
      StageName: "dev",
      StageVariables: { a: "1", b: "2" },
      Tags: {},
    });
    await expect(gateway.deleteDeployment({ ApiId, DeploymentId })).rejects.toMatchObject(refused(/Active stages/));
    await expect(gateway.createStage({ ApiId, StageName: "dev" })).rejects.toMatchObject({
      name: "ConflictException",
      message: "Stage already exists",
    });
    const changed = await gateway.updateStage({
      ApiId,
      StageName: "dev",
      StageVariables: { a: "", c: "3" },
      Description: "d",
    });
    expect(changed).toMatchObject({ Description: "d", StageVariables: { b: "2", c: "3" } });
    await gateway.updateDeployment({ ApiId, DeploymentId, Description: "two" });
    expect(await gateway.getDeployment({ ApiId, DeploymentId })).toMatchObject({ Description: "two" });
    await gateway.deleteStage({ ApiId, StageName: "dev" });
    await gateway.deleteDeployment({ ApiId, DeploymentId });
    expect((await gateway.getDeployments({ ApiId })).Items).toEqual([]);
    await expect(gateway.getStage({ ApiId, StageName: "dev" })).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("with AutoDeploy follow the API, and say when they cannot", async () => {
    const ApiId = await newApi();
    const empty = await gateway.createStage({ ApiId, StageName: "$default", AutoDeploy: true });
    expect(empty).toMatchObject({
      LastDeploymentStatusMessage:
        "Deployment attempt failed: Unable to deploy API because no routes exist in this API",
    });
    await gateway.createRoute({ ApiId, RouteKey: "GET /" });
    const { DeploymentId, LastDeploymentStatusMessage } = await gateway.getStage({ ApiId, StageName: "$default" });
    expect(LastDeploymentStatusMessage).toBe(`Successfully deployed stage with deployment ID '${DeploymentId}'`);
    expect((await gateway.getDeployments({ ApiId })).Items).toMatchObject([{ AutoDeployed: true, DeploymentId }]);
    await expect(gateway.createDeployment({ ApiId, StageName: "$default" })).rejects.toMatchObject(
      refused(/AutoDeploy/),
    );
    await expect(gateway.updateStage({ ApiId, StageName: "$default", DeploymentId })).rejects.toMatchObject(
      refused(/AutoDeploy/),
    );
  });

  it("are refused for what a stage cannot be", async () => {
    const ApiId = await newApi();
    const create = (settings: object) => gateway.createStage({ ApiId, StageName: "dev", ...settings });
    await expect(create({ StageName: "a b" })).rejects.toMatchObject(refused(/Stage name/));
    await expect(create({ DeploymentId: "none" })).rejects.toMatchObject(refused(/deployment/));
    await expect(create({ ClientCertificateId: "x" })).rejects.toMatchObject(refused(/ClientCertificateId/));
    await expect(create({ DefaultRouteSettings: { LoggingLevel: "INFO" } })).rejects.toMatchObject(
      refused("Execution logs are not supported on protocolType HTTP"),
    );
    const log = (DestinationArn: string, Format?: string) => create({ AccessLogSettings: { DestinationArn, Format } });
    const group = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    await expect(log(group)).rejects.toMatchObject(refused(/format/));
    await expect(log(group, "$context.status")).rejects.toMatchObject(refused(/requestId/));
    await expect(
      log("arn:aws:firehose:us-east-1:000000000000:deliverystream/x", "$context.requestId"),
    ).rejects.toMatchObject(refused(/log group/));
  });
});

it("models are kept with their API", async () => {
  const ApiId = await newApi();
  const { ModelId = "" } = await gateway.createModel({ ApiId, Name: "Pet", Schema: '{"type":"object"}' });
  expect(await gateway.getModel({ ApiId, ModelId })).toMatchObject({ ContentType: "application/json", Name: "Pet" });
  await gateway.updateModel({ ApiId, ModelId, Description: "d" });
  expect((await gateway.getModels({ ApiId })).Items).toMatchObject([{ Description: "d", Name: "Pet" }]);
  expect((await gateway.getModelTemplate({ ApiId, ModelId })).Value).toBe('{"type":"object"}');
  await expect(gateway.createModel({ ApiId, Name: "Pet", Schema: "{}" })).rejects.toMatchObject({
    name: "ConflictException",
  });
  await expect(gateway.createModel({ ApiId, Name: "Bad", Schema: "{" })).rejects.toMatchObject(refused(/schema/));
  await gateway.deleteModel({ ApiId, ModelId });
  await expect(gateway.getModel({ ApiId, ModelId })).rejects.toMatchObject({ name: "NotFoundException" });
});

describe("a domain name", () => {
  const configurations = [{ CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/1" }];

  it("is made, changed and taken away, with its mappings", async () => {
    const made = await gateway.createDomainName({
      DomainName: "API.example.com",
      DomainNameConfigurations: configurations,
    });
    const DomainName = "api.example.com";
    expect(made).toMatchObject({
      ApiMappingSelectionExpression: "$request.basepath",
      DomainName,
      DomainNameConfigurations: [
        {
          ApiGatewayDomainName: expect.stringMatching(/^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/),
          DomainNameStatus: "AVAILABLE",
          EndpointType: "REGIONAL",
          SecurityPolicy: "TLS_1_2",
        },
      ],
    });
    await expect(
      gateway.createDomainName({ DomainName, DomainNameConfigurations: configurations }),
    ).rejects.toMatchObject({
      name: "ConflictException",
    });
    const ApiId = await newApi();
    for (const StageName of ["dev", "prod"]) await gateway.createStage({ ApiId, StageName });
    const { ApiMappingId = "" } = await gateway.createApiMapping({
      DomainName,
      ApiId,
      Stage: "dev",
      ApiMappingKey: "v1",
    });
    const target = { DomainName, ApiId, ApiMappingId };
    expect(await gateway.updateApiMapping({ ...target, Stage: "prod" })).toMatchObject({
      Stage: "prod",
      ApiMappingKey: "v1",
    });
    expect(await gateway.getApiMapping(target)).toMatchObject({ ApiId, Stage: "prod" });
    await expect(
      gateway.createApiMapping({ DomainName, ApiId, Stage: "dev", ApiMappingKey: "v1" }),
    ).rejects.toMatchObject({
      name: "ConflictException",
    });
    await expect(gateway.createApiMapping({ DomainName, ApiId, Stage: "none" })).rejects.toMatchObject({
      name: "NotFoundException",
    });
    await expect(
      gateway.createApiMapping({ DomainName, ApiId, Stage: "dev", ApiMappingKey: "/a/" }),
    ).rejects.toMatchObject(refused(/mapping key/));
    await gateway.deleteApiMapping(target);
    expect((await gateway.getApiMappings({ DomainName })).Items).toEqual([]);
    await gateway.deleteDomainName({ DomainName });
    await expect(gateway.getDomainName({ DomainName })).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("is one account's alone", async () => {
    const DomainName = "mine.example.com";
    await gateway.createDomainName({ DomainName, DomainNameConfigurations: configurations });
    const other = new ApiGatewayV2(cloud.client({ account: "111111111111" }));
    await expect(
      other.createDomainName({ DomainName, DomainNameConfigurations: configurations }),
    ).rejects.toMatchObject({
      name: "ConflictException",
    });
    await expect(other.getDomainName({ DomainName })).rejects.toMatchObject({ name: "NotFoundException" });
    expect((await other.getDomainNames({})).Items).toEqual([]);
    other.destroy();
  });

  it("is refused without a certificate, and for mutual TLS", async () => {
    await expect(
      gateway.createDomainName({ DomainName: "a.example.com", DomainNameConfigurations: [{}] }),
    ).rejects.toMatchObject(refused(/certificate/));
    await expect(
      gateway.createDomainName({
        DomainName: "a.example.com",
        DomainNameConfigurations: configurations,
        MutualTlsAuthentication: { TruststoreUri: "s3://a/b" },
      }),
    ).rejects.toMatchObject({ name: "NotImplemented" });
    await expect(gateway.createDomainName({ DomainName: "localhost" })).rejects.toMatchObject(refused(/domain name/));
  });
});
