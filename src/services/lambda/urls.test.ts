/** Function URLs as a web client meets them. */
import { request } from "node:http";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE, zipOf } from "./function-fixture.ts";

let cloud: TestCloud;
let lambda: Lambda;

// One cloud for all: every test has a function of its own.
beforeAll(async () => {
  cloud = await startCloud();
  lambda = new Lambda(cloud.client());
  await new IAM(cloud.client()).createRole(ROLE);
});
afterAll(async () => {
  lambda.destroy();
  await cloud.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks without the help of a name server: the host is a header. */
function ask(url: string | undefined, path = "/", options: { method?: string; headers?: object; body?: string } = {}) {
  const { method = "GET", headers = {}, body } = options;
  return new Promise<Answer>((resolve, reject) => {
    const to = { port: cloud.port, method, path, headers: { ...headers, host: new URL(url ?? "").host } };
    const asked = request(to, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      const done = (): void =>
        resolve({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(chunks).toString() });
      reply.on("end", done);
      reply.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** The headers of a GET, signed as a client of function URLs signs it. */
async function signed(url: string | undefined, credentials: { accessKeyId: string; secretAccessKey: string }) {
  const signer = new SignatureV4({ service: "lambda", region: "us-east-1", sha256: Sha256, credentials });
  const { host } = new URL(url ?? "");
  const { headers } = await signer.sign({
    method: "GET",
    protocol: "http:",
    hostname: host,
    path: "/",
    headers: { host },
  });
  return { headers };
}

/** A function with a URL that everybody may ask. */
async function open(body: string, FunctionName: string, config: object = {}): Promise<string | undefined> {
  await lambda.createFunction(functionOf(body, FunctionName));
  return await publicUrl(FunctionName, config);
}

async function publicUrl(FunctionName: string, config: object = {}): Promise<string | undefined> {
  await lambda.addPermission({
    FunctionName,
    StatementId: "public",
    Action: "lambda:InvokeFunctionUrl",
    Principal: "*",
    FunctionUrlAuthType: "NONE",
  });
  return (await lambda.createFunctionUrlConfig({ FunctionName, AuthType: "NONE", ...config })).FunctionUrl;
}

describe("a function URL", () => {
  it("gives the function payload format 2.0 and a caller what it answers", async () => {
    const url = await open(
      "return { statusCode: 201, headers: { 'X-Mine': 'yes' }, cookies: ['a=1; Path=/', 'b=2'], body: JSON.stringify(event) }",
      "shows",
    );
    expect(url).toMatch(/^http:\/\/[a-z0-9]{32}\.lambda-url\.us-east-1\.localhost\.localstack\.cloud:\d+\/$/);
    const { status, headers, body } = await ask(url, "/a%20b/c?x=1&x=2&y=", {
      method: "POST",
      headers: { "content-type": "application/json", cookie: "c=1; d=2", "User-Agent": "me" },
      body: '{"ü":1}',
    });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ "x-mine": "yes", "set-cookie": ["a=1; Path=/", "b=2"] });
    const id = new URL(url ?? "").host.split(".")[0];
    expect(JSON.parse(body)).toMatchObject({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/a b/c",
      rawQueryString: "x=1&x=2&y=",
      cookies: ["c=1", "d=2"],
      headers: { "content-type": "application/json", "user-agent": "me", "x-forwarded-proto": "http" },
      queryStringParameters: { x: "1,2", y: "" },
      requestContext: {
        accountId: "anonymous",
        apiId: id,
        domainPrefix: id,
        http: { method: "POST", path: "/a b/c", protocol: "HTTP/1.1", userAgent: "me" },
        requestId: headers["x-amzn-requestid"],
        stage: "$default",
        time: "01/Jan/2026:00:00:00 +0000",
      },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
  });

  it("takes and gives bytes in base64, and wraps what is no reply", async () => {
    const url = await open(
      `return event.rawPath === "/text" ? "hello" : event.rawPath === "/json" ? { a: 1 }
        : { body: event.body, isBase64Encoded: true, statusCode: 200, headers: { "content-type": "image/png" } }`,
      "bytes",
    );
    const bytes = await ask(url, "/", { method: "PUT", headers: { "content-type": "image/png" }, body: "\u0001PNG" });
    expect([bytes.body, bytes.headers["content-type"]]).toEqual(["\u0001PNG", "image/png"]);
    expect(await ask(url, "/text")).toMatchObject({ status: 200, body: "hello" });
    const json = await ask(url, "/json");
    expect([json.body, json.headers["content-type"]]).toEqual(['{"a":1}', "application/json"]);
  });

  it("answers 502 for a function's error and for a status that is none, 403 for nobody's URL", async () => {
    const url = await open("if (event.rawPath === '/bad') return { statusCode: 'x' }; throw new Error()", "errs");
    expect(await ask(url)).toMatchObject({ status: 502, body: "Internal Server Error" });
    expect(await ask(url, "/bad")).toMatchObject({ status: 502 });
    expect(await ask(url?.replace(/\/\/.{4}/, "//zzzz"))).toMatchObject({ status: 403 });
  });

  it("is closed without a permission, and where it wants to know who asks", async () => {
    await lambda.createFunction(functionOf("return event.requestContext.authorizer", "closed"));
    const FunctionName = "closed";
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({ FunctionName, AuthType: "NONE" });
    expect(await ask(FunctionUrl)).toMatchObject({ status: 403, body: '{"Message":"Forbidden"}' });
    await lambda.updateFunctionUrlConfig({ FunctionName, AuthType: "AWS_IAM" });
    expect((await ask(FunctionUrl)).status).toBe(403);
    const root = (account: string) => ({ accessKeyId: account, secretAccessKey: "any" });
    expect((await ask(FunctionUrl, "/", await signed(FunctionUrl, root("111111111111")))).status).toBe(403);
    const own = await ask(FunctionUrl, "/", await signed(FunctionUrl, root("000000000000")));
    expect(JSON.parse(own.body)).toMatchObject({ iam: { userArn: "arn:aws:iam::000000000000:root" } });

    const iam = new IAM(cloud.client());
    await iam.createUser({ UserName: "caller" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "caller" });
    const key = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    const known = await ask(FunctionUrl, "/", await signed(FunctionUrl, key));
    expect(JSON.parse(known.body)).toMatchObject({ iam: { userArn: "arn:aws:iam::000000000000:user/caller" } });
    const wrong = await ask(FunctionUrl, "/", await signed(FunctionUrl, { ...key, secretAccessKey: "wrong" }));
    expect(wrong.status).toBe(403);
  });

  it("answers preflight requests itself and adds its CORS headers to what the function says", async () => {
    const Cors = { AllowOrigins: ["https://*.example.com"], AllowMethods: ["GET"], AllowHeaders: ["x-a"], MaxAge: 60 };
    const url = await open("return 'ran'", "crosses", { Cors });
    const origin = "https://app.example.com";
    const asked = await ask(url, "/", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET" },
    });
    expect(asked).toMatchObject({
      status: 200,
      body: "",
      headers: {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "x-a",
        "access-control-max-age": "60",
      },
    });
    const allowed = await ask(url, "/", { headers: { origin } });
    expect(allowed).toMatchObject({ body: "ran", headers: { "access-control-allow-origin": origin } });
    const other = await ask(url, "/", { headers: { origin: "https://evil.com" } });
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("streams what the function streams, with its prelude as the head", async () => {
    const ZipFile = zipOf({
      "index.js": `exports.handler = awslambda.streamifyResponse(async (event, out) => {
        const body = awslambda.HttpResponseStream.from(out, { statusCode: 202, headers: { "content-type": "text/plain" }, cookies: ["s=1"] });
        body.write("one "); await new Promise((r) => setTimeout(r, 10)); body.write("two"); body.end(); });`,
    });
    await lambda.createFunction({ ...functionOf("", "pours"), Code: { ZipFile } });
    const url = await publicUrl("pours", { InvokeMode: "RESPONSE_STREAM" });
    expect(await ask(url)).toMatchObject({
      status: 202,
      body: "one two",
      headers: { "content-type": "text/plain", "set-cookie": ["s=1"] },
    });
  });

  it("can be of an alias, is listed, and goes with it", async () => {
    await lambda.createFunction({ ...functionOf("return context.functionVersion", "aliased"), Publish: true });
    const FunctionName = "aliased";
    await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
    const Qualifier = "live";
    await lambda.addPermission({
      FunctionName,
      Qualifier,
      StatementId: "public",
      Action: "lambda:InvokeFunctionUrl",
      Principal: "*",
      FunctionUrlAuthType: "NONE",
    });
    const { FunctionUrl, FunctionArn } = await lambda.createFunctionUrlConfig({
      FunctionName,
      Qualifier,
      AuthType: "NONE",
    });
    expect((await lambda.listFunctionUrlConfigs({ FunctionName })).FunctionUrlConfigs).toMatchObject([{ FunctionArn }]);
    expect(await ask(FunctionUrl)).toMatchObject({ body: "1" });
    await expect(lambda.createFunctionUrlConfig({ FunctionName, Qualifier, AuthType: "NONE" })).rejects.toMatchObject({
      name: "ResourceConflictException",
    });
    await lambda.deleteAlias({ FunctionName, Name: "live" });
    expect((await ask(FunctionUrl)).status).toBe(403);
  });
});
