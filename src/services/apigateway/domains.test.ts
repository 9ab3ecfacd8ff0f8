/** Custom domain names, from their operations to the APIs that their Host header and base paths lead to. */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let gateway: APIGateway;
beforeEach(async () => {
  cloud = await startCloud();
  gateway = new APIGateway(cloud.client());
});
afterEach(async () => {
  gateway.destroy();
  await cloud.close();
});

const ARN = "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d";
const regional = { regionalCertificateArn: ARN, endpointConfiguration: { types: ["REGIONAL" as const] } };

/** An API whose every path answers with its name, its stage and its path, and with the domain name. */
async function api(name: string, ...stages: readonly string[]): Promise<string> {
  const answer = `"${name} $context.stage $context.path $context.domainName"`;
  const mock = {
    "x-amazon-apigateway-integration": {
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
      responses: { default: { statusCode: "200", responseTemplates: { "application/json": answer } } },
    },
    responses: { 200: { description: "" } },
  };
  const paths = { "/": { get: mock }, "/{proxy+}": { get: mock } };
  const document = { openapi: "3.0.1", info: { title: name, version: "1" }, paths };
  const { id: restApiId = "" } = await gateway.importRestApi({ body: Buffer.from(JSON.stringify(document)) });
  for (const stageName of stages) await gateway.createDeployment({ restApiId, stageName });
  return restApiId;
}

/** A request whose Host header is this. */
async function get(host: string, path: string): Promise<{ status: number; body: unknown }> {
  const { hostname, port } = new URL(cloud.endpointUrl);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: { host } }, (response) => {
      const isJson = response.headers["content-type"] === "application/json";
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(body) : body }),
        reject,
      );
    });
    asked.on("error", reject).end();
  });
}

const FORBIDDEN = { status: 403, body: { message: "Forbidden" } };

describe("a request to a custom domain name", () => {
  it("goes to the API and the stage that the first part of its path is mapped to", async () => {
    const [orders, users] = [await api("orders", "prod"), await api("users", "dev", "prod")];
    const domainName = "api.example.com";
    await gateway.createDomainName({ domainName, ...regional });
    expect(await get(domainName, "/orders")).toEqual(FORBIDDEN);
    await gateway.createBasePathMapping({ domainName, restApiId: orders, stage: "prod", basePath: "orders" });
    await gateway.createBasePathMapping({ domainName, restApiId: users, stage: "prod" });
    const body = async (path: string) => (await get(domainName, path)).body;
    expect(await body("/orders/1?q=2")).toBe("orders prod /orders/1 api.example.com");
    expect(await body("/orders")).toBe("orders prod /orders api.example.com");
    expect(await body("/ordersmore")).toBe("users prod /ordersmore api.example.com");
    expect(await body("/")).toBe("users prod / api.example.com");
    expect(await get(`${domainName}:4566`, "/orders/1")).toMatchObject({ status: 200 });
    await gateway.deleteBasePathMapping({ domainName, basePath: "(none)" });
    expect(await get(domainName, "/elsewhere")).toEqual(FORBIDDEN);
    await gateway.deleteDomainName({ domainName });
    // Nobody's name is a bucket's.
    expect(await get(domainName, "/orders")).toMatchObject({
      status: 404,
      body: expect.stringContaining("NoSuchBucket"),
    });
  });

  it("names its stage in the path where the mapping has none", async () => {
    const restApiId = await api("users", "dev", "prod");
    const domainName = "api.example.com";
    await gateway.createDomainName({ domainName, ...regional });
    await gateway.createBasePathMapping({ domainName, restApiId, basePath: "users" });
    expect((await get(domainName, "/users/dev/1")).body).toMatch(/^users dev /);
    expect((await get(domainName, "/users/prod/1")).body).toMatch(/^users prod /);
    expect(await get(domainName, "/users/test/1")).toEqual(FORBIDDEN);
    const patchOperations = [
      { op: "replace" as const, path: "/stage", value: "dev" },
      { op: "replace" as const, path: "/basePath", value: "people" },
    ];
    expect(await gateway.updateBasePathMapping({ domainName, basePath: "users", patchOperations })).toMatchObject({
      basePath: "people",
      restApiId,
      stage: "dev",
    });
    expect((await get(domainName, "/people/prod")).body).toMatch(/^users dev /);
    expect(await get(domainName, "/users/dev")).toEqual(FORBIDDEN);
  });

  it("is for a name of its own before one with a wildcard, and serves where the API's own address does not", async () => {
    const restApiId = await api("wild", "prod");
    await gateway.createDomainName({ domainName: "*.example.com", ...regional });
    await gateway.createBasePathMapping({ domainName: "*.example.com", restApiId, stage: "prod" });
    await gateway.createDomainName({ domainName: "own.example.com", ...regional });
    const patchOperations = [{ op: "replace" as const, path: "/disableExecuteApiEndpoint", value: "true" }];
    await gateway.updateRestApi({ restApiId, patchOperations });
    expect((await get("Any.Example.com", "/a")).body).toBe("wild prod /a any.example.com");
    expect(await get("own.example.com", "/a")).toEqual(FORBIDDEN);
    expect(await get(`${restApiId}.execute-api.us-east-1.amazonaws.com`, "/prod/a")).toEqual(FORBIDDEN);
  });
});

describe("domain names", () => {
  it("have what DNS is to point to, of their endpoint's type", async () => {
    const edge = await gateway.createDomainName({ domainName: "Edge.Example.com", certificateArn: ARN });
    expect(edge).toMatchObject({
      domainName: "edge.example.com",
      domainNameArn: "arn:aws:apigateway:us-east-1::/domainnames/edge.example.com",
      distributionDomainName: expect.stringMatching(/^d\w+\.cloudfront\.net$/),
      distributionHostedZoneId: "Z2FDTNDATAQYW2",
      domainNameStatus: "AVAILABLE",
      securityPolicy: "TLS_1_2",
      endpointConfiguration: { types: ["EDGE"] },
    });
    const { domainName } = edge;
    const changed = await gateway.updateDomainName({
      domainName,
      patchOperations: [
        { op: "replace", path: "/regionalCertificateArn", value: ARN },
        { op: "replace", path: "/endpointConfiguration/types/EDGE", value: "REGIONAL" },
      ],
    });
    expect(changed).toMatchObject({
      regionalDomainName: expect.stringMatching(/^d-\w+\.execute-api\.us-east-1\.amazonaws\.com$/),
      endpointConfiguration: { types: ["REGIONAL"] },
    });
    expect(changed.distributionDomainName).toBeUndefined();
    const { items = [] } = await gateway.getDomainNames({});
    expect(items.map((one) => one.domainName)).toEqual(["edge.example.com"]);
  });

  it("are one account's alone, and refused where they are none or want what there is not", async () => {
    const domainName = "api.example.com";
    await gateway.createDomainName({ domainName, ...regional });
    const other = new APIGateway(cloud.client({ account: "111111111111" }));
    await expect(other.createDomainName({ domainName, ...regional })).rejects.toMatchObject({
      name: "BadRequestException",
      message: "The domain name you provided already exists.",
    });
    await expect(other.getDomainName({ domainName })).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid domain name identifier specified",
    });
    other.destroy();
    await expect(gateway.createDomainName({ domainName: "none", ...regional })).rejects.toThrow("Invalid domain name");
    const next = "next.example.com";
    await expect(gateway.createDomainName({ domainName: next })).rejects.toThrow("certificate ARN is required");
    const mutualTlsAuthentication = { truststoreUri: "s3://bucket/key" };
    const mutual = gateway.createDomainName({ domainName: next, ...regional, mutualTlsAuthentication });
    await expect(mutual).rejects.toThrow("Seatrial does not support mutual TLS");
  });

  it("are mapped once for each base path, to what is there", async () => {
    const restApiId = await api("api", "dev");
    const domainName = "api.example.com";
    await gateway.createDomainName({ domainName, ...regional });
    const map = (input: object) => gateway.createBasePathMapping({ domainName, restApiId, ...input });
    expect(await map({ basePath: "" })).toMatchObject({ basePath: "(none)", restApiId });
    await expect(map({})).rejects.toMatchObject({
      name: "ConflictException",
      message: "Base path already exists for this domain name",
    });
    await expect(map({ basePath: "a", stage: "prod" })).rejects.toThrow("Invalid stage identifier specified");
    await expect(map({ basePath: "a", restApiId: "x" })).rejects.toThrow("Invalid REST API identifier specified");
    await expect(map({ basePath: "a/b" })).rejects.toMatchObject({ name: "BadRequestException" });
    await map({ basePath: "v1", stage: "dev" });
    expect((await gateway.getBasePathMappings({ domainName })).items).toEqual([
      { basePath: "(none)", restApiId },
      { basePath: "v1", restApiId, stage: "dev" },
    ]);
    expect(await gateway.getBasePathMapping({ domainName, basePath: "(none)" })).toMatchObject({ restApiId });
    await expect(gateway.getBasePathMapping({ domainName, basePath: "v2" })).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid base path mapping identifier specified",
    });
    await expect(gateway.deleteRestApi({ restApiId })).rejects.toThrow("remove all base path mappings");
    await expect(gateway.deleteStage({ restApiId, stageName: "dev" })).rejects.toThrow("base path mappings");
  });
});
