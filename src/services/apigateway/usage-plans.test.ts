/** API keys and usage plans, from their operations to what they admit at a deployed API, in virtual time. */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let gateway: APIGateway;
let restApiId: string;
beforeEach(async () => {
  cloud = await startCloud();
  gateway = new APIGateway(cloud.client());
  const mock = {
    "x-amazon-apigateway-integration": {
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
      responses: {
        default: { statusCode: "200", responseTemplates: { "application/json": '"$context.identity.apiKeyId"' } },
      },
    },
    responses: { 200: { description: "" } },
    security: [{ key: [] }],
  };
  const document = {
    openapi: "3.0.1",
    info: { title: "api", version: "1" },
    paths: { "/a": { get: mock }, "/b": { get: mock } },
    components: { securitySchemes: { key: { type: "apiKey", name: "x-api-key", in: "header" } } },
  };
  const { id = "" } = await gateway.importRestApi({ body: Buffer.from(JSON.stringify(document)) });
  restApiId = id;
  await gateway.createDeployment({ restApiId, stageName: "dev" });
});
afterEach(async () => {
  gateway.destroy();
  await cloud.close();
});

async function get(key: string | undefined, path = "/a"): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = key === undefined ? {} : { "X-API-Key": key };
  const response = await fetch(`${cloud.endpointUrl}/restapis/${restApiId}/dev/_user_request_${path}`, { headers });
  return { status: response.status, body: await response.json() };
}

const statuses = async (key: string, paths: readonly string[]): Promise<number[]> => {
  const found: number[] = [];
  for (const path of paths) found.push((await get(key, path)).status);
  return found;
};

type Plan = Omit<Parameters<APIGateway["createUsagePlan"]>[0], "name">;

/** A plan of the API's stage, and an enabled key of it. */
async function planned(settings: Plan = {}) {
  const apiStages = [{ apiId: restApiId, stage: "dev" }];
  const { id: usagePlanId = "" } = await gateway.createUsagePlan({ name: "plan", apiStages, ...settings });
  const { id: keyId = "", value = "" } = await gateway.createApiKey({ name: "key", enabled: true });
  await gateway.createUsagePlanKey({ usagePlanId, keyId, keyType: "API_KEY" });
  return { usagePlanId, keyId, value };
}

const FORBIDDEN = { status: 403, body: { message: "Forbidden" } };
const TOO_MANY = { status: 429, body: { message: "Too Many Requests" } };
const OVER = { status: 429, body: { message: "Limit Exceeded" } };

describe("a method that wants an API key", () => {
  it("takes a key that is enabled and whose plan has the stage, and no other", async () => {
    const { usagePlanId, keyId, value } = await planned();
    expect(await get(value)).toEqual({ status: 200, body: keyId });
    expect(await get(undefined)).toEqual(FORBIDDEN);
    expect(await get("not-a-key-of-anybody-here")).toEqual(FORBIDDEN);
    const { value: other = "" } = await gateway.createApiKey({ name: "without a plan", enabled: true });
    expect(await get(other)).toEqual(FORBIDDEN);
    const enabled = (to: string) =>
      gateway.updateApiKey({ apiKey: keyId, patchOperations: [{ op: "replace", path: "/enabled", value: to }] });
    await enabled("false");
    expect(await get(value)).toEqual(FORBIDDEN);
    await enabled("true");
    const patchOperations = [{ op: "remove" as const, path: "/apiStages", value: `${restApiId}:dev` }];
    await gateway.updateUsagePlan({ usagePlanId, patchOperations });
    expect(await get(value)).toEqual(FORBIDDEN);
  });

  it("refuses requests over the plan's rate, and takes them again when the bucket has filled", async () => {
    const { value } = await planned({ throttle: { rateLimit: 1, burstLimit: 2 } });
    expect(await statuses(value, ["/a", "/b", "/a"])).toEqual([200, 200, 429]);
    expect(await get(value)).toEqual(TOO_MANY);
    await cloud.advance(1);
    expect(await statuses(value, ["/a", "/a"])).toEqual([200, 429]);
    await cloud.advance("1m");
    expect(await statuses(value, ["/a", "/a", "/a"])).toEqual([200, 200, 429]);
  });

  it("has limits of its own in a plan", async () => {
    const throttle = { "/b/GET": { rateLimit: 1, burstLimit: 1 } };
    const { usagePlanId, value } = await planned({ apiStages: [{ apiId: restApiId, stage: "dev", throttle }] });
    expect(await statuses(value, ["/a", "/a", "/b", "/b", "/a"])).toEqual([200, 200, 200, 429, 200]);
    const path = `/apiStages/${restApiId}:dev/throttle/~1b/GET`;
    const { apiStages } = await gateway.updateUsagePlan({
      usagePlanId,
      patchOperations: [{ op: "replace", path: `${path}/burstLimit`, value: "3" }],
    });
    expect(apiStages?.[0]?.throttle).toEqual({ "/b/GET": { rateLimit: 1, burstLimit: 3 } });
    await cloud.advance("1m");
    expect(await statuses(value, ["/b", "/b", "/b", "/b"])).toEqual([200, 200, 200, 429]);
    await gateway.updateUsagePlan({ usagePlanId, patchOperations: [{ op: "remove", path }] });
    expect(await statuses(value, ["/b", "/b"])).toEqual([200, 200]);
  });

  it("refuses requests over the quota until its period ends, or until more is granted", async () => {
    const { usagePlanId, keyId, value } = await planned({ quota: { limit: 2, period: "DAY" } });
    expect(await statuses(value, ["/a", "/a"])).toEqual([200, 200]);
    expect(await get(value)).toEqual(OVER);
    const granted = await gateway.updateUsage({
      usagePlanId,
      keyId,
      patchOperations: [{ op: "replace", path: "/remaining", value: "1" }],
    });
    expect(granted.items).toEqual({ [keyId]: [[2, 1]] });
    expect(await statuses(value, ["/a", "/a"])).toEqual([200, 429]);
    await cloud.advance("24h");
    expect(await statuses(value, ["/a", "/a", "/a"])).toEqual([200, 200, 429]);
    const range = { usagePlanId, startDate: "2025-12-31", endDate: "2026-01-03" };
    expect((await gateway.getUsage(range)).items).toEqual({
      [keyId]: [
        [0, 2],
        [3, 0],
        [2, 0],
        [0, 2],
      ],
    });
  });

  // 2026-01-01 is a Thursday.
  it.each([
    { period: "WEEK", offset: 0, ends: 3 },
    { period: "WEEK", offset: 4, ends: 7 },
    { period: "WEEK", offset: 5, ends: 1 },
    { period: "MONTH", offset: 0, ends: 31 },
    { period: "MONTH", offset: 9, ends: 9 },
  ] as const)("has a quota for a $period that begins at day $offset", async ({ period, offset, ends }) => {
    const { value } = await planned({ quota: { limit: 1, period, offset } });
    expect(await statuses(value, ["/a", "/a"])).toEqual([200, 429]);
    await cloud.advance(ends * 86_400 - 1);
    expect(await get(value)).toEqual(OVER);
    await cloud.advance(1);
    expect((await get(value)).status).toBe(200);
  });
});

describe("API keys", () => {
  it("show their values to those who ask, and are found by how their names begin", async () => {
    const made = await gateway.createApiKey({ name: "dev-key", value: "0123456789abcdefghij", tags: { a: "1" } });
    expect(made).toMatchObject({ name: "dev-key", enabled: false, value: "0123456789abcdefghij", tags: { a: "1" } });
    expect((await gateway.createApiKey({ name: "prod-key", customerId: "c" })).value).toMatch(/^[A-Za-z0-9]{40}$/);
    const apiKey = made.id;
    expect((await gateway.getApiKey({ apiKey })).value).toBeUndefined();
    expect((await gateway.getApiKey({ apiKey, includeValue: true })).value).toBe("0123456789abcdefghij");
    const names = async (query: object) => (await gateway.getApiKeys(query)).items?.map(({ name }) => name);
    expect(await names({ nameQuery: "dev" })).toEqual(["dev-key"]);
    expect(await names({ customerId: "c" })).toEqual(["prod-key"]);
    const { items = [], position } = await gateway.getApiKeys({ limit: 1, includeValues: true });
    expect(items[0]?.value).toBeDefined();
    expect(await names({ position })).toHaveLength(1);
    await gateway.deleteApiKey({ apiKey });
    await expect(gateway.getApiKey({ apiKey })).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid API Key identifier specified",
    });
  });

  it("have values of 20 characters at least that no other key has", async () => {
    await expect(gateway.createApiKey({ value: "short" })).rejects.toMatchObject({
      name: "BadRequestException",
      message: "API Key value should be at least 20 characters",
    });
    await gateway.createApiKey({ value: "0123456789abcdefghij" });
    await expect(gateway.createApiKey({ value: "0123456789abcdefghij" })).rejects.toMatchObject({
      name: "ConflictException",
      message: "API Key already exists",
    });
    await expect(gateway.createApiKey({ stageKeys: [{ restApiId, stageName: "nowhere" }] })).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });

  it("are imported from a file, with their plans; the same key again is overwritten", async () => {
    const { usagePlanId, value, keyId } = await planned();
    const { id: second = "" } = await gateway.createUsagePlan({ name: "second" });
    const body = Buffer.from(
      `Enabled,Name,key,UsageplanIds,other\ntrue,"First, imported",apikey1234abcdefghij0123456789,"${usagePlanId}, ${second}",x\n` +
        `FALSE,Again,${value},,\n`,
    );
    const { ids = [], warnings } = await gateway.importApiKeys({ body, format: "csv" });
    expect(warnings).toEqual([]);
    expect(ids[1]).toBe(keyId);
    expect(await gateway.getApiKey({ apiKey: ids[0] })).toMatchObject({ name: "First, imported", enabled: true });
    expect(await gateway.getApiKey({ apiKey: keyId })).toMatchObject({ name: "Again", enabled: false });
    expect((await gateway.getUsagePlans({ keyId: ids[0] })).items?.map(({ id }) => id).sort()).toEqual(
      [usagePlanId, second].sort(),
    );
    expect((await get("apikey1234abcdefghij0123456789")).status).toBe(200);
    expect(await get(value)).toEqual(FORBIDDEN);
  });

  it("are imported all or none where warnings are to fail", async () => {
    const body = Buffer.from("name,key\ngood,apikey1234abcdefghij0123456789\nbad,short");
    await expect(gateway.importApiKeys({ body, format: "csv", failOnWarnings: true })).rejects.toMatchObject({
      name: "BadRequestException",
      message: expect.stringContaining("at least 20 characters"),
    });
    expect((await gateway.getApiKeys({})).items).toEqual([]);
    expect(await gateway.importApiKeys({ body, format: "csv" })).toMatchObject({
      ids: [expect.any(String)],
      warnings: [expect.stringContaining("at least 20 characters")],
    });
    await expect(gateway.importApiKeys({ body: Buffer.from("name\na"), format: "csv" })).rejects.toThrow("'key'");
  });
});

describe("usage plans", () => {
  it("are changed by patch operations", async () => {
    const { id: usagePlanId } = await gateway.createUsagePlan({ name: "plan", quota: { limit: 5, period: "DAY" } });
    const patchOperations = [
      { op: "replace" as const, path: "/name", value: "renamed" },
      { op: "add" as const, path: "/apiStages", value: `${restApiId}:dev` },
      { op: "replace" as const, path: "/throttle/rateLimit", value: "2.5" },
      { op: "replace" as const, path: "/throttle/burstLimit", value: "7" },
      { op: "remove" as const, path: "/quota" },
    ];
    const changed = await gateway.updateUsagePlan({ usagePlanId, patchOperations });
    expect(changed).toMatchObject({
      name: "renamed",
      apiStages: [{ apiId: restApiId, stage: "dev" }],
      throttle: { rateLimit: 2.5, burstLimit: 7 },
    });
    expect(changed.quota).toBeUndefined();
    const patch = (op: "add" | "remove" | "replace", path: string, value?: string) =>
      gateway.updateUsagePlan({ usagePlanId, patchOperations: [{ op, path, value }] });
    await expect(patch("replace", "/id", "x")).rejects.toThrow("Invalid patch path '/id'");
    await expect(patch("add", "/apiStages", `${restApiId}:prod`)).rejects.toMatchObject({
      name: "NotFoundException",
      message: `API Stage not found: ${restApiId}:prod`,
    });
    await expect(patch("replace", "/throttle/rateLimit", "much")).rejects.toThrow("must be a number");
    await expect(gateway.deleteUsagePlan({ usagePlanId })).rejects.toMatchObject({
      name: "BadRequestException",
      message: `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including ${restApiId}:dev`,
    });
    await patch("remove", "/apiStages", `${restApiId}:dev`);
    await gateway.deleteUsagePlan({ usagePlanId });
    await expect(gateway.getUsagePlan({ usagePlanId })).rejects.toThrow("Invalid Usage Plan ID specified");
  });

  it("lose a stage that is deleted, by itself or with its API", async () => {
    await gateway.createDeployment({ restApiId, stageName: "prod" });
    const apiStages = ["dev", "prod"].map((stage) => ({ apiId: restApiId, stage }));
    const { id: usagePlanId } = await gateway.createUsagePlan({ name: "plan", apiStages });
    await gateway.deleteStage({ restApiId, stageName: "dev" });
    expect((await gateway.getUsagePlan({ usagePlanId })).apiStages).toEqual([{ apiId: restApiId, stage: "prod" }]);
    const remove = (value: string) =>
      gateway.updateUsagePlan({ usagePlanId, patchOperations: [{ op: "remove", path: "/apiStages", value }] });
    await expect(remove(`${restApiId}:dev`)).rejects.toThrow("Invalid API Stage specified");
    await gateway.deleteRestApi({ restApiId });
    expect((await gateway.getUsagePlan({ usagePlanId })).apiStages).toEqual([]);
    await gateway.deleteUsagePlan({ usagePlanId });
  });

  it("have quotas with a period and a day within it", async () => {
    const make = (quota: Plan["quota"]) => gateway.createUsagePlan({ name: "plan", quota });
    await expect(make({ limit: 5 })).rejects.toThrow("Must be one of [DAY, WEEK, MONTH]");
    await expect(make({ limit: 5, period: "DAY", offset: 1 })).rejects.toThrow("must be zero in the DAY period");
    await expect(make({ limit: 5, period: "WEEK", offset: 7 })).rejects.toThrow("between 0 and 6 inclusive");
    await expect(make({ limit: 5, period: "MONTH", offset: 28 })).rejects.toThrow("between 0 and 27 inclusive");
  });

  it("share no stage through one key, and lose a key that is taken from them", async () => {
    const { usagePlanId, keyId, value } = await planned();
    const { id: other = "" } = await gateway.createUsagePlan({
      name: "other",
      apiStages: [{ apiId: restApiId, stage: "dev" }],
    });
    await expect(gateway.createUsagePlanKey({ usagePlanId: other, keyId, keyType: "API_KEY" })).rejects.toMatchObject({
      name: "ConflictException",
      message: `Usage Plan ${other} cannot be added because API Key ${keyId} cannot reference multiple Usage Plans with the same API stage: ${restApiId}:dev`,
    });
    expect((await gateway.getUsagePlanKeys({ usagePlanId })).items).toEqual([
      { id: keyId, type: "API_KEY", name: "key", value },
    ]);
    await gateway.deleteUsagePlanKey({ usagePlanId, keyId });
    expect((await gateway.getUsagePlanKeys({ usagePlanId })).items).toEqual([]);
    await expect(gateway.getUsagePlanKey({ usagePlanId, keyId })).rejects.toMatchObject({ name: "NotFoundException" });
    expect(await get(value)).toEqual(FORBIDDEN);
  });

  it("tell of days and keys that are there alone", async () => {
    const { usagePlanId, keyId } = await planned();
    const usage = (startDate: string, endDate: string) => gateway.getUsage({ usagePlanId, keyId, startDate, endDate });
    await expect(usage("yesterday", "2026-01-01")).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(usage("2026-01-02", "2026-01-01")).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(usage("2025-01-01", "2026-01-01")).rejects.toMatchObject({ name: "BadRequestException" });
    const patchOperations = [{ op: "replace" as const, path: "/remaining", value: "1" }];
    await expect(gateway.updateUsage({ usagePlanId, keyId, patchOperations })).rejects.toThrow("has no quota");
  });
});
