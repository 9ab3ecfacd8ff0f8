/** APIs out of OpenAPI definitions, and definitions out of APIs. */
import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let gateway: ApiGatewayV2;
beforeAll(async () => {
  cloud = await startCloud();
  gateway = new ApiGatewayV2(cloud.client());
});
afterAll(async () => {
  gateway.destroy();
  await cloud.close();
});

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:some";
const INVOCATION = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;
const DEFINITION = `
openapi: 3.0.1
info: { title: pets, version: "7", description: all of them }
tags: [{ name: team, x-amazon-apigateway-tag-value: blue }]
x-amazon-apigateway-cors: { allowOrigins: ["https://a.example"], allowMethods: [GET], maxAge: 60 }
servers: [{ url: "/", x-amazon-apigateway-endpoint-configuration: { disableExecuteApiEndpoint: true } }]
components:
  x-amazon-apigateway-integrations:
    shared: { type: aws_proxy, httpMethod: POST, uri: "${INVOCATION}", payloadFormatVersion: "2.0" }
  securitySchemes:
    tokens:
      type: oauth2
      x-amazon-apigateway-authorizer:
        type: jwt
        identitySource: $request.header.Authorization
        jwtConfiguration: { issuer: https://issuer.example, audience: [app] }
    decider:
      type: apiKey
      in: header
      name: x-key
      x-amazon-apigateway-authorizer:
        type: request
        authorizerUri: ${INVOCATION}
        authorizerPayloadFormatVersion: "2.0"
        authorizerResultTtlInSeconds: 60
        enableSimpleResponses: true
        identitySource: "$request.header.x-key, $request.querystring.key"
paths:
  /pets/{id}:
    get:
      operationId: getPet
      security: [{ tokens: [pets/read] }]
      x-amazon-apigateway-integration: { $ref: "#/components/x-amazon-apigateway-integrations/shared" }
    x-amazon-apigateway-any-method:
      security: [{ decider: [] }]
      x-amazon-apigateway-integration: { $ref: "#/components/x-amazon-apigateway-integrations/shared" }
  /signed:
    post:
      x-amazon-apigateway-auth: { type: AWS_IAM }
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: https://example.com/signed
        timeoutInMillis: 5000
        requestParameters: { "append:header.a": "1" }
        responseParameters: { "200": { "overwrite:statuscode": "201" } }
  $default:
    x-amazon-apigateway-any-method:
      isDefaultRoute: true
      x-amazon-apigateway-integration: { type: aws_proxy, uri: "${FUNCTION}", payloadFormatVersion: "1.0" }
`;

async function partsOf(ApiId: string) {
  const { Items: routes = [] } = await gateway.getRoutes({ ApiId });
  const { Items: integrations = [] } = await gateway.getIntegrations({ ApiId });
  const { Items: authorizers = [] } = await gateway.getAuthorizers({ ApiId });
  const names = new Map(authorizers.map(({ AuthorizerId, Name }) => [AuthorizerId, Name]));
  const uris = new Map(
    integrations.map(({ IntegrationId, IntegrationUri }) => [`integrations/${IntegrationId}`, IntegrationUri]),
  );
  const shown = routes.map(
    ({ RouteKey, Target, AuthorizationType, AuthorizationScopes, AuthorizerId, OperationName }) => ({
      key: RouteKey,
      to: uris.get(Target ?? ""),
      auth: AuthorizationType,
      ...(AuthorizationScopes === undefined ? {} : { scopes: AuthorizationScopes }),
      ...(AuthorizerId === undefined ? {} : { by: names.get(AuthorizerId) }),
      ...(OperationName === undefined ? {} : { name: OperationName }),
    }),
  );
  const without = (rows: readonly object[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.endsWith("Id"))));
  const byText = (one: object, other: object) => JSON.stringify(one).localeCompare(JSON.stringify(other));
  return {
    routes: shown.sort(byText),
    integrations: without(integrations).sort(byText),
    authorizers: without(authorizers).sort(byText),
  };
}

const EXPECTED_ROUTES = [
  { key: "$default", to: FUNCTION, auth: "NONE" },
  { key: "ANY /pets/{id}", to: INVOCATION, auth: "CUSTOM", by: "decider" },
  { key: "GET /pets/{id}", to: INVOCATION, auth: "JWT", scopes: ["pets/read"], by: "tokens", name: "getPet" },
  { key: "POST /signed", to: "https://example.com/signed", auth: "AWS_IAM" },
];

describe("ImportApi", () => {
  it("makes all that a definition says", async () => {
    const made = await gateway.importApi({ Body: DEFINITION });
    expect(made).toMatchObject({
      Name: "pets",
      Version: "7",
      Description: "all of them",
      CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowMethods: ["GET"], MaxAge: 60 },
      DisableExecuteApiEndpoint: true,
      ProtocolType: "HTTP",
      Tags: { team: "blue" },
    });
    expect(made.Warnings).toBeUndefined();
    const { routes, integrations, authorizers } = await partsOf(made.ApiId ?? "");
    expect(routes).toEqual(EXPECTED_ROUTES);
    // Two routes share one.
    expect(integrations).toHaveLength(3);
    expect(integrations).toContainEqual({
      ConnectionType: "INTERNET",
      IntegrationMethod: "ANY",
      IntegrationType: "HTTP_PROXY",
      IntegrationUri: "https://example.com/signed",
      PayloadFormatVersion: "1.0",
      RequestParameters: { "append:header.a": "1" },
      ResponseParameters: { "200": { "overwrite:statuscode": "201" } },
      TimeoutInMillis: 5000,
    });
    expect(authorizers).toEqual([
      {
        AuthorizerPayloadFormatVersion: "2.0",
        AuthorizerResultTtlInSeconds: 60,
        AuthorizerType: "REQUEST",
        AuthorizerUri: INVOCATION,
        EnableSimpleResponses: true,
        IdentitySource: ["$request.header.x-key", "$request.querystring.key"],
        Name: "decider",
      },
      {
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Audience: ["app"], Issuer: "https://issuer.example" },
        Name: "tokens",
      },
    ]);
  });

  it("warns of what it leaves out, or refuses it", async () => {
    const Body = JSON.stringify({
      openapi: "3.0.0",
      info: { title: "x", version: "1" },
      components: { securitySchemes: { open: { type: "http" } } },
      paths: { "/a": { get: { security: [{ open: [] }] } } },
    });
    const { Warnings = [], ApiId = "" } = await gateway.importApi({ Body });
    expect(Warnings).toHaveLength(3);
    expect(Warnings.join("\n")).toMatch(/Security scheme open[^]*GET \/a/);
    expect((await partsOf(ApiId)).routes).toEqual([{ key: "GET /a", auth: "NONE" }]);
    await expect(gateway.importApi({ Body, FailOnWarnings: true })).rejects.toMatchObject({
      name: "BadRequestException",
      message: expect.stringMatching(/^Warnings found during import:/),
    });
  });

  it("takes a server's path as it is told", async () => {
    const Body = JSON.stringify({
      openapi: "3.0.1",
      info: { title: "x", version: "1" },
      servers: [{ url: "https://example.com/{stage}/v1", variables: { stage: { default: "dev" } } }],
      paths: { "/a": { get: {} } },
    });
    for (const [Basepath, key] of [
      ["ignore", "GET /a"],
      ["prepend", "GET /dev/v1/a"],
      ["split", "GET /v1/a"],
    ]) {
      const { ApiId = "" } = await gateway.importApi({ Body, Basepath });
      expect((await partsOf(ApiId)).routes).toMatchObject([{ key }]);
    }
    await expect(gateway.importApi({ Body, Basepath: "x" })).rejects.toMatchObject({ name: "BadRequestException" });
  });

  it("refuses what is no definition of an HTTP API, and leaves nothing of it", async () => {
    const before = (await gateway.getApis({})).Items?.length;
    const refused = { name: "BadRequestException" };
    await expect(gateway.importApi({ Body: "{" })).rejects.toMatchObject(refused);
    await expect(gateway.importApi({ Body: "a: [" })).rejects.toMatchObject(refused);
    await expect(gateway.importApi({ Body: "text" })).rejects.toMatchObject(refused);
    await expect(gateway.importApi({ Body: '{"swagger":"2.0"}' })).rejects.toMatchObject(refused);
    await expect(gateway.importApi({ Body: '{"openapi":"3.0.1"}' })).rejects.toMatchObject(refused);
    const mock = DEFINITION.replace("type: http_proxy", "type: mock");
    await expect(gateway.importApi({ Body: mock })).rejects.toMatchObject(refused);
    const lost = DEFINITION.replaceAll("integrations/shared", "integrations/none");
    await expect(gateway.importApi({ Body: lost })).rejects.toMatchObject(refused);
    expect((await gateway.getApis({})).Items?.length).toBe(before);
  });
});

describe("ReimportApi", () => {
  it("takes the place of what was there, but for stages; routes keep their ids", async () => {
    const { ApiId = "" } = await gateway.importApi({ Body: DEFINITION });
    await gateway.createStage({ ApiId, StageName: "dev", AutoDeploy: true });
    const idOf = async (key: string) =>
      (await gateway.getRoutes({ ApiId })).Items?.find(({ RouteKey }) => RouteKey === key)?.RouteId;
    const id = await idOf("POST /signed");
    const deployed = (await gateway.getStage({ ApiId, StageName: "dev" })).DeploymentId;
    const Body = JSON.stringify({
      openapi: "3.0.1",
      info: { title: "renamed", version: "8" },
      paths: { "/signed": { post: {} }, "/new": { get: {} } },
    });
    const again = await gateway.reimportApi({ ApiId, Body });
    expect(again).toMatchObject({
      Name: "renamed",
      Version: "8",
      DisableExecuteApiEndpoint: false,
      Tags: { team: "blue" },
    });
    expect(again.CorsConfiguration).toBeUndefined();
    expect(await partsOf(ApiId)).toEqual({
      routes: [
        { key: "GET /new", auth: "NONE" },
        { key: "POST /signed", auth: "NONE" },
      ],
      integrations: [],
      authorizers: [],
    });
    expect(await idOf("POST /signed")).toBe(id);
    const stage = await gateway.getStage({ ApiId, StageName: "dev" });
    expect(stage.DeploymentId).not.toBe(deployed);
  });
});

describe("ExportApi", () => {
  const exported = async (ApiId: string, settings: object = {}) => {
    const { body } = await gateway.exportApi({ ApiId, Specification: "OAS30", OutputType: "JSON", ...settings });
    return Buffer.from(body ?? []).toString();
  };

  it("writes what an import makes the same API of", async () => {
    const { ApiId = "" } = await gateway.importApi({ Body: DEFINITION });
    const text = await exported(ApiId);
    expect(JSON.parse(text)).toMatchObject({
      openapi: "3.0.1",
      info: { title: "pets", version: "7", description: "all of them" },
      "x-amazon-apigateway-importexport-version": "1.0",
    });
    const again = await gateway.importApi({ Body: text });
    expect(again.Warnings).toBeUndefined();
    expect(again).toMatchObject({
      CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowMethods: ["GET"], MaxAge: 60 },
      Tags: { team: "blue" },
      DisableExecuteApiEndpoint: true,
    });
    const parts = await partsOf(again.ApiId ?? "");
    expect(parts.routes).toEqual(EXPECTED_ROUTES);
    expect(parts.authorizers).toEqual((await partsOf(ApiId)).authorizers);
    expect(parse(await exported(ApiId, { OutputType: "YAML" }))).toEqual(JSON.parse(text));
  });

  it("writes a stage as it was deployed, without extensions where none are wanted", async () => {
    const { ApiId = "" } = await gateway.importApi({ Body: DEFINITION });
    const { DeploymentId } = await gateway.createDeployment({ ApiId });
    await gateway.createStage({ ApiId, StageName: "dev", DeploymentId });
    await gateway.createRoute({ ApiId, RouteKey: "GET /later" });
    const deployed: unknown = JSON.parse(await exported(ApiId, { StageName: "dev" }));
    expect(deployed).toMatchObject({ servers: [{ url: expect.stringMatching(/\/dev$/) }] });
    expect(deployed).not.toHaveProperty(["paths", "/later"]);
    expect(JSON.parse(await exported(ApiId))).toHaveProperty(["paths", "/later"]);
    expect(await exported(ApiId, { IncludeExtensions: false })).not.toContain("x-amazon-apigateway-integration");
    for (const settings of [{ Specification: "OAS20" }, { OutputType: "XML" }, { ExportVersion: "2.0" }]) {
      await expect(exported(ApiId, settings)).rejects.toMatchObject({ name: "BadRequestException" });
    }
  });
});
