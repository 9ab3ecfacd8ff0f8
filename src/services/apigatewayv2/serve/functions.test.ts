/** Functions behind HTTP APIs: what they are told in both payload formats, what becomes of what they answer, and of their failures. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHttpApis, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
let echo: string;
// One cloud for all: every test has an API of its own.
beforeAll(async () => {
  world = await startHttpApis();
  echo = await world.functionOf("echo", "return event;");
});
afterAll(() => world.close());

const NOW = Date.UTC(2026, 0, 1);

describe("payload format 2.0", () => {
  it("tells everything of a request as AWS does", async () => {
    const { gateway } = world;
    const api = await world.apiOf([{ RouteKey: "POST /pets/{id}/{rest+}", to: echo }], { name: "dev" });
    await gateway.updateStage({ ApiId: api, StageName: "dev", StageVariables: { mode: "test" } });
    const answer = await world.ask(api, "/dev/pets/a%20b/c/d?q=1&q=2&empty=&x=%C3%A4", {
      method: "POST",
      headers: {
        cookie: "a=1; b=2",
        "content-type": "application/json",
        "user-agent": "me/1",
        "X-Twice": ["1", "2"],
        "x-forwarded-for": "192.0.2.1",
      },
      body: '{"ä":1}',
    });
    expect(answer.status).toBe(200);
    const requestId = answer.headers["apigw-requestid"];
    expect(requestId).toMatch(/^[\w-]{15}=$/);
    const domainName = `${api}.execute-api.us-east-1.amazonaws.com`;
    expect(answer.json()).toEqual({
      version: "2.0",
      routeKey: "POST /pets/{id}/{rest+}",
      rawPath: "/dev/pets/a b/c/d",
      rawQueryString: "q=1&q=2&empty=&x=%C3%A4",
      cookies: ["a=1", "b=2"],
      headers: {
        "content-length": "8",
        "content-type": "application/json",
        host: domainName,
        "user-agent": "me/1",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/),
        "x-forwarded-for": "192.0.2.1, 127.0.0.1",
        "x-forwarded-port": "80",
        "x-forwarded-proto": "http",
        "x-twice": "1,2",
      },
      queryStringParameters: { q: "1,2", empty: "", x: "ä" },
      requestContext: {
        accountId: "000000000000",
        apiId: api,
        domainName,
        domainPrefix: api,
        http: {
          method: "POST",
          path: "/dev/pets/a b/c/d",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "me/1",
        },
        requestId,
        routeKey: "POST /pets/{id}/{rest+}",
        stage: "dev",
        time: "01/Jan/2026:00:00:00 +0000",
        timeEpoch: NOW,
      },
      pathParameters: { id: "a b", rest: "c/d" },
      stageVariables: { mode: "test" },
      body: '{"ä":1}',
      isBase64Encoded: false,
    });
  });

  it("leaves out what a request does not have", async () => {
    const api = await world.apiOf([{ RouteKey: "$default", to: echo }]);
    const event = (await world.ask(api, "/any/where")).json();
    expect(Object.keys(event ?? {})).toEqual([
      "version",
      "routeKey",
      "rawPath",
      "rawQueryString",
      "headers",
      "requestContext",
      "isBase64Encoded",
    ]);
    expect(event).toMatchObject({ routeKey: "$default", rawPath: "/any/where", rawQueryString: "" });
  });

  it("hands bytes on in base64, and text as it is", async () => {
    const api = await world.apiOf([{ RouteKey: "$default", to: echo }]);
    const told = async (type: string, body: Uint8Array) => {
      const asked = { method: "POST", headers: { "content-type": type }, body };
      return (await world.ask(api, "/", asked)).json();
    };
    const bytes = Buffer.from([0, 255, 128]);
    expect(await told("image/png", bytes)).toMatchObject({ body: bytes.toString("base64"), isBase64Encoded: true });
    expect(await told("application/x-www-form-urlencoded", Buffer.from("a=b"))).toMatchObject({
      body: Buffer.from("a=b").toString("base64"),
      isBase64Encoded: true,
    });
    for (const type of ["text/plain; charset=utf-8", "application/json", "application/problem+json"]) {
      expect(await told(type, Buffer.from("ä"))).toMatchObject({ body: "ä", isBase64Encoded: false });
    }
  });
});

describe("payload format 1.0", () => {
  it("tells everything of a request as AWS does", async () => {
    const api = await world.apiOf([{ RouteKey: "ANY /pets/{id}", to: echo, format: "1.0" }], { name: "dev" });
    // What is echoed has no statusCode, which this format needs.
    const wrapped = await world.functionOf("wrapped", "return { statusCode: 200, body: JSON.stringify(event) };");
    const { Items = [] } = await world.gateway.getIntegrations({ ApiId: api });
    const IntegrationId = Items[0]?.IntegrationId ?? "";
    await world.gateway.updateIntegration({ ApiId: api, IntegrationId, IntegrationUri: wrapped });
    const answer = await world.ask(api, "/dev/pets/1?q=1&q=2", {
      headers: { cookie: "a=1; b=2", "user-agent": "me/1", "X-Twice": ["1", "2"] },
    });
    const requestId = answer.headers["apigw-requestid"];
    const domainName = `${api}.execute-api.us-east-1.amazonaws.com`;
    const traceId = expect.stringMatching(/^Root=1-/);
    const headers = {
      "content-length": "0",
      cookie: "a=1; b=2",
      host: domainName,
      "user-agent": "me/1",
      "x-amzn-trace-id": traceId,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-port": "80",
      "x-forwarded-proto": "http",
    };
    expect(answer.json()).toEqual({
      version: "1.0",
      resource: "/pets/{id}",
      path: "/dev/pets/1",
      httpMethod: "GET",
      headers: { ...headers, "x-twice": "2" },
      multiValueHeaders: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
        "x-twice": ["1", "2"],
      },
      queryStringParameters: { q: "2" },
      multiValueQueryStringParameters: { q: ["1", "2"] },
      requestContext: {
        accountId: "000000000000",
        apiId: api,
        domainName,
        domainPrefix: api,
        extendedRequestId: requestId,
        httpMethod: "GET",
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAmr: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: "127.0.0.1",
          user: null,
          userAgent: "me/1",
          userArn: null,
        },
        path: "/dev/pets/1",
        protocol: "HTTP/1.1",
        requestId,
        requestTime: "01/Jan/2026:00:00:00 +0000",
        requestTimeEpoch: NOW,
        resourceId: "ANY /pets/{id}",
        resourcePath: "/pets/{id}",
        stage: "dev",
      },
      pathParameters: { id: "1" },
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    });
  });

  it("has headers of several values, and needs a status", async () => {
    const fn = await world.functionOf(
      "one",
      `return event.path === "/bare" ? { message: "hi" } : {
        statusCode: 201, headers: { "x-one": "1", "x-two": "never" }, multiValueHeaders: { "x-two": ["a", "b"], "set-cookie": ["c=1", "d=2"] }, body: "aGk=", isBase64Encoded: true };`,
    );
    const api = await world.apiOf([{ RouteKey: "$default", to: fn, format: "1.0" }]);
    const answer = await world.ask(api, "/");
    expect(answer).toMatchObject({ status: 201, body: "hi" });
    expect(answer.headers).toMatchObject({ "x-one": "1", "x-two": "a, b", "set-cookie": ["c=1", "d=2"] });
    const bare = await world.ask(api, "/bare");
    expect([bare.status, bare.body]).toEqual([500, '{"message":"Internal Server Error"}']);
  });
});

describe("what a function answers", () => {
  let api: string;
  beforeAll(async () => {
    const fn = await world.functionOf("answers", `return JSON.parse(event.body)`);
    api = await world.apiOf([{ RouteKey: "POST /", to: fn }]);
  });
  const given = (value: unknown) =>
    world.ask(api, "/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(value),
    });

  it("is the body of a 200 where it has no statusCode", async () => {
    for (const [value, body] of [
      [{ a: 1 }, '{"a":1}'],
      [[1, 2], "[1,2]"],
      ["text", "text"],
      [7, "7"],
    ]) {
      const answer = await given(value);
      expect([answer.status, answer.body, answer.headers["content-type"]]).toEqual([200, body, "application/json"]);
    }
  });

  it("may be a whole reply, with cookies", async () => {
    const answer = await given({
      statusCode: 404,
      headers: { "Content-Type": "text/html", "X-Number": 7 },
      cookies: ["a=1; Secure", "b=2"],
      body: "<p>",
    });
    expect(answer).toMatchObject({ status: 404, body: "<p>" });
    expect(answer.headers).toMatchObject({
      "content-type": "text/html",
      "x-number": "7",
      "set-cookie": ["a=1; Secure", "b=2"],
    });
    const plain = await given({ statusCode: "200", body: "hi" });
    expect([plain.status, plain.headers["content-type"]]).toEqual([200, "text/plain;charset=UTF-8"]);
    expect((await given({ statusCode: 204 })).status).toBe(204);
  });

  it("is an internal server error where it is no reply", async () => {
    for (const value of [{ statusCode: "no" }, { statusCode: 99 }, { statusCode: 200, headers: "no" }]) {
      const answer = await given(value);
      expect([value, answer.status, answer.body]).toEqual([value, 500, '{"message":"Internal Server Error"}']);
    }
  });
});

describe("what goes wrong", () => {
  const SERVER_ERROR = { status: 500, body: '{"message":"Internal Server Error"}' };

  it("a function that throws, or is not there, is an internal server error", async () => {
    const throws = await world.functionOf("throws", "throw new Error('no');");
    const api = await world.apiOf([
      { RouteKey: "GET /throws", to: throws },
      { RouteKey: "GET /missing", to: `${throws}-not` },
    ]);
    for (const path of ["/throws", "/missing"]) {
      const answer = await world.ask(api, path);
      expect(answer).toMatchObject(SERVER_ERROR);
      expect(answer.headers["content-type"]).toBe("application/json");
    }
  });

  it("a function's policy must let this API call it, by its ARN", async () => {
    const shut = await world.functionOf("shut", "return 'open';", true);
    const api = await world.apiOf([{ RouteKey: "GET /pets/{id}", to: shut }], { name: "dev" });
    expect(await world.ask(api, "/dev/pets/1")).toMatchObject(SERVER_ERROR);
    const allow = (id: string, path: string) =>
      world.lambda.addPermission({
        FunctionName: "shut",
        StatementId: id,
        Principal: "apigateway.amazonaws.com",
        Action: "lambda:InvokeFunction",
        SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${path}`,
      });
    await allow("other-api", "otherapi12/*");
    await allow("other-method", `${api}/*/POST/pets/*`);
    await allow("other-stage", `${api}/prod/*`);
    expect(await world.ask(api, "/dev/pets/1")).toMatchObject(SERVER_ERROR);
    await allow("this", `${api}/*/GET/pets/{id}`);
    expect(await world.ask(api, "/dev/pets/1")).toMatchObject({ status: 200, body: "open" });
  });

  it("a function that takes longer than the integration may is not waited for", async () => {
    const slow = await world.functionOf("slow", "await new Promise((done) => setTimeout(done, 3000)); return 'late';");
    const api = await world.apiOf([{ RouteKey: "GET /", to: slow }]);
    const { Items = [] } = await world.gateway.getIntegrations({ ApiId: api });
    const IntegrationId = Items[0]?.IntegrationId ?? "";
    await world.gateway.updateIntegration({ ApiId: api, IntegrationId, TimeoutInMillis: 50 });
    expect(await world.ask(api, "/")).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
  });

  it("a body of more than 10 MB is too large", async () => {
    const api = await world.apiOf([{ RouteKey: "POST /", to: echo }]);
    const body = Buffer.alloc(10 * 2 ** 20 + 1, "x");
    const answer = await world.ask(api, "/", { method: "POST", body });
    expect(answer).toMatchObject({ status: 413, body: '{"message":"Request Entity Too Large"}' });
  });

  it("credentials are a role that must trust API Gateway and be allowed to invoke", async () => {
    const shut = await world.functionOf("by-role", "return 'by role';", true);
    const api = await world.apiOf([{ RouteKey: "GET /", to: shut }]);
    const { Items = [] } = await world.gateway.getIntegrations({ ApiId: api });
    const IntegrationId = Items[0]?.IntegrationId ?? "";
    const CredentialsArn = "arn:aws:iam::000000000000:role/gateway";
    await world.gateway.updateIntegration({ ApiId: api, IntegrationId, CredentialsArn });
    expect(await world.ask(api, "/")).toMatchObject(SERVER_ERROR);
    const { IAM } = await import("@aws-sdk/client-iam");
    const iam = new IAM(world.cloud.client());
    const statement = { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await iam.createRole({ RoleName: "gateway", AssumeRolePolicyDocument });
    expect(await world.ask(api, "/")).toMatchObject(SERVER_ERROR);
    const allowed = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: shut };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [allowed] });
    await iam.putRolePolicy({ RoleName: "gateway", PolicyName: "invoke", PolicyDocument });
    iam.destroy();
    expect(await world.ask(api, "/")).toMatchObject({ status: 200, body: "by role" });
  });
});
