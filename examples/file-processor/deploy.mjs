/**
 * Deploys the example through AWS's API, as `aws cloudformation package` and `aws cloudformation deploy` do: the code goes to
 * an S3 bucket, then each of the three stacks comes out of a change set. Knows nothing of where the API is.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { zipSync } from "fflate";
import { bundle } from "./build.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** Seconds: how often the API is asked, and for how long. */
const PATIENCE = { minDelay: 0.05, maxDelay: 2, maxWaitTime: 600 };

/** A stack that did not come to stand, with the events that say why. */
export class DeploymentError extends Error {
  /** `TIME  RESOURCE  STATUS  REASON`, oldest first */
  failures;

  constructor(stackName, failures, cause) {
    super(`The stack ${stackName} was not created`, { cause });
    this.failures = failures;
  }
}

/**
 * Creates the stacks STACKNAME-iam, STACKNAME-s3 and STACKNAME.
 * @param {object} options
 * @param {import("@aws-sdk/client-cloudformation").CloudFormationClient} options.cloudFormation
 * @param {import("@aws-sdk/client-s3").S3Client} options.s3
 * @param {string} options.stackName
 * @param {"dev" | "prd"} options.environment which of params/ counts
 * @param {string} options.artifacts the name of a bucket for the code, to be created
 * @param {(line: string) => void} [options.say] told of each step that is done
 * @returns {Promise<Record<string, string>>} the outputs of the stack STACKNAME
 * @throws {DeploymentError}
 */
export async function deploy({ cloudFormation, s3, stackName, environment, artifacts, say = () => {} }) {
  await bundle();
  const template = await packageCode(s3, artifacts);
  say(`Put the function's code into the bucket ${artifacts}`);

  const stacks = [
    { name: `${stackName}-iam`, template: read("iam.yml"), parameters: {} },
    { name: `${stackName}-s3`, template: read("s3.yml"), parameters: {} },
    { name: stackName, template, parameters: readParameters(environment) },
  ];
  let outputs = {};
  for (const stack of stacks) {
    outputs = await createStack(cloudFormation, stack);
    say(`Created the stack ${stack.name}`);
  }
  return outputs;
}

/** Uploads the built code under a name that tells its content. Returns sam.yml with its address in it. */
async function packageCode(s3, bucket) {
  const folder = join(here, "dist/file-processor");
  const files = readdirSync(folder).sort();
  // One date for all: the same code makes the same zip.
  const mtime = new Date("2020-01-01T00:00:00Z");
  const zip = zipSync(Object.fromEntries(files.map((name) => [name, [readFileSync(join(folder, name)), { mtime }]])));
  const key = `${createHash("sha256").update(zip).digest("hex")}.zip`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: zip }));
  const local = "CodeUri: dist/file-processor";
  const written = read("sam.yml");
  if (!written.includes(local)) throw new Error(`sam.yml has no "${local}" to put the code's address in`);
  return written.replace(local, `CodeUri: s3://${bucket}/${key}`);
}

async function createStack(cloudFormation, { name: StackName, template, parameters }) {
  const waiting = { client: cloudFormation, ...PATIENCE };
  const ChangeSetName = `deploy-${createHash("sha256").update(template).digest("hex").slice(0, 16)}`;
  await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      ChangeSetType: "CREATE",
      TemplateBody: template,
      Capabilities: ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  try {
    await waitUntilChangeSetCreateComplete(waiting, { StackName, ChangeSetName });
    await cloudFormation.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
    await waitUntilStackCreateComplete(waiting, { StackName });
  } catch (error) {
    throw new DeploymentError(StackName, await failuresOf(cloudFormation, StackName), error);
  }
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

async function failuresOf(cloudFormation, StackName) {
  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith("FAILED"))
    .reverse()
    .map(({ Timestamp, LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      [Timestamp?.toISOString(), LogicalResourceId, ResourceStatus, ResourceStatusReason].join("  "),
    );
}

/** params/ENVIRONMENT.ini: lines of NAME=VALUE. */
function readParameters(environment) {
  const lines = read(`params/${environment}.ini`).split("\n");
  return Object.fromEntries(lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

function read(name) {
  return readFileSync(join(here, name), "utf8");
}
