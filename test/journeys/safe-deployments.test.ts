/**
 * The applications of examples/safe-deployments under one request for each virtual second through API Gateway: how their traffic is shifted. All
 * three on one cloud, side by side.
 */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { GetAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDelivery, type Delivery } from "../../examples/safe-deployments/delivery.mjs";
import { reachable } from "../../examples/safe-deployments/reachable.mjs";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { binomialInterval } from "./binomial.ts";

/** A request: who answered, and how much of the traffic v2 was to have when it was sent. */
interface Answer {
  readonly weight: number;
  readonly from: string;
}

const APPLICATIONS = ["linear", "canary", "all-at-once"] as const;
type Application = (typeof APPLICATIONS)[number];

let cloud: TestCloud;
let lambda: LambdaClient;
let delivery: Delivery;
const answers: Record<Application, Answer[]> = { linear: [], canary: [], "all-at-once": [] };

async function ship(release: string): Promise<void> {
  for (const stackName of APPLICATIONS) await delivery.ship({ stackName, template: `${stackName}.yml`, release });
}

/** The part of the traffic that goes to version 2. */
async function weightOf(FunctionName: string): Promise<number> {
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: "dev" }));
  return alias.FunctionVersion === "2" ? 1 : (alias.RoutingConfig?.AdditionalVersionWeights?.["2"] ?? 0);
}

beforeAll(async () => {
  cloud = await startCloud({ seed: "safe deployments" });
  lambda = new LambdaClient(cloud.client());
  const cloudFormation = new CloudFormationClient(cloud.client());
  delivery = await createDelivery({ cloudFormation, s3: new S3Client(cloud.client()), bucket: "artifacts" });
  await ship("v1");
  await cloud.advance("1m");

  const targets = await Promise.all(
    APPLICATIONS.map(async (name) => ({
      name,
      url: reachable(await delivery.output(name, "ApiEndpoint"), cloud.endpointUrl),
      functionName: await delivery.physicalId(name, "Func1"),
    })),
  );
  await ship("v2");
  // The first step is taken in the second in which the stacks begin: no request of that second is to come before it.
  await cloud.advance(0);
  for (let second = 0; second < 12 * 60; second++) {
    for (const { name, url, functionName } of targets) {
      const weight = await weightOf(functionName);
      const response = await fetch(url);
      const body: unknown = await response.json();
      const from = response.status === 200 ? JSON.stringify(body) : String(response.status);
      answers[name].push({ weight, from });
    }
    await cloud.advance(1);
  }
}, 120_000);
afterAll(() => cloud.close());

/** The weights in the order in which they came, and for how many seconds each. */
function steps(application: Application): [weight: number, seconds: number][] {
  const found: [number, number][] = [];
  for (const { weight } of answers[application]) {
    const last = found.at(-1);
    if (last?.[0] === weight) last[1]++;
    else found.push([weight, 1]);
  }
  return found;
}

describe("traffic is shifted", () => {
  it.each(APPLICATIONS)("%s: each request is answered, and each weight has the share that chance explains", (name) => {
    for (const weight of new Set(answers[name].map((answer) => answer.weight))) {
      const group = answers[name].filter((answer) => answer.weight === weight);
      const hits = group.filter(({ from }) => from === '{"message":"v2"}').length;
      expect(group.length - hits).toBe(group.filter(({ from }) => from === '{"message":"v1"}').length);
      const [low, high] = binomialInterval(group.length, weight);
      expect(hits, `${hits} of ${group.length} at ${weight}`).toBeGreaterThanOrEqual(low);
      expect(hits, `${hits} of ${group.length} at ${weight}`).toBeLessThanOrEqual(high);
    }
  });

  it("Linear10PercentEvery1Minute: in ten steps of ten percent, a minute apart", () => {
    const seen = steps("linear").filter(([weight]) => weight > 0);
    expect(seen.map(([weight]) => weight)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    for (const [weight, seconds] of seen.slice(0, -1)) expect([weight, seconds]).toEqual([weight, 60]);
  });

  it("Canary10Percent5Minutes: ten percent, and all after five minutes", () => {
    const seen = steps("canary").filter(([weight]) => weight > 0);
    expect(seen.map(([weight]) => weight)).toEqual([0.1, 1]);
    expect(seen[0]).toEqual([0.1, 300]);
  });

  it("AllAtOnce: all at once", () => {
    const seen = steps("all-at-once").filter(([weight]) => weight > 0);
    expect(seen.map(([weight]) => weight)).toEqual([1]);
  });

  it("and the stacks that waited for it are UPDATE_COMPLETE", async () => {
    for (const name of APPLICATIONS) expect(await delivery.status(name)).toBe("UPDATE_COMPLETE");
  });
});
