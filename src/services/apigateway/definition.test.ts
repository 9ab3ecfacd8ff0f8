/** What an API is made of, through the SDK: each part made, shown, changed by patches and taken away, and what is refused of it. */
import { APIGateway, type PatchOperation } from "@aws-sdk/client-api-gateway";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let gateway: APIGateway;
let restApiId: string;
let root: string;
beforeEach(async () => {
  cloud = await startCloud();
  gateway = new APIGateway(cloud.client());
  const api = await gateway.createRestApi({ name: "api" });
  restApiId = api.id ?? "";
  root = api.rootResourceId ?? "";
});
afterEach(async () => {
  gateway.destroy();
  await cloud.close();
});

const replace = (path: string, value?: string): PatchOperation => ({ op: "replace", path, value });
const add = (path: string, value?: string): PatchOperation => ({ op: "add", path, value });
const remove = (path: string, value?: string): PatchOperation => ({ op: "remove", path, value });

const refusal = async (work: Promise<unknown>) => {
  try {
    return { answered: await work };
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
};

const child = async (pathPart: string, parentId = root): Promise<string> =>
  (await gateway.createResource({ restApiId, parentId, pathPart })).id ?? "";

const method = async (resourceId = root, httpMethod = "GET") => {
  await gateway.putMethod({ restApiId, resourceId, httpMethod, authorizationType: "NONE" });
  return { restApiId, resourceId, httpMethod };
};

const FUNCTION =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations";

describe("a resource", () => {
  it("has the path of where it hangs, and takes what is below along", async () => {
    const pets = await child("pets");
    const pet = await child("{id}", pets);
    expect(await gateway.getResource({ restApiId, resourceId: pet })).toMatchObject({
      id: pet,
      parentId: pets,
      pathPart: "{id}",
      path: "/pets/{id}",
    });
    await gateway.updateResource({ restApiId, resourceId: pets, patchOperations: [replace("/pathPart", "animals")] });
    const { items = [] } = await gateway.getResources({ restApiId });
    expect(new Set(items.map(({ path }) => path))).toEqual(new Set(["/", "/animals", "/animals/{id}"]));
    await gateway.deleteResource({ restApiId, resourceId: pets });
    const { items: left } = await gateway.getResources({ restApiId });
    expect(left).toMatchObject([{ path: "/" }]);
  });

  it("is shown with its methods where they are asked for", async () => {
    await method();
    expect(await gateway.getResources({ restApiId })).toMatchObject({ items: [{ resourceMethods: { GET: {} } }] });
    expect(await gateway.getResource({ restApiId, resourceId: root, embed: ["methods"] })).toMatchObject({
      resourceMethods: { GET: { httpMethod: "GET", authorizationType: "NONE", apiKeyRequired: false } },
    });
  });

  it.each([
    [
      "a name that its parent has already",
      ["a", "a"],
      "ConflictException: Another resource with the same parent already has this name: a",
    ],
    [
      "a second variable",
      ["{a}", "{b}"],
      "BadRequestException: A sibling ({a}) of this resource already has a variable path part -- only one is allowed",
    ],
    [
      "a path part with a slash",
      ["a/b"],
      "BadRequestException: Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    ],
  ])("is refused %s", async (_, parts, message) => {
    for (const part of parts.slice(0, -1)) await child(part);
    expect(await refusal(child(parts.at(-1) ?? ""))).toBe(message);
  });

  it("is refused below a greedy variable, elsewhere than in its API, and where it is the root", async () => {
    const proxy = await child("{proxy+}");
    expect(await refusal(child("a", proxy))).toBe(
      "BadRequestException: Cannot create a child of a resource with a greedy path variable.",
    );
    expect(await refusal(child("a", "none"))).toBe("NotFoundException: Invalid Resource identifier specified");
    expect(await refusal(gateway.deleteResource({ restApiId, resourceId: root }))).toMatch(/^BadRequestException/);
    const own = [replace("/parentId", proxy)];
    expect(await refusal(gateway.updateResource({ restApiId, resourceId: proxy, patchOperations: own }))).toMatch(
      /^BadRequestException/,
    );
  });
});

describe("a method", () => {
  it("is made with its responses, changed by patches and taken away", async () => {
    const where = await method();
    const validator = await gateway.createRequestValidator({ restApiId, validateRequestBody: true });
    const patchOperations = [
      replace("/apiKeyRequired", "true"),
      replace("/authorizationType", "AWS_IAM"),
      replace("/operationName", "find"),
      replace("/requestValidatorId", validator.id),
      add("/requestParameters/method.request.querystring.q", "true"),
      add("/requestModels/application~1json", "Empty"),
    ];
    expect(await gateway.updateMethod({ ...where, patchOperations })).toMatchObject({
      apiKeyRequired: true,
      authorizationType: "AWS_IAM",
      operationName: "find",
      requestParameters: { "method.request.querystring.q": true },
      requestModels: { "application/json": "Empty" },
      requestValidatorId: validator.id,
    });
    await gateway.putMethodResponse({ ...where, statusCode: "200", responseModels: { "application/json": "Error" } });
    const header = "method.response.header.X-A";
    await gateway.updateMethodResponse({
      ...where,
      statusCode: "200",
      patchOperations: [add(`/responseParameters/${header}`, "true"), remove("/responseModels/application~1json")],
    });
    expect(await gateway.getMethodResponse({ ...where, statusCode: "200" })).toMatchObject({
      statusCode: "200",
      responseParameters: { [header]: true },
    });
    await gateway.deleteMethodResponse({ ...where, statusCode: "200" });
    expect((await gateway.getMethod(where)).methodResponses).toBeUndefined();
    await gateway.deleteMethod(where);
    expect(await refusal(gateway.getMethod(where))).toBe("NotFoundException: Invalid Method identifier specified");
  });

  it("is refused twice, and with what is not there", async () => {
    const where = await method();
    const put = (more: object) =>
      refusal(
        gateway.putMethod({ restApiId, resourceId: root, httpMethod: "POST", authorizationType: "NONE", ...more }),
      );
    expect(await put({ httpMethod: "GET" })).toBe("ConflictException: Method already exists for this resource");
    expect(await put({ httpMethod: "FIND" })).toBe(
      "BadRequestException: Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
    );
    expect(await put({ authorizationType: "CUSTOM" })).toContain("requires a valid authorizer.");
    expect(await put({ authorizationType: "SOME" })).toMatch(/^BadRequestException/);
    expect(await put({ requestModels: { "application/json": "None" } })).toBe(
      "BadRequestException: Invalid model identifier specified: None",
    );
    expect(await put({ requestValidatorId: "none" })).toBe(
      "BadRequestException: Invalid Request Validator identifier specified",
    );
    expect(await put({ requestParameters: { "method.request.cookie.a": true } })).toContain(
      "Invalid mapping expression parameter specified: method.request.cookie.a",
    );
    await gateway.putMethodResponse({ ...where, statusCode: "200" });
    expect(await refusal(gateway.putMethodResponse({ ...where, statusCode: "200" }))).toBe(
      "ConflictException: Response already exists for this resource",
    );
  });

  it("is refused patches that AWS's page does not have, with those that it has", async () => {
    const where = await method();
    expect(await refusal(gateway.updateMethod({ ...where, patchOperations: [remove("/operationName")] }))).toBe(
      "BadRequestException: Invalid patch path '/operationName' specified for op 'remove'. Must be one of: [/authorizationScopes, /requestParameters/{name}, /requestModels/{name}]",
    );
  });
});

describe("an integration", () => {
  it("has what AWS fills in, is changed by patches, and has responses for those of its method", async () => {
    const where = await method();
    await gateway.putMethodResponse({
      ...where,
      statusCode: "200",
      responseParameters: { "method.response.header.X-A": true },
    });
    expect(
      await gateway.putIntegration({ ...where, type: "AWS", integrationHttpMethod: "POST", uri: FUNCTION }),
    ).toMatchObject({
      type: "AWS",
      httpMethod: "POST",
      uri: FUNCTION,
      passthroughBehavior: "WHEN_NO_MATCH",
      timeoutInMillis: 29_000,
      cacheNamespace: root,
      cacheKeyParameters: [],
    });
    const patchOperations = [
      replace("/timeoutInMillis", "50"),
      replace("/passthroughBehavior", "NEVER"),
      add("/requestTemplates/application~1json", "{}"),
      add("/requestParameters/integration.request.header.X-B", "'b'"),
    ];
    expect(await gateway.updateIntegration({ ...where, patchOperations })).toMatchObject({
      timeoutInMillis: 50,
      passthroughBehavior: "NEVER",
      requestTemplates: { "application/json": "{}" },
      requestParameters: { "integration.request.header.X-B": "'b'" },
    });
    await gateway.putIntegrationResponse({
      ...where,
      statusCode: "200",
      selectionPattern: "",
      responseParameters: { "method.response.header.X-A": "integration.response.header.A" },
    });
    await gateway.updateIntegrationResponse({
      ...where,
      statusCode: "200",
      patchOperations: [add("/responseTemplates/application~1json", "$input.body")],
    });
    expect(await gateway.getIntegration(where)).toMatchObject({
      integrationResponses: {
        "200": {
          responseParameters: { "method.response.header.X-A": "integration.response.header.A" },
          responseTemplates: { "application/json": "$input.body" },
        },
      },
    });
    await gateway.deleteIntegrationResponse({ ...where, statusCode: "200" });
    await gateway.deleteIntegration(where);
    expect(await refusal(gateway.getIntegration(where))).toBe(
      "NotFoundException: Invalid Integration identifier specified",
    );
  });

  it.each([
    [
      "a function without a method",
      { type: "AWS_PROXY", uri: FUNCTION },
      "Enumeration value for HttpMethod must be non-empty",
    ],
    [
      "what is no ARN",
      { type: "AWS_PROXY", uri: "f", integrationHttpMethod: "POST" },
      "Invalid ARN specified in the request",
    ],
    [
      "the ARN of a function itself",
      { type: "AWS", uri: "arn:aws:lambda:us-east-1:000000000000:function:f", integrationHttpMethod: "POST" },
      "AWS ARN for integration must contain path or action",
    ],
    [
      "another service as a proxy",
      { type: "AWS_PROXY", uri: "arn:aws:apigateway:us-east-1:s3:path/a", integrationHttpMethod: "GET" },
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    ],
    [
      "what is no address",
      { type: "HTTP", uri: "example", integrationHttpMethod: "GET" },
      "Invalid HTTP endpoint specified for URI",
    ],
    ["too long a time", { type: "MOCK", timeoutInMillis: 29_001 }, "Timeout should be between 50 ms and 29000 ms"],
    [
      "a parameter that its method has not",
      { type: "MOCK", requestParameters: { "integration.request.header.A": "method.request.header.A" } },
      "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.header.A]",
    ],
  ] as const)("is refused %s", async (_, given, message) => {
    const where = await method();
    expect(await refusal(gateway.putIntegration({ ...where, ...given }))).toBe(`BadRequestException: ${message}`);
  });

  it("is refused a VPC link, and a response that its method has not", async () => {
    const where = await method();
    const linked = {
      type: "HTTP" as const,
      uri: "http://a/",
      integrationHttpMethod: "GET",
      connectionType: "VPC_LINK" as const,
    };
    expect(await refusal(gateway.putIntegration({ ...where, ...linked, connectionId: "a" }))).toMatch(
      "NotImplemented: Seatrial does not support VPC links",
    );
    await gateway.putIntegration({ ...where, type: "MOCK" });
    expect(await refusal(gateway.putIntegrationResponse({ ...where, statusCode: "200" }))).toBe(
      "NotFoundException: Invalid Response status code specified",
    );
    await gateway.putMethodResponse({ ...where, statusCode: "200" });
    const responseParameters = { "method.response.header.A": "'a'" };
    expect(
      await refusal(gateway.putIntegrationResponse({ ...where, statusCode: "200", responseParameters })),
    ).toContain("Invalid mapping expression parameter specified: method.response.header.A");
  });
});

describe("a model", () => {
  it("is one name's, changed by patches, and stays while it is needed", async () => {
    const { items = [] } = await gateway.getModels({ restApiId });
    expect(items.map(({ name }) => name)).toEqual(["Empty", "Error"]);
    const given = { restApiId, name: "Pet", contentType: "application/json", schema: '{"type":"object"}' };
    await gateway.createModel(given);
    expect(await refusal(gateway.createModel(given))).toBe(
      "ConflictException: Model name already exists for this REST API",
    );
    const patchOperations = [replace("/description", "a pet"), replace("/schema", "{}")];
    await gateway.updateModel({ restApiId, modelName: "Pet", patchOperations });
    expect(await gateway.getModel({ restApiId, modelName: "Pet" })).toMatchObject({
      description: "a pet",
      schema: "{}",
    });
    const where = await method();
    const use = [add("/requestModels/application~1json", "Pet")];
    await gateway.updateMethod({ ...where, patchOperations: use });
    expect(await refusal(gateway.deleteModel({ restApiId, modelName: "Pet" }))).toBe(
      "ConflictException: Cannot delete model 'Pet', is referenced in method request: //GET",
    );
    await gateway.deleteMethod(where);
    await gateway.deleteModel({ restApiId, modelName: "Pet" });
    expect(await refusal(gateway.getModel({ restApiId, modelName: "Pet" }))).toBe(
      "NotFoundException: Invalid model name specified: Pet",
    );
  });

  it("is refused under another kind of name, and without a JSON schema", async () => {
    const make = (more: object) =>
      refusal(gateway.createModel({ restApiId, name: "A", contentType: "application/json", ...more }));
    expect(await make({ name: "a-b" })).toBe("BadRequestException: Model name must be alphanumeric");
    expect(await make({ schema: "{" })).toContain("BadRequestException: Invalid model specified");
    expect(await make({ schema: "[]" })).toContain("BadRequestException: Invalid model specified");
  });
});

describe("an authorizer", () => {
  const token = {
    name: "token",
    type: "TOKEN" as const,
    authorizerUri: FUNCTION,
    identitySource: "method.request.header.Authorization",
  };

  it("is made, changed by patches, and stays while it is needed", async () => {
    const made = await gateway.createAuthorizer({ restApiId, ...token });
    expect(made).toMatchObject({ ...token, authType: "custom", authorizerResultTtlInSeconds: 300 });
    const authorizerId = made.id ?? "";
    const patchOperations = [
      replace("/authorizerResultTtlInSeconds", "0"),
      replace("/type", "REQUEST"),
      remove("/identitySource"),
    ];
    const changed = await gateway.updateAuthorizer({ restApiId, authorizerId, patchOperations });
    expect(changed).toMatchObject({ type: "REQUEST", authorizerResultTtlInSeconds: 0 });
    expect(changed.identitySource).toBeUndefined();
    const where = { restApiId, resourceId: root, httpMethod: "GET" };
    await gateway.putMethod({ ...where, authorizationType: "CUSTOM", authorizerId });
    expect(await refusal(gateway.deleteAuthorizer({ restApiId, authorizerId }))).toMatch(/^ConflictException/);
    await gateway.deleteMethod(where);
    await gateway.deleteAuthorizer({ restApiId, authorizerId });
    expect(await gateway.getAuthorizers({ restApiId })).toMatchObject({ items: [] });
    expect(await refusal(gateway.getAuthorizer({ restApiId, authorizerId }))).toBe(
      "NotFoundException: Invalid Authorizer identifier specified",
    );
  });

  it("has scopes where it is a user pool's, added and removed one by one", async () => {
    const pool = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a";
    const { id: authorizerId } = await gateway.createAuthorizer({
      ...token,
      restApiId,
      authorizerUri: undefined,
      type: "COGNITO_USER_POOLS",
      providerARNs: [pool],
    });
    const where = { restApiId, resourceId: root, httpMethod: "GET" };
    const given = { ...where, authorizationType: "COGNITO_USER_POOLS", authorizerId, authorizationScopes: ["a"] };
    await gateway.putMethod(given);
    const patchOperations = [add("/authorizationScopes", "b"), remove("/authorizationScopes", "a")];
    expect(await gateway.updateMethod({ ...where, patchOperations })).toMatchObject({ authorizationScopes: ["b"] });
    const plain = [replace("/authorizationType", "NONE")];
    expect(await refusal(gateway.updateMethod({ ...where, patchOperations: plain }))).toMatch(/^BadRequestException/);
  });

  it.each([
    ["without a function", { authorizerUri: undefined }],
    ["without an identity source", { identitySource: undefined }],
    ["with a query parameter as a token", { identitySource: "method.request.querystring.a" }],
    ["cached for longer than an hour", { authorizerResultTtlInSeconds: 3601 }],
    ["of no user pool", { type: "COGNITO_USER_POOLS" as const }],
    ["cached by nothing", { type: "REQUEST" as const, identitySource: undefined }],
  ])("is refused %s", async (_, more) => {
    expect(await refusal(gateway.createAuthorizer({ restApiId, ...token, ...more }))).toMatch(/^BadRequestException/);
  });
});

it("a request validator is made, changed by patches, and stays while it is needed", async () => {
  const made = await gateway.createRequestValidator({ restApiId, name: "all", validateRequestBody: true });
  expect(made).toMatchObject({ name: "all", validateRequestBody: true, validateRequestParameters: false });
  const requestValidatorId = made.id ?? "";
  const patchOperations = [replace("/validateRequestParameters", "true"), replace("/name", "every")];
  await gateway.updateRequestValidator({ restApiId, requestValidatorId, patchOperations });
  expect(await gateway.getRequestValidators({ restApiId })).toMatchObject({
    items: [{ id: requestValidatorId, name: "every", validateRequestBody: true, validateRequestParameters: true }],
  });
  const where = { restApiId, resourceId: root, httpMethod: "GET" };
  await gateway.putMethod({ ...where, authorizationType: "NONE", requestValidatorId });
  expect(await refusal(gateway.deleteRequestValidator({ restApiId, requestValidatorId }))).toMatch(
    /^ConflictException/,
  );
  await gateway.updateMethod({ ...where, patchOperations: [replace("/requestValidatorId", "")] });
  await gateway.deleteRequestValidator({ restApiId, requestValidatorId });
  expect(await refusal(gateway.getRequestValidator({ restApiId, requestValidatorId }))).toBe(
    "NotFoundException: Invalid Request Validator identifier specified",
  );
});

it("a gateway response is the usual one until it is customized, and after it is taken away", async () => {
  const where = { restApiId, responseType: "THROTTLED" as const };
  const usual = await gateway.getGatewayResponse(where);
  expect(usual).toMatchObject({ statusCode: "429", defaultResponse: true });
  await gateway.putGatewayResponse({ ...where, statusCode: "503" });
  const patchOperations = [
    add("/responseParameters/gatewayresponse.header.X-A", "'a'"),
    replace("/responseTemplates/application~1json", "{}"),
  ];
  expect(await gateway.updateGatewayResponse({ ...where, patchOperations })).toMatchObject({
    statusCode: "503",
    defaultResponse: false,
    responseParameters: { "gatewayresponse.header.X-A": "'a'" },
    responseTemplates: { "application/json": "{}" },
  });
  const { items = [] } = await gateway.getGatewayResponses({ restApiId, limit: 500 });
  expect(items.filter(({ defaultResponse }) => defaultResponse === false)).toHaveLength(1);
  await gateway.deleteGatewayResponse(where);
  expect(await gateway.getGatewayResponse(where)).toMatchObject({ statusCode: "429", defaultResponse: true });
  expect(await refusal(gateway.deleteGatewayResponse(where))).toBe(
    "NotFoundException: Gateway response type not defined on api",
  );
  expect(await refusal(gateway.putGatewayResponse({ ...where, statusCode: "999" }))).toMatch(/^BadRequestException/);
});

it("a deployment is refused without methods, and with one that does nothing", async () => {
  expect(await refusal(gateway.createDeployment({ restApiId }))).toBe(
    "BadRequestException: The REST API doesn't contain any methods",
  );
  await method();
  expect(await refusal(gateway.createDeployment({ restApiId }))).toBe(
    "BadRequestException: No integration defined for method",
  );
});
