/** Managed policies, their versions and attachments, and the simulator, as an SDK client sees them. */
import { IAM } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { awsManagedPolicies } from "./aws-managed/aws-managed.ts";

const ACCOUNT = "000000000000";
const allow = (Action: string | string[], Resource = "*", more: object = {}): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource, ...more }] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
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

async function makePolicy(PolicyName = "reader"): Promise<string> {
  const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument: allow("s3:GetObject") });
  return Policy?.Arn ?? "";
}

describe("customer managed policies", () => {
  it("have versions, of which one is in force and five at most are kept", async () => {
    const PolicyArn = await makePolicy();
    for (let version = 2; version <= 5; version++) {
      const { PolicyVersion } = await iam.createPolicyVersion({
        PolicyArn,
        PolicyDocument: allow("s3:*"),
        SetAsDefault: version === 3,
      });
      expect(PolicyVersion).toMatchObject({ VersionId: `v${version}`, IsDefaultVersion: version === 3 });
    }
    expect((await iam.getPolicy({ PolicyArn })).Policy?.DefaultVersionId).toBe("v3");
    await expect(iam.createPolicyVersion({ PolicyArn, PolicyDocument: allow("s3:*") })).rejects.toMatchObject({
      name: "LimitExceededException",
      message: expect.stringContaining("A managed policy can have up to 5 versions."),
    });
    await expect(iam.deletePolicyVersion({ PolicyArn, VersionId: "v3" })).rejects.toMatchObject({
      message: "Cannot delete the default version of a policy.",
    });
    await iam.deletePolicyVersion({ PolicyArn, VersionId: "v5" });
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: allow("s3:*") });
    expect(PolicyVersion?.VersionId).toBe("v6");
  });

  it("give their document back as it was written, percent-encoded", async () => {
    const text = `{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]\n}`;
    const { Policy } = await iam.createPolicy({ PolicyName: "spaced", PolicyDocument: text });
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: Policy?.Arn, VersionId: "v1" });
    expect(PolicyVersion?.Document).not.toMatch(/[\s*{]/);
    expect(decodeURIComponent(PolicyVersion?.Document ?? "")).toBe(text);
  });

  it("count their attachments, and cannot be deleted before the last is gone", async () => {
    const PolicyArn = await makePolicy();
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    await iam.attachRolePolicy({ RoleName: "worker", PolicyArn });
    await iam.attachRolePolicy({ RoleName: "worker", PolicyArn });
    expect((await iam.getPolicy({ PolicyArn })).Policy?.AttachmentCount).toBe(1);
    expect((await iam.listEntitiesForPolicy({ PolicyArn })).PolicyRoles).toMatchObject([{ RoleName: "worker" }]);
    await expect(iam.deletePolicy({ PolicyArn })).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete a policy attached to entities.",
    });
    await iam.detachRolePolicy({ RoleName: "worker", PolicyArn });
    await expect(iam.detachRolePolicy({ RoleName: "worker", PolicyArn })).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `Policy ${PolicyArn} was not found.`,
    });
    await iam.deletePolicy({ PolicyArn });
    await expect(iam.getPolicy({ PolicyArn })).rejects.toMatchObject({ message: `Policy ${PolicyArn} was not found.` });
  });

  it("must be in the language", async () => {
    await expect(iam.createPolicy({ PolicyName: "bad", PolicyDocument: "{" })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: "Syntax errors in policy.",
    });
  });

  it("are ten at most on a role", async () => {
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    for (let n = 0; n < 10; n++)
      await iam.attachRolePolicy({ RoleName: "worker", PolicyArn: await makePolicy(`p${n}`) });
    const PolicyArn = await makePolicy("eleventh");
    await expect(iam.attachRolePolicy({ RoleName: "worker", PolicyArn })).rejects.toMatchObject({
      message: "Cannot exceed quota for PoliciesPerRole: 10",
    });
  });
});

describe("AWS managed policies", () => {
  const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

  it("are listed and attachable, with their documents, and nobody's to change", async () => {
    const { Policies = [] } = await iam.listPolicies({ Scope: "AWS", MaxItems: 1000 });
    expect(Policies.map(({ Arn }) => Arn)).toContain(basic);
    const { Policy } = await iam.getPolicy({ PolicyArn: basic });
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: basic, VersionId: Policy?.DefaultVersionId });
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ""))).toMatchObject({
      Statement: [{ Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] }],
    });
    await expect(iam.deletePolicy({ PolicyArn: basic })).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("that Seatrial does not carry are said not to be there, and why", async () => {
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    const PolicyArn = "arn:aws:iam::aws:policy/AmazonBraketFullAccess";
    await expect(iam.attachRolePolicy({ RoleName: "worker", PolicyArn })).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: expect.stringMatching(
        /does not exist or is not attachable\. \(Seatrial carries \d+ of the AWS managed policies/,
      ),
    });
  });

  it("of service-linked roles cannot be attached to others", async () => {
    await iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument: trust });
    const PolicyArn = "arn:aws:iam::aws:policy/aws-service-role/APIGatewayServiceRolePolicy";
    await expect(iam.attachRolePolicy({ RoleName: "worker", PolicyArn })).rejects.toMatchObject({
      name: "PolicyNotAttachableException",
    });
  });

  it("are all in the language", () => {
    for (const { versions } of awsManagedPolicies())
      for (const { document } of versions) parsePolicy(document, "identity");
  });
});

describe("the simulator", () => {
  it("judges a user by its own policies, its groups' and its boundary", async () => {
    await iam.createUser({ UserName: "ana" });
    await iam.createGroup({ GroupName: "dev" });
    await iam.addUserToGroup({ GroupName: "dev", UserName: "ana" });
    await iam.putGroupPolicy({ GroupName: "dev", PolicyName: "s3", PolicyDocument: allow("s3:*") });
    await iam.putUserPolicy({ UserName: "ana", PolicyName: "sqs", PolicyDocument: allow("sqs:*") });
    const boundary = await makePolicy("only-get");
    await iam.putUserPermissionsBoundary({ UserName: "ana", PermissionsBoundary: boundary });
    const { EvaluationResults } = await iam.simulatePrincipalPolicy({
      PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/ana`,
      ActionNames: ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"],
    });
    expect(EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual([
      "allowed",
      "implicitDeny",
      "implicitDeny",
    ]);
    expect(EvaluationResults?.[1]?.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary).toBe(false);
  });

  it("refuses a policy that is none", async () => {
    await expect(
      iam.simulateCustomPolicy({ PolicyInputList: ["{"], ActionNames: ["s3:GetObject"] }),
    ).rejects.toMatchObject({
      name: "InvalidInputException",
    });
  });

  it("tells which condition keys a policy asks for and the request does not bring", async () => {
    const PolicyInputList = [
      allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", {
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      }),
    ];
    expect((await iam.getContextKeysForCustomPolicy({ PolicyInputList })).ContextKeyNames).toEqual([
      "aws:SecureTransport",
      "aws:username",
    ]);
    const ask = { PolicyInputList, ActionNames: ["s3:GetObject"], ResourceArns: ["arn:aws:s3:::b/simulated/x"] };
    const [without] = (await iam.simulateCustomPolicy(ask)).EvaluationResults ?? [];
    expect(without).toMatchObject({ EvalDecision: "implicitDeny", MissingContextValues: ["aws:SecureTransport"] });
    const ContextEntries = [
      { ContextKeyName: "aws:SecureTransport", ContextKeyValues: ["true"], ContextKeyType: "boolean" as const },
    ];
    const [withKey] = (await iam.simulateCustomPolicy({ ...ask, ContextEntries })).EvaluationResults ?? [];
    expect(withKey).toMatchObject({ EvalDecision: "allowed" });
  });
});
