/** Who a caller is, and temporary credentials, as an SDK client sees them. */
import { IAM } from "@aws-sdk/client-iam";
import { STS, type AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

const A = "111111111111";
const B = "222222222222";
const EXTERNAL_ID = "testtesttesttest";
const roleArn = `arn:aws:iam::${B}:role/circleci-role`;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

type Keys =
  | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
  | undefined;

function credentials(keys: Keys) {
  const {
    AccessKeyId: accessKeyId = "",
    SecretAccessKey: secretAccessKey = "",
    SessionToken: sessionToken,
  } = keys ?? {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
}
const iamOf = (account: string): IAM => new IAM(cloud.client({ account }));
const rootOf = (account: string): STS => new STS(cloud.client({ account }));
const stsWith = (keys: Keys): STS => new STS(cloud.client(credentials(keys)));
const iamWith = (keys: Keys): IAM => new IAM(cloud.client(credentials(keys)));

function policy(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
const mayAssume = (resource = "*", actions: string | string[] = "sts:AssumeRole"): string =>
  policy({ Effect: "Allow", Action: actions, Resource: resource });
const trusts = (principal: object, condition?: object, actions: string | string[] = "sts:AssumeRole"): string =>
  policy({
    Effect: "Allow",
    Principal: principal,
    Action: actions,
    ...(condition === undefined ? {} : { Condition: condition }),
  });

/** The user `circleci` of account A with a key of its own. */
async function makeUser(userName = "circleci", account = A): Promise<Keys> {
  const iam = iamOf(account);
  await iam.createUser({ UserName: userName });
  return (await iam.createAccessKey({ UserName: userName })).AccessKey;
}

async function makeRole(
  trust: string,
  extra: { RoleName?: string; MaxSessionDuration?: number } = {},
  account = B,
): Promise<void> {
  await iamOf(account).createRole({ RoleName: "circleci-role", AssumeRolePolicyDocument: trust, ...extra });
}

const assume = (sts: STS, more: Partial<AssumeRoleCommandInput> = {}) =>
  sts.assumeRole({ RoleArn: roleArn, RoleSessionName: "build", ...more });

const refused = {
  name: "AccessDenied",
  message: `User: arn:aws:iam::${A}:user/circleci is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
};

describe("GetCallerIdentity", () => {
  it("tells root by its account", async () => {
    expect(await rootOf(A).getCallerIdentity()).toMatchObject({ UserId: A, Account: A, Arn: `arn:aws:iam::${A}:root` });
  });

  it("tells a user by its unique id", async () => {
    const keys = await makeUser();
    const { UserId, Arn } = await stsWith(keys).getCallerIdentity();
    expect(UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(Arn).toBe(`arn:aws:iam::${A}:user/circleci`);
  });

  it("refuses a key that was made inactive", async () => {
    const keys = await makeUser();
    await iamOf(A).updateAccessKey({ UserName: "circleci", AccessKeyId: keys?.AccessKeyId, Status: "Inactive" });
    await expect(stsWith(keys).getCallerIdentity()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});

describe("AssumeRole into another account (seed 000)", () => {
  let user: Keys;
  beforeEach(async () => {
    user = await makeUser();
    await iamOf(A).putUserPolicy({ UserName: "circleci", PolicyName: "assume", PolicyDocument: mayAssume(roleArn) });
    await makeRole(
      trusts({ AWS: `arn:aws:iam::${A}:user/circleci` }, { StringEquals: { "sts:ExternalId": EXTERNAL_ID } }),
    );
  });

  it("is refused with the wrong ExternalId, and without one", async () => {
    await expect(assume(stsWith(user), { ExternalId: "wrong" })).rejects.toMatchObject(refused);
    await expect(assume(stsWith(user))).rejects.toMatchObject(refused);
  });

  it("gives credentials with the right one that act as the role and see its account only", async () => {
    const { Credentials, AssumedRoleUser } = await assume(stsWith(user), { ExternalId: EXTERNAL_ID });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${B}:assumed-role/circleci-role/build`);
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:build$/);
    expect(await stsWith(Credentials).getCallerIdentity()).toMatchObject({
      Account: B,
      Arn: AssumedRoleUser?.Arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    });
    const { Roles = [] } = await iamWith(Credentials).listRoles();
    expect(Roles.map(({ RoleName }) => RoleName)).toEqual(["circleci-role"]);
    expect((await iamWith(Credentials).listUsers()).Users).toEqual([]);
  });

  it("needs the user's own policies to allow it too", async () => {
    await iamOf(A).deleteUserPolicy({ UserName: "circleci", PolicyName: "assume" });
    await expect(assume(stsWith(user), { ExternalId: EXTERNAL_ID })).rejects.toMatchObject(refused);
    await iamOf(A).createGroup({ GroupName: "builders" });
    await iamOf(A).putGroupPolicy({ GroupName: "builders", PolicyName: "assume", PolicyDocument: mayAssume(roleArn) });
    await iamOf(A).addUserToGroup({ GroupName: "builders", UserName: "circleci" });
    await expect(assume(stsWith(user), { ExternalId: EXTERNAL_ID })).resolves.toBeDefined();
  });

  it("is refused to other users of the trusted account and to its root", async () => {
    const other = await makeUser("other");
    await expect(assume(stsWith(other), { ExternalId: EXTERNAL_ID })).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(assume(rootOf(A), { ExternalId: EXTERNAL_ID })).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("is refused to a new user of the same name, because the role trusts the old one's id", async () => {
    const iam = iamOf(A);
    await iam.deleteUserPolicy({ UserName: "circleci", PolicyName: "assume" });
    await iam.deleteAccessKey({ UserName: "circleci", AccessKeyId: user?.AccessKeyId });
    await iam.deleteUser({ UserName: "circleci" });
    const again = await makeUser();
    await iam.putUserPolicy({ UserName: "circleci", PolicyName: "assume", PolicyDocument: mayAssume() });
    await expect(assume(stsWith(again), { ExternalId: EXTERNAL_ID })).rejects.toMatchObject(refused);
    const { Role } = await iamOf(B).getRole({ RoleName: "circleci-role" });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toMatch(/"AWS":"AIDA[A-Z2-7]{17}"/);
  });

  it("ends when its duration is over", async () => {
    const { Credentials } = await assume(stsWith(user), { ExternalId: EXTERNAL_ID, DurationSeconds: 900 });
    await cloud.advance("14m59s");
    await expect(stsWith(Credentials).getCallerIdentity()).resolves.toBeDefined();
    await cloud.advance("1s");
    await expect(stsWith(Credentials).getCallerIdentity()).rejects.toMatchObject({ name: "ExpiredToken" });
    await cloud.advance("25h");
    await expect(stsWith(Credentials).getCallerIdentity()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  it("wants the session token that goes with the key", async () => {
    const { Credentials } = await assume(stsWith(user), { ExternalId: EXTERNAL_ID });
    await expect(stsWith({ ...Credentials, SessionToken: "another" }).getCallerIdentity()).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  it("says the same of a role that is not there as of one that does not trust", async () => {
    const nowhere = `arn:aws:iam::${B}:role/nowhere`;
    await expect(assume(stsWith(user), { RoleArn: nowhere })).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::${A}:user/circleci is not authorized to perform: sts:AssumeRole on resource: ${nowhere}`,
    });
  });
});

describe("AssumeRole within an account", () => {
  const inB = { RoleArn: roleArn, RoleSessionName: "build" };

  it("needs nothing but a trust policy that names the user itself", async () => {
    const user = await makeUser("dev", B);
    await makeRole(trusts({ AWS: `arn:aws:iam::${B}:user/dev` }));
    await expect(stsWith(user).assumeRole(inB)).resolves.toBeDefined();
  });

  it("needs the user's own policies where the trust policy names the account", async () => {
    const user = await makeUser("dev", B);
    await makeRole(trusts({ AWS: B }));
    await expect(stsWith(user).assumeRole(inB)).rejects.toMatchObject({ name: "AccessDenied" });
    await iamOf(B).putUserPolicy({ UserName: "dev", PolicyName: "p", PolicyDocument: mayAssume() });
    await expect(stsWith(user).assumeRole(inB)).resolves.toBeDefined();
  });

  it("yields to a Deny in the user's own policies", async () => {
    const user = await makeUser("dev", B);
    await makeRole(trusts({ AWS: `arn:aws:iam::${B}:user/dev` }));
    const deny = policy({ Effect: "Deny", Action: "sts:*", Resource: "*" });
    await iamOf(B).putUserPolicy({ UserName: "dev", PolicyName: "p", PolicyDocument: deny });
    await expect(stsWith(user).assumeRole(inB)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("is refused to everybody but the service that the role trusts", async () => {
    await makeRole(trusts({ Service: "lambda.amazonaws.com" }));
    await expect(rootOf(B).assumeRole(inB)).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("a role session", () => {
  it("lasts at most as long as the role says, and an hour when the caller is a role itself", async () => {
    await makeRole(trusts({ AWS: B }), { MaxSessionDuration: 7200 });
    await iamOf(B).putRolePolicy({ RoleName: "circleci-role", PolicyName: "p", PolicyDocument: mayAssume() });
    await expect(assume(rootOf(B), { DurationSeconds: 7201 })).rejects.toMatchObject({
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
    const { Credentials } = await assume(rootOf(B), { DurationSeconds: 7200 });
    const chained = assume(stsWith(Credentials), { DurationSeconds: 3601 });
    await expect(chained).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("role chaining"),
    });
    await expect(assume(stsWith(Credentials))).resolves.toBeDefined();
  });

  it("has tags only when the trust policy lets them be set, and hands the transitive ones on", async () => {
    await makeRole(trusts({ AWS: B }));
    const Tags = [{ Key: "team", Value: "shop" }];
    await expect(assume(rootOf(B), { Tags })).rejects.toMatchObject({
      message: expect.stringContaining("is not authorized to perform: sts:TagSession on resource"),
    });
    const tagging = trusts({ AWS: B }, undefined, ["sts:AssumeRole", "sts:TagSession"]);
    await iamOf(B).updateAssumeRolePolicy({ RoleName: "circleci-role", PolicyDocument: tagging });
    await iamOf(B).putRolePolicy({
      RoleName: "circleci-role",
      PolicyName: "p",
      PolicyDocument: mayAssume("*", ["sts:AssumeRole", "sts:TagSession"]),
    });
    const onlyShop = trusts({ AWS: B }, { StringEquals: { "aws:PrincipalTag/team": "shop" } });
    await makeRole(onlyShop, { RoleName: "second" });
    await makeRole(onlyShop, { RoleName: "third" });
    const second = { RoleArn: `arn:aws:iam::${B}:role/second` };
    await iamOf(B).putRolePolicy({ RoleName: "second", PolicyName: "p", PolicyDocument: mayAssume() });
    const { Credentials: untagged } = await assume(rootOf(B));
    await expect(assume(stsWith(untagged), second)).rejects.toMatchObject({ name: "AccessDenied" });
    const { Credentials: tagged } = await assume(rootOf(B), { Tags, TransitiveTagKeys: ["team"] });
    const { Credentials: chained } = await assume(stsWith(tagged), second);
    await expect(assume(stsWith(chained), { RoleArn: `arn:aws:iam::${B}:role/third` })).resolves.toBeDefined();
  });

  it("is limited by its session policy when it assumes a further role", async () => {
    await makeRole(trusts({ AWS: B }));
    await iamOf(B).putRolePolicy({ RoleName: "circleci-role", PolicyName: "p", PolicyDocument: mayAssume() });
    const { Credentials, PackedPolicySize } = await assume(rootOf(B), {
      Policy: policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }),
    });
    expect(PackedPolicySize).toBeGreaterThan(0);
    await expect(assume(stsWith(Credentials))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("is limited by the boundary of its role when it assumes a further role", async () => {
    await makeRole(trusts({ AWS: B }));
    const { Credentials } = await assume(rootOf(B));
    await makeRole(trusts({ AWS: roleArn }), { RoleName: "second" });
    const second = { RoleArn: `arn:aws:iam::${B}:role/second` };
    await expect(assume(stsWith(Credentials), second)).resolves.toBeDefined();
    const PermissionsBoundary = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    await iamOf(B).putRolePermissionsBoundary({ RoleName: "circleci-role", PermissionsBoundary });
    await expect(assume(stsWith(Credentials), second)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("cannot be had with a session policy that is none", async () => {
    await makeRole(trusts({ AWS: B }));
    await expect(assume(rootOf(B), { Policy: "{}" })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
    await expect(
      assume(rootOf(B), { PolicyArns: [{ arn: "arn:aws:iam::aws:policy/NoSuchPolicy" }] }),
    ).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
  });
});

describe("other credentials", () => {
  it("of GetSessionToken are the user's own, and cannot ask for more", async () => {
    const { Credentials } = await stsWith(await makeUser()).getSessionToken();
    expect(await stsWith(Credentials).getCallerIdentity()).toMatchObject({ Arn: `arn:aws:iam::${A}:user/circleci` });
    await expect(stsWith(Credentials).getSessionToken()).rejects.toMatchObject({
      name: "AccessDenied",
      message: "Cannot call GetSessionToken with session credentials",
    });
  });

  it("of GetFederationToken act as a federated user", async () => {
    const { Credentials, FederatedUser } = await stsWith(await makeUser()).getFederationToken({ Name: "bob" });
    expect(FederatedUser).toEqual({ FederatedUserId: `${A}:bob`, Arn: `arn:aws:sts::${A}:federated-user/bob` });
    expect(await stsWith(Credentials).getCallerIdentity()).toMatchObject({
      UserId: `${A}:bob`,
      Arn: FederatedUser?.Arn,
    });
  });

  it("carry their account in the key id", async () => {
    const user = await makeUser("circleci", "999999999999");
    const { Credentials } = await rootOf("000000000007").getSessionToken();
    expect((await rootOf(A).getAccessKeyInfo({ AccessKeyId: user?.AccessKeyId })).Account).toBe("999999999999");
    expect((await rootOf(A).getAccessKeyInfo({ AccessKeyId: Credentials?.AccessKeyId })).Account).toBe("000000000007");
    await expect(rootOf(A).getAccessKeyInfo({ AccessKeyId: "NOTAKEYATALL0000" })).rejects.toMatchObject({
      name: "ValidationError",
    });
  });

  it("cannot be had with an MFA code, because nobody has a device", async () => {
    const code = { SerialNumber: `arn:aws:iam::${A}:mfa/circleci`, TokenCode: "123456" };
    await expect(stsWith(await makeUser()).getSessionToken(code)).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("DecodeAuthorizationMessage", () => {
  it("refuses what was not encoded here", async () => {
    await expect(rootOf(A).decodeAuthorizationMessage({ EncodedMessage: "nonsense" })).rejects.toMatchObject({
      name: "InvalidAuthorizationMessageException",
    });
  });
});
