/**
 * What `npm start` runs: a cloud of its own on a clock that is wound by hand, the canary with its alarm deployed to it through AWS's API, a request
 * for each second; v2 is shifted in, then a broken release is rolled back by the alarm. Ends with exit code 0 when it went so, 1 when it did not.
 */
import { createCloud } from "../../dist/index.js";

// The SDK's notice about Node versions is not about this run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { CloudFormationClient } = await import("@aws-sdk/client-cloudformation");
const { CloudWatchClient, DescribeAlarmHistoryCommand } = await import("@aws-sdk/client-cloudwatch");
const { CodeDeployClient, BatchGetDeploymentsCommand, ListDeploymentsCommand } =
  await import("@aws-sdk/client-codedeploy");
const { GetAliasCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
const { S3Client } = await import("@aws-sdk/client-s3");
const { chart, clockTime } = await import("./chart.mjs");
const { createDelivery } = await import("./delivery.mjs");
const { reachable } = await import("./reachable.mjs");
const { createTraffic } = await import("./traffic.mjs");

const STACK = "safe-deployments";
const TEMPLATE = "canary-alarm.yml";
/** Seconds of the cloud: how long a line of the chart is, and how long any step may take. */
const SPAN = 30;
const PATIENCE = 3600;

// With a seed and a beginning it is the same story each time: who is in the ten percent, and when the alarm looks.
const cloud = await createCloud({ port: 0, clock: "manual", startAt: Date.UTC(2026, 0, 1, 9), seed: "a release" });
const client = {
  endpoint: cloud.endpointUrl,
  region: "us-east-1",
  credentials: { accessKeyId: "000000000000", secretAccessKey: "seatrial" },
  forcePathStyle: true,
};
const cloudFormation = new CloudFormationClient(client);
const codeDeploy = new CodeDeployClient(client);
let delivery;
try {
  say("Started a local AWS, for this run only, on a clock that is wound by hand");
  delivery = await createDelivery({ cloudFormation, s3: new S3Client(client), bucket: `${STACK}-artifacts` });
  await delivery.ship({ stackName: STACK, template: TEMPLATE, release: "v1" });
  await settled("CREATE_COMPLETE", () => cloud.advance(1000));
  say(`Created the stack ${STACK}: v1 answers behind API Gateway`);

  const url = reachable(await delivery.output(STACK, "ApiEndpoint"), cloud.endpointUrl);
  const traffic = createTraffic({ url, cloud });
  await release(traffic, "v2", "UPDATE_COMPLETE");
  await release(traffic, "broken", "UPDATE_ROLLBACK_COMPLETE");
  await explain();
} catch (error) {
  process.exitCode = 1;
  console.error(error);
  for (const line of (await delivery?.failures(STACK).catch(() => [])) ?? []) console.error(`  ${line}`);
} finally {
  await cloud.close();
}

/** Ships a release and lets a request go out each second until the stack says `end`, and for a minute more; draws who answered. */
async function release(traffic, name, end) {
  const begin = cloud.now();
  console.log(
    `\n- Ships ${name === "broken" ? "v3, which raises on each call" : name}: Canary10Percent5Minutes, one request a second`,
  );
  await delivery.ship({ stackName: STACK, template: TEMPLATE, release: name });
  // The first step is taken in this second: no request of it is to come before.
  await cloud.advance(0);
  const ended = await settled(end, () => traffic.go(1));
  await traffic.go(SPAN - (Math.round((cloud.now() - begin) / 1000) % SPAN) + SPAN);
  for (const line of chart(traffic.answers, { begin, end: cloud.now(), seconds: SPAN })) console.log(`  ${line}`);
  say(`${clockTime(ended - begin)} later the stack is ${end}`);
}

/** Does `meanwhile` over and over until the stack has come to rest; raises when that is not as `end`. Returns when it was. */
async function settled(end, meanwhile) {
  const until = cloud.now() + PATIENCE * 1000;
  for (;;) {
    await meanwhile();
    const status = await delivery.status(STACK);
    if (status === end) return cloud.now();
    if (!status.endsWith("_IN_PROGRESS")) throw new Error(`The stack is ${status}, and not ${end}`);
    if (cloud.now() > until) throw new Error(`The stack is still ${status}`);
  }
}

/** What CloudWatch, CodeDeploy and Lambda say of the release that was rolled back. */
async function explain() {
  const [alarm, application, group] = await Promise.all(
    ["Func1Alarm", "ServerlessDeploymentApplication", "Func1DeploymentGroup"].map((id) =>
      delivery.physicalId(STACK, id),
    ),
  );
  const { AlarmHistoryItems } = await new CloudWatchClient(client).send(
    new DescribeAlarmHistoryCommand({ AlarmName: alarm, HistoryItemType: "StateUpdate" }),
  );
  const raised = AlarmHistoryItems.map(({ HistoryData }) => JSON.parse(HistoryData).newState).find(
    ({ stateValue }) => stateValue === "ALARM",
  );
  say(`Alarm: ${raised.stateReason}`);

  const { deployments: deploymentIds } = await codeDeploy.send(
    new ListDeploymentsCommand({ applicationName: application, deploymentGroupName: group }),
  );
  const { deploymentsInfo } = await codeDeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
  const stopped = deploymentsInfo.find(({ errorInformation }) => errorInformation !== undefined);
  const rollback = deploymentsInfo.find(
    ({ deploymentId }) => deploymentId === stopped.rollbackInfo.rollbackDeploymentId,
  );
  say(`Deployment: ${stopped.status}, ${stopped.errorInformation.code}: ${stopped.errorInformation.message}`);
  say(`Rollback: ${rollback.status}, by ${rollback.creator}: ${stopped.rollbackInfo.rollbackMessage}`);

  const FunctionName = await delivery.physicalId(STACK, "Func1");
  const { FunctionVersion, RoutingConfig } = await new LambdaClient(client).send(
    new GetAliasCommand({ FunctionName, Name: "dev" }),
  );
  const alone = Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).length === 0;
  say(`The alias dev: version ${FunctionVersion}${alone ? " alone" : " and others"}`);
}

function say(step) {
  console.log(`- ${step}`);
}
