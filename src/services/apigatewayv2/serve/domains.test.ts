/** Requests under a custom domain name: which stage of which API they reach, and by which path. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startHttpApis, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
let pets: string;
let orders: string;
beforeAll(async () => {
  world = await startHttpApis();
  const echo = await world.functionOf("echo", "return event;");
  const old = await world.functionOf("old", "return { statusCode: 200, body: JSON.stringify(event) };");
  const named = (name: string) => ({ name, api: { Name: name } });
  pets = await world.apiOf(
    [
      { RouteKey: "ANY /{proxy+}", to: echo },
      { RouteKey: "GET /", to: echo },
    ],
    named("pets"),
  );
  orders = await world.apiOf([{ RouteKey: "$default", to: old, format: "1.0" }], named("orders"));
  for (const DomainName of ["api.example.com", "*.wild.example.com", "a.wild.example.com"]) {
    await world.gateway.createDomainName({
      DomainName,
      DomainNameConfigurations: [{ CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/1" }],
    });
  }
  const map = (DomainName: string, ApiId: string, Stage: string, ApiMappingKey?: string) =>
    world.gateway.createApiMapping({ DomainName, ApiId, Stage, ApiMappingKey });
  await map("api.example.com", pets, "pets", "v1/pets");
  await map("api.example.com", orders, "orders", "v1");
  await map("*.wild.example.com", pets, "pets");
  await map("a.wild.example.com", orders, "orders");
});
afterAll(() => world.close());

it("the longest mapping that fits decides, and is no part of the path", async () => {
  const told = async (path: string) => Object((await world.askHost("API.example.com:4566", path)).json());
  expect(await told("/v1/pets/7")).toMatchObject({
    rawPath: "/7",
    requestContext: { apiId: pets, stage: "pets", domainName: "api.example.com", domainPrefix: "api" },
  });
  expect(await told("/v1/pets")).toMatchObject({ rawPath: "/", requestContext: { apiId: pets } });
  // Format 1.0 has the path as it was asked for.
  expect(await told("/v1/petshop")).toMatchObject({ path: "/v1/petshop", requestContext: { apiId: orders } });
});

it("what no mapping fits is not found", async () => {
  const answer = await world.askHost("api.example.com", "/v2");
  expect(answer).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
});

it("a name of its own comes before a wildcard", async () => {
  const apiOf = async (host: string) => Object((await world.askHost(host, "/x")).json()).requestContext.apiId;
  expect(await apiOf("b.wild.example.com")).toBe(pets);
  expect(await apiOf("a.wild.example.com")).toBe(orders);
});

it("works where the API's own endpoint is switched off, and goes with the name", async () => {
  await world.gateway.updateApi({ ApiId: pets, DisableExecuteApiEndpoint: true });
  expect((await world.ask(pets, "/pets/x")).status).toBe(404);
  expect((await world.askHost("b.wild.example.com", "/x")).status).toBe(200);
  await expect(world.gateway.deleteApi({ ApiId: pets })).rejects.toMatchObject({ name: "BadRequestException" });
  await expect(world.gateway.deleteStage({ ApiId: pets, StageName: "pets" })).rejects.toMatchObject({
    name: "BadRequestException",
  });
  await world.gateway.deleteDomainName({ DomainName: "*.wild.example.com" });
  expect((await world.askHost("b.wild.example.com", "/x")).status).not.toBe(200);
});
