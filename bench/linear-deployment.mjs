/**
 * A whole Linear10PercentEvery10Minutes deployment of 100 minutes, with a request through API Gateway in each of its 6,000 seconds on a clock that is
 * wound a second at a time, beside 6,000 warm invocations of the same function by Lambda's Invoke. In a process of its own, so that nothing else
 * is in its heap.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { send, sign } from "./client.mjs";

const SECONDS = 6000;
const ROUNDS = 10;
const STACK = "linear";

/** The figures: wall time of both in ms, and their ratio; `advanceMs` is what winding alone costs. */
export function linearDeployment({ quick = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), quick ? ["--quick"] : []);
    child.once("message", resolve);
    child.once("exit", (code) => code !== 0 && reject(new Error(`the linear deployment ended with ${code}`)));
  });
}

/** In the child. A quick run is Linear10PercentEvery1Minute: a deployment of ten minutes, with a request in each second of them. */
async function run(quick) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const { createCloud } = await import("../dist/index.js");
  const { CloudFormationClient, CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } =
    await import("@aws-sdk/client-cloudformation");
  const seconds = quick ? SECONDS / 10 : SECONDS;
  const cloud = await createCloud({ port: 0, clock: "manual", seed: STACK });
  try {
    const cloudformation = new CloudFormationClient({
      endpoint: cloud.endpointUrl,
      region: "us-east-1",
      credentials: { accessKeyId: "000000000000", secretAccessKey: "root" },
    });
    const Capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"];
    const ship = (Command, release) =>
      cloudformation.send(
        new Command({ StackName: STACK, Capabilities, TemplateBody: template(release, quick ? 1 : 10) }),
      );
    const stack = async () => (await cloudformation.send(new DescribeStacksCommand({ StackName: STACK }))).Stacks[0];

    await ship(CreateStackCommand, "v1");
    while ((await stack()).StackStatus === "CREATE_IN_PROGRESS") await cloud.advance(1000);
    const outputs = Object.fromEntries(
      (await stack()).Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const port = Number(new URL(cloud.endpointUrl).port);
    const users = { method: "GET", path: `/restapis/${outputs.Api}/Prod/_user_request_/`, headers: {} };
    const invocation = sign({
      method: "POST",
      path: `/2015-03-31/functions/${outputs.Function}/invocations`,
      body: "{}",
      service: "lambda",
      host: `127.0.0.1:${port}`,
      // The root of an account: its signature is not checked, nor how old it is.
      keys: { accessKeyId: "000000000000", secretAccessKey: "root" },
    });
    const timed = async (work) => {
      const begun = performance.now();
      await work();
      return performance.now() - begun;
    };
    const batch = seconds / ROUNDS;
    const calls = (request) => timed(() => send(port, { count: batch, concurrency: 1, make: () => request }));

    await calls(users);
    await calls(invocation);
    await ship(UpdateStackCommand, "v2");
    let [deploymentMs, invokeMs, advanceMs] = [0, 0, 0];
    // In turns, so that a slower moment of the machine hits both.
    for (let round = 0; round < ROUNDS; round++) {
      invokeMs += await calls(invocation);
      let wound = 0;
      deploymentMs += await timed(() =>
        send(port, {
          count: batch,
          concurrency: 1,
          make: () => users,
          between: async () => {
            wound += await timed(() => cloud.advance(1000));
          },
        }),
      );
      advanceMs += wound;
    }
    const { StackStatus } = await stack();
    if (StackStatus !== "UPDATE_COMPLETE") throw new Error(`after ${seconds} seconds the stack is ${StackStatus}`);
    return {
      deploymentMs: Math.round(deploymentMs),
      invokeMs: Math.round(invokeMs),
      ratio: Math.round((deploymentMs / invokeMs) * 100) / 100,
      advanceMs: Math.round(advanceMs),
      requests: seconds,
    };
  } finally {
    await cloud.close();
  }
}

function template(release, minutes) {
  return JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Resources: {
      Function: {
        Type: "AWS::Serverless::Function",
        Properties: {
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          InlineCode: `exports.handler = async () => ({ statusCode: 200, body: '{"message":"${release}"}' });`,
          AutoPublishAlias: "live",
          DeploymentPreference: {
            Type: `Linear10PercentEvery${minutes}Minute${minutes === 1 ? "" : "s"}`,
            Alarms: [{ Ref: "Errors" }],
          },
          Events: { Root: { Type: "Api", Properties: { Path: "/", Method: "GET" } } },
        },
      },
      Errors: {
        Type: "AWS::CloudWatch::Alarm",
        Properties: {
          Namespace: "AWS/Lambda",
          MetricName: "Errors",
          Dimensions: [{ Name: "FunctionName", Value: { Ref: "Function" } }],
          ComparisonOperator: "GreaterThanOrEqualToThreshold",
          Statistic: "Sum",
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
        },
      },
    },
    Outputs: { Api: { Value: { Ref: "ServerlessRestApi" } }, Function: { Value: { Ref: "Function" } } },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = await run(process.argv.includes("--quick"));
  if (process.send === undefined) console.log(figures);
  else process.send(figures);
}
