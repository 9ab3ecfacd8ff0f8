/** Where a request's API key comes from, and who else sees it: authorizers, functions, and callers of the operations by their policies. */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mock, proxyTo, startRestApis, uriOf, type RestApis } from "../rest-api-fixture.ts";

let world: RestApis;
beforeAll(async () => {
  world = await startRestApis();
});
afterAll(() => world.close());

const KEY = { type: "apiKey", in: "header", name: "x-api-key" };

/** A key of a plan for the API's stage. */
async function keyFor(apiId: string, value: string): Promise<{ keyId: string; usagePlanId: string }> {
  const apiStages = [{ apiId, stage: "dev" }];
  const { id: usagePlanId = "" } = await world.gateway.createUsagePlan({ name: "plan", apiStages });
  const { id: keyId = "" } = await world.gateway.createApiKey({ name: "key", value, enabled: true });
  await world.gateway.createUsagePlanKey({ usagePlanId, keyId, keyType: "API_KEY" });
  return { keyId, usagePlanId };
}

it("an authorizer says which key a request has, where the API's source of keys is AUTHORIZER", async () => {
  const echo = await world.functionOf(
    "echo",
    "return { statusCode: 200, body: JSON.stringify(event.requestContext.identity) };",
  );
  await world.functionOf(
    "judge",
    `const Statement = [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: "*" }];
     const policyDocument = { Version: "2012-10-17", Statement };
     return { principalId: "ann", policyDocument, usageIdentifierKey: event.authorizationToken };`,
  );
  const guard = {
    type: "apiKey",
    in: "header",
    name: "Token",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
      type: "token",
      authorizerUri: uriOf("judge"),
      identitySource: "method.request.header.Token",
    },
  };
  const api = await world.apiOf({
    paths: { "/a": { get: { to: proxyTo(echo), security: [{ guard: [], key: [] }] } } },
    document: {
      components: { securitySchemes: { guard, key: KEY } },
      "x-amazon-apigateway-api-key-source": "AUTHORIZER",
    },
  });
  const value = "key-that-the-authorizer-knows";
  const { keyId } = await keyFor(api, value);
  const served = await world.ask(api, "/a", { headers: { Token: value } });
  expect(served.json()).toMatchObject({ apiKey: value, apiKeyId: keyId });
  const other = await world.ask(api, "/a", { headers: { Token: "another", "x-api-key": value } });
  expect(other).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  expect(other.headers["x-amzn-errortype"]).toBe("ForbiddenException");
});

it("a request without a key is counted for nobody, and one that a method does not ask for neither", async () => {
  const api = await world.apiOf({
    paths: { "/open": { get: { to: mock() } }, "/shut": { get: { to: mock(), security: [{ key: [] }] } } },
    document: { components: { securitySchemes: { key: KEY } } },
  });
  const value = "a-key-that-is-counted-once";
  const { keyId, usagePlanId } = await keyFor(api, value);
  const headers = { "x-api-key": value };
  expect(await world.ask(api, "/open", { headers })).toMatchObject({ status: 200 });
  expect(await world.ask(api, "/shut")).toMatchObject({ status: 403 });
  expect(await world.ask(api, "/shut", { headers })).toMatchObject({ status: 200 });
  const day = new Date(world.cloud.now()).toISOString().slice(0, 10);
  const { items } = await world.gateway.getUsage({ usagePlanId, startDate: day, endDate: day });
  expect(items).toEqual({ [keyId]: [[1, 0]] });
});

it("keys, plans and domain names have tags", async () => {
  const { gateway } = world;
  const { id: key } = await gateway.createApiKey({ name: "tagged", tags: { a: "1" } });
  const { id: plan } = await gateway.createUsagePlan({ name: "tagged", tags: { a: "1" } });
  const certificateArn = "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d";
  await gateway.createDomainName({ domainName: "tagged.example.com", certificateArn, tags: { a: "1" } });
  for (const path of [`apikeys/${key}`, `usageplans/${plan}`, "domainnames/tagged.example.com"]) {
    const resourceArn = `arn:aws:apigateway:us-east-1::/${path}`;
    await gateway.tagResource({ resourceArn, tags: { b: "2" } });
    await gateway.untagResource({ resourceArn, tagKeys: ["a"] });
    expect((await gateway.getTags({ resourceArn })).tags).toEqual({ b: "2" });
  }
});

it("a user may do with keys and plans what policies allow by their paths", async () => {
  const { cloud, gateway, iam } = world;
  await iam.createUser({ UserName: "ann" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "ann" });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const { id: apiKey } = await gateway.createApiKey({ name: "own" });
  const { id: usagePlanId } = await gateway.createUsagePlan({ name: "own" });
  const arn = `arn:aws:apigateway:us-east-1::/apikeys/${apiKey}`;
  const Statement = [
    { Effect: "Allow", Action: "apigateway:GET", Resource: arn },
    {
      Effect: "Allow",
      Action: "apigateway:POST",
      Resource: `arn:aws:apigateway:us-east-1::/usageplans/${usagePlanId}/keys`,
    },
  ];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putUserPolicy({ UserName: "ann", PolicyName: "own", PolicyDocument });
  const ann = new APIGateway(cloud.client({ credentials }));
  expect(await ann.getApiKey({ apiKey })).toMatchObject({ name: "own" });
  expect(await ann.createUsagePlanKey({ usagePlanId, keyId: apiKey, keyType: "API_KEY" })).toMatchObject({
    id: apiKey,
  });
  const denied = { name: "AccessDeniedException" };
  await expect(ann.deleteApiKey({ apiKey })).rejects.toMatchObject(denied);
  await expect(ann.getApiKeys({})).rejects.toMatchObject(denied);
  await expect(ann.getAccount({})).rejects.toMatchObject(denied);
  await expect(ann.deleteUsagePlanKey({ usagePlanId, keyId: apiKey })).rejects.toMatchObject(denied);
  ann.destroy();
});
