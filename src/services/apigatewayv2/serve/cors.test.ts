/** Cross-origin requests, as a browser makes them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHttpApis, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
beforeAll(async () => {
  world = await startHttpApis();
  await world.functionOf(
    "own",
    "return { statusCode: 200, headers: { 'access-control-allow-origin': 'https://own' } }",
  );
});
afterAll(() => world.close());

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:own";
const CORS = {
  AllowOrigins: ["https://a.example", "http://*"],
  AllowMethods: ["GET", "POST"],
  AllowHeaders: ["x-a", "authorization"],
  ExposeHeaders: ["x-b"],
  AllowCredentials: true,
  MaxAge: 60,
};
const apiWith = (CorsConfiguration: object | undefined) =>
  world.apiOf([{ RouteKey: "GET /", to: FUNCTION }], { api: { CorsConfiguration } });
const corsOf = (headers: object) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));
const preflight = (api: string, origin: string) =>
  world.ask(api, "/", { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });

describe("an API with a CORS configuration", () => {
  it("answers preflight requests itself, without a route", async () => {
    const api = await apiWith(CORS);
    const allowed = {
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "x-a,authorization",
      "access-control-allow-methods": "GET,POST",
      "access-control-expose-headers": "x-b",
      "access-control-max-age": "60",
    };
    for (const origin of ["https://a.example", "http://anything.example:3000"]) {
      const answer = await preflight(api, origin);
      expect(answer).toMatchObject({ status: 204, body: "" });
      expect(corsOf(answer.headers)).toEqual({ ...allowed, "access-control-allow-origin": origin });
    }
    const other = await preflight(api, "https://b.example");
    expect([other.status, corsOf(other.headers)]).toEqual([204, {}]);
  });

  it("puts its headers on replies, whatever the function says of them", async () => {
    const api = await apiWith(CORS);
    const answer = await world.ask(api, "/", { headers: { origin: "https://a.example" } });
    expect(corsOf(answer.headers)).toEqual({
      "access-control-allow-credentials": "true",
      "access-control-allow-origin": "https://a.example",
      "access-control-expose-headers": "x-b",
    });
    expect(corsOf((await world.ask(api, "/")).headers)).toEqual({});
    const missing = await world.ask(api, "/nowhere", { headers: { origin: "https://a.example" } });
    expect([missing.status, missing.headers["access-control-allow-origin"]]).toEqual([404, "https://a.example"]);
  });

  it("may allow everybody", async () => {
    const api = await apiWith({ AllowOrigins: ["*"], AllowMethods: ["*"] });
    const answer = await preflight(api, "https://whoever.example");
    expect(corsOf(answer.headers)).toEqual({ "access-control-allow-origin": "*", "access-control-allow-methods": "*" });
  });
});

it("an API without one leaves CORS to its functions", async () => {
  const api = await apiWith(undefined);
  expect((await preflight(api, "https://a.example")).status).toBe(404);
  const answer = await world.ask(api, "/", { headers: { origin: "https://a.example" } });
  expect(corsOf(answer.headers)).toEqual({ "access-control-allow-origin": "https://own" });
});
