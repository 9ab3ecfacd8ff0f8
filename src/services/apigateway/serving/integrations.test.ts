/** What integrations may say besides: as whom a function is called, whether anybody waits for it, and what is text and what bytes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proxyTo, startRestApis, uriOf, type RestApis } from "../rest-api-fixture.ts";

let world: RestApis;
beforeAll(async () => {
  world = await startRestApis();
  await world.functionOf("shut", "return { statusCode: 200, body: 'in' };", true);
  await world.functionOf("echo", "return { got: event };");
});
afterAll(() => world.close());

/** A role that API Gateway may assume, and what it may do. */
async function roleOf(RoleName: string, Service: string, Action: string): Promise<string> {
  const document = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const AssumeRolePolicyDocument = document({ Principal: { Service }, Action: "sts:AssumeRole" });
  const { Role } = await world.iam.createRole({ RoleName, AssumeRolePolicyDocument });
  const PolicyDocument = document({ Action, Resource: "*" });
  await world.iam.putRolePolicy({ RoleName, PolicyName: "own", PolicyDocument });
  return Role?.Arn ?? "";
}

describe("a function is called as the integration's role", () => {
  const apiAs = (credentials: string) =>
    world.apiOf({ paths: { "/": { get: { to: { ...proxyTo(uriOf("shut")), credentials } } } } });
  const status = async (credentials: string) => (await world.ask(await apiAs(credentials), "/")).status;

  it("where the role may call it", async () => {
    expect(await status(await roleOf("caller", "apigateway.amazonaws.com", "lambda:InvokeFunction"))).toBe(200);
  });

  it("and not where the role may not, or may not be assumed, or is not there", async () => {
    expect(await status(await roleOf("idle", "apigateway.amazonaws.com", "s3:*"))).toBe(500);
    expect(await status(await roleOf("strange", "lambda.amazonaws.com", "lambda:InvokeFunction"))).toBe(500);
    expect(await status("arn:aws:iam::000000000000:role/none")).toBe(500);
  });

  it("an authorizer's too", async () => {
    const policyDocument = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    const answer = JSON.stringify({ principalId: "ann", policyDocument });
    await world.functionOf("judge", `return ${answer};`, true);
    const guarded = (credentials?: string) =>
      world.apiOf({
        paths: { "/": { get: { to: { ...proxyTo(uriOf("shut")), credentials: ROLE }, security: [{ guard: [] }] } } },
        document: {
          components: {
            securitySchemes: {
              guard: {
                type: "apiKey",
                in: "header",
                name: "Token",
                "x-amazon-apigateway-authorizer": {
                  type: "token",
                  authorizerUri: uriOf("judge"),
                  authorizerCredentials: credentials,
                },
              },
            },
          },
        },
      });
    const ROLE = await roleOf("judging", "apigateway.amazonaws.com", "lambda:InvokeFunction");
    const ask = async (api: string) => (await world.ask(api, "/", { headers: { Token: "a" } })).status;
    expect(await ask(await guarded())).toBe(500);
    expect(await ask(await guarded(ROLE))).toBe(200);
  });
});

const mapped = (more: object, responses: object = { default: { statusCode: "200" } }) => ({
  type: "aws",
  httpMethod: "POST",
  uri: uriOf("echo"),
  responses,
  ...more,
});

it("a function that nobody waits for is called all the same", async () => {
  const api = await world.apiOf({
    paths: {
      "/": {
        post: {
          to: mapped(
            { requestParameters: { "integration.request.header.x-amz-invocation-type": "'Event'" } },
            { default: { statusCode: "202" } },
          ),
        },
      },
    },
  });
  expect(await world.ask(api, "/", { method: "POST", body: "{}" })).toMatchObject({ status: 202, body: "" });
});

describe("a binary body", () => {
  const document = { "x-amazon-apigateway-binary-media-types": ["image/png"] };
  const PNG = Buffer.from([1, 2, 255]);

  it("becomes base64 where the integration wants text, and base64 becomes bytes where the response does", async () => {
    const template = '{"b": "$input.body"}';
    const api = await world.apiOf({
      document,
      paths: {
        "/": {
          post: {
            to: mapped(
              { contentHandling: "CONVERT_TO_TEXT", requestTemplates: { "image/png": template } },
              {
                default: {
                  statusCode: "200",
                  contentHandling: "CONVERT_TO_BINARY",
                  responseTemplates: { "image/png": "$input.path('$.got.b')" },
                },
              },
            ),
          },
        },
      },
    });
    const headers = { "content-type": "image/png", accept: "image/png" };
    const answer = await world.ask(api, "/", { method: "POST", body: PNG, headers });
    expect(answer.headers["content-type"]).toBe("image/png");
    expect(answer.bytes).toEqual(PNG);
  });
});

it("an integration with a service that API Gateway here does not call is an internal error that the log explains", async () => {
  const uri = "arn:aws:apigateway:us-east-1:sqs:action/SendMessage";
  const api = await world.apiOf({ paths: { "/": { post: { to: mapped({ uri }) } } } });
  expect(await world.ask(api, "/", { method: "POST", body: "{}" })).toMatchObject({ status: 500 });
  const { items = [] } = await world.gateway.getResources({ restApiId: api });
  const where = { restApiId: api, resourceId: items[0]?.id, httpMethod: "POST" };
  expect((await world.gateway.testInvokeMethod(where)).log).toContain("not sqs SendMessage");
});
