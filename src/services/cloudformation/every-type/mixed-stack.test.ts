/**
 * Stacks of many types, and updates that a seed makes up: resources come, go, change and are replaced in one update that fails at its end;
 * whatever it was, all is as it was before.
 */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../../kernel/random.ts";
import type { JsonObject } from "../../../template/value.ts";
import { startCloud, type TestCloud } from "../../../testing/cloud.ts";
import { zipOf } from "../../lambda/function-fixture.ts";
import { MATERIALS, type TypeCases } from "./case-fixture.ts";
import { iamTypes } from "./iam-fixture.ts";
import { lambdaTypes } from "./lambda-fixture.ts";
import { liveState } from "./live-state-fixture.ts";
import { logsTypes } from "./logs-fixture.ts";
import { s3Types } from "./s3-fixture.ts";

const CASES: TypeCases = { ...iamTypes, ...lambdaTypes, ...logsTypes, ...s3Types };
/** Types whose names do not get in each other's way. */
const TYPES = [
  "AWS::Logs::LogGroup",
  "AWS::S3::Bucket",
  "AWS::IAM::OIDCProvider",
  "AWS::IAM::SAMLProvider",
  "AWS::Lambda::LayerVersion",
  "AWS::Logs::ResourcePolicy",
  "AWS::IAM::Role",
  "AWS::Lambda::Function",
  "AWS::IAM::User",
];
const StackName = "app";
const ROUNDS = 6;

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
  s3.destroy();
});
afterEach(async () => {
  stacks.destroy();
  await cloud.close();
});

function below(random: Random, limit: number): number {
  return Math.floor(random.fraction() * limit);
}

/** Each type absent, or with one of its property sets, some after others. */
function resourcesOf(random: Random): Record<string, unknown> {
  const resources: Record<string, unknown> = {};
  for (const type of TYPES) Object.assign(resources, CASES[type]?.beside);
  const subjects: string[] = [];
  for (const [index, type] of TYPES.entries()) {
    const story = CASES[type];
    const sets: readonly (JsonObject | string | undefined)[] = [
      story?.first,
      story?.changed,
      story?.replaced,
      undefined,
    ];
    const Properties = sets[below(random, sets.length)];
    if (typeof Properties !== "object") continue;
    const earlier = subjects[below(random, subjects.length + 1)];
    const DependsOn = [...Object.keys(story?.beside ?? {}), ...(earlier === undefined ? [] : [earlier])];
    resources[`S${index}`] = { Type: type, DependsOn, Properties };
    subjects.push(`S${index}`);
  }
  return resources;
}

/** The same with something that fails when some of the others are done. */
function failing(resources: Record<string, unknown>, random: Random): Record<string, unknown> {
  const DependsOn = Object.keys(resources).filter(() => below(random, 3) > 0);
  const Properties = { LogGroupName: "that-is-not-there" };
  return { ...resources, Later: { Type: "AWS::Logs::LogStream", DependsOn, Properties } };
}

async function deploy(
  operation: "create" | "update",
  Resources: Record<string, unknown>,
  tag: number,
): Promise<string> {
  const Tags = [{ Key: `tag-${tag}`, Value: "of the stack" }];
  const Capabilities = ["CAPABILITY_NAMED_IAM" as const];
  const input = { StackName, TemplateBody: JSON.stringify({ Resources }), Capabilities, Tags };
  await (operation === "create" ? stacks.createStack(input) : stacks.updateStack(input));
  await cloud.advance("1m");
  return (await stacks.describeStacks({ StackName })).Stacks?.[0]?.StackStatus ?? "";
}

describe("a stack of many types", () => {
  it.each(["one", "two"])("goes back from every update that fails, with seed %s", async (seed) => {
    const random = createRandom(seed);
    const empty = await liveState(cloud, StackName);
    expect(await deploy("create", resourcesOf(random), 0)).toBe("CREATE_COMPLETE");
    for (let round = 1; round <= ROUNDS; round++) {
      const before = await liveState(cloud, StackName);
      expect(await deploy("update", failing(resourcesOf(random), random), round)).toBe("UPDATE_ROLLBACK_COMPLETE");
      expect(await liveState(cloud, StackName)).toEqual(before);
      expect(await deploy("update", resourcesOf(random), round)).toBe("UPDATE_COMPLETE");
    }
    await stacks.deleteStack({ StackName });
    await cloud.advance("1m");
    await expect(stacks.describeStacks({ StackName })).rejects.toThrow("does not exist");
    expect(await liveState(cloud, StackName)).toEqual(empty);
  });
});
