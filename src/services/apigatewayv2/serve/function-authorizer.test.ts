/** Functions that decide who may come: by yes and no, by a policy, and how long that counts. */
import type { CreateAuthorizerCommandInput } from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTION_ARN, startHttpApis, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
let echo: string;
beforeAll(async () => {
  world = await startHttpApis();
  echo = await world.functionOf("echo", "return event.requestContext.authorizer ?? {};");
  // What comes in the header is what it answers; `event` gives its own event back; it counts its calls.
  await world.functionOf(
    "decider",
    `globalThis.calls = (globalThis.calls ?? 0) + 1;
     const given = event.headers.authorization;
     if (given === "throw") throw new Error("no");
     if (given === "event") return { isAuthorized: true, context: { event: JSON.stringify(event) } };
     if (given === "policy-event") return { principalId: "ann", policyDocument: policy("Allow", "*"), context: { event: JSON.stringify(event) } };
     if (given === "yes" || given === "no") return { isAuthorized: given === "yes", context: { calls: globalThis.calls, name: "ann", list: [1] } };
     return { principalId: "ann", policyDocument: policy(...given.split(" ")), context: { calls: globalThis.calls } };
     function policy(Effect, ...Resource) { return { Version: "2012-10-17", Statement: [{ Effect, Action: "execute-api:Invoke", Resource }] }; }`,
  );
});
afterAll(() => world.close());

async function guarded(settings: Partial<CreateAuthorizerCommandInput>, name = "$default"): Promise<string> {
  const { gateway } = world;
  const { ApiId = "" } = await gateway.createApi({ Name: "api", ProtocolType: "HTTP" });
  const { AuthorizerId } = await gateway.createAuthorizer({
    ApiId,
    Name: "decider",
    AuthorizerType: "REQUEST",
    AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}decider/invocations`,
    AuthorizerPayloadFormatVersion: "2.0",
    IdentitySource: ["$request.header.Authorization"],
    ...settings,
  });
  const guard = { AuthorizerId, AuthorizationType: "CUSTOM" as const, to: echo };
  await world.addRoute(ApiId, { ...guard, RouteKey: "GET /pets/{id}" });
  await world.addRoute(ApiId, { ...guard, RouteKey: "POST /pets/{id}" });
  await gateway.createStage({ ApiId, StageName: name, AutoDeploy: true });
  return ApiId;
}
const asking = (authorization: string, method = "GET") => ({ method, headers: { authorization } });
const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

describe("a Lambda authorizer", () => {
  it("with simple responses says yes or no, and tells the function what it likes", async () => {
    const api = await guarded({ EnableSimpleResponses: true });
    const answer = await world.ask(api, "/pets/1", asking("yes"));
    expect(answer.json()).toEqual({ lambda: { calls: expect.any(Number), name: "ann", list: [1] } });
    expect(await world.ask(api, "/pets/1", asking("no"))).toMatchObject(FORBIDDEN);
  });

  it("is told of the request in format 2.0, without its body", async () => {
    const api = await guarded({ EnableSimpleResponses: true }, "dev");
    const { lambda } = Object(
      (await world.ask(api, "/dev/pets/1?q=1", { ...asking("event", "POST"), body: "never" })).json(),
    );
    const event: unknown = JSON.parse(lambda.event);
    expect(event).toMatchObject({
      version: "2.0",
      type: "REQUEST",
      routeArn: `arn:aws:execute-api:us-east-1:000000000000:${api}/dev/POST/pets/1`,
      identitySource: ["event"],
      routeKey: "POST /pets/{id}",
      rawPath: "/dev/pets/1",
      rawQueryString: "q=1",
      headers: { authorization: "event" },
      queryStringParameters: { q: "1" },
      requestContext: { http: { method: "POST" }, stage: "dev" },
      pathParameters: { id: "1" },
    });
    expect(event).not.toHaveProperty("body");
  });

  it("is told of the request in format 1.0", async () => {
    const sources = ["$request.header.Authorization", "$request.querystring.q"];
    const api = await guarded({ AuthorizerPayloadFormatVersion: "1.0", IdentitySource: sources });
    const { lambda } = Object((await world.ask(api, "/pets/1?q=1", asking("policy-event"))).json());
    expect(JSON.parse(lambda.event)).toMatchObject({
      version: "1.0",
      type: "REQUEST",
      methodArn: `arn:aws:execute-api:us-east-1:000000000000:${api}/$default/GET/pets/1`,
      identitySource: "policy-event,1",
      authorizationToken: "policy-event,1",
      resource: "/pets/{id}",
      path: "/pets/1",
      httpMethod: "GET",
      requestContext: { stage: "$default" },
    });
  });

  it("with a policy allows what the policy allows", async () => {
    const api = await guarded({});
    const arn = `arn:aws:execute-api:us-east-1:000000000000:${api}/$default`;
    expect((await world.ask(api, "/pets/1", asking(`Allow ${arn}/GET/pets/*`))).status).toBe(200);
    expect(await world.ask(api, "/pets/1", asking(`Allow ${arn}/POST/pets/*`))).toMatchObject(FORBIDDEN);
    expect(await world.ask(api, "/pets/1", asking(`Allow ${arn}/GET/pets/2`))).toMatchObject(FORBIDDEN);
    expect(await world.ask(api, "/pets/1", asking("Deny *"))).toMatchObject(FORBIDDEN);
  });

  it("that fails, or answers no decision, is an internal server error", async () => {
    const failed = { status: 500, body: '{"message":"Internal Server Error"}' };
    const simple = await guarded({ EnableSimpleResponses: true });
    expect(await world.ask(simple, "/pets/1", asking("throw"))).toMatchObject(failed);
    expect(await world.ask(simple, "/pets/1", asking("Allow *"))).toMatchObject(failed);
    const byPolicy = await guarded({});
    expect(await world.ask(byPolicy, "/pets/1", asking("yes"))).toMatchObject(failed);
    await world.functionOf("shut", "return { isAuthorized: true }", true);
    const shut = await guarded({ EnableSimpleResponses: true, AuthorizerUri: `${FUNCTION_ARN}shut` });
    expect(await world.ask(shut, "/pets/1", asking("yes"))).toMatchObject(failed);
    await world.lambda.addPermission({
      FunctionName: "shut",
      StatementId: "api",
      Principal: "apigateway.amazonaws.com",
      Action: "lambda:InvokeFunction",
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${shut}/authorizers/*`,
    });
    expect((await world.ask(shut, "/pets/1", asking("yes"))).status).toBe(200);
  });

  it("is not asked where an identity source is missing", async () => {
    const api = await guarded({
      EnableSimpleResponses: true,
      IdentitySource: ["$request.header.Authorization", "$request.querystring.key", "$context.identity.sourceIp"],
    });
    const refused = { status: 401, body: '{"message":"Unauthorized"}' };
    expect(await world.ask(api, "/pets/1", asking("yes"))).toMatchObject(refused);
    expect(await world.ask(api, "/pets/1?key=", asking("yes"))).toMatchObject(refused);
    expect((await world.ask(api, "/pets/1?key=1", asking("yes"))).status).toBe(200);
  });

  it("is asked again when what it decided has become too old, or was reset", async () => {
    const api = await guarded({ EnableSimpleResponses: true, AuthorizerResultTtlInSeconds: 300 });
    const calls = async (path = "/pets/1"): Promise<number> => {
      const { lambda } = Object((await world.ask(api, path, asking("yes"))).json());
      return lambda.calls;
    };
    const first = await calls();
    expect(await calls()).toBe(first);
    // The route makes no difference, what identifies the caller does.
    expect(await calls("/pets/2")).toBe(first);
    expect(await world.ask(api, "/pets/1", asking("no"))).toMatchObject(FORBIDDEN);
    await world.cloud.advance("299s");
    expect(await calls()).toBe(first);
    await world.cloud.advance("2s");
    const second = await calls();
    expect(second).toBeGreaterThan(first);
    await world.gateway.resetAuthorizersCache({ ApiId: api, StageName: "$default" });
    expect(await calls()).toBeGreaterThan(second);
  });
});
