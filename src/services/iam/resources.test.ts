/** IAM's CloudFormation resource types, called as CloudFormation calls them; and what services do with the roles that come of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anyService } from "../../gateway/call.ts";
import { createDispatch, type Dispatch } from "../../gateway/dispatch.ts";
import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import { rootOf, serviceOf, type Progress, type ResourceRequest, type ServiceContext } from "../../service.ts";
import { loadModel } from "../../wire/tables.ts";
import { validate } from "../../wire/validate.ts";
import { sts } from "../sts/index.ts";
import { iam } from "./index.ts";
import { resources } from "./resources.ts";

const ACCOUNT = "123456789012";
const lambdaTrust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const document = (Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});

let kernel: Kernel;
let dispatch: Dispatch;
let context: ServiceContext;
beforeEach(() => {
  kernel = createKernel({ clock: "manual", startAt: Date.UTC(2026, 0, 1) });
  dispatch = createDispatch({
    kernel,
    services: [anyService(iam), anyService(sts)],
    model: loadModel,
    validate: (model, operation, input) => {
      const found = model.operations.get(operation);
      if (found !== undefined) validate({ model, operation: found, protocol: "awsQuery" }, { ...input });
    },
    endpointUrl: () => "http://localhost:4566",
  });
  const principal = rootOf(ACCOUNT);
  context = dispatch.contextOf({
    service: "cloudformation",
    account: ACCOUNT,
    region: "eu-west-1",
    principal,
    requestId: "r",
  });
});
afterEach(() => kernel.close());

function request(properties: Record<string, unknown>, logicalId = "Thing", retried = false): ResourceRequest {
  return {
    logicalId,
    stackId: "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",
    stackName: "shop",
    properties,
    generatedName: ({ maxLength = 255 } = {}) => `shop-${logicalId}-0123456789AB`.slice(0, maxLength),
    tags: { stage: "dev", "aws:cloudformation:stack-name": "shop" },
    retried,
  };
}

function typeOf(name: string) {
  const type = resources[name];
  if (type === undefined) throw new Error(`no resource type ${name}`);
  return type;
}

function done(progress: Progress): Extract<Progress, { status: "SUCCESS" }> {
  if (progress.status !== "SUCCESS") throw new Error("not done");
  return progress;
}

const create = async (type: string, properties: Record<string, unknown>, logicalId?: string, retried?: boolean) =>
  done(await typeOf(type).create(context, request(properties, logicalId, retried)));

async function update(
  type: string,
  made: { physicalId: string },
  previousProperties: Record<string, unknown>,
  properties: Record<string, unknown>,
) {
  const change = {
    ...request(properties),
    physicalId: made.physicalId,
    previousProperties,
    previousTags: {},
    attributes: {},
  };
  return done(await typeOf(type).update(context, change));
}
const remove = (type: string, made: { physicalId: string }, properties: Record<string, unknown>) =>
  typeOf(type).delete(context, { ...request(properties), physicalId: made.physicalId, attributes: {} });

const attached = async (RoleName: string) =>
  ((await context.call("iam", "ListAttachedRolePolicies", { RoleName })).AttachedPolicies ?? []).map(
    ({ PolicyArn }) => PolicyArn,
  );
const inline = async (RoleName: string) => (await context.call("iam", "ListRolePolicies", { RoleName })).PolicyNames;

describe("AWS::IAM::Role", () => {
  const properties = {
    AssumeRolePolicyDocument: lambdaTrust,
    Path: "/shop/",
    ManagedPolicyArns: [basic],
    Policies: [{ PolicyName: "p", PolicyDocument: document("s3:GetObject") }],
    Tags: [{ Key: "team", Value: "a" }],
  };

  it("is made with a generated name, its policies and the stack's tags", async () => {
    const made = await create("AWS::IAM::Role", properties);
    expect(made.physicalId).toBe("shop-Thing-0123456789AB");
    expect(made.attributes).toEqual({
      Arn: `arn:aws:iam::${ACCOUNT}:role/shop/shop-Thing-0123456789AB`,
      RoleId: expect.stringMatching(/^AROA/),
    });
    expect(await attached(made.physicalId)).toEqual([basic]);
    expect(await inline(made.physicalId)).toEqual(["p"]);
    const { Tags } = await context.call("iam", "ListRoleTags", { RoleName: made.physicalId });
    expect(Tags).toEqual([
      { Key: "stage", Value: "dev" },
      { Key: "team", Value: "a" },
    ]);
  });

  it("follows its properties, and goes with all that it brought", async () => {
    const made = await create("AWS::IAM::Role", properties);
    const wanted = {
      AssumeRolePolicyDocument: lambdaTrust,
      Path: "/shop/",
      Description: "d",
      Policies: [{ PolicyName: "q", PolicyDocument: document("s3:*") }],
    };
    await update("AWS::IAM::Role", made, properties, wanted);
    expect(await attached(made.physicalId)).toEqual([]);
    expect(await inline(made.physicalId)).toEqual(["q"]);
    const { Role } = await context.call("iam", "GetRole", { RoleName: made.physicalId });
    expect(Role).toMatchObject({ Description: "d", Tags: [{ Key: "stage", Value: "dev" }] });
    await remove("AWS::IAM::Role", made, wanted);
    await remove("AWS::IAM::Role", made, wanted);
    expect((await context.call("iam", "ListRoles", {})).Roles).toEqual([]);
  });

  it("leaves nothing behind when one of its policies cannot be attached", async () => {
    const wrong = { ...properties, ManagedPolicyArns: [basic, "arn:aws:iam::aws:policy/Nonsense"] };
    await expect(create("AWS::IAM::Role", wrong)).rejects.toMatchObject({ code: "NoSuchEntityException" });
    expect((await context.call("iam", "ListRoles", {})).Roles).toEqual([]);
  });

  it("takes what an earlier attempt made, and nobody else's", async () => {
    const made = await create("AWS::IAM::Role", properties);
    await expect(create("AWS::IAM::Role", properties)).rejects.toMatchObject({ code: "EntityAlreadyExistsException" });
    expect(await create("AWS::IAM::Role", properties, "Thing", true)).toEqual(made);
  });

  it("is what its service can act as, and no other service", async () => {
    const made = await create("AWS::IAM::Role", properties);
    const ask = { RoleArn: String(made.attributes?.["Arn"]), RoleSessionName: "orders" };
    const as = (service: string) => ({ as: serviceOf(service, ACCOUNT) });
    const { Credentials } = await context.call("sts", "AssumeRole", ask, as("lambda.amazonaws.com"));
    expect(dispatch.issuedKey(Credentials?.AccessKeyId ?? "")?.principal).toMatchObject({
      type: "role-session",
      account: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/shop-Thing-0123456789AB/orders`,
    });
    await expect(context.call("sts", "AssumeRole", ask, as("codebuild.amazonaws.com"))).rejects.toMatchObject({
      code: "AccessDenied",
      message: expect.stringContaining("User: codebuild.amazonaws.com is not authorized to perform: sts:AssumeRole"),
    });
  });
});

describe("AWS::IAM::ManagedPolicy", () => {
  it("gets a new version for a new document, the oldest making room", async () => {
    const role = await create("AWS::IAM::Role", { AssumeRolePolicyDocument: lambdaTrust }, "Role");
    let before: Record<string, unknown> = { PolicyDocument: document("s3:A"), Roles: [role.physicalId] };
    const made = await create("AWS::IAM::ManagedPolicy", before);
    expect(made.physicalId).toBe(`arn:aws:iam::${ACCOUNT}:policy/shop-Thing-0123456789AB`);
    expect(await attached(role.physicalId)).toEqual([made.physicalId]);
    for (const action of ["s3:B", "s3:C", "s3:D", "s3:E", "s3:F"]) {
      const wanted = { ...before, PolicyDocument: document(action) };
      await update("AWS::IAM::ManagedPolicy", made, before, wanted);
      before = wanted;
    }
    const { Policy } = await context.call("iam", "GetPolicy", { PolicyArn: made.physicalId });
    expect(Policy?.DefaultVersionId).toBe("v6");
    await remove("AWS::IAM::ManagedPolicy", made, before);
    expect((await context.call("iam", "ListPolicies", { Scope: "Local" })).Policies).toEqual([]);
  });
});

describe("AWS::IAM::Policy", () => {
  it("is an inline policy of all whom it names, and leaves those whom it no longer names", async () => {
    const role = await create("AWS::IAM::Role", { AssumeRolePolicyDocument: lambdaTrust }, "Role");
    const other = await create("AWS::IAM::Role", { AssumeRolePolicyDocument: lambdaTrust }, "Other");
    const before = { PolicyName: "p", PolicyDocument: document("s3:*"), Roles: [role.physicalId] };
    const made = await create("AWS::IAM::Policy", before);
    expect(await inline(role.physicalId)).toEqual(["p"]);
    await update("AWS::IAM::Policy", made, before, { ...before, Roles: [other.physicalId] });
    expect([await inline(role.physicalId), await inline(other.physicalId)]).toEqual([[], ["p"]]);
  });

  it("must be somebody's", async () => {
    await expect(
      create("AWS::IAM::Policy", { PolicyName: "p", PolicyDocument: document("s3:*") }),
    ).rejects.toMatchObject({
      message: "At least one of [Groups,Roles,Users] must be non-empty.",
    });
  });
});

describe("AWS::IAM::User and what goes with it", () => {
  it("comes with groups, a key and a password, and goes with them", async () => {
    const group = await create("AWS::IAM::Group", { ManagedPolicyArns: [basic] }, "Group");
    const properties = { Groups: [group.physicalId], LoginProfile: { Password: "correct horse" } };
    const user = await create("AWS::IAM::User", properties, "User");
    const key = await create("AWS::IAM::AccessKey", { UserName: user.physicalId, Status: "Inactive" }, "Key");
    expect(key.attributes?.["SecretAccessKey"]).toMatch(/^.{40}$/);
    expect(dispatch.issuedKey(key.physicalId)?.status).toBe("Inactive");
    const { Users } = await context.call("iam", "GetGroup", { GroupName: group.physicalId });
    expect(Users?.map(({ UserName }) => UserName)).toEqual([user.physicalId]);
    await remove("AWS::IAM::AccessKey", key, { UserName: user.physicalId });
    await remove("AWS::IAM::User", user, properties);
    await remove("AWS::IAM::Group", group, { ManagedPolicyArns: [basic] });
    expect((await context.call("iam", "ListUsers", {})).Users).toEqual([]);
  });
});

describe("a property of the wrong type", () => {
  it("is told by its name", async () => {
    await expect(
      create("AWS::IAM::Role", { AssumeRolePolicyDocument: lambdaTrust, ManagedPolicyArns: "one" }),
    ).rejects.toThrow("property ManagedPolicyArns");
  });
});
