/** Routes that only signed requests reach, of those whose policies allow it. */
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startHttpApis, type HttpApis } from "../http-api-fixture.ts";

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

let world: HttpApis;
let iam: IAM;
let api: string;
beforeAll(async () => {
  world = await startHttpApis();
  iam = new IAM(world.cloud.client());
  const echo = await world.functionOf("echo", "return event.requestContext.authorizer ?? {};");
  const guard = { AuthorizationType: "AWS_IAM" as const, to: echo };
  api = await world.apiOf([
    { ...guard, RouteKey: "GET /pets/{id}" },
    { ...guard, RouteKey: "POST /pets" },
  ]);
});
afterAll(async () => {
  iam.destroy();
  await world.close();
});

async function ask(
  path: string,
  credentials: Credentials,
  { method = "GET", body = "", service = "execute-api" } = {},
) {
  const signer = new SignatureV4({ service, region: "us-east-1", sha256: Sha256, credentials });
  const host = `${api}.execute-api.us-east-1.amazonaws.com`;
  const unsigned = { method, protocol: "https:", hostname: host, path, headers: { host }, body };
  const { headers } = await signer.sign(unsigned);
  return world.askHost(host, path, { method, headers, body });
}
const ROOT = { accessKeyId: "000000000000", secretAccessKey: "any" };
const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

async function userWith(UserName: string, statement: object): Promise<Credentials> {
  await iam.createUser({ UserName });
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}
const invoke = (...paths: string[]) => ({
  Effect: "Allow",
  Action: "execute-api:Invoke",
  Resource: paths.map((path) => `arn:aws:execute-api:us-east-1:000000000000:${api}/${path}`),
});

it("refuses who has not signed, and who has signed for another service", async () => {
  expect(await world.ask(api, "/pets/1")).toMatchObject(FORBIDDEN);
  const other = await ask("/pets/1", await userWith("other", invoke("*")), { service: "lambda" });
  expect(other.status).toBe(403);
});

it("lets in whose policies allow the route, and tells the function who it is", async () => {
  const ann = await userWith("ann", invoke("$default/GET/pets/*"));
  const answer = await ask("/pets/1", ann);
  expect(answer.json()).toEqual({
    iam: {
      accessKey: ann.accessKeyId,
      accountId: "000000000000",
      callerId: expect.stringMatching(/^AIDA/),
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: "arn:aws:iam::000000000000:user/ann",
      userId: expect.stringMatching(/^AIDA/),
    },
  });
  expect(await ask("/pets", ann, { method: "POST", body: "{}" })).toMatchObject(FORBIDDEN);
  expect((await ask("/pets", ROOT, { method: "POST", body: "{}" })).status).toBe(200);
});

it("holds the signature against the key that was issued", async () => {
  const eve = await userWith("eve", invoke("*"));
  const forged = await ask("/pets/1", { ...eve, secretAccessKey: "guessed" });
  expect(forged.status).toBe(403);
  expect(forged.body).toMatch(/signature/i);
});

it("lets a role's session in as far as the role and the session's own policy go", async () => {
  const trust = { Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await iam.createRole({ RoleName: "caller", AssumeRolePolicyDocument });
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [invoke("*/GET/*")] });
  await iam.putRolePolicy({ RoleName: "caller", PolicyName: "own", PolicyDocument });
  const sts = new STS(world.cloud.client());
  const session = async (Policy?: string): Promise<Credentials> => {
    const RoleArn = "arn:aws:iam::000000000000:role/caller";
    const { Credentials: keys } = await sts.assumeRole({ RoleArn, RoleSessionName: "session", Policy });
    return {
      accessKeyId: keys?.AccessKeyId ?? "",
      secretAccessKey: keys?.SecretAccessKey ?? "",
      sessionToken: keys?.SessionToken ?? "",
    };
  };
  const whole = await session();
  expect((await ask("/pets/1", whole)).json()).toMatchObject({
    iam: { userArn: "arn:aws:sts::000000000000:assumed-role/caller/session" },
  });
  expect(await ask("/pets", whole, { method: "POST" })).toMatchObject(FORBIDDEN);
  const narrow = await session(JSON.stringify({ Version: "2012-10-17", Statement: [invoke("*/GET/pets/2")] }));
  expect(await ask("/pets/1", narrow)).toMatchObject(FORBIDDEN);
  expect((await ask("/pets/2", narrow)).status).toBe(200);
  sts.destroy();
});

it("refuses another account", async () => {
  expect(await ask("/pets/1", { accessKeyId: "111111111111", secretAccessKey: "any" })).toMatchObject(FORBIDDEN);
});
