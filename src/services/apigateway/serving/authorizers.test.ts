/** Who may pass at a REST API: authorizer functions, user pools' tokens, signatures, and the API's own policy. */
import { generateKeyPairSync, sign } from "node:crypto";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { mock, proxyTo, startRestApis, uriOf, type RestApis } from "../rest-api-fixture.ts";

let world: RestApis;
let echo: string;
beforeAll(async () => {
  world = await startRestApis();
  echo = await world.functionOf(
    "echo",
    "return { statusCode: 200, body: JSON.stringify({ identity: event.requestContext.identity, authorizer: event.requestContext.authorizer }) };",
  );
  await world.functionOf(
    "judge",
    `globalThis.count = (globalThis.count ?? 0) + 1;
     const token = event.authorizationToken ?? event.headers.Token ?? event.queryStringParameters.token;
     if (token === "nobody") throw new Error("Unauthorized");
     if (token === "broken") throw new Error("broken");
     if (token === "odd") return { principalId: "ann" };
     if (token === "nested") return { principalId: "ann", policyDocument: { Version: "2012-10-17", Statement: [] }, context: { a: {} } };
     const Resource = token === "only-a" ? event.methodArn.replace(/GET\\/.*/, "GET/a") : "*";
     const policyDocument = { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect: token === "deny" ? "Deny" : "Allow", Resource }] };
     return { principalId: "ann", policyDocument, context: { count: globalThis.count, flag: true, type: event.type, arn: event.methodArn, path: event.path ?? "" } };`,
  );
});
afterAll(() => world.close());

const scheme = (type: string, more: object = {}) => ({
  type: "apiKey",
  in: "header",
  name: "Token",
  "x-amazon-apigateway-authtype": "custom",
  "x-amazon-apigateway-authorizer": {
    type,
    authorizerUri: uriOf("judge"),
    identitySource: "method.request.header.Token",
    authorizerResultTtlInSeconds: 60,
    ...more,
  },
});
const guarded = (securityScheme: object, document: object = {}) =>
  world.apiOf({
    paths: Object.fromEntries(
      ["/a", "/b"].map((path) => [path, { get: { to: proxyTo(echo), security: [{ guard: [] }] } }]),
    ),
    document: { components: { securitySchemes: { guard: securityScheme } }, ...document },
  });
const ask = (api: string, token?: string, path = "/a") =>
  world.ask(api, path, token === undefined ? {} : { headers: { Token: token } });
const UNAUTHORIZED = { status: 401, body: '{"message":"Unauthorized"}' };

describe("a TOKEN authorizer", () => {
  it("lets pass whom its policy allows, and tells what it knows", async () => {
    const api = await guarded(scheme("token"));
    const answer = await ask(api, "good");
    expect(answer.json()).toMatchObject({
      authorizer: {
        principalId: "ann",
        flag: "true",
        type: "TOKEN",
        arn: `arn:aws:execute-api:us-east-1:000000000000:${api}/dev/GET/a`,
        integrationLatency: expect.any(Number),
      },
    });
  });

  it("is not asked without a token, nor with one of another form", async () => {
    const api = await guarded(scheme("token", { identityValidationExpression: "go+d" }));
    expect(await ask(api)).toMatchObject(UNAUTHORIZED);
    expect(await ask(api, "bad")).toMatchObject(UNAUTHORIZED);
    expect(await ask(api, "gooood")).toMatchObject({ status: 200 });
    expect((await ask(api)).headers["x-amzn-errortype"]).toBe("UnauthorizedException");
  });

  it("refuses whom it denies, and what its policy does not name", async () => {
    const api = await guarded(scheme("token"));
    expect(await ask(api, "deny")).toMatchObject({
      status: 403,
      body: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    });
    expect(await ask(api, "only-a")).toMatchObject({ status: 200 });
    expect(await ask(api, "only-a", "/b")).toMatchObject({
      status: 403,
      body: '{"Message":"User is not authorized to access this resource"}',
    });
    expect(await ask(api, "nobody")).toMatchObject(UNAUTHORIZED);
  });

  it.each(["broken", "odd", "nested"])("is an internal error where it does not work (%s)", async (token) => {
    const api = await guarded(scheme("token"));
    const answer = await ask(api, token);
    expect(answer).toMatchObject({ status: 500, body: '{"message":null}' });
    expect(answer.headers["x-amzn-errortype"]).toBe("AuthorizerConfigurationException");
  });

  it("is believed for as long as its answer is kept, and asked again after that or where caches are flushed", async () => {
    const api = await guarded(scheme("token"));
    const count = async () => {
      const { authorizer } = Object(await (await ask(api, "good")).json());
      return Number(authorizer.count);
    };
    const first = await count();
    await world.cloud.advance("59s");
    expect(await count()).toBe(first);
    await world.cloud.advance("2s");
    expect(await count()).toBe(first + 1);
    await world.gateway.flushStageAuthorizersCache({ restApiId: api, stageName: "dev" });
    expect(await count()).toBe(first + 2);
  });

  it("is asked each time where nothing is kept", async () => {
    const api = await guarded(scheme("token", { authorizerResultTtlInSeconds: 0 }));
    const counts = [await ask(api, "good"), await ask(api, "good")].map(
      (answer) => Object(answer.json()).authorizer.count,
    );
    expect(Number(counts[1])).toBe(Number(counts[0]) + 1);
  });
});

describe("a REQUEST authorizer", () => {
  it("is told the request, and not asked where one of its sources is missing", async () => {
    const identitySource = "method.request.header.Token, method.request.querystring.q";
    const api = await guarded(scheme("request", { identitySource }));
    expect((await ask(api, "good", "/a?q=1")).json()).toMatchObject({ authorizer: { type: "REQUEST", path: "/a" } });
    expect(await ask(api, "good")).toMatchObject(UNAUTHORIZED);
  });
});

describe("a user pool", () => {
  const ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_some";
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pool = (more: object = {}) =>
    scheme("cognito_user_pools", {
      authorizerUri: undefined,
      providerARNs: ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_some"],
      ...more,
    });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  function tokenOf(claims: object = {}): string {
    const now = Math.floor(world.cloud.now() / 1000);
    const all = { iss: ISSUER, aud: "app", token_use: "id", iat: now, exp: now + 3600, sub: "ann", ...claims };
    const signed = `${part({ alg: "RS256", kid: "one" })}.${part(all)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), pair.privateKey).toString("base64url")}`;
  }
  /** Cognito is not here: what it would answer. */
  function withPool(): void {
    const keys = [{ ...pair.publicKey.export({ format: "jwk" }), kid: "one", use: "sig" }];
    vi.stubGlobal("fetch", async (address: string) => {
      expect(address).toBe(`${ISSUER}/.well-known/jwks.json`);
      return Response.json({ keys });
    });
  }
  afterEach(() => void vi.unstubAllGlobals());

  it("is an internal error where nobody tells its keys", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new Error("nobody")));
    const api = await guarded(pool());
    expect(await ask(api, tokenOf())).toMatchObject({ status: 500, body: '{"message":null}' });
  });

  it("lets its identity tokens pass, in time, and tells their claims", async () => {
    withPool();
    const api = await guarded(pool());
    expect((await ask(api, `Bearer ${tokenOf()}`)).json()).toMatchObject({
      authorizer: { claims: { sub: "ann", aud: "app", iss: ISSUER } },
    });
    const old = tokenOf();
    await world.cloud.advance("2h");
    const wrong = [old, tokenOf({ iss: "https://other" }), tokenOf({ token_use: "access" }), `${tokenOf()}a`, "none"];
    for (const token of wrong) expect(await ask(api, token), token).toMatchObject(UNAUTHORIZED);
    expect(await ask(api)).toMatchObject(UNAUTHORIZED);
  });

  it("lets access tokens of a scope pass where the method wants one", async () => {
    withPool();
    const api = await world.apiOf({
      paths: { "/a": { get: { to: mock(), security: [{ guard: ["pets/read"] }] } } },
      document: { components: { securitySchemes: { guard: pool() } } },
    });
    const access = (scope: string) => tokenOf({ token_use: "access", aud: undefined, client_id: "app", scope });
    expect(await ask(api, access("pets/write pets/read"))).toMatchObject({ status: 200 });
    expect(await ask(api, access("pets/write"))).toMatchObject(UNAUTHORIZED);
    expect(await ask(api, tokenOf())).toMatchObject(UNAUTHORIZED);
  });
});

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
const ROOT = { accessKeyId: "000000000000", secretAccessKey: "any" };

async function askSigned(api: string, path: string, credentials: Credentials) {
  const signer = new SignatureV4({ service: "execute-api", region: "us-east-1", sha256: Sha256, credentials });
  const host = `${api}.execute-api.us-east-1.amazonaws.com`;
  const { headers } = await signer.sign({
    method: "GET",
    protocol: "https:",
    hostname: host,
    path: `/dev${path}`,
    headers: { host },
  });
  return world.ask(api, path, { headers });
}

async function userWith(UserName: string, statement: object): Promise<Credentials> {
  await world.iam.createUser({ UserName });
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await world.iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument });
  const { AccessKey } = await world.iam.createAccessKey({ UserName });
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

describe("a method for signed requests", () => {
  const signed = { type: "apiKey", in: "header", name: "Authorization", "x-amazon-apigateway-authtype": "awsSigv4" };

  it("lets pass whose policies allow it, and tells who it is", async () => {
    const api = await guarded(signed);
    expect(await ask(api)).toMatchObject({ status: 403, body: '{"message":"Missing Authentication Token"}' });
    expect((await askSigned(api, "/a", ROOT)).json()).toMatchObject({
      identity: { userArn: "arn:aws:iam::000000000000:root", accountId: "000000000000" },
    });
    const Resource = `arn:aws:execute-api:us-east-1:000000000000:${api}/dev/GET/a`;
    const ann = await userWith("ann", { Effect: "Allow", Action: "execute-api:Invoke", Resource });
    expect((await askSigned(api, "/a", ann)).json()).toMatchObject({
      identity: { userArn: "arn:aws:iam::000000000000:user/ann", accessKey: ann.accessKeyId },
    });
    expect(await askSigned(api, "/b", ann)).toMatchObject({
      status: 403,
      body: `{"Message":"User: arn:aws:iam::000000000000:user/ann is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:${api}/dev/GET/b"}`,
    });
  });

  it("refuses a signature that is not the key's", async () => {
    const api = await guarded(signed);
    const bob = await userWith("bob", { Effect: "Allow", Action: "*", Resource: "*" });
    const answer = await askSigned(api, "/a", { ...bob, secretAccessKey: "other" });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("The request signature we calculated does not match");
  });
});

describe("an API's own policy", () => {
  const policyOf = (...Statement: object[]) => ({ "x-amazon-apigateway-policy": { Version: "2012-10-17", Statement } });
  const everybody = { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
  const open = (document: object) =>
    world.apiOf({ paths: { "/a": { get: { to: mock() } }, "/b": { get: { to: mock() } } }, document });

  it("lets nobody pass whom it does not name", async () => {
    const api = await open(policyOf({ ...everybody, Resource: "execute-api:/dev/GET/a" }));
    expect(await ask(api)).toMatchObject({ status: 200 });
    expect(await ask(api, undefined, "/b")).toMatchObject({
      status: 403,
      body: `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:${api}/dev/GET/b"}`,
    });
  });

  it("denies by address", async () => {
    const from = (cidr: string) => ({
      ...everybody,
      Effect: "Deny",
      Condition: { IpAddress: { "aws:SourceIp": cidr } },
    });
    const here = await open(policyOf(everybody, from("127.0.0.0/8")));
    expect(await ask(here)).toMatchObject({ status: 403, body: expect.stringContaining("with an explicit deny") });
    expect(await ask(await open(policyOf(everybody, from("10.0.0.0/8"))))).toMatchObject({ status: 200 });
  });
});
