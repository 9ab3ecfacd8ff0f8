/** Other servers behind HTTP APIs, and what parameter mapping makes of requests and replies on their way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startHttpApis, type Asked, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
let server: Server;
let url: string;
let reply: (request: IncomingMessage, response: ServerResponse) => void;

/** What the server was asked last. */
let seen: { method?: string | undefined; url?: string | undefined; headers: IncomingMessage["headers"]; body: string };

beforeAll(async () => {
  world = await startHttpApis();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, headers } = request;
      seen = { method, url: request.url, headers, body: Buffer.concat(chunks).toString() };
      reply(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
});
beforeEach(() => {
  reply = (_, response) => response.writeHead(200, { "x-from": "server" }).end("ok");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world.close();
});

describe("a server behind a route", () => {
  it("gets the request, and its reply goes back", async () => {
    const api = await world.apiOf([{ RouteKey: "ANY /pets/{id}", to: `${url}/animals/{id}?fixed=1` }]);
    reply = (_, response) =>
      response
        .writeHead(
          201,
          [
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
            ["x-b", "3"],
          ].flat(),
        )
        .end("made");
    const answer = await world.ask(api, "/pets/a%20b?q=1&q=2", {
      method: "PUT",
      headers: { "content-type": "text/plain", "x-one": "1" },
      body: "hello",
    });
    expect(answer).toMatchObject({ status: 201, body: "made" });
    expect(answer.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-b": "3" });
    expect(seen).toMatchObject({ method: "PUT", url: "/animals/a%20b?fixed=1&q=1&q=2", body: "hello" });
    const host = `${api}.execute-api.us-east-1.amazonaws.com`;
    expect(seen.headers).toMatchObject({
      host: new URL(url).host,
      "content-length": "5",
      "content-type": "text/plain",
      "x-one": "1",
      forwarded: `by=127.0.0.1;for=127.0.0.1;host=${host};proto=http`,
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-/),
    });
  });

  it("is asked for the whole path by the catch-all route, for a greedy variable's part by a greedy one", async () => {
    const api = await world.apiOf([
      { RouteKey: "$default", to: `${url}/base` },
      { RouteKey: "ANY /files/{proxy+}", to: `${url}/store/{proxy}` },
    ]);
    await world.ask(api, "/any/where?x=1");
    expect(seen.url).toBe("/base/any/where?x=1");
    await world.ask(api, "/files/a/b%20c");
    expect(seen.url).toBe("/store/a/b%20c");
  });

  it("is asked by the integration's own method, at the address of a stage variable", async () => {
    const api = await world.apiOf([{ RouteKey: "GET /" }], {
      settings: { StageVariables: { host: new URL(url).host } },
    });
    const { IntegrationId } = await world.gateway.createIntegration({
      ApiId: api,
      IntegrationType: "HTTP_PROXY",
      IntegrationMethod: "POST",
      IntegrationUri: "http://${stageVariables.host}/there",
    });
    const { Items = [] } = await world.gateway.getRoutes({ ApiId: api });
    const RouteId = Items[0]?.RouteId ?? "";
    expect(await world.ask(api, "/")).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
    await world.gateway.updateRoute({ ApiId: api, RouteId, Target: `integrations/${IntegrationId}` });
    expect((await world.ask(api, "/")).status).toBe(200);
    expect(seen).toMatchObject({ method: "POST", url: "/there" });
  });

  it("that is not there, or too slow, is the gateway's own error", async () => {
    const api = await world.apiOf([
      { RouteKey: "GET /nobody", to: "http://127.0.0.1:1/" },
      { RouteKey: "GET /slow", to: url },
    ]);
    expect(await world.ask(api, "/nobody")).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
    const { Items = [] } = await world.gateway.getIntegrations({ ApiId: api });
    const IntegrationId = Items.find(({ IntegrationUri }) => IntegrationUri === url)?.IntegrationId ?? "";
    await world.gateway.updateIntegration({ ApiId: api, IntegrationId, TimeoutInMillis: 50 });
    reply = () => {};
    expect(await world.ask(api, "/slow")).toMatchObject({ status: 504, body: '{"message":"Gateway Timeout"}' });
  });
});

/** An API of one route with these mappings. */
async function mapped(mappings: object, RouteKey = "ANY /pets/{id}"): Promise<string> {
  const api = await world.apiOf([{ RouteKey, to: `${url}/base` }], {
    name: "dev",
    settings: { StageVariables: { mode: "test" } },
  });
  const { Items = [] } = await world.gateway.getIntegrations({ ApiId: api });
  await world.gateway.updateIntegration({ ApiId: api, IntegrationId: Items[0]?.IntegrationId ?? "", ...mappings });
  return api;
}

describe("parameter mapping", () => {
  it("changes a request's headers, query and path", async () => {
    const api = await mapped({
      RequestParameters: {
        "append:header.x-all": "$request.header.X-One",
        "overwrite:header.x-one": "new",
        "remove:header.x-two": "''",
        "append:querystring.added": "$request.body.pet[1].name",
        "overwrite:querystring.q": "$stageVariables.mode",
        "remove:querystring.gone": "''",
        "append:header.x-mixed": "${request.path.id}-${context.stage}-${request.querystring.q}",
        "append:header.x-context": "$context.requestId",
        "overwrite:path": "/animals/${request.path.id}",
      },
    });
    const asked: Asked = {
      method: "POST",
      headers: { "x-all": "0", "x-one": "1", "x-two": "2" },
      body: '{"pet":[{},{"name":"Rex"}]}',
    };
    const answer = await world.ask(api, "/dev/pets/7?q=a&q=b&gone=1", asked);
    expect(answer.status).toBe(200);
    expect(seen.url).toBe("/animals/7?q=test&added=Rex");
    expect(seen.headers).toMatchObject({
      "x-all": "0, 1",
      "x-one": "new",
      "x-mixed": "7-dev-a,b",
      "x-context": answer.headers["apigw-requestid"],
    });
    expect(seen.headers).not.toHaveProperty("x-two");
  });

  it("gives a path on as it came", async () => {
    const api = await mapped({ RequestParameters: { "overwrite:path": "$request.path" } }, "$default");
    await world.ask(api, "/dev/a/b");
    expect(seen.url).toBe("/a/b");
  });

  it("changes a reply's status and headers, for its status alone", async () => {
    const api = await mapped({
      ResponseParameters: {
        "200": {
          "overwrite:statuscode": "403",
          "append:header.x-from": "$response.header.x-from",
          "overwrite:header.x-name": "$response.body.name",
          "remove:header.x-gone": "''",
          "append:header.x-id": "$context.requestId",
        },
        "404": { "overwrite:statuscode": "$response.body.status" },
      },
    });
    reply = (_, response) => response.writeHead(200, { "x-from": "server", "x-gone": "1" }).end('{"name":"Rex"}');
    const answer = await world.ask(api, "/dev/pets/7");
    expect(answer).toMatchObject({ status: 403, body: '{"name":"Rex"}' });
    expect(answer.headers).toMatchObject({
      "x-from": "server, server",
      "x-name": "Rex",
      "x-id": answer.headers["apigw-requestid"],
    });
    expect(answer.headers).not.toHaveProperty("x-gone");
    reply = (_, response) => response.writeHead(404).end('{"status":"410"}');
    expect((await world.ask(api, "/dev/pets/7")).status).toBe(410);
    reply = (_, response) => response.writeHead(404).end("no json");
    expect((await world.ask(api, "/dev/pets/7")).status).toBe(404);
    reply = (_, response) => response.writeHead(500).end();
    expect((await world.ask(api, "/dev/pets/7")).status).toBe(500);
  });
});
