/** REST APIs from OpenAPI documents, and as such. */
import { APIGateway, type PutMode } from "@aws-sdk/client-api-gateway";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { mock, uriOf } from "./rest-api-fixture.ts";

let cloud: TestCloud;
let gateway: APIGateway;
beforeEach(async () => {
  cloud = await startCloud();
  gateway = new APIGateway(cloud.client());
});
afterEach(async () => {
  gateway.destroy();
  await cloud.close();
});

const read = (document: object | string, more: object = {}) =>
  gateway.importRestApi({
    body: Buffer.from(typeof document === "string" ? document : JSON.stringify(document)),
    ...more,
  });
const put = async (restApiId: string, mode: PutMode, document: object) =>
  gateway.putRestApi({ restApiId, mode, body: Buffer.from(JSON.stringify(document)) });
const pathsOf = async (restApiId: string) => {
  const { items = [] } = await gateway.getResources({ restApiId, embed: ["methods"] });
  return new Map(items.map(({ path, resourceMethods = {} }) => [path, resourceMethods]));
};

/** The deployed API, without what is its alone. */
async function exported(restApiId: string, exportType: string): Promise<string> {
  const stageName = "dev";
  const { id: deploymentId } = await gateway.createDeployment({ restApiId });
  await gateway.createStage({ restApiId, stageName, deploymentId }).catch(() => undefined);
  const parameters = { extensions: "apigateway" };
  const { body } = await gateway.getExport({ restApiId, stageName, exportType, parameters });
  return Buffer.from(body ?? "")
    .toString()
    .replaceAll(restApiId, "ID");
}

const DOCUMENT = {
  openapi: "3.0.1",
  info: { title: "pets", description: "all of them", version: "7" },
  components: {
    schemas: {
      Pet: { type: "object", properties: { of: { $ref: "#/components/schemas/Kind" } } },
      Kind: { type: "string" },
    },
    securitySchemes: {
      own: {
        type: "apiKey",
        name: "Token",
        in: "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
          type: "token",
          authorizerUri: uriOf("judge"),
          identitySource: "method.request.header.Token",
          authorizerResultTtlInSeconds: 0,
        },
      },
      asked: {
        type: "apiKey",
        name: "Unused",
        in: "header",
        "x-amazon-apigateway-authorizer": {
          type: "request",
          authorizerUri: uriOf("judge"),
          identitySource: "method.request.header.A, context.path",
        },
      },
      sigv4: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
      api_key: { type: "apiKey", name: "x-api-key", in: "header" },
    },
  },
  "x-amazon-apigateway-request-validators": {
    body: { validateRequestBody: true, validateRequestParameters: false },
  },
  "x-amazon-apigateway-gateway-responses": {
    DEFAULT_4XX: {
      responseParameters: { "gatewayresponse.header.X-A": "'a'" },
      responseTemplates: { "text/plain": "no" },
    },
  },
  "x-amazon-apigateway-binary-media-types": ["image/png"],
  "x-amazon-apigateway-minimum-compression-size": 10,
  "x-amazon-apigateway-api-key-source": "AUTHORIZER",
  "x-amazon-apigateway-policy": {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" }],
  },
  paths: {
    "/pets/{id}": {
      get: {
        operationId: "find",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "string" } },
          { name: "q", in: "query", required: true, schema: { type: "string" } },
        ],
        responses: {
          "200": {
            description: "200 response",
            headers: { "X-A": { schema: { type: "string" } } },
            content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
          },
        },
        security: [{ own: [] }, { api_key: [] }],
        "x-amazon-apigateway-integration": { ...mock(), passthroughBehavior: "never" },
      },
      "x-amazon-apigateway-any-method": {
        security: [{ sigv4: [] }],
        responses: {},
        "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: uriOf("echo") },
      },
    },
    "/pets": {
      post: {
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
        responses: {},
        security: [{ asked: [] }],
        "x-amazon-apigateway-request-validator": "body",
        "x-amazon-apigateway-integration": mock(),
      },
    },
  },
};

it("an imported document is the API's parts", async () => {
  const { id: restApiId = "", ...api } = await read(DOCUMENT);
  expect(api).toMatchObject({
    name: "pets",
    description: "all of them",
    version: "7",
    binaryMediaTypes: ["image/png"],
    minimumCompressionSize: 10,
    apiKeySource: "AUTHORIZER",
  });
  const { items: authorizers = [] } = await gateway.getAuthorizers({ restApiId });
  const own = authorizers.find(({ name }) => name === "own");
  expect(own).toMatchObject({ type: "TOKEN", authorizerResultTtlInSeconds: 0 });
  const paths = await pathsOf(restApiId);
  expect(new Set(paths.keys())).toEqual(new Set(["/", "/pets", "/pets/{id}"]));
  expect(paths.get("/pets/{id}")).toMatchObject({
    GET: {
      authorizationType: "CUSTOM",
      authorizerId: own?.id,
      apiKeyRequired: true,
      operationName: "find",
      requestParameters: { "method.request.path.id": true, "method.request.querystring.q": true },
      methodResponses: {
        "200": {
          responseModels: { "application/json": "Pet" },
          responseParameters: { "method.response.header.X-A": false },
        },
      },
      methodIntegration: { type: "MOCK", passthroughBehavior: "NEVER" },
    },
    ANY: { authorizationType: "AWS_IAM", methodIntegration: { type: "AWS_PROXY", uri: uriOf("echo") } },
  });
  const { items: validators = [] } = await gateway.getRequestValidators({ restApiId });
  expect(paths.get("/pets")).toMatchObject({
    POST: { requestValidatorId: validators[0]?.id, requestModels: { "application/json": "Pet" } },
  });
  expect((await gateway.getModel({ restApiId, modelName: "Pet" })).schema).toContain(
    `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Kind`,
  );
});

it.each(["oas30", "swagger"])("an exported document (%s), imported, is exported alike", async (type) => {
  const { id = "" } = await read(DOCUMENT);
  const first = await exported(id, type);
  expect(JSON.parse(first)).toMatchObject({
    paths: { "/pets/{id}": { "x-amazon-apigateway-any-method": {}, get: {} }, "/pets": { post: {} } },
  });
  const { id: again = "", warnings } = await read(first);
  expect(warnings ?? []).toEqual([]);
  expect(JSON.parse(await exported(again, type))).toEqual(JSON.parse(first));
});

it("a document is merged into an API, or takes its place", async () => {
  const one = (title: string, path: string, method = "get") => ({
    openapi: "3.0.1",
    info: { title, version: "1" },
    paths: { [path]: { [method]: { responses: {}, "x-amazon-apigateway-integration": mock() } } },
  });
  const { id = "" } = await read(one("first", "/a/b"));
  const a = (await gateway.getResources({ restApiId: id })).items?.find(({ path }) => path === "/a")?.id;
  await put(id, "merge", one("second", "/a", "post"));
  const merged = await pathsOf(id);
  expect(new Set(merged.keys())).toEqual(new Set(["/", "/a", "/a/b"]));
  expect(await gateway.getResource({ restApiId: id, resourceId: a })).toMatchObject({ resourceMethods: { POST: {} } });
  expect(await gateway.getRestApi({ restApiId: id })).toMatchObject({ name: "first" });
  await put(id, "overwrite", one("third", "/a/c"));
  const overwritten = await pathsOf(id);
  expect(new Set(overwritten.keys())).toEqual(new Set(["/", "/a", "/a/c"]));
  expect(overwritten.get("/a")).toEqual({});
  expect(await gateway.getRestApi({ restApiId: id })).toMatchObject({ name: "third" });
});

it.each([
  ["ignore", "/a"],
  ["prepend", "/v1/pets/a"],
  ["split", "/pets/a"],
])("a document's base path may be %s", async (basepath, path) => {
  const document = {
    swagger: "2.0",
    info: { title: "based", version: "1" },
    basePath: "/v1/pets",
    paths: { "/a": { get: { responses: {}, "x-amazon-apigateway-integration": mock() } } },
  };
  const { id = "" } = await read(document, { parameters: { basepath } });
  expect((await pathsOf(id)).get(path)).toHaveProperty("GET");
});

it.each([
  ["no document", "a: ["],
  ["a document of another kind", "{}"],
  [
    "an integration of another type",
    JSON.stringify({
      openapi: "3.0.1",
      info: { title: "a" },
      paths: { "/": { get: { "x-amazon-apigateway-integration": { type: "none" } } } },
    }),
  ],
  [
    "a reference to nothing",
    JSON.stringify({
      openapi: "3.0.1",
      info: { title: "a" },
      paths: { "/": { get: { parameters: [{ $ref: "#/none" }], responses: {} } } },
    }),
  ],
])("%s is refused, and leaves no API", async (_, document) => {
  await expect(read(document)).rejects.toMatchObject({
    name: "BadRequestException",
    message: expect.stringContaining("Invalid OpenAPI input"),
  });
  expect((await gateway.getRestApis({})).items).toEqual([]);
});

it("what is not kept of a document is told", async () => {
  const document = { ...DOCUMENT, "x-amazon-apigateway-documentation": { version: "1" } };
  expect((await read(document)).warnings).toEqual([expect.stringContaining("x-amazon-apigateway-documentation")]);
});
