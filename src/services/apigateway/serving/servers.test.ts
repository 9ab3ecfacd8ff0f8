/** What stands behind a REST API that is no function: other servers, and nobody (MOCK). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mock, startRestApis, type RestApis } from "../rest-api-fixture.ts";

let world: RestApis;
let server: Server;
let api: string;
let reply: (request: IncomingMessage, response: ServerResponse) => void;

/** What the server was asked last. */
let seen: { method?: string | undefined; url?: string | undefined; headers: IncomingMessage["headers"]; body: string };

beforeAll(async () => {
  world = await startRestApis();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, headers, url } = request;
      seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      reply(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  const parameters = [{ in: "header", name: "X-B" }];
  const cors = (name: string) => `method.response.header.Access-Control-Allow-${name}`;
  api = await world.apiOf({
    stage: { variables: { host: url.replace("http://", "") } },
    paths: {
      "/proxy/{proxy+}": {
        any: {
          parameters,
          to: {
            type: "http_proxy",
            httpMethod: "ANY",
            uri: `${url}/behind/{proxy}?fixed=1`,
            requestParameters: {
              "integration.request.path.proxy": "method.request.path.proxy",
              "integration.request.header.X-C": "method.request.header.X-B",
              "integration.request.header.X-Text": "'text'",
            },
          },
        },
      },
      "/variable": { get: { to: { type: "http_proxy", httpMethod: "GET", uri: "http://${stageVariables.host}/v" } } },
      "/gone": { get: { to: { type: "http_proxy", httpMethod: "GET", uri: "http://127.0.0.1:1/" } } },
      "/late": { get: { to: { type: "http_proxy", httpMethod: "GET", uri: `${url}/late`, timeoutInMillis: 50 } } },
      "/mapped/{id}": {
        post: {
          to: {
            type: "http",
            httpMethod: "PUT",
            uri: `${url}/items/{item}`,
            requestParameters: {
              "integration.request.path.item": "method.request.path.id",
              "integration.request.querystring.who": "context.httpMethod",
              "integration.request.header.X-D": "method.request.body.d",
            },
            requestTemplates: {
              "application/json":
                '#set($context.requestOverride.header.X-E = "e"){"upper": $input.json("$.d"), "encoded": "$util.base64Encode("d")"}',
            },
            responses: {
              default: {
                statusCode: "200",
                responseParameters: { "method.response.header.X-From": "integration.response.header.x-from" },
                responseTemplates: { "application/json": '{"was": $input.json("$.ok")}' },
              },
              "4\\d{2}": {
                statusCode: "404",
                responseTemplates: {
                  "application/json": '#set($context.responseOverride.status = 410){"lost": true}',
                },
              },
            },
          },
        },
      },
      "/nobody": {
        get: { to: mock('{"id": "$context.requestId"}') },
        post: {
          to: {
            type: "mock",
            requestTemplates: { "application/json": '{"statusCode": $input.json("$.status")}' },
            responses: {
              "201": { statusCode: "201", responseTemplates: { "application/json": '{"made": true}' } },
            },
          },
        },
        put: { to: { type: "mock", passthroughBehavior: "when_no_templates" } },
        options: {
          to: {
            type: "mock",
            requestTemplates: { "application/json": '{"statusCode": 200}' },
            responses: {
              default: {
                statusCode: "200",
                responseParameters: { [cors("Methods")]: "'GET,OPTIONS'", [cors("Origin")]: "'*'" },
              },
            },
          },
        },
      },
    },
  });
});
beforeEach(() => {
  reply = (_, response) => response.writeHead(200, { "x-from": "server" }).end("ok");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world.close();
});

describe("a server behind HTTP_PROXY", () => {
  it("gets the request with what the parameters set, and its reply goes back", async () => {
    reply = (_, response) =>
      response.writeHead(201, ["set-cookie", "a=1", "set-cookie", "b=2", "x-from", "server"]).end("made");
    const answer = await world.ask(api, "/proxy/a/b%20c?q=1&q=2", {
      method: "PUT",
      headers: { "X-B": "b", "content-type": "text/plain" },
      body: "hello",
    });
    expect(answer).toMatchObject({ status: 201, body: "made" });
    expect(answer.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-from": "server" });
    expect(seen).toMatchObject({ method: "PUT", url: "/behind/a/b%20c?fixed=1&q=1&q=2", body: "hello" });
    expect(seen.headers).toMatchObject({
      "x-b": "b",
      "x-c": "b",
      "x-text": "text",
      "content-type": "text/plain",
      "x-forwarded-for": expect.any(String),
      "x-amzn-trace-id": expect.stringMatching(/^Root=/),
    });
  });

  it("is where a stage variable says", async () => {
    expect(await world.ask(api, "/variable")).toMatchObject({ status: 200, body: "ok" });
    expect(seen.url).toBe("/v");
  });

  it("is a gateway timeout where nobody is there, or it takes too long", async () => {
    expect(await world.ask(api, "/gone")).toMatchObject({
      status: 504,
      body: '{"message":"Network error communicating with endpoint"}',
    });
    reply = () => undefined;
    expect(await world.ask(api, "/late")).toMatchObject({
      status: 504,
      body: '{"message":"Endpoint request timed out"}',
    });
  });
});

describe("a server behind HTTP", () => {
  const post = () =>
    world.ask(api, "/mapped/7", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"d": "D"}',
    });

  it("gets what template and parameters make of the request, and what is made of its reply goes back", async () => {
    reply = (_, response) => response.writeHead(200, { "x-from": "server" }).end('{"ok": [1]}');
    const answer = await post();
    expect(seen).toMatchObject({ method: "PUT", url: "/items/7?who=POST", body: '{"upper": "D", "encoded": "ZA=="}' });
    expect(seen.headers).toMatchObject({ "x-d": "D", "x-e": "e" });
    expect(answer).toMatchObject({ status: 200, body: '{"was": [1]}', headers: { "x-from": "server" } });
  });

  it("selects the response by its status, which a template may override", async () => {
    reply = (_, response) => response.writeHead(404).end();
    expect(await post()).toMatchObject({ status: 410, body: '{"lost": true}' });
  });
});

describe("nobody behind MOCK", () => {
  it("answers what its templates say", async () => {
    const answer = await world.ask(api, "/nobody");
    expect(answer.json()).toEqual({ id: answer.headers["x-amzn-requestid"] });
    const post = (status: number) => world.ask(api, "/nobody", { method: "POST", body: JSON.stringify({ status }) });
    expect(await post(201)).toMatchObject({ status: 201, body: '{"made": true}' });
    // No response is for another status.
    expect(await post(500)).toMatchObject({ status: 500, body: '{"message":"Internal server error"}' });
  });

  it("is an internal error where the request's template says no status", async () => {
    expect(await world.ask(api, "/nobody", { method: "PUT" })).toMatchObject({ status: 500 });
  });

  it("tells a browser what it may do from elsewhere", async () => {
    const answer = await world.ask(api, "/nobody", { method: "OPTIONS" });
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(answer.headers).toMatchObject({
      "access-control-allow-methods": "GET,OPTIONS",
      "access-control-allow-origin": "*",
    });
  });
});
