/**
 * Every resource type that the cloud has: made, changed, replaced, put back when a later resource of the same update fails, and taken away;
 * each time what is there is asked of the services themselves. A type or a property that is not in the table fails.
 */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createServices } from "../../../cloud.ts";
import { createKernel } from "../../../kernel/kernel.ts";
import type { JsonObject } from "../../../template/value.ts";
import { startCloud, type TestCloud } from "../../../testing/cloud.ts";
import { loadSchemaCatalogue } from "../../../schema-catalogue.ts";
import { ownTypes } from "../types/own-types.ts";
import { zipOf } from "../../lambda/function-fixture.ts";
import { apigatewayTypes } from "./apigateway-fixture.ts";
import { apigatewayv2Types } from "./apigatewayv2-fixture.ts";
import { attribute as attributeOf, MATERIALS, type TypeCase, type TypeCases } from "./case-fixture.ts";
import { CHILDREN, cloudformationTypes } from "./cloudformation-fixture.ts";
import { cloudwatchTypes } from "./cloudwatch-fixture.ts";
import { codedeployTypes } from "./codedeploy-fixture.ts";
import { iamTypes } from "./iam-fixture.ts";
import { lambdaTypes } from "./lambda-fixture.ts";
import { liveState } from "./live-state-fixture.ts";
import { logsTypes } from "./logs-fixture.ts";
import { s3Types } from "./s3-fixture.ts";
import { ssmTypes } from "./ssm-fixture.ts";

const CASES: TypeCases = {
  ...apigatewayTypes,
  ...apigatewayv2Types,
  ...cloudformationTypes,
  ...cloudwatchTypes,
  ...codedeployTypes,
  ...iamTypes,
  ...lambdaTypes,
  ...logsTypes,
  ...s3Types,
  ...ssmTypes,
};
const STACK = "app";
const schemas = loadSchemaCatalogue();

const kernel = createKernel();
const services = createServices(kernel);
const types = new Map([...ownTypes, ...services.flatMap(({ resources = {} }) => Object.entries(resources))]);
for (const service of services) await service.close?.();
await kernel.close();

let cloud: TestCloud;
let stacks: CloudFormation;
beforeEach(async () => {
  cloud = await startCloud();
  stacks = new CloudFormation(cloud.client());
  const s3 = new S3(cloud.client());
  await s3.createBucket({ Bucket: MATERIALS });
  for (const name of ["one", "two"]) {
    const Body = zipOf({ "index.js": `exports.handler = async () => "${name}";`, "other.js": name });
    await s3.putObject({ Bucket: MATERIALS, Key: `${name}.zip`, Body });
  }
  for (const [Key, template] of Object.entries(CHILDREN))
    await s3.putObject({ Bucket: MATERIALS, Key, Body: JSON.stringify(template) });
  s3.destroy();
});
afterEach(async () => {
  stacks.destroy();
  await cloud.close();
});

function templateOf(type: string, { beside = {} }: TypeCase, Properties: JsonObject, fails: boolean): string {
  // What fails waits for the subject, so that the subject has been changed by then.
  const Later = {
    Type: "AWS::Logs::LogStream",
    DependsOn: "Subject",
    Properties: { LogGroupName: "that-is-not-there" },
  };
  const Subject = { Type: type, DependsOn: Object.keys(beside), Properties };
  return JSON.stringify({ Resources: { ...beside, Subject, ...(fails ? { Later } : {}) } });
}

/** Makes or updates the stack, waits until it has come to rest, and answers what it is then. */
async function deploy(story: TypeCase, operation: "createStack" | "updateStack", TemplateBody: string) {
  const Capabilities = ["CAPABILITY_NAMED_IAM" as const];
  // The stack's tags change with its template, and with them those of the resources that take them.
  const Tags = [{ Key: `of-${TemplateBody.length % 3}`, Value: "tag" }];
  const input = { StackName: STACK, TemplateBody, Capabilities, Tags };
  await (operation === "createStack" ? stacks.createStack(input) : stacks.updateStack(input));
  await cloud.settled();
  await story.meanwhile?.(cloud, STACK);
  await cloud.advance("1m");
  const { Stacks = [] } = await stacks.describeStacks({ StackName: STACK });
  const status = Stacks[0]?.StackStatus;
  const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: STACK });
  const begin = StackEvents.findIndex(({ ResourceStatusReason }) => ResourceStatusReason === "User Initiated");
  const failure = StackEvents.slice(0, begin).findLast((event) => event.ResourceStatus?.endsWith("_FAILED"));
  const { StackResources = [] } = await stacks.describeStackResources({ StackName: STACK });
  return {
    status,
    failed: failure === undefined ? "" : `${failure.LogicalResourceId}: ${failure.ResourceStatusReason}`,
    physicalId: StackResources.find(({ LogicalResourceId }) => LogicalResourceId === "Subject")?.PhysicalResourceId,
    live: await liveState(cloud, STACK),
  };
}

describe("the table", () => {
  it("has every resource type of the cloud, and none besides", () => {
    expect(Object.keys(CASES).sort()).toEqual([...types.keys()].sort());
  });

  it.each(Object.entries(CASES))("tries every property of %s, or says why not", (name, story) => {
    const type = types.get(name);
    // A custom resource has the properties that its function knows.
    if (type !== undefined && "open" in type) return;
    const { first, changed, replaced, untried = {} } = story;
    const tried = [first, changed, replaced].flatMap((set) => (typeof set === "string" ? [] : Object.keys(set)));
    expect([...new Set([...tried, ...Object.keys(untried)])].sort()).toEqual([...(type?.properties ?? [])].sort());
    const inPlace = (type?.properties ?? []).filter((property) => type?.replaceOn.includes(property) !== true);
    if (story.isInside !== true) expect(typeof changed === "string").toBe(inPlace.length === 0);
    expect(typeof replaced === "string").toBe(type?.replaceOn.length === 0);
  });
});

describe.each(Object.entries(CASES))("%s", (name, story) => {
  const templateWith = (properties: JsonObject, fails = false) => templateOf(name, story, properties, fails);

  /** A failed update from one property set to another leaves all as it was. */
  async function fails(from: JsonObject, to: JsonObject): Promise<void> {
    const before = await deploy(story, "updateStack", templateWith(from)).catch(() => undefined);
    const live = before?.live ?? (await liveState(cloud, STACK));
    const after = await deploy(story, "updateStack", templateWith(to, true));
    expect(after).toMatchObject({ status: "UPDATE_ROLLBACK_COMPLETE", failed: expect.stringMatching(/^Later: /) });
    expect(after.live).toEqual(live);
  }

  it("is made, changed, put back and taken away", async () => {
    const empty = await liveState(cloud, STACK);
    const made = await deploy(story, "createStack", templateWith(story.first));
    expect(made).toMatchObject({ status: "CREATE_COMPLETE", failed: "" });
    if (story.isInside !== true) expect(made.live).not.toEqual(empty);

    const { changed, replaced, first } = story;
    if (typeof changed !== "string") {
      const updated = await deploy(story, "updateStack", templateWith(changed));
      expect(updated).toMatchObject({ status: "UPDATE_COMPLETE", failed: "", physicalId: made.physicalId });
      if (story.isInside !== true) expect(updated.live).not.toEqual(made.live);
      const back = await deploy(story, "updateStack", templateWith(first));
      expect(back).toMatchObject({ status: "UPDATE_COMPLETE", failed: "", physicalId: made.physicalId });
      // What the template says no more is as AWS has it by default.
      expect(back.live).toEqual(made.live);
      await fails(first, changed);
      await fails(changed, first);
      await deploy(story, "updateStack", templateWith(first));
    }
    if (typeof changed === "string" && typeof replaced === "string") await fails(first, first);
    if (typeof replaced !== "string") {
      await fails(first, replaced);
      const other = await deploy(story, "updateStack", templateWith(replaced));
      expect(other).toMatchObject({ status: "UPDATE_COMPLETE", failed: "" });
      expect(other.physicalId).not.toBe(made.physicalId);
      if (story.isInside !== true) expect(other.live).not.toEqual(made.live);
      await fails(replaced, first);
    }
    await stacks.deleteStack({ StackName: STACK });
    await cloud.advance("1m");
    await expect(stacks.describeStacks({ StackName: STACK })).rejects.toThrow("does not exist");
    expect(await liveState(cloud, STACK)).toEqual(empty);
  });

  it("gives every attribute that AWS's schema has, or says why not", async () => {
    const { notGiven = {}, first } = story;
    // An output is a text: what is an object is seen by its members, which are attributes too.
    const attributes = Object.entries(schemas.get(name)?.attributes ?? {})
      .filter(([, { type }]) => type !== "ref" && type !== "map" && type !== "json")
      .map(([attribute]) => attribute);
    expect(attributes).toEqual(expect.arrayContaining(Object.keys(notGiven)));
    const given = attributes.filter((attribute) => !Object.hasOwn(notGiven, attribute));
    if (given.length === 0) return;
    const withOutputs = (...wanted: readonly string[]): string => {
      const outputs = wanted.map((attribute, index) => [
        `Output${index}`,
        { Value: attributeOf("Subject", attribute) },
      ]);
      return JSON.stringify({ ...JSON.parse(templateWith(first)), Outputs: Object.fromEntries(outputs) });
    };
    expect(await deploy(story, "createStack", withOutputs(...given))).toMatchObject({
      status: "CREATE_COMPLETE",
      failed: "",
    });
    const { Stacks = [] } = await stacks.describeStacks({ StackName: STACK });
    const values = (Stacks[0]?.Outputs ?? []).map(({ OutputValue = "" }) => OutputValue);
    expect(values).toHaveLength(given.length);
    expect(values).not.toContain("");
    for (const lacking of Object.keys(notGiven)) {
      const { status } = await deploy(story, "updateStack", withOutputs(lacking));
      expect([lacking, status]).toEqual([lacking, "UPDATE_ROLLBACK_COMPLETE"]);
    }
  });
});
