/** What a stage serves, and tells of it: snapshots, canaries, limits, checks of requests, gateway responses, logs and metrics. */
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mock, proxyTo, startRestApis, uriOf, type RestApis } from "../rest-api-fixture.ts";

let world: RestApis;
beforeAll(async () => {
  world = await startRestApis();
});
afterAll(() => world.close());

const said = (words: string) => ({ "/": { get: { to: mock(JSON.stringify({ says: words })) } } });

/** The draft's only method says other words, and a deployment is made of it. Answers its id. */
async function deployed(restApiId: string, words: string, more: object = {}): Promise<string> {
  const { items = [] } = await world.gateway.getResources({ restApiId });
  const resourceId = items.find(({ path }) => path === "/")?.id;
  const value = JSON.stringify({ says: words });
  const patchOperations = [{ op: "replace" as const, path: "/responseTemplates/application~1json", value }];
  const where = { restApiId, resourceId, httpMethod: "GET", statusCode: "200" };
  await world.gateway.updateIntegrationResponse({ ...where, patchOperations });
  const { id = "" } = await world.gateway.createDeployment({ restApiId, ...more });
  return id;
}

const says = async (api: string, stage?: string) => (await world.ask(api, "/", {}, stage)).json();
const change = (
  restApiId: string,
  ...patchOperations: { op: "replace" | "copy" | "remove"; path: string; value?: string; from?: string }[]
) => world.gateway.updateStage({ restApiId, stageName: "dev", patchOperations });

describe("a stage", () => {
  it("serves its deployment, not the draft, until it has another one", async () => {
    const api = await world.apiOf({ paths: said("one") });
    const second = await deployed(api, "two");
    expect(await says(api)).toEqual({ says: "one" });
    await change(api, { op: "replace", path: "/deploymentId", value: second });
    expect(await says(api)).toEqual({ says: "two" });
    await deployed(api, "three", { stageName: "prod" });
    expect(await says(api, "prod")).toEqual({ says: "three" });
    expect(await says(api)).toEqual({ says: "two" });
  });

  it("is reached by host and by path, and nobody else is behind either", async () => {
    const api = await world.apiOf({ paths: said("here") });
    for (const path of [`/restapis/${api}/dev/_user_request_/`, `/_aws/execute-api/${api}/dev/`]) {
      expect(await world.askHost("localhost", path), path).toMatchObject({ status: 200, body: '{"says":"here"}' });
    }
    expect(await world.askHost(`${api}.execute-api.localhost:4566`, "/dev")).toMatchObject({ status: 200 });
    const forbidden = { status: 403, body: '{"message":"Forbidden"}' };
    expect(await world.ask(api, "/", {}, "prod")).toMatchObject(forbidden);
    expect(await world.ask("none", "/")).toMatchObject(forbidden);
    const patchOperations = [{ op: "replace" as const, path: "/disableExecuteApiEndpoint", value: "true" }];
    await world.gateway.updateRestApi({ restApiId: api, patchOperations });
    expect(await world.ask(api, "/")).toMatchObject(forbidden);
  });

  it("gives a share of its requests to a canary, with variables of its own, until it is promoted", async () => {
    const api = await world.apiOf({
      paths: { "/": { get: { to: mock('{"says": "$stageVariables.name"}') } } },
      stage: { variables: { name: "stage" } },
    });
    await world.gateway.createDeployment({
      restApiId: api,
      stageName: "dev",
      canarySettings: { percentTraffic: 25, stageVariableOverrides: { name: "canary" } },
    });
    const words: string[] = [];
    for (let asked = 0; asked < 200; asked += 1) words.push((await world.ask(api, "/")).body);
    const canaries = words.filter((one) => one === '{"says": "canary"}').length;
    expect(words.filter((one) => one === '{"says": "stage"}')).toHaveLength(200 - canaries);
    expect(canaries).toBeGreaterThan(25);
    expect(canaries).toBeLessThan(80);
    await expect(world.gateway.createDeployment({ restApiId: api, stageName: "dev" })).rejects.toMatchObject({
      name: "BadRequestException",
    });
    await change(
      api,
      { op: "copy", from: "/canarySettings/deploymentId", path: "/deploymentId" },
      { op: "copy", from: "/canarySettings/stageVariableOverrides", path: "/variables" },
      { op: "remove", path: "/canarySettings" },
    );
    expect(await says(api)).toEqual({ says: "canary" });
    expect((await world.gateway.getStage({ restApiId: api, stageName: "dev" })).canarySettings).toBeUndefined();
  });

  it("holds a method's limit, filled again by the cloud's time", async () => {
    const api = await world.apiOf({ paths: said("here") });
    await change(
      api,
      { op: "replace", path: "/~1/GET/throttling/burstLimit", value: "2" },
      { op: "replace", path: "/~1/GET/throttling/rateLimit", value: "1" },
    );
    const status = async () => (await world.ask(api, "/")).status;
    expect([await status(), await status()]).toEqual([200, 200]);
    const refused = await world.ask(api, "/");
    expect(refused).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
    expect(refused.headers["x-amzn-errortype"]).toBe("TooManyRequestsException");
    await world.cloud.advance("1s");
    expect([await status(), await status()]).toEqual([200, 429]);
  });

  it("compresses what is large enough for who takes it", async () => {
    const api = await world.apiOf({
      paths: said("a".repeat(200)),
      document: { "x-amazon-apigateway-minimum-compression-size": 100 },
    });
    const answer = await world.ask(api, "/", { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(answer.bytes).toString()).toBe(`{"says":"${"a".repeat(200)}"}`);
    expect((await world.ask(api, "/")).body).toContain("aaa");
  });

  it("takes no more than 10 MB", async () => {
    const api = await world.apiOf({ paths: { "/": { post: { to: mock() } } } });
    const ask = (length: number) => world.ask(api, "/", { method: "POST", body: Buffer.alloc(length, "1") });
    expect(await ask(10_485_761)).toMatchObject({
      status: 413,
      body: '{"message":"HTTP content length exceeded 10485760 bytes."}',
    });
  });
});

describe("a request is checked", () => {
  it("by its method's validator: parameters and a body of the model's kind", async () => {
    const api = await world.apiOf({
      paths: {
        "/pets": {
          post: {
            "x-amazon-apigateway-request-validator": "all",
            parameters: [
              { in: "query", name: "q", required: true },
              { in: "header", name: "X-H", required: true },
            ],
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
            to: mock(),
          },
        },
      },
      document: {
        "x-amazon-apigateway-request-validators": {
          all: { validateRequestBody: true, validateRequestParameters: true },
        },
        components: {
          schemas: {
            Pet: {
              type: "object",
              required: ["name"],
              properties: { name: { type: "string" }, of: { $ref: "#/components/schemas/Kind" } },
            },
            Kind: { type: "string", enum: ["cat", "dog"] },
          },
        },
      },
    });
    const post = (query: string, headers: Record<string, string>, body: unknown) =>
      world.ask(api, `/pets${query}`, { method: "POST", headers, body: JSON.stringify(body) });
    const headers = { "X-H": "1", "content-type": "application/json" };
    expect(await post("", {}, { name: "a" })).toMatchObject({
      status: 400,
      body: '{"message":"Missing required request parameters: [q, X-H]"}',
    });
    for (const body of [{}, { name: 1 }, { name: "a", of: "cow" }, []]) {
      expect(await post("?q=1", headers, body), JSON.stringify(body)).toMatchObject({
        status: 400,
        body: '{"message":"Invalid request body"}',
      });
    }
    expect(await post("?q=1", headers, { name: "a", of: "cat" })).toMatchObject({ status: 200 });
  });
});

describe("a gateway response", () => {
  it("is the API's own, with headers and text of the request's", async () => {
    const api = await world.apiOf({
      paths: said("here"),
      document: {
        "x-amazon-apigateway-gateway-responses": {
          MISSING_AUTHENTICATION_TOKEN: {
            statusCode: 404,
            responseParameters: {
              "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
              "gatewayresponse.header.X-Path": "context.path",
              "gatewayresponse.header.X-Q": "method.request.querystring.q",
            },
            responseTemplates: {
              "application/json":
                '{"error": $context.error.messageString, "type": "$context.error.responseType", "id": "$context.requestId"}',
            },
          },
          DEFAULT_5XX: { responseParameters: { "gatewayresponse.header.X-Is": "'five'" } },
        },
      },
    });
    const answer = await world.ask(api, "/nowhere?q=1");
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({
      error: "Missing Authentication Token",
      type: "MISSING_AUTHENTICATION_TOKEN",
      id: answer.headers["x-amzn-requestid"],
    });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "x-path": "/dev/nowhere",
      "x-q": "1",
      "x-amzn-errortype": "MissingAuthenticationTokenException",
    });
  });

  it("of all 5XX stands in for those that the API does not have", async () => {
    const api = await world.apiOf({
      paths: { "/": { get: { to: proxyTo(uriOf("none")) } } },
      document: {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_5XX: {
            responseParameters: { "gatewayresponse.header.X-Is": "'five'" },
            responseTemplates: { "application/json": '{"sorry": true}' },
          },
        },
      },
    });
    const answer = await world.ask(api, "/");
    expect(answer).toMatchObject({ status: 500, body: '{"sorry": true}' });
    expect(answer.headers["x-is"]).toBe("five");
  });
});

describe("what is told", () => {
  let logs: CloudWatchLogs;
  beforeAll(async () => {
    logs = new CloudWatchLogs(world.cloud.client());
    const Statement = [
      { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
    ];
    const { Role } = await world.iam.createRole({
      RoleName: "logger",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "logs:*", Resource: "*" }],
    });
    await world.iam.putRolePolicy({ RoleName: "logger", PolicyName: "logs", PolicyDocument });
    const patchOperations = [{ op: "replace" as const, path: "/cloudwatchRoleArn", value: Role?.Arn }];
    await world.gateway.updateAccount({ patchOperations });
    await logs.createLogGroup({ logGroupName: "access" });
  });
  afterAll(() => logs.destroy());

  async function linesOf(logGroupName: string): Promise<(string | undefined)[]> {
    await world.cloud.settled();
    const { events = [] } = await logs.filterLogEvents({ logGroupName });
    return events.map(({ message }) => message);
  }

  it("is a line of the access log for each request, a dash for what has no value", async () => {
    const api = await world.apiOf({ paths: said("here") });
    const arn = "arn:aws:logs:us-east-1:000000000000:log-group:access";
    const format =
      "$context.requestId $context.httpMethod $context.resourcePath $context.status $context.responseLength $context.identity.caller $context.requestTime";
    await change(
      api,
      { op: "replace", path: "/accessLogSettings/destinationArn", value: arn },
      { op: "replace", path: "/accessLogSettings/format", value: format },
    );
    const good = await world.ask(api, "/");
    const bad = await world.ask(api, "/nowhere");
    const [first, second, ...more] = (await linesOf("access")).toSorted((a = "", b = "") =>
      a.includes(" 200 ") ? -1 : b.includes(" 200 ") ? 1 : 0,
    );
    expect(more).toEqual([]);
    expect(first).toMatch(`${String(good.headers["x-amzn-requestid"])} GET / 200 15 - `);
    expect(second).toMatch(`${String(bad.headers["x-amzn-requestid"])} GET - 403 42 - `);
  });

  it("is the execution of a request where its method logs it, with what went wrong", async () => {
    await world.functionOf("shut", "return { statusCode: 200 };", true);
    const api = await world.apiOf({ paths: { ...said("here"), "/shut": { get: { to: proxyTo(uriOf("shut")) } } } });
    await change(api, { op: "replace", path: "/*/*/logging/loglevel", value: "ERROR" });
    await world.ask(api, "/");
    const { headers } = await world.ask(api, "/shut");
    const id = String(headers["x-amzn-requestid"]);
    const lines = await linesOf(`API-Gateway-Execution-Logs_${api}/dev`);
    expect(lines).toContain(
      `(${id}) Execution failed due to configuration error: Invalid permissions on Lambda function`,
    );
    expect(lines.filter((line) => line?.startsWith(`(${id})`) !== true)).toEqual([]);
    await change(
      api,
      { op: "replace", path: "/*/*/logging/loglevel", value: "INFO" },
      { op: "replace", path: "/*/*/logging/dataTrace", value: "true" },
    );
    const { headers: good } = await world.ask(api, "/");
    const told = await linesOf(`API-Gateway-Execution-Logs_${api}/dev`);
    const goodId = String(good["x-amzn-requestid"]);
    for (const line of [
      `Starting execution for request: ${goodId}`,
      "HTTP Method: GET, Resource Path: /",
      'Method response body after transformations: {"says":"here"}',
      "Successfully completed execution",
      "Method completed with status: 200",
    ]) {
      expect(told).toContain(`(${goodId}) ${line}`);
    }
  });

  it("is told twice of a canary: to the stage's logs and to its own", async () => {
    const api = await world.apiOf({ paths: said("stage") });
    const arn = "arn:aws:logs:us-east-1:000000000000:log-group:shared";
    await logs.createLogGroup({ logGroupName: "shared" });
    await change(
      api,
      { op: "replace", path: "/*/*/logging/loglevel", value: "INFO" },
      { op: "replace", path: "/accessLogSettings/destinationArn", value: arn },
      { op: "replace", path: "/accessLogSettings/format", value: "$context.requestId $context.isCanaryRequest" },
    );
    await deployed(api, "canary", { stageName: "dev", canarySettings: { percentTraffic: 100 } });
    const { headers, body } = await world.ask(api, "/");
    expect(body).toBe('{"says":"canary"}');
    const id = String(headers["x-amzn-requestid"]);
    const group = `API-Gateway-Execution-Logs_${api}/dev`;
    expect(await linesOf(group)).toContain(`(${id}) Starting execution for request: ${id}`);
    expect(await linesOf(`${group}/Canary`)).toContain(`(${id}) Starting execution for request: ${id}`);
    expect(await linesOf("shared")).toEqual([`${id} true`]);
    expect(await linesOf("shared/Canary")).toEqual([`${id} true`]);
  });

  it("is measured: requests, errors and latencies, of API, stage and method", async () => {
    const api = await world.apiOf({
      paths: { ...said("here"), "/none": { get: { to: proxyTo(uriOf("none")) } } },
      document: { info: { title: "measured", version: "1" } },
    });
    await change(api, { op: "replace", path: "/*/*/metrics/enabled", value: "true" });
    const since = world.cloud.now();
    for (const path of ["/", "/", "/none", "/nowhere"]) await world.ask(api, path);
    await world.cloud.settled();
    await world.cloud.advance("2m");
    const cloudwatch = new CloudWatch(world.cloud.client());
    const sum = async (
      MetricName: string,
      dimensions: Record<string, string>,
      Statistic: "Sum" | "SampleCount" = "Sum",
    ) => {
      const { Datapoints = [] } = await cloudwatch.getMetricStatistics({
        Namespace: "AWS/ApiGateway",
        MetricName,
        Dimensions: Object.entries({ ApiName: "measured", ...dimensions }).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(since - 60_000),
        EndTime: new Date(world.cloud.now()),
        Period: 3600,
        Statistics: [Statistic],
      });
      return Datapoints.reduce((total, point) => total + (point[Statistic] ?? 0), 0);
    };
    expect(await sum("Count", {})).toBe(4);
    expect(await sum("Count", { Stage: "dev" })).toBe(4);
    expect(await sum("Count", { Stage: "dev", Method: "GET", Resource: "/" })).toBe(2);
    expect(await sum("4XXError", { Stage: "dev" })).toBe(1);
    expect(await sum("5XXError", { Stage: "dev" })).toBe(1);
    expect(await sum("Latency", {}, "SampleCount")).toBe(4);
    expect(await sum("IntegrationLatency", {}, "SampleCount")).toBe(3);
    cloudwatch.destroy();
  });
});
