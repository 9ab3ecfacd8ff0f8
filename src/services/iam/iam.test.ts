/** Users, groups, roles, keys and what hangs on them, as an SDK client sees them. */
import { IAM, paginateListUsers } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";

const ACCOUNT = "000000000000";
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const readAnything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
});

let cloud: TestCloud;
let iam: IAM;
beforeEach(async () => {
  cloud = await startCloud();
  iam = new IAM(cloud.client());
});
afterEach(async () => {
  iam.destroy();
  await cloud.close();
});

describe("users", () => {
  it("have an id of their own, an ARN with their path, and the time they were made", async () => {
    const { User } = await iam.createUser({ UserName: "ana", Path: "/dev/", Tags: [{ Key: "team", Value: "shop" }] });
    expect(User).toEqual({
      UserName: "ana",
      Path: "/dev/",
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:user/dev/ana`,
      CreateDate: new Date(TEST_EPOCH),
      Tags: [{ Key: "team", Value: "shop" }],
    });
    expect((await iam.getUser({ UserName: "ana" })).User).toEqual(User);
  });

  it("may not differ from one another in case alone", async () => {
    await iam.createUser({ UserName: "ana" });
    await expect(iam.createUser({ UserName: "Ana" })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "User with name Ana already exists.",
      $metadata: { httpStatusCode: 409 },
    });
  });

  it("belong to their account", async () => {
    await iam.createUser({ UserName: "ana" });
    const other = new IAM(cloud.client({ account: "111111111111" }));
    await expect(other.getUser({ UserName: "ana" })).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The user with name ana cannot be found.",
    });
    other.destroy();
  });

  it("are listed page by page, and by path", async () => {
    for (const UserName of ["b", "a", "d", "c", "e"])
      await iam.createUser({ UserName, Path: UserName < "c" ? "/x/" : "/y/" });
    const names: (string | undefined)[][] = [];
    for await (const { Users = [] } of paginateListUsers({ client: iam, pageSize: 2 }, {}))
      names.push(Users.map(({ UserName }) => UserName));
    expect(names).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect((await iam.listUsers({ PathPrefix: "/x/" })).Users?.map(({ UserName }) => UserName)).toEqual(["a", "b"]);
    await expect(iam.listUsers({ Marker: "bm9uc2Vuc2U=" })).rejects.toMatchObject({
      name: "ValidationError",
      message: "Invalid Marker.",
    });
  });

  it("keep groups, policies and keys when they are renamed", async () => {
    await iam.createUser({ UserName: "ana" });
    await iam.createGroup({ GroupName: "dev" });
    await iam.addUserToGroup({ GroupName: "dev", UserName: "ana" });
    await iam.attachUserPolicy({ UserName: "ana", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "ana" });
    await iam.updateUser({ UserName: "ana", NewUserName: "anna" });
    expect((await iam.getGroup({ GroupName: "dev" })).Users?.map(({ UserName }) => UserName)).toEqual(["anna"]);
    expect(
      (await iam.listEntitiesForPolicy({ PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" })).PolicyUsers?.[0]
        ?.UserName,
    ).toBe("anna");
    expect((await iam.listAccessKeys({ UserName: "anna" })).AccessKeyMetadata?.[0]?.AccessKeyId).toBe(
      AccessKey?.AccessKeyId,
    );
  });

  it("can be deleted only when nothing hangs on them any more, in AWS's words", async () => {
    await iam.createUser({ UserName: "ana" });
    await iam.createGroup({ GroupName: "dev" });
    const refused = (words: string) => ({
      name: "DeleteConflictException",
      message: `Cannot delete entity, must ${words} first.`,
    });
    const remove = () => iam.deleteUser({ UserName: "ana" });
    await iam.addUserToGroup({ GroupName: "dev", UserName: "ana" });
    await iam.putUserPolicy({ UserName: "ana", PolicyName: "p", PolicyDocument: readAnything });
    await iam.attachUserPolicy({ UserName: "ana", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "ana" });
    await iam.createLoginProfile({ UserName: "ana", Password: "correct horse" });
    await expect(remove()).rejects.toMatchObject(refused("delete policies"));
    await iam.deleteUserPolicy({ UserName: "ana", PolicyName: "p" });
    await expect(remove()).rejects.toMatchObject(refused("detach all policies"));
    await iam.detachUserPolicy({ UserName: "ana", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });
    await expect(remove()).rejects.toMatchObject(refused("remove users from group"));
    await expect(iam.deleteGroup({ GroupName: "dev" })).rejects.toMatchObject(refused("remove users from group"));
    await iam.removeUserFromGroup({ GroupName: "dev", UserName: "ana" });
    await expect(remove()).rejects.toMatchObject(refused("delete login profile"));
    await iam.deleteLoginProfile({ UserName: "ana" });
    await expect(remove()).rejects.toMatchObject(refused("delete access keys"));
    await iam.deleteAccessKey({ UserName: "ana", AccessKeyId: AccessKey?.AccessKeyId });
    await expect(remove()).resolves.toBeDefined();
  });
});

describe("access keys", () => {
  it("are two at most, and end with the user's right to them", async () => {
    await iam.createUser({ UserName: "ana" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "ana" });
    await iam.createAccessKey({ UserName: "ana" });
    await expect(iam.createAccessKey({ UserName: "ana" })).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    };
    const ana = new IAM(cloud.client({ credentials }));
    expect((await ana.getUser({})).User?.UserName).toBe("ana");
    await iam.deleteAccessKey({ UserName: "ana", AccessKeyId: credentials.accessKeyId });
    await expect(ana.getUser({})).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    ana.destroy();
  });

  it("are not for root, whom twelve digits stand for", async () => {
    await expect(iam.createAccessKey({})).rejects.toMatchObject({ name: "ValidationError" });
  });
});

describe("roles", () => {
  it("show their trust policy percent-encoded", async () => {
    const { Role } = await iam.createRole({
      RoleName: "worker",
      AssumeRolePolicyDocument: trust,
      MaxSessionDuration: 7200,
    });
    expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22%3A/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(trust);
    expect(Role).toMatchObject({ MaxSessionDuration: 7200, Arn: `arn:aws:iam::${ACCOUNT}:role/worker` });
    expect(Role?.RoleId).toMatch(/^AROA/);
  });

  it("trust only principals that exist", async () => {
    const ghost = { AWS: `arn:aws:iam::${ACCOUNT}:user/ghost` };
    const document = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: ghost, Action: "sts:AssumeRole" }],
    });
    await expect(iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: document })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:user/ghost"`,
    });
    await expect(iam.getRole({ RoleName: "worker" })).rejects.toMatchObject({
      message: "The role with name worker cannot be found.",
    });
  });

  it("take at most 10,240 characters of inline policies, white space aside", async () => {
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    const long = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${"b".repeat(5100)}` }],
    });
    const put = (PolicyName: string) =>
      iam.putRolePolicy({ RoleName: "worker", PolicyName, PolicyDocument: `${long}${" ".repeat(9000)}` });
    await put("one");
    await expect(put("two")).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Maximum policy size of 10240 bytes exceeded for role worker",
    });
  });

  it("of a service are made, and changed, only by AWS", async () => {
    const { Role } = await iam.createServiceLinkedRole({ AWSServiceName: "ops.apigateway.amazonaws.com" });
    const RoleName = Role?.RoleName ?? "";
    expect(RoleName).toBe("AWSServiceRoleForAPIGateway");
    await expect(iam.deleteRole({ RoleName })).rejects.toMatchObject({
      name: "UnmodifiableEntityException",
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    });
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName });
    expect((await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })).Status).toBe("SUCCEEDED");
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  it("are held by instance profiles, one each", async () => {
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    await iam.createInstanceProfile({ InstanceProfileName: "box" });
    await iam.addRoleToInstanceProfile({ InstanceProfileName: "box", RoleName: "worker" });
    expect((await iam.getInstanceProfile({ InstanceProfileName: "box" })).InstanceProfile?.Roles?.[0]?.RoleName).toBe(
      "worker",
    );
    await expect(iam.deleteRole({ RoleName: "worker" })).rejects.toMatchObject({
      message: "Cannot delete entity, must remove roles from instance profile first.",
    });
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName: "box", RoleName: "worker" });
    await iam.deleteInstanceProfile({ InstanceProfileName: "box" });
    await iam.deleteRole({ RoleName: "worker" });
  });
});

describe("tags", () => {
  it("replace one another whatever their keys' case, and may not begin with aws:", async () => {
    await iam.createRole({
      RoleName: "worker",
      AssumeRolePolicyDocument: trust,
      Tags: [{ Key: "Team", Value: "shop" }],
    });
    await iam.tagRole({ RoleName: "worker", Tags: [{ Key: "team", Value: "bank" }] });
    expect((await iam.listRoleTags({ RoleName: "worker" })).Tags).toEqual([{ Key: "team", Value: "bank" }]);
    await expect(iam.tagRole({ RoleName: "worker", Tags: [{ Key: "aws:x", Value: "y" }] })).rejects.toMatchObject({
      name: "InvalidInputException",
    });
    await iam.untagRole({ RoleName: "worker", TagKeys: ["TEAM"] });
    expect((await iam.listRoleTags({ RoleName: "worker" })).Tags).toEqual([]);
  });
});

describe("identity providers", () => {
  it("for GitHub Actions have the ARN that trust policies name", async () => {
    const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
      Url: "https://token.actions.githubusercontent.com",
      ClientIDList: ["sts.amazonaws.com"],
    });
    expect(OpenIDConnectProviderArn).toBe(`arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`);
    const found = await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn });
    expect(found).toMatchObject({ Url: "token.actions.githubusercontent.com", ClientIDList: ["sts.amazonaws.com"] });
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn });
    expect((await iam.listOpenIDConnectProviders({})).OpenIDConnectProviderList).toEqual([]);
  });
});

describe("the account", () => {
  it("has one alias, which no other account has", async () => {
    await iam.createAccountAlias({ AccountAlias: "first" });
    await iam.createAccountAlias({ AccountAlias: "second" });
    expect((await iam.listAccountAliases({})).AccountAliases).toEqual(["second"]);
    const other = new IAM(cloud.client({ account: "111111111111" }));
    await expect(other.createAccountAlias({ AccountAlias: "second" })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
    });
    await other.createAccountAlias({ AccountAlias: "first" });
    other.destroy();
  });

  it("holds passwords to its policy", async () => {
    await iam.createUser({ UserName: "ana" });
    await iam.updateAccountPasswordPolicy({ MinimumPasswordLength: 12, RequireNumbers: true });
    await expect(iam.createLoginProfile({ UserName: "ana", Password: "without number" })).rejects.toMatchObject({
      name: "PasswordPolicyViolationException",
    });
    await iam.createLoginProfile({ UserName: "ana", Password: "with number 1" });
  });

  it("tells all of itself in GetAccountAuthorizationDetails", async () => {
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    await iam.attachRolePolicy({ RoleName: "worker", PolicyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess" });
    await iam.putRolePolicy({ RoleName: "worker", PolicyName: "p", PolicyDocument: readAnything });
    const { RoleDetailList, Policies } = await iam.getAccountAuthorizationDetails({});
    expect(RoleDetailList?.[0]).toMatchObject({
      RoleName: "worker",
      RolePolicyList: [{ PolicyName: "p", PolicyDocument: encodeURIComponent(readAnything).replaceAll("*", "%2A") }],
      AttachedManagedPolicies: [{ PolicyName: "AmazonS3FullAccess" }],
    });
    expect(Policies?.map(({ PolicyName }) => PolicyName)).toEqual(["AmazonS3FullAccess"]);
  });
});

describe("what is not there", () => {
  it("answers with an error that names it", async () => {
    await expect(iam.createVirtualMFADevice({ VirtualMFADeviceName: "phone" })).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("iam CreateVirtualMFADevice"),
    });
  });
});
