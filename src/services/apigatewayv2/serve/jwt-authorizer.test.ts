/** JWT authorizers with an issuer of their own, in the cloud's time. */
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { TEST_EPOCH } from "../../../testing/cloud.ts";
import { startHttpApis, type HttpApis } from "../http-api-fixture.ts";

let world: HttpApis;
let echo: string;
let issuer: Server;
let url: string;
const asked: string[] = [];
let isDown = false;

const keyPair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const [one, two] = [keyPair(), keyPair()];
let keys: object[] = [];
const setKey = ({ publicKey }: typeof one, kid: string) => ({
  ...publicKey.export({ format: "jwk" }),
  kid,
  use: "sig",
});

beforeAll(async () => {
  world = await startHttpApis();
  echo = await world.functionOf("echo", "return event.requestContext.authorizer ?? {};");
  issuer = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (isDown) response.writeHead(500).end();
    else if (request.url === "/pool/.well-known/openid-configuration") {
      response.end(JSON.stringify({ issuer: `${url}/pool`, jwks_uri: `${url}/keys` }));
    } else response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  const address = issuer.address();
  url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  keys = [setKey(one, "one")];
});
afterEach(() => {
  isDown = false;
  keys = [setKey(one, "one")];
  asked.length = 0;
});
afterAll(async () => {
  issuer.closeAllConnections();
  issuer.close();
  await world.close();
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
function tokenOf(claims: object = {}, { privateKey } = one, kid = "one"): string {
  const now = world.cloud.now() / 1000;
  const all = { iss: `${url}/pool`, aud: "app", iat: now, exp: now + 3600, sub: "ann", ...claims };
  const signed = `${part({ alg: "RS256", kid, typ: "JWT" })}.${part(all)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

/** An API with a route that a token opens, and one that needs a scope besides. */
async function guarded(IdentitySource = ["$request.header.Authorization"]): Promise<string> {
  const { gateway } = world;
  const { ApiId = "" } = await gateway.createApi({ Name: "api", ProtocolType: "HTTP" });
  const { AuthorizerId } = await gateway.createAuthorizer({
    ApiId,
    Name: "jwt",
    AuthorizerType: "JWT",
    IdentitySource,
    JwtConfiguration: { Issuer: `${url}/pool`, Audience: ["app", "other"] },
  });
  const guard = { AuthorizerId, AuthorizationType: "JWT" as const, to: echo };
  await world.addRoute(ApiId, { ...guard, RouteKey: "GET /" });
  await world.addRoute(ApiId, { ...guard, RouteKey: "GET /scoped", AuthorizationScopes: ["pets/read", "pets/write"] });
  await world.addRoute(ApiId, { ...guard, RouteKey: "GET /old", format: "1.0" });
  await gateway.createStage({ ApiId, StageName: "$default", AutoDeploy: true });
  return ApiId;
}
const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const UNAUTHORIZED = { status: 401, body: '{"message":"Unauthorized"}' };

describe("a JWT authorizer", () => {
  it("lets a good token in, and tells the function its claims", async () => {
    const api = await guarded();
    const token = tokenOf({ "cognito:groups": ["a", "b"], admin: true, scope: "pets/read other" });
    const claims = {
      iss: `${url}/pool`,
      aud: "app",
      iat: String(TEST_EPOCH / 1000),
      exp: String(TEST_EPOCH / 1000 + 3600),
      sub: "ann",
      "cognito:groups": "[a b]",
      admin: "true",
      scope: "pets/read other",
    };
    expect((await world.ask(api, "/", withToken(token))).json()).toEqual({ jwt: { claims, scopes: null } });
    expect((await world.ask(api, "/scoped", withToken(token))).json()).toEqual({
      jwt: { claims, scopes: ["pets/read", "other"] },
    });
    expect((await world.ask(api, "/", { headers: { authorization: token } })).status).toBe(200);
  });

  it("refuses the others, with the reason in a header", async () => {
    const api = await guarded();
    const missing = await world.ask(api, "/");
    expect(missing).toMatchObject(UNAUTHORIZED);
    expect(missing.headers["www-authenticate"]).toBe("Bearer");
    const now = world.cloud.now() / 1000;
    for (const [claims, why] of [
      [{ iss: "https://other" }, "issuer does not match"],
      [{ aud: "no" }, "the token does not have a valid audience"],
      [{ aud: undefined }, "the token does not have a valid audience"],
      [{ exp: now }, "the token has expired"],
      [{ nbf: now + 60 }, "the token is not valid yet"],
    ] as const) {
      const answer = await world.ask(api, "/", withToken(tokenOf(claims)));
      expect(answer).toMatchObject(UNAUTHORIZED);
      expect(answer.headers["www-authenticate"]).toBe(
        `Bearer scope="" error="invalid_token" error_description="${why}"`,
      );
    }
    const forged = await world.ask(api, "/", withToken(tokenOf({}, two)));
    expect(forged).toMatchObject(UNAUTHORIZED);
    const nonsense = await world.ask(api, "/", withToken("a.b"));
    expect(nonsense).toMatchObject(UNAUTHORIZED);
    const unscoped = await world.ask(api, "/scoped", withToken(tokenOf({ scope: "pets" })));
    expect(unscoped).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(unscoped.headers["www-authenticate"]).toMatch(
      /^Bearer scope="pets\/read pets\/write" error="insufficient_scope"/,
    );
    expect((await world.ask(api, "/", withToken(tokenOf({ aud: undefined, client_id: "other" })))).status).toBe(200);
  });

  it("judges times by the cloud's clock, and keeps the issuer's keys for two hours of it", async () => {
    const api = await guarded();
    const token = tokenOf({ exp: world.cloud.now() / 1000 + 3600 });
    expect((await world.ask(api, "/", withToken(token))).status).toBe(200);
    asked.length = 0;
    isDown = true;
    await world.cloud.advance("59m");
    expect((await world.ask(api, "/", withToken(token))).status).toBe(200);
    await world.cloud.advance("1m");
    expect(await world.ask(api, "/", withToken(token))).toMatchObject(UNAUTHORIZED);
    expect((await world.ask(api, "/", withToken(tokenOf()))).status).toBe(200);
    expect(asked).toEqual([]);
    await world.cloud.advance("61m");
    const unknown = await world.ask(api, "/", withToken(tokenOf()));
    expect(unknown).toMatchObject(UNAUTHORIZED);
    expect(unknown.headers["www-authenticate"]).toMatch(/OIDC discovery endpoint communication error/);
    isDown = false;
    expect((await world.ask(api, "/", withToken(tokenOf()))).status).toBe(200);
    expect(asked).toContain("/pool/.well-known/openid-configuration");
  });

  it("asks for a key that it does not know, but not at every token", async () => {
    const api = await guarded();
    await world.cloud.advance("3h");
    await world.ask(api, "/", withToken(tokenOf()));
    keys = [setKey(one, "one"), setKey(two, "two")];
    const rotated = () => world.ask(api, "/", withToken(tokenOf({}, two, "two")));
    expect(await rotated()).toMatchObject(UNAUTHORIZED);
    await world.cloud.advance("5m");
    expect((await rotated()).status).toBe(200);
  });

  it("finds its token in the query too, and tells format 1.0 of claims in its own way", async () => {
    const api = await guarded(["$request.querystring.token"]);
    const answer = await world.ask(api, `/?token=${tokenOf()}`);
    expect(answer.status).toBe(200);
    expect(await world.ask(api, "/", withToken(tokenOf()))).toMatchObject(UNAUTHORIZED);
    const fn = await world.functionOf(
      "old",
      "return { statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) }",
    );
    const { Items = [] } = await world.gateway.getIntegrations({ ApiId: api });
    const IntegrationId = Items.find(({ PayloadFormatVersion }) => PayloadFormatVersion === "1.0")?.IntegrationId ?? "";
    await world.gateway.updateIntegration({ ApiId: api, IntegrationId, IntegrationUri: fn });
    expect((await world.ask(api, `/old?token=${tokenOf()}`)).json()).toMatchObject({
      claims: { sub: "ann" },
      scopes: null,
    });
  });
});
