/** The draft of a REST API tried out, without a deployment. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { proxyTo, startRestApis, uriOf, type RestApis } from "./rest-api-fixture.ts";

let world: RestApis;
let restApiId: string;
const resources = new Map<string | undefined, string>();
beforeAll(async () => {
  world = await startRestApis();
  await world.functionOf("echo", "return { statusCode: 201, headers: { A: '1' }, body: JSON.stringify(event) };");
  await world.functionOf(
    "judge",
    'if (event.authorizationToken === "nobody") throw new Error("Unauthorized"); if (event.authorizationToken === "odd") return 1; return { principalId: "ann", context: { a: 1 }, policyDocument: { Version: "2012-10-17", Statement: [] } };',
  );
  const guard = {
    type: "apiKey",
    in: "header",
    name: "Token",
    "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: uriOf("judge") },
  };
  const document = {
    openapi: "3.0.1",
    info: { title: "draft", version: "1" },
    components: { securitySchemes: { guard } },
    paths: {
      "/pets/{id}": {
        post: {
          responses: {},
          security: [{ guard: [] }],
          "x-amazon-apigateway-integration": proxyTo(uriOf("${stageVariables.name}")),
        },
      },
      "/none": { get: { responses: {}, "x-amazon-apigateway-integration": proxyTo(uriOf("none")) } },
    },
  };
  ({ id: restApiId = "" } = await world.gateway.importRestApi({ body: Buffer.from(JSON.stringify(document)) }));
  const { items = [] } = await world.gateway.getResources({ restApiId });
  for (const { path, id = "" } of items) resources.set(path, id);
});
afterAll(() => world.close());

it("a method is asked as its stage would ask it, without its authorizer", async () => {
  const answer = await world.gateway.testInvokeMethod({
    restApiId,
    resourceId: resources.get("/pets/{id}"),
    httpMethod: "POST",
    pathWithQueryString: "/pets/a%20b?q=1",
    headers: { "X-One": "1" },
    multiValueHeaders: { "X-Two": ["a", "b"] },
    body: "hello",
    stageVariables: { name: "echo" },
  });
  expect(answer).toMatchObject({ status: 201, headers: { A: "1" }, multiValueHeaders: { A: ["1"] } });
  expect(JSON.parse(answer.body ?? "")).toMatchObject({
    resource: "/pets/{id}",
    httpMethod: "POST",
    pathParameters: { id: "a b" },
    queryStringParameters: { q: "1" },
    multiValueHeaders: { "X-One": ["1"], "X-Two": ["a", "b"] },
    stageVariables: { name: "echo" },
    body: "hello",
    requestContext: { stage: "test-invoke-stage", apiId: restApiId },
  });
  expect(answer.log).toMatch(/^Execution log for request [\w-]+\nThu Jan 01 00:00:00 UTC 2026 : /);
  expect(answer.log).toContain(" : Method request body before transformations: hello\n");
  expect(answer.log).toContain(" : Method completed with status: 201\n");
});

it("a method that does not work tells why", async () => {
  const where = { restApiId, resourceId: resources.get("/none"), httpMethod: "GET" };
  const answer = await world.gateway.testInvokeMethod(where);
  expect(answer).toMatchObject({ status: 500, body: '{"message":"Internal server error"}' });
  expect(answer.log).toContain("Execution failed due to configuration error: ");
  await expect(world.gateway.testInvokeMethod({ ...where, httpMethod: "PUT" })).rejects.toThrow(
    "Invalid Method identifier specified",
  );
});

it("an authorizer tells what it decides, and what a client would be answered", async () => {
  const { items = [] } = await world.gateway.getAuthorizers({ restApiId });
  const ask = (Token?: string) =>
    world.gateway.testInvokeAuthorizer({
      restApiId,
      authorizerId: items[0]?.id,
      headers: Token === undefined ? {} : { Token },
    });
  expect(await ask("good")).toMatchObject({
    clientStatus: 0,
    principalId: "ann",
    policy: '{"Version":"2012-10-17","Statement":[]}',
    authorization: { a: ["1"] },
  });
  expect(await ask()).toMatchObject({ clientStatus: 401 });
  expect(await ask("nobody")).toMatchObject({ clientStatus: 401 });
  const odd = await ask("odd");
  expect(odd).toMatchObject({ clientStatus: 500 });
  expect(odd.log).toContain("Invalid JSON in response");
});

it("what is not there answers an error that names it", async () => {
  const answers = [
    world.gateway.getVpcLinks({}),
    world.gateway.generateClientCertificate({}),
    world.gateway.getDocumentationParts({ restApiId }),
    world.gateway.getSdk({ restApiId, stageName: "dev", sdkType: "javascript" }),
    world.gateway.getModelTemplate({ restApiId, modelName: "Empty" }),
  ];
  const names = ["GetVpcLinks", "GenerateClientCertificate", "GetDocumentationParts", "GetSdk", "GetModelTemplate"];
  const told = await Promise.allSettled(answers);
  for (const [index, one] of told.entries()) {
    expect(one).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining(names[index] ?? "") } });
  }
});
