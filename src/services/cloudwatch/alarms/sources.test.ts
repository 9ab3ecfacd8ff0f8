/** What AWS's services publish reaches alarms: Lambda's metrics by each of their dimensions, metric filters of log groups. */
import { CloudWatch, type Dimension } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../../testing/cloud.ts";
import { functionOf, ROLE } from "../../lambda/function-fixture.ts";

let cloud: TestCloud;
let cloudwatch: CloudWatch;
let lambda: Lambda;
let logs: CloudWatchLogs;
beforeEach(async () => {
  cloud = await startCloud();
  cloudwatch = new CloudWatch(cloud.client());
  lambda = new Lambda(cloud.client());
  logs = new CloudWatchLogs(cloud.client());
});
afterEach(async () => {
  for (const client of [cloudwatch, lambda, logs]) client.destroy();
  await cloud.close();
});

const put = (
  AlarmName: string,
  metric: { Namespace: string; MetricName: string; Dimensions?: Dimension[]; Unit?: "Count" },
  TreatMissingData = "notBreaching",
) =>
  cloudwatch.putMetricAlarm({
    AlarmName,
    ...metric,
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData,
  });

async function states() {
  const { MetricAlarms = [] } = await cloudwatch.describeAlarms({});
  return Object.fromEntries(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
}

it("an alarm tells the version of an alias that fails from the one that does not, two seconds after the minute", async () => {
  const iam = new IAM(cloud.client());
  await iam.createRole(ROLE);
  iam.destroy();
  const FunctionName = "fn";
  await lambda.createFunction(functionOf("return 1", FunctionName));
  await lambda.publishVersion({ FunctionName });
  const { Code } = functionOf('throw new Error("broken")', FunctionName);
  await lambda.updateFunctionCode({ FunctionName, ZipFile: Code.ZipFile });
  await lambda.publishVersion({ FunctionName });
  await lambda.createAlias({
    FunctionName,
    Name: "live",
    FunctionVersion: "1",
    RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
  });
  const named = [{ Name: "FunctionName", Value: FunctionName }];
  const alias = [...named, { Name: "Resource", Value: `${FunctionName}:live` }];
  const of = (Dimensions: Dimension[]) => ({ Namespace: "AWS/Lambda", MetricName: "Errors", Dimensions });
  await put("function", of(named));
  await put("alias", of(alias));
  await put("stable", of([...alias, { Name: "ExecutedVersion", Value: "1" }]));
  await put("canary", of([...alias, { Name: "ExecutedVersion", Value: "2" }]));
  await put("all", { Namespace: "AWS/Lambda", MetricName: "Errors" });
  await put("other", of([{ Name: "FunctionName", Value: "other" }]));
  await cloud.advance("59900ms");
  for (let call = 0; call < 12; call++) await lambda.invoke({ FunctionName, Qualifier: "live" });
  await cloud.advance("2s");
  expect(await states()).toMatchObject({ function: "OK" });
  await cloud.advance("100ms");
  expect(await states()).toEqual({
    alias: "ALARM",
    all: "ALARM",
    canary: "ALARM",
    function: "ALARM",
    other: "OK",
    stable: "OK",
  });
  const { Metrics = [] } = await cloudwatch.listMetrics({ Namespace: "AWS/Lambda" });
  const names = [...new Set(Metrics.map(({ MetricName = "" }) => MetricName))].sort();
  expect(names).toEqual(["ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"]);
});

it("asynchronous invocations publish what was received, how old it was, and what was dropped", async () => {
  const iam = new IAM(cloud.client());
  await iam.createRole(ROLE);
  iam.destroy();
  const FunctionName = "fn";
  await lambda.createFunction(functionOf('throw new Error("broken")', FunctionName));
  await lambda.invoke({ FunctionName, InvocationType: "Event" });
  await cloud.advance("10m");
  const Dimensions = [{ Name: "FunctionName", Value: FunctionName }];
  const sum = async (MetricName: string, statistic: "Sum" | "Maximum" = "Sum") => {
    const { Datapoints = [] } = await cloudwatch.getMetricStatistics({
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions,
      StartTime: new Date(TEST_EPOCH),
      EndTime: new Date(TEST_EPOCH + 600_000),
      Period: 600,
      Statistics: [statistic],
    });
    return Datapoints[0]?.[statistic];
  };
  expect([await sum("AsyncEventsReceived"), await sum("AsyncEventsDropped"), await sum("Errors")]).toEqual([1, 1, 3]);
  expect(await sum("AsyncEventAge", "Maximum")).toBe(180_000);
});

it("a metric filter's unit, dimensions and default value reach alarms", async () => {
  const logGroupName = "app";
  await logs.createLogGroup({ logGroupName });
  await logs.createLogStream({ logGroupName, logStreamName: "s" });
  const transformation = { metricNamespace: "Logs", metricValue: "1", unit: "Count" as const };
  await logs.putMetricFilter({
    logGroupName,
    filterName: "plain",
    filterPattern: "ERROR",
    metricTransformations: [{ ...transformation, metricName: "plain", defaultValue: 0 }],
  });
  await logs.putMetricFilter({
    logGroupName,
    filterName: "dimensioned",
    filterPattern: '{ $.level = "ERROR" }',
    metricTransformations: [{ ...transformation, metricName: "dimensioned", dimensions: { Stage: "$.stage" } }],
  });
  await put("plain", { Namespace: "Logs", MetricName: "plain", Unit: "Count" }, "missing");
  await put("prod", { Namespace: "Logs", MetricName: "dimensioned", Dimensions: [{ Name: "Stage", Value: "prod" }] });
  await put("dev", { Namespace: "Logs", MetricName: "dimensioned", Dimensions: [{ Name: "Stage", Value: "dev" }] });
  const write = (message: string) =>
    logs.putLogEvents({ logGroupName, logStreamName: "s", logEvents: [{ message, timestamp: cloud.now() }] });
  await write("all is well");
  await cloud.advance("62s");
  const reasonOf = async (name: string) =>
    (await cloudwatch.describeAlarms({ AlarmNames: [name] })).MetricAlarms?.[0]?.StateReason;
  expect(await reasonOf("plain")).toBe(
    "Threshold Crossed: 1 datapoint [0.0 (01/01/26 00:00:00)] was not greater than or equal to the threshold (1.0).",
  );
  await write("ERROR");
  await write('{"level":"ERROR","stage":"prod"}');
  await cloud.advance("1m");
  expect(await states()).toEqual({ dev: "OK", plain: "ALARM", prod: "ALARM" });
});
