/** Functions behind REST APIs: what they are told, what they may answer, and who may call them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proxyTo, startRestApis, uriOf, type RestApis } from "../rest-api-fixture.ts";

let world: RestApis;
let api: string;
beforeAll(async () => {
  world = await startRestApis();
  const echo = await world.functionOf("echo", "return { statusCode: 200, body: JSON.stringify(event) };");
  const say = await world.functionOf("say", "return JSON.parse(event.body);");
  const fail = await world.functionOf("fail", 'throw new Error("broken");');
  const shut = await world.functionOf("shut", "return { statusCode: 200 };", true);
  const own = await world.functionOf(
    "own",
    'if (event.kind === "bad") throw new Error("Bad: " + event.kind); return { got: event, list: [1, 2] };',
  );
  api = await world.apiOf({
    document: { "x-amazon-apigateway-binary-media-types": ["image/png"] },
    stage: { variables: { name: "echo" } },
    paths: {
      "/": { get: { to: proxyTo(echo) } },
      "/pets/{id}": { any: { to: proxyTo(echo) }, get: { to: proxyTo(echo) } },
      "/files/{proxy+}": { any: { to: proxyTo(echo) } },
      "/say": { post: { to: proxyTo(say) } },
      "/fail": { get: { to: proxyTo(fail) } },
      "/shut": { get: { to: proxyTo(shut) } },
      "/none": { get: { to: proxyTo(uriOf("none")) } },
      "/variable": { get: { to: proxyTo(uriOf("${stageVariables.name}")) } },
      "/own/{id}": {
        post: {
          to: {
            type: "aws",
            httpMethod: "POST",
            uri: own,
            passthroughBehavior: "never",
            requestTemplates: {
              "application/json":
                '{"id": "$input.params(\'id\')", "kind": $input.json(\'$.kind\'), "q": "$util.escapeJavaScript($input.params().querystring.q)", "stage": "$context.stage", "name": "$stageVariables.name"}',
            },
            responses: {
              default: {
                statusCode: "200",
                responseParameters: { "method.response.header.X-First": "integration.response.body.list[0]" },
                responseTemplates: {
                  "application/json":
                    '#set($root = $input.path("$"))[#foreach($n in $root.list)$n#if($foreach.hasNext), #end#end, "$root.got.id", "$root.got.kind", "$util.urlEncode($root.got.q)", "$root.got.stage", "$root.got.name"]',
                },
              },
              "Bad: .*": {
                statusCode: "400",
                responseTemplates: { "application/json": '{"why": $input.json("$.errorMessage")}' },
              },
            },
          },
        },
      },
    },
  });
});
afterAll(() => world.close());

const REFUSED = '{"message":"Internal server error"}';
const say = (reply: unknown, headers = {}) =>
  world.ask(api, "/say", { method: "POST", body: JSON.stringify(reply), headers });

describe("a function behind a proxy integration", () => {
  it("is told all of the request", async () => {
    const answer = await world.ask(api, "/pets/a%20b?q=1&q=2&e=", {
      headers: { "X-One": "1", "X-Two": ["a", "b"], "User-Agent": "test" },
    });
    expect(answer.json()).toMatchObject({
      resource: "/pets/{id}",
      path: "/pets/a%20b",
      httpMethod: "GET",
      headers: { "X-One": "1", "X-Two": "b", "X-Forwarded-Proto": expect.any(String), Host: expect.any(String) },
      multiValueHeaders: { "X-One": ["1"], "X-Two": ["a", "b"] },
      queryStringParameters: { q: "2", e: "" },
      multiValueQueryStringParameters: { q: ["1", "2"], e: [""] },
      pathParameters: { id: "a b" },
      stageVariables: { name: "echo" },
      requestContext: {
        resourcePath: "/pets/{id}",
        httpMethod: "GET",
        path: "/dev/pets/a%20b",
        accountId: "000000000000",
        protocol: "HTTP/1.1",
        stage: "dev",
        apiId: api,
        domainPrefix: api,
        domainName: `${api}.execute-api.us-east-1.amazonaws.com`,
        requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.any(Number),
        requestId: answer.headers["x-amzn-requestid"],
        extendedRequestId: answer.headers["x-amz-apigw-id"],
        identity: { userAgent: "test", sourceIp: expect.any(String), userArn: null },
      },
      body: null,
      isBase64Encoded: false,
    });
  });

  it("is told nulls for what a request does not have", async () => {
    expect((await world.ask(api, "/")).json()).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
    });
  });

  it("is told the body as text, and as base64 where its type is a binary one", async () => {
    const ask = (type: string) =>
      world.ask(api, "/pets/1", { method: "POST", body: "ä", headers: { "content-type": type } });
    expect((await ask("text/plain")).json()).toMatchObject({ body: "ä", isBase64Encoded: false });
    expect((await ask("image/png")).json()).toMatchObject({ body: "w6Q=", isBase64Encoded: true });
  });

  it("has all below a greedy path, and none of what is above", async () => {
    expect((await world.ask(api, "/files/a/b.txt")).json()).toMatchObject({
      resource: "/files/{proxy+}",
      pathParameters: { proxy: "a/b.txt" },
    });
    expect(await world.ask(api, "/files")).toMatchObject({
      status: 403,
      body: '{"message":"Missing Authentication Token"}',
    });
  });

  it("answers status, headers and body", async () => {
    const answer = await say({
      statusCode: 201,
      headers: { "X-A": "1", "X-N": 5, Date: "today" },
      multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
      body: "made",
    });
    expect(answer).toMatchObject({ status: 201, body: "made" });
    expect(answer.headers).toMatchObject({
      "content-type": "application/json",
      "x-a": "1",
      "x-n": "5",
      "set-cookie": ["a=1", "b=2"],
      "x-amzn-remapped-date": "today",
    });
    expect(answer.headers["x-amzn-trace-id"]).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}$/);
  });

  it("answers bytes where the client asks for a binary type", async () => {
    const reply = { statusCode: 200, headers: { "Content-Type": "image/png" }, body: "AQI=", isBase64Encoded: true };
    expect((await say(reply, { accept: "image/png" })).bytes).toEqual(Buffer.from([1, 2]));
  });

  it.each([
    ["no object", "text"],
    ["a body that is no text", { statusCode: 200, body: { a: 1 } }],
    ["another member", { statusCode: 200, more: 1 }],
    ["a status that is none", { statusCode: "abc" }],
  ])("is a bad gateway where it answers %s", async (_, reply) => {
    expect(await say(reply)).toMatchObject({ status: 502, body: REFUSED });
  });

  it("is a bad gateway where it fails", async () => {
    const answer = await world.ask(api, "/fail");
    expect(answer).toMatchObject({ status: 502, body: REFUSED });
    expect(answer.headers["x-amzn-errortype"]).toBe("InternalServerErrorException");
  });

  it("is an internal error where it may not be called, or is not there", async () => {
    expect(await world.ask(api, "/shut")).toMatchObject({ status: 500, body: REFUSED });
    expect(await world.ask(api, "/none")).toMatchObject({ status: 500, body: REFUSED });
  });

  it("may be called where its policy names the method that asks, and no other", async () => {
    await world.lambda.addPermission({
      FunctionName: "shut",
      StatementId: "own",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${api}/*/POST/shut`,
    });
    expect(await world.ask(api, "/shut")).toMatchObject({ status: 500 });
    await world.lambda.addPermission({
      FunctionName: "shut",
      StatementId: "right",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${api}/*/GET/shut`,
    });
    expect(await world.ask(api, "/shut")).toMatchObject({ status: 200, body: "" });
  });

  it("is the one that a stage variable names", async () => {
    expect((await world.ask(api, "/variable")).json()).toMatchObject({ resource: "/variable" });
  });
});

describe("a function behind mapping templates", () => {
  const post = (kind: string, headers = {}) =>
    world.ask(api, "/own/7?q=%22", { method: "POST", body: JSON.stringify({ kind }), headers });

  it("is told what the template makes of the request, and tells what the template makes of its answer", async () => {
    const answer = await post("good");
    expect(answer.json()).toEqual([1, 2, "7", "good", "%22", "dev", "echo"]);
    expect(answer).toMatchObject({ status: 200, headers: { "x-first": "1" } });
  });

  it("has the response that its error's words select", async () => {
    expect(await post("bad")).toMatchObject({ status: 400, body: '{"why": "Bad: bad"}' });
  });

  it("is not asked with a body of another type than its templates'", async () => {
    expect(await post("good", { "content-type": "text/plain" })).toMatchObject({
      status: 415,
      body: '{"message":"Unsupported Media Type"}',
    });
  });
});
