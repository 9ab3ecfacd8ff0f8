/** What a stage adds to the API that it serves: deployments, variables, throttling, access logs and metrics; and where requests find it. */
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTION_ARN, startHttpApis, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
let echo: string;
beforeAll(async () => {
  world = await startHttpApis();
  echo = await world.functionOf("echo", "if (event.rawPath.endsWith('/throw')) throw new Error('no'); return event;");
});
afterAll(() => world.close());
const NOT_FOUND = { status: 404, body: '{"message":"Not Found"}' };

describe("a stage", () => {
  it("serves the API as it was deployed", async () => {
    const { gateway } = world;
    const { ApiId = "" } = await gateway.createApi({ Name: "api", ProtocolType: "HTTP" });
    await world.addRoute(ApiId, { RouteKey: "GET /a", to: echo });
    await gateway.createStage({ ApiId, StageName: "dev" });
    expect(await world.ask(ApiId, "/dev/a")).toMatchObject(NOT_FOUND);
    const { DeploymentId: first } = await gateway.createDeployment({ ApiId, StageName: "dev", Description: "one" });
    expect((await world.ask(ApiId, "/dev/a")).status).toBe(200);
    await world.addRoute(ApiId, { RouteKey: "GET /b", to: echo });
    expect(await world.ask(ApiId, "/dev/b")).toMatchObject(NOT_FOUND);
    await gateway.createDeployment({ ApiId, StageName: "dev" });
    expect((await world.ask(ApiId, "/dev/b")).status).toBe(200);
    await gateway.updateStage({ ApiId, StageName: "dev", DeploymentId: first });
    expect(await world.ask(ApiId, "/dev/b")).toMatchObject(NOT_FOUND);
    // From now on every change is deployed.
    await gateway.updateStage({ ApiId, StageName: "dev", AutoDeploy: true });
    expect((await world.ask(ApiId, "/dev/b")).status).toBe(200);
    await world.addRoute(ApiId, { RouteKey: "GET /c", to: echo });
    expect((await world.ask(ApiId, "/dev/c")).status).toBe(200);
  });

  it("is found by the API's host and by the paths that local tools know", async () => {
    const api = await world.apiOf([{ RouteKey: "ANY /a/{id}", to: echo }], { name: "dev" });
    await world.gateway.createStage({ ApiId: api, StageName: "$default", AutoDeploy: true });
    const told = async (host: string, path: string) => {
      const { rawPath, requestContext } = Object((await world.askHost(host, path)).json());
      return [requestContext?.stage, rawPath, requestContext?.domainName];
    };
    const aws = `${api}.execute-api.us-east-1.amazonaws.com`;
    const local = `${api}.execute-api.localhost.localstack.cloud`;
    expect(await told(aws, "/dev/a/1")).toEqual(["dev", "/dev/a/1", aws]);
    expect(await told(aws, "/a/1")).toEqual(["$default", "/a/1", aws]);
    expect(await told(`${local}:4566`, "/a/1")).toEqual(["$default", "/a/1", local]);
    const machine = `127.0.0.1:${world.cloud.port}`;
    expect(await told(machine, `/restapis/${api}/dev/_user_request_/a/1`)).toEqual(["dev", "/dev/a/1", aws]);
    expect(await told(machine, `/restapis/${api}/$default/_user_request_/a/1`)).toEqual(["$default", "/a/1", aws]);
    expect(await told(machine, `/restapis/${api}/_user_request_/a/1`)).toEqual(["$default", "/a/1", aws]);
    expect(await told(machine, `/_aws/execute-api/${api}/dev/a/1`)).toEqual(["dev", "/dev/a/1", aws]);
    expect(await world.askHost(machine, `/restapis/${api}/prod/_user_request_/a/1`)).toMatchObject(NOT_FOUND);
    await world.gateway.updateApi({ ApiId: api, DisableExecuteApiEndpoint: true });
    expect(await world.askHost(aws, "/a/1")).toMatchObject(NOT_FOUND);
  });

  it("chooses a function's alias by its variables", async () => {
    const api = await world.apiOf([{ RouteKey: "GET /", to: `${FUNCTION_ARN}\${stageVariables.fn}` }], {
      settings: { StageVariables: { fn: "echo" } },
    });
    expect((await world.ask(api, "/")).json()).toMatchObject({ stageVariables: { fn: "echo" } });
    await world.gateway.updateStage({ ApiId: api, StageName: "$default", StageVariables: { fn: "nobody" } });
    expect((await world.ask(api, "/")).status).toBe(500);
  });
});

describe("throttling", () => {
  const TOO_MANY = { status: 429, body: '{"message":"Too Many Requests"}' };

  it("lets a burst in, and then so many in a second of the cloud's time", async () => {
    const api = await world.apiOf(
      [
        { RouteKey: "GET /a", to: echo },
        { RouteKey: "GET /b", to: echo },
      ],
      { settings: { DefaultRouteSettings: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 1 } } },
    );
    const status = async (path = "/a") => (await world.ask(api, path)).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    expect(await world.ask(api, "/a")).toMatchObject(TOO_MANY);
    // Each route has its own.
    expect(await status("/b")).toBe(200);
    await world.cloud.advance("1s");
    expect([await status(), await status()]).toEqual([200, 429]);
    await world.cloud.advance("1m");
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  });

  it("goes by the route's own settings where it has some", async () => {
    const api = await world.apiOf([{ RouteKey: "GET /a", to: echo }], {
      settings: {
        DefaultRouteSettings: { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 100 },
        RouteSettings: { "GET /a": { ThrottlingBurstLimit: 0, ThrottlingRateLimit: 0 } },
      },
    });
    expect(await world.ask(api, "/a")).toMatchObject(TOO_MANY);
    await world.gateway.deleteRouteSettings({ ApiId: api, StageName: "$default", RouteKey: "GET /a" });
    expect((await world.ask(api, "/a")).status).toBe(200);
  });
});

describe("an access log", () => {
  it("has a line for each request, with AWS's variables", async () => {
    const logs = new CloudWatchLogs(world.cloud.client());
    await logs.createLogGroup({ logGroupName: "access" });
    const variables = [
      "requestId extendedRequestId accountId apiId stage routeKey httpMethod path protocol status responseLength",
      "requestTime requestTimeEpoch identity.sourceIp identity.userAgent domainName domainPrefix integrationStatus",
      "integration.status integrationErrorMessage error.message error.messageString error.responseType nonsense",
    ].flatMap((line) => line.split(" "));
    const Format = JSON.stringify(Object.fromEntries(variables.map((name) => [name, `$context.${name}`])));
    const DestinationArn = "arn:aws:logs:us-east-1:000000000000:log-group:access";
    const api = await world.apiOf([{ RouteKey: "GET /pets/{id}", to: echo }], {
      name: "dev",
      settings: { AccessLogSettings: { DestinationArn, Format } },
    });
    const headers = { "user-agent": "me/1" };
    const good = await world.ask(api, "/dev/pets/1", { headers });
    const missing = await world.ask(api, "/dev/none", { headers });
    const failed = await world.ask(api, "/dev/pets/throw", { headers });
    const epoch = world.cloud.now();
    await world.cloud.advance("2s");
    const { events = [] } = await logs.filterLogEvents({ logGroupName: "access" });
    logs.destroy();
    const common = {
      accountId: "000000000000",
      apiId: api,
      stage: "dev",
      httpMethod: "GET",
      protocol: "HTTP/1.1",
      requestTime: expect.stringMatching(/^01\/Jan\/2026:00:\d\d:\d\d \+0000$/),
      requestTimeEpoch: String(epoch),
      "identity.sourceIp": "127.0.0.1",
      "identity.userAgent": "me/1",
      domainName: `${api}.execute-api.us-east-1.amazonaws.com`,
      domainPrefix: api,
      nonsense: "-",
    };
    const lines: unknown[] = events.map(({ message = "" }) => JSON.parse(message.replaceAll('""', '"')));
    const id = (answer: typeof good) => ({
      requestId: answer.headers["apigw-requestid"],
      extendedRequestId: answer.headers["apigw-requestid"],
      responseLength: String(answer.body.length),
    });
    const called = { routeKey: "GET /pets/{id}", integrationStatus: "200" };
    const noError = { "error.message": "-", "error.messageString": "-", "error.responseType": "-" };
    const nothing = { integrationStatus: "-", "integration.status": "-", integrationErrorMessage: "-" };
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual({
      ...common,
      ...id(good),
      ...called,
      ...noError,
      path: "/dev/pets/1",
      status: "200",
      "integration.status": "200",
      integrationErrorMessage: "-",
    });
    expect(lines).toContainEqual({
      ...common,
      ...id(missing),
      ...nothing,
      path: "/dev/none",
      routeKey: "-",
      status: "404",
      "error.message": "Not Found",
      "error.messageString": "Not Found",
      "error.responseType": "DEFAULT",
    });
    expect(lines).toContainEqual({
      ...common,
      ...id(failed),
      ...called,
      path: "/dev/pets/throw",
      status: "500",
      "integration.status": "-",
      integrationErrorMessage: "The Lambda function returned the following error: no",
      "error.message": "Internal Server Error",
      "error.messageString": "Internal Server Error",
      "error.responseType": "INTEGRATION_FAILURE",
    });
  });

  it("whose group is gone loses its lines, and nothing else", async () => {
    const DestinationArn = "arn:aws:logs:us-east-1:000000000000:log-group:nobody:*";
    const api = await world.apiOf([{ RouteKey: "GET /", to: echo }], {
      settings: { AccessLogSettings: { DestinationArn, Format: "$context.requestId" } },
    });
    expect((await world.ask(api, "/")).status).toBe(200);
    await world.cloud.advance("2s");
    expect((await world.ask(api, "/")).status).toBe(200);
  });
});

describe("metrics", () => {
  it("count requests, errors and times, by API, by stage and, where asked for, by route", async () => {
    const api = await world.apiOf([{ RouteKey: "GET /pets/{id}", to: echo }], {
      name: "dev",
      settings: { DefaultRouteSettings: { DetailedMetricsEnabled: true } },
    });
    await world.cloud.advance("1m");
    const start = world.cloud.now();
    for (const path of ["/dev/pets/1", "/dev/pets/2", "/dev/none", "/dev/pets/throw"]) await world.ask(api, path);
    await world.cloud.advance("1m");
    const metrics = new CloudWatch(world.cloud.client());
    const sum = async (MetricName: string, dimensions: Record<string, string>) => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      const { Datapoints = [] } = await metrics.getMetricStatistics({
        Namespace: "AWS/ApiGateway",
        MetricName,
        Dimensions,
        StartTime: new Date(start - 60_000),
        EndTime: new Date(start + 120_000),
        Period: 60,
        Statistics: ["Sum", "SampleCount"],
      });
      const all = Datapoints.map(({ Sum = 0, SampleCount = 0 }) => [Sum, SampleCount] as const);
      return [all.reduce((total, [one]) => total + one, 0), all.reduce((total, [, one]) => total + one, 0)];
    };
    for (const dimensions of [{ ApiId: api }, { ApiId: api, Stage: "dev" }]) {
      expect(await sum("Count", dimensions)).toEqual([4, 4]);
      expect(await sum("4xx", dimensions)).toEqual([1, 4]);
      expect(await sum("5xx", dimensions)).toEqual([1, 4]);
      expect((await sum("Latency", dimensions))[1]).toBe(4);
      expect((await sum("IntegrationLatency", dimensions))[1]).toBe(3);
      expect((await sum("DataProcessed", dimensions))[1]).toBe(4);
    }
    const route = { ApiId: api, Stage: "dev", Method: "GET", Resource: "/pets/{id}" };
    expect(await sum("Count", route)).toEqual([3, 3]);
    expect(await sum("5xx", route)).toEqual([1, 3]);
    metrics.destroy();
  });
});
