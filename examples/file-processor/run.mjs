/**
 * What `npm start` runs: a cloud of its own on a free port, the example deployed to it through AWS's API, a zip put into one
 * bucket, and what the function made of it read from the other. Ends with exit code 0 when it worked, 1 when it did not.
 */
import { createCloud } from "../../dist/index.js";

// The SDK's notice about Node versions is not about this run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { CloudFormationClient } = await import("@aws-sdk/client-cloudformation");
const { CloudWatchLogsClient, FilterLogEventsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
const { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, waitUntilObjectExists } =
  await import("@aws-sdk/client-s3");
const { strToU8, zipSync } = await import("fflate");
const { deploy, DeploymentError } = await import("./deploy.mjs");

const FILES = {
  "hello.txt": "Hello from a file that a Lambda function unpacked.\n",
  "numbers.csv": "name,value\none,1\ntwo,2\n",
  "notes/today.md": "# Today\n\nNothing left this machine.\n",
};
/** Of these, the one that is shown at the end. */
const SHOWN = "hello.txt";

/** Seconds: how often S3 is asked for the function's work, and for how long. */
const PATIENCE = { minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 };

const STACK = "file-processor";

const cloud = await createCloud({ port: 0 });
const client = {
  endpoint: cloud.endpointUrl,
  region: "us-east-1",
  credentials: { accessKeyId: "000000000000", secretAccessKey: "seatrial" },
  forcePathStyle: true,
};
try {
  say("Started a local AWS, for this run only");
  await tryOut(new CloudFormationClient(client), new S3Client(client));
} catch (error) {
  process.exitCode = 1;
  const failed = error instanceof DeploymentError;
  console.error(failed ? error.message : error);
  for (const line of failed ? error.failures : await functionLog()) console.error(`  ${line}`);
} finally {
  await cloud.close();
}

async function tryOut(cloudFormation, s3) {
  const { BucketOriginName, BucketProcessedName } = await deploy({
    cloudFormation,
    s3,
    stackName: STACK,
    environment: "dev",
    artifacts: `${STACK}-artifacts`,
    say,
  });

  const zip = zipSync(Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, strToU8(text)])));
  const put = { Bucket: BucketOriginName, Key: "files.zip" };
  await s3.send(new PutObjectCommand({ ...put, Body: zip }));
  const { LastModified } = await s3.send(new HeadObjectCommand(put));
  say(`Put files.zip with ${Object.keys(FILES).length} files into the bucket BucketOrigin`);

  // The function files what it unpacks under the day on which the zip arrived.
  const day = LastModified.toISOString().slice(0, 10).replaceAll("-", "/");
  const keys = Object.keys(FILES).map((name) => `${day}/${name}`);
  for (const Key of keys) {
    await waitUntilObjectExists({ client: s3, ...PATIENCE }, { Bucket: BucketProcessedName, Key });
  }
  say(`The function put them into the bucket BucketProcessed`);

  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BucketProcessedName, Key: `${day}/${SHOWN}` }));
  console.log(`\n${day}/${SHOWN}\n${await Body.transformToString()}`);
}

/** What the function said; nothing when it was never called. */
async function functionLog() {
  const asked = new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${STACK}` });
  const { events } = await new CloudWatchLogsClient(client).send(asked).catch(() => ({ events: [] }));
  return events.map(({ message }) => message.trimEnd());
}

function say(step) {
  console.log(`- ${step}`);
}
