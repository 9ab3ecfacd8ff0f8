/** Stacks of 20, 200 and 500 resources: what it takes to make, to update, and to see in a change set, and how it grows. */
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  UpdateStackCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import { send } from "./client.mjs";

const SIZES = [20, 200, 500];
const ROUNDS = 3;

/** The figures by name; `canned` makes the request that the bare server answers as often as there are resources. */
export async function stacks(client, bare, ours, canned) {
  const cloudformation = new CloudFormationClient(client);
  const figures = {};
  for (const size of SIZES) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const StackName = `bench-${size}-${round}`;
      const waiting = { client: cloudformation, maxWaitTime: 120, minDelay: 0.02, maxDelay: 0.02 };
      const timed = async (command, wait, target = { StackName }) => {
        const cpu = ours.cpuMs();
        const begun = performance.now();
        await cloudformation.send(command);
        await wait(waiting, target);
        return { ms: performance.now() - begun, cpuMs: ours.cpuMs() - cpu };
      };
      const create = await timed(
        new CreateStackCommand({ StackName, TemplateBody: template(size, 7) }),
        waitUntilStackCreateComplete,
      );
      const set = { StackName, ChangeSetName: "next" };
      const changeSet = await timed(
        new CreateChangeSetCommand({ ...set, TemplateBody: template(size, 14) }),
        waitUntilChangeSetCreateComplete,
        set,
      );
      changeSet.describeMs = await described(cloudformation, set, size);
      const update = await timed(
        new UpdateStackCommand({ StackName, TemplateBody: template(size, 14) }),
        waitUntilStackUpdateComplete,
      );
      const bareBegun = performance.now();
      await send(bare.port, { count: size, concurrency: 4, make: canned.bare });
      const bareMs = performance.now() - bareBegun;
      rounds.push({ create, update, changeSet, bareMs });
      await timed(new DeleteStackCommand({ StackName }), waitUntilStackDeleteComplete);
    }
    figures[`CloudFormation create of ${size}`] = figure(rounds, size, ({ create }) => create);
    figures[`CloudFormation update of ${size}`] = figure(rounds, size, ({ update }) => update);
    figures[`CloudFormation change set of ${size}`] = figure(rounds, size, ({ changeSet }) => changeSet);
  }
  return figures;
}

/** Log groups that all differ in their retention from those of another number of days. */
function template(size, RetentionInDays) {
  const group = { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays } };
  const Resources = Object.fromEntries(Array.from({ length: size }, (_, index) => [`Group${index}`, group]));
  return JSON.stringify({ Resources });
}

/** Reads the change set to its last page, and sees that every resource is in it. */
async function described(cloudformation, set, size) {
  const begun = performance.now();
  let count = 0;
  for (let NextToken, more = true; more; more = NextToken !== undefined) {
    const page = await cloudformation.send(new DescribeChangeSetCommand({ ...set, NextToken }));
    count += page.Changes.length;
    NextToken = page.NextToken;
  }
  if (count !== size) throw new Error(`the change set of ${size} resources has ${count} changes`);
  return performance.now() - begun;
}

/** The middle of the rounds. */
function figure(rounds, size, part) {
  const middle = rounds.toSorted((a, b) => part(a).ms - part(b).ms)[Math.floor(ROUNDS / 2)];
  const { ms, cpuMs, describeMs } = part(middle);
  return {
    ms: round(ms),
    msPerResource: round(ms / size),
    cpuMsPerResource: round(cpuMs / size),
    ...(describeMs === undefined ? {} : { describeMs: round(describeMs) }),
    bareMsPerReply: round(middle.bareMs / size),
    latencyRatio: round(ms / middle.bareMs),
  };
}

function round(value) {
  return Math.round(value * 100) / 100;
}
