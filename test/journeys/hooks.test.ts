/**
 * The application `hooks` of examples/safe-deployments, and all that can go wrong with its hooks. Hooks have the same names in each stack, so that
 * each case has an account of its own, on one cloud and in one hour.
 */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  GetDeploymentTargetCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
} from "@aws-sdk/client-codedeploy";
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { GetAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDelivery, type Delivery } from "../../examples/safe-deployments/delivery.mjs";
import { reachable } from "../../examples/safe-deployments/reachable.mjs";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";

const STACK = { stackName: "hooks", template: "hooks.yml" };
const SILENT = "export const handler = async () => {};";

interface Case {
  readonly account: string;
  readonly release: string;
  readonly code?: Readonly<Record<string, string>>;
  /** Takes the right to call CodeDeploy from the second hook. */
  readonly revoked?: boolean;
}

const CASES = {
  good: { account: "111111111111", release: "v2" },
  preTrafficFails: { account: "222222222222", release: "wrong" },
  postTrafficFails: { account: "333333333333", release: "unreachable" },
  silent: { account: "444444444444", release: "v2", code: { "pre-traffic-func": SILENT } },
  notAllowed: { account: "555555555555", release: "v2", revoked: true },
} as const satisfies Record<string, Case>;
type Name = keyof typeof CASES;

interface Trial {
  readonly delivery: Delivery;
  readonly url: string;
  readonly functionName: string;
  /** What users of the API were answered during the update, second by second. */
  readonly answers: string[];
  /** Seconds from the update's begin to its end. */
  took?: number;
}

let cloud: TestCloud;
const trials = new Map<Name, Trial>();

function trialOf(name: Name): Trial {
  const trial = trials.get(name);
  if (trial === undefined) throw new Error(`${name} was not tried`);
  return trial;
}

async function begin(name: Name): Promise<void> {
  const { account, release, ...more }: Case = CASES[name];
  const client = cloud.client({ account });
  const cloudFormation = new CloudFormationClient(client);
  const delivery = await createDelivery({ cloudFormation, s3: new S3Client(client), bucket: `artifacts-${account}` });
  const code = more.code ?? {};
  await delivery.ship({ ...STACK, release: "v1", code });
  await cloud.advance("1m");
  expect(await delivery.status("hooks")).toBe("CREATE_COMPLETE");
  if (more.revoked) {
    const iam = new IAMClient(client);
    const RoleName = await delivery.physicalId("hooks", "PostTrafficFuncRole");
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    // The first describes stacks; the second is the hook's own.
    expect(PolicyNames).toHaveLength(2);
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: PolicyNames.toSorted().at(-1) }));
  }
  trials.set(name, {
    delivery,
    url: reachable(await delivery.output("hooks", "ApiEndpoint"), cloud.endpointUrl),
    functionName: await delivery.physicalId("hooks", "Func1"),
    answers: [],
  });
  await delivery.ship({ ...STACK, release, code });
}

beforeAll(async () => {
  cloud = await startCloud({ seed: "hooks" });
  for (const name of Object.keys(CASES)) if (isName(name)) await follow(name);
}, 120_000);
afterAll(() => cloud.close());

function isName(name: string): name is Name {
  return name in CASES;
}

/** A request each second for half a minute, then one each minute, until the update has ended. */
async function follow(name: Name): Promise<void> {
  await begin(name);
  const trial = trialOf(name);
  const begun = cloud.now();
  for (let step = 0; step < 180; step++) {
    const response = await fetch(trial.url);
    trial.answers.push(`${response.status} ${await response.text()}`);
    if (!(await trial.delivery.status("hooks")).endsWith("IN_PROGRESS")) break;
    await cloud.advance(step < 30 ? 1 : 60);
  }
  trial.took = (cloud.now() - begun) / 1000;
}

/** The deployment of the update and how its lifecycle events ended; and what the alias is left with. */
async function outcome(name: Name): Promise<{
  readonly status: string | undefined;
  readonly error: string | undefined;
  readonly events: string;
  readonly version: string | undefined;
  readonly stack: string;
}> {
  const { delivery, functionName } = trialOf(name);
  const client = cloud.client({ account: CASES[name].account });
  const codeDeploy = new CodeDeployClient(client);
  const [applicationName, deploymentGroupName] = await Promise.all(
    ["ServerlessDeploymentApplication", "Func1DeploymentGroup"].map((id) => delivery.physicalId("hooks", id)),
  );
  const { deployments: deploymentIds } = await codeDeploy.send(
    new ListDeploymentsCommand({ applicationName, deploymentGroupName }),
  );
  const { deploymentsInfo = [] } = await codeDeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
  const deployment = deploymentsInfo.find(({ creator }) => creator !== "codeDeployRollback");
  const deploymentId = deployment?.deploymentId;
  const { targetIds = [] } = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  const { deploymentTarget } = await codeDeploy.send(
    new GetDeploymentTargetCommand({ deploymentId, targetId: targetIds[0] }),
  );
  const { FunctionVersion } = await new LambdaClient(client).send(
    new GetAliasCommand({ FunctionName: functionName, Name: "dev" }),
  );
  return {
    status: deployment?.status,
    error: deployment?.errorInformation?.code,
    events: (deploymentTarget?.lambdaTarget?.lifecycleEvents ?? [])
      .map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)
      .join(", "),
    version: FunctionVersion,
    stack: await delivery.status("hooks"),
  };
}

const answersOf = (name: Name): string[] => [...new Set(trialOf(name).answers)];
const ONE = '200 {"message":"1"}';

describe("hooks", () => {
  it("that are content let the release pass", async () => {
    expect(await outcome("good")).toEqual({
      status: "Succeeded",
      error: undefined,
      events: "BeforeAllowTraffic Succeeded, AllowTraffic Succeeded, AfterAllowTraffic Succeeded",
      version: "2",
      stack: "UPDATE_COMPLETE",
    });
    expect(trialOf("good").answers.at(-1)).toBe('200 {"message":"2"}');
  });

  it("before the traffic that fail stop the release, and nobody reached the new version", async () => {
    expect(await outcome("preTrafficFails")).toMatchObject({
      status: "Failed",
      events: "BeforeAllowTraffic Failed, AllowTraffic Skipped, AfterAllowTraffic Skipped",
      version: "1",
      stack: "UPDATE_ROLLBACK_COMPLETE",
    });
    expect(answersOf("preTrafficFails")).toEqual([ONE]);
  });

  it("behind the traffic that fail bring the old version back", async () => {
    expect(await outcome("postTrafficFails")).toMatchObject({
      status: "Failed",
      events: "BeforeAllowTraffic Succeeded, AllowTraffic Succeeded, AfterAllowTraffic Failed",
      version: "1",
      stack: "UPDATE_ROLLBACK_COMPLETE",
    });
    const { url, answers } = trialOf("postTrafficFails");
    expect(answers.length).toBeGreaterThan(0);
    expect(await (await fetch(url)).text()).toBe('{"message":"1"}');
  });

  it("that never answer fail it when their hour is over", async () => {
    expect(await outcome("silent")).toMatchObject({
      status: "Failed",
      events: "BeforeAllowTraffic Failed, AllowTraffic Skipped, AfterAllowTraffic Skipped",
      version: "1",
      stack: "UPDATE_ROLLBACK_COMPLETE",
    });
    expect(answersOf("silent")).toEqual([ONE]);
    expect(trialOf("silent").took).toBeGreaterThanOrEqual(3600);
    expect(trialOf("silent").took).toBeLessThan(3900);
  });

  it("whose role may not call CodeDeploy fail it", async () => {
    expect(await outcome("notAllowed")).toMatchObject({
      status: "Failed",
      events: "BeforeAllowTraffic Succeeded, AllowTraffic Succeeded, AfterAllowTraffic Failed",
      version: "1",
      stack: "UPDATE_ROLLBACK_COMPLETE",
    });
  });
});
