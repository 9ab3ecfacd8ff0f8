/** AWS::SSM::Parameter in a stack. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { expect, it } from "vitest";
import { withCloud } from "./ssm-fixture.ts";

const fixture = withCloud();

async function deploy(operation: "createStack" | "updateStack", Properties: object) {
  const stacks = new CloudFormation(fixture.cloud.client());
  const Outputs = {
    Name: { Value: { Ref: "Param" } },
    Type: { Value: { "Fn::GetAtt": ["Param", "Type"] } },
    Value: { Value: { "Fn::GetAtt": ["Param", "Value"] } },
  };
  const TemplateBody = JSON.stringify({ Resources: { Param: { Type: "AWS::SSM::Parameter", Properties } }, Outputs });
  const Tags = [{ Key: "of-stack", Value: "app" }];
  const input = { StackName: "app", TemplateBody, Tags };
  await (operation === "createStack" ? stacks.createStack(input) : stacks.updateStack(input));
  await fixture.cloud.settled();
  const { Stacks = [] } = await stacks.describeStacks({ StackName: "app" });
  const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "app" });
  stacks.destroy();
  return {
    status: Stacks[0]?.StackStatus,
    outputs: Object.fromEntries((Stacks[0]?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue])),
    reasons: StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith("_FAILED")).map(
      ({ ResourceStatusReason }) => ResourceStatusReason,
    ),
  };
}

async function tagsOf(ResourceId: string) {
  const { TagList = [] } = await fixture.ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId });
  return Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]));
}

it("is made under a name that begins with CFN, with the stack's tags and its own", async () => {
  const { status, outputs } = await deploy("createStack", { Type: "StringList", Value: "a,b", Tags: { own: "1" } });
  expect(status).toBe("CREATE_COMPLETE");
  expect(outputs).toEqual({ Name: expect.stringMatching(/^CFN-Param-\w{12}$/), Type: "StringList", Value: "a,b" });
  expect(await tagsOf(outputs["Name"] ?? "")).toMatchObject({
    own: "1",
    "of-stack": "app",
    "aws:cloudformation:logical-id": "Param",
    "aws:cloudformation:stack-name": "app",
  });
});

it("is overwritten by an update: a new version, without what the template no longer says", async () => {
  const Name = "/app/level";
  await deploy("createStack", {
    Name,
    Type: "String",
    Value: "1",
    Description: "some",
    Tags: { gone: "1", kept: "1" },
  });
  await fixture.ssm.addTagsToResource({
    ResourceType: "Parameter",
    ResourceId: Name,
    Tags: [{ Key: "others", Value: "x" }],
  });
  const { status, outputs } = await deploy("updateStack", { Name, Type: "String", Value: "2", Tags: { kept: "2" } });
  expect(status).toBe("UPDATE_COMPLETE");
  expect(outputs).toMatchObject({ Name, Value: "2" });
  expect((await fixture.ssm.getParameter({ Name })).Parameter).toMatchObject({ Value: "2", Version: 2 });
  expect((await fixture.ssm.describeParameters({})).Parameters?.[0]).not.toHaveProperty("Description");
  const tags = await tagsOf(Name);
  expect(tags).toMatchObject({ kept: "2", others: "x", "of-stack": "app" });
  expect(tags).not.toHaveProperty("gone");
});

it("fails where somebody else's parameter has the name, which stays", async () => {
  await fixture.put("taken", "theirs");
  const { status, reasons } = await deploy("createStack", { Name: "taken", Type: "String", Value: "mine" });
  expect(status).toBe("ROLLBACK_COMPLETE");
  expect(reasons).toEqual([
    expect.stringMatching(
      /^Resource handler returned message: "The parameter already exists\..* \(Service: Ssm, Status Code: 400, .*HandlerErrorCode: AlreadyExists\)$/,
    ),
  ]);
  expect((await fixture.ssm.getParameter({ Name: "taken" })).Parameter?.Value).toBe("theirs");
});

it("is no SecureString: AWS's schema has none", async () => {
  const { status, reasons } = await deploy("createStack", { Name: "p", Type: "SecureString", Value: "x" });
  expect(status).toBe("ROLLBACK_COMPLETE");
  expect(reasons).toEqual([expect.stringContaining("#/Type: failed validation constraint for keyword [enum]")]);
  expect((await fixture.ssm.describeParameters({})).Parameters).toEqual([]);
});

it("tells how its value has drifted, and that it is gone", async () => {
  await deploy("createStack", { Name: "p", Type: "String", Value: "1", Description: "some", Tags: { a: "1" } });
  expect(await drift()).toMatchObject({ StackResourceDriftStatus: "IN_SYNC" });
  await fixture.ssm.putParameter({ Name: "p", Value: "2", Overwrite: true });
  expect(await drift()).toMatchObject({
    StackResourceDriftStatus: "MODIFIED",
    PropertyDifferences: [{ PropertyPath: "/Value", ExpectedValue: "1", ActualValue: "2" }],
  });
  await fixture.ssm.deleteParameter({ Name: "p" });
  expect(await drift()).toMatchObject({ StackResourceDriftStatus: "DELETED" });
});

async function drift() {
  const stacks = new CloudFormation(fixture.cloud.client());
  await stacks.detectStackDrift({ StackName: "app" });
  await fixture.cloud.settled();
  const { StackResourceDrifts } = await stacks.describeStackResourceDrifts({ StackName: "app" });
  stacks.destroy();
  return StackResourceDrifts?.[0];
}
