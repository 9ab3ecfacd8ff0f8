/** Callers' own policies, judged before an operation runs. */
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { STS } from "@aws-sdk/client-sts";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../testing/cloud.ts";

const ACCOUNT = "111111111111";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/caller`;
const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;

let cloud: TestCloud;
let iam: IAM;
let root: Lambda;

beforeEach(async () => {
  cloud = await startCloud();
  iam = new IAM(cloud.client({ account: ACCOUNT }));
  root = new Lambda(cloud.client({ account: ACCOUNT }));
  await iam.createRole({
    RoleName: "caller",
    AssumeRolePolicyDocument: policy({
      Effect: "Allow",
      Principal: { AWS: ACCOUNT, Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    }),
  });
  await root.createFunction({
    FunctionName: "f",
    Role: ROLE_ARN,
    Runtime: "nodejs20.x",
    Handler: "index.handler",
    Code: { ZipFile: zipSync({ "index.mjs": Buffer.from("export const handler = () => 1;") }) },
  });
  await cloud.settled();
});
afterEach(async () => {
  iam.destroy();
  root.destroy();
  await cloud.close();
});

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const allow = (Action: string, Resource = "*") => policy({ Effect: "Allow", Action, Resource });

async function asCaller(Policy?: string): Promise<Lambda> {
  const sts = new STS(cloud.client({ account: ACCOUNT }));
  const { Credentials } = await sts.assumeRole({
    RoleArn: ROLE_ARN,
    RoleSessionName: "session",
    ...(Policy && { Policy }),
  });
  sts.destroy();
  return new Lambda(
    cloud.client({
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      },
    }),
  );
}

const give = (text: string) => iam.putRolePolicy({ RoleName: "caller", PolicyName: "p", PolicyDocument: text });
const get = async (client: Promise<Lambda>) => (await client).getFunctionConfiguration({ FunctionName: "f" });
const refusal = (reason: string, action = "lambda:GetFunctionConfiguration") => ({
  name: "AccessDeniedException",
  message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/caller/session is not authorized to perform: ${action} on resource: ${FUNCTION_ARN} ${reason}`,
});

describe("a role's session", () => {
  it("may do nothing that its role's policies do not allow, and is told in AWS's words", async () => {
    await expect(get(asCaller())).rejects.toMatchObject(
      refusal("because no identity-based policy allows the lambda:GetFunctionConfiguration action"),
    );
    await give(allow("lambda:Get*", FUNCTION_ARN));
    await expect(get(asCaller())).resolves.toMatchObject({ FunctionName: "f" });
    await give(allow("lambda:Get*", `${FUNCTION_ARN}-other`));
    await expect(get(asCaller())).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("may do nothing that is denied, whatever allows it", async () => {
    await give(
      policy(
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: "lambda:GetFunctionConfiguration", Resource: "*" },
      ),
    );
    await expect(get(asCaller())).rejects.toMatchObject(refusal("with an explicit deny in an identity-based policy"));
  });

  it("is limited by the policy of the session and by the boundary of the role", async () => {
    await give(allow("lambda:*"));
    await expect(get(asCaller(allow("s3:*")))).rejects.toMatchObject(
      refusal("because no session policy allows the lambda:GetFunctionConfiguration action"),
    );
    await expect(get(asCaller(allow("lambda:GetFunctionConfiguration")))).resolves.toBeDefined();
    const { Policy } = await iam.createPolicy({ PolicyName: "boundary", PolicyDocument: allow("s3:*") });
    await iam.putRolePermissionsBoundary({ RoleName: "caller", PermissionsBoundary: Policy?.Arn });
    await expect(get(asCaller())).rejects.toMatchObject(
      refusal("because no permissions boundary allows the lambda:GetFunctionConfiguration action"),
    );
  });

  it("may do what the function's own policy allows its role", async () => {
    const invoke = async () => (await asCaller()).invoke({ FunctionName: "f" });
    await expect(invoke()).rejects.toMatchObject(
      refusal("because no identity-based policy allows the lambda:InvokeFunction action", "lambda:InvokeFunction"),
    );
    await root.addPermission({
      FunctionName: "f",
      StatementId: "s",
      Action: "lambda:InvokeFunction",
      Principal: ROLE_ARN,
    });
    await expect(invoke()).resolves.toMatchObject({ StatusCode: 200 });
  });
});

it("a user may do what its groups allow", async () => {
  await iam.createUser({ UserName: "dev" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "dev" });
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  const client = new Lambda(cloud.client({ credentials }));
  await expect(client.listFunctions({})).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::${ACCOUNT}:user/dev is not authorized to perform: lambda:ListFunctions because no identity-based policy allows the lambda:ListFunctions action`,
  });
  await iam.createGroup({ GroupName: "readers" });
  await iam.addUserToGroup({ UserName: "dev", GroupName: "readers" });
  await iam.putGroupPolicy({ GroupName: "readers", PolicyName: "p", PolicyDocument: allow("lambda:List*") });
  await expect(client.listFunctions({})).resolves.toMatchObject({ Functions: [{ FunctionName: "f" }] });
  client.destroy();
});
