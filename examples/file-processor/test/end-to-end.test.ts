/**
 * The deployed application, seen from outside: a zip goes into one bucket, its files come out in the other. The buckets are
 * found in the stack's outputs. With STACK_NAME set it tries the stack of that name where the environment's AWS settings point
 * (a local cloud or AWS itself); without, it deploys the example to a local cloud of its own first.
 */
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  waitUntilObjectExists,
} from "@aws-sdk/client-s3";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../../src/testing/cloud.ts";
import { deploy } from "../deploy.mjs";

const { STACK_NAME: deployedStack, AWS_ENDPOINT_URL: endpointUrl } = process.env;
const stackName = deployedStack ?? "file-processor";

let cloud: TestCloud | undefined;
let cloudFormation: CloudFormationClient;
let s3: S3Client;

beforeAll(async () => {
  if (deployedStack !== undefined) {
    cloudFormation = new CloudFormationClient();
    s3 = new S3Client({ forcePathStyle: endpointUrl !== undefined });
    return;
  }
  cloud = await startCloud();
  cloudFormation = new CloudFormationClient(cloud.client());
  s3 = new S3Client(cloud.client());
  await deploy({ cloudFormation, s3, stackName, environment: "dev", artifacts: "artifacts" });
});
afterAll(async () => {
  cloudFormation.destroy();
  s3.destroy();
  await cloud?.close();
});

async function outputs(): Promise<Record<string, string | undefined>> {
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

it("unpacks a zip that is put into the origin bucket into the processed bucket", async () => {
  const { BucketOriginName: origin, BucketProcessedName: processed } = await outputs();
  const zip = { Bucket: origin, Key: "end-to-end.zip" };
  await s3.send(new PutObjectCommand({ ...zip, Body: zipSync({ "test.txt": strToU8("test") }) }));
  const { LastModified } = await s3.send(new HeadObjectCommand(zip));
  const day = LastModified?.toISOString().slice(0, 10).replaceAll("-", "/");
  const file = { Bucket: processed, Key: `${day}/test.txt` };
  try {
    await waitUntilObjectExists({ client: s3, minDelay: 0.05, maxDelay: 2, maxWaitTime: 25 }, file);
    const { Body } = await s3.send(new GetObjectCommand(file));
    expect(await Body?.transformToString()).toBe("test");
  } finally {
    for (const object of [zip, file]) await s3.send(new DeleteObjectCommand(object));
  }
});
