/** GetMetricData with metric math, labels and SEARCH; alarms on queries. */
import { CloudWatch, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../../testing/cloud.ts";

let cloud: TestCloud;
let cloudwatch: CloudWatch;
beforeEach(async () => {
  cloud = await startCloud();
  cloudwatch = new CloudWatch(cloud.client());
});
afterEach(async () => {
  cloudwatch.destroy();
  await cloud.close();
});

const MINUTE = 60_000;
const at = (offset: number): Date => new Date(TEST_EPOCH + offset);
const metric = (Id: string, MetricName: string, change: object = {}): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: "App", MetricName }, Period: 60, Stat: "Sum", ...change },
});
const ask = async (...MetricDataQueries: MetricDataQuery[]) =>
  (
    await cloudwatch.getMetricData({
      StartTime: at(0),
      EndTime: at(3 * MINUTE),
      ScanBy: "TimestampAscending",
      MetricDataQueries,
    })
  ).MetricDataResults ?? [];

async function publish() {
  await cloudwatch.putMetricData({
    Namespace: "App",
    MetricData: [
      { MetricName: "Errors", Value: 1, Timestamp: at(0) },
      { MetricName: "Errors", Value: 3, Timestamp: at(2 * MINUTE) },
      { MetricName: "Calls", Values: [5], Counts: [2], Timestamp: at(0) },
      { MetricName: "Calls", Value: 12, Timestamp: at(2 * MINUTE) },
    ],
  });
}

it("reckons expressions over metrics that are not shown, and over expressions", async () => {
  await publish();
  const [errors, percent, filled] = await ask(
    { ...metric("e", "Errors"), ReturnData: true },
    { ...metric("c", "Calls"), ReturnData: false },
    { Id: "rate", Expression: "100 * e / c", Label: "Error rate" },
    { Id: "filled", Expression: "FILL(rate, 0)" },
  );
  expect(errors).toMatchObject({ Id: "e", Label: "Errors", Values: [1, 3] });
  expect(percent).toEqual({
    Id: "rate",
    Label: "Error rate",
    Timestamps: [at(0), at(2 * MINUTE)],
    Values: [10, 25],
    StatusCode: "Complete",
  });
  expect(filled).toMatchObject({ Id: "filled", Label: "filled", Values: [10, 0, 25] });
});

it("gives a line for each series of an array", async () => {
  await publish();
  const found = await ask({
    Id: "s",
    Expression: "SEARCH('{App} MetricName=(\"Errors\" OR \"Calls\")', 'Sum', 60)",
    Label: "of",
  });
  expect(found.map(({ Id, Label, Values }) => [Id, Label, Values])).toEqual([
    ["s", "of Calls", [10, 12]],
    ["s", "of Errors", [1, 3]],
  ]);
});

it("labels metrics by what tells them apart, and by what a label asks for", async () => {
  await publish();
  const stats = await ask(
    metric("a", "Errors"),
    metric("b", "Errors", { Stat: "Maximum" }),
    metric("c", "Errors", { Period: 180 }),
  );
  expect(stats.map(({ Label }) => Label)).toEqual(["Errors Sum 60", "Errors Maximum 60", "Errors Sum 180"]);
  const Label = "${LABEL}: ${MAX} at ${MAX_TIME}, ${AVG} of ${DATAPOINT_COUNT}, ${PROP('Namespace')}";
  const [dynamic] = await ask({ ...metric("a", "Errors"), Label });
  expect(dynamic?.Label).toBe("Errors: 3 at 2026-01-01 00:02:00 UTC, 2 of 2, App");
});

it("says that there are several units, and gives the first one's data", async () => {
  await cloudwatch.putMetricData({
    Namespace: "App",
    MetricData: [
      { MetricName: "Errors", Value: 1, Unit: "Seconds" },
      { MetricName: "Errors", Value: 2, Unit: "Milliseconds" },
    ],
  });
  const [found] = await ask(metric("a", "Errors"));
  expect(found).toMatchObject({
    Values: [2],
    Messages: [{ Code: "MultipleUnits", Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
  });
});

const ALARM = {
  AlarmName: "rate",
  Metrics: [
    { ...metric("e", "Errors"), ReturnData: false },
    { ...metric("c", "Calls"), ReturnData: false },
    { Id: "rate", Expression: "100 * e / c", ReturnData: true },
  ],
  EvaluationPeriods: 1,
  Threshold: 20,
  ComparisonOperator: "GreaterThanThreshold" as const,
};

it("an alarm watches what its expression comes to", async () => {
  await cloudwatch.putMetricAlarm(ALARM);
  await publish();
  const shown = async () => (await cloudwatch.describeAlarms({ AlarmNames: ["rate"] })).MetricAlarms?.[0];
  await cloud.advance("62s");
  expect(await shown()).toMatchObject({
    StateValue: "OK",
    StateReason: "Threshold Crossed: 1 datapoint [10.0 (01/01/26 00:00:00)] was not greater than the threshold (20.0).",
  });
  await cloud.advance("2m");
  expect(await shown()).toMatchObject({
    StateValue: "ALARM",
    StateReasonData:
      '{"version":"1.0","queryDate":"2026-01-01T00:03:02.000+0000","startDate":"2026-01-01T00:02:00.000+0000","period":60,"recentDatapoints":[25.0],"threshold":20.0,"evaluatedDatapoints":[{"timestamp":"2026-01-01T00:02:00.000+0000","value":25.0}]}',
    Metrics: [{ Id: "e" }, { Id: "c" }, { Id: "rate", Expression: "100 * e / c" }],
  });
});

it("an alarm whose expression cannot be reckoned says so", async () => {
  const Metrics = [...ALARM.Metrics.slice(0, 2), { Id: "rate", Expression: "AVG(e)", ReturnData: true }];
  await cloudwatch.putMetricAlarm({ ...ALARM, Metrics });
  await publish();
  await cloud.advance("62s");
  const { MetricAlarms = [] } = await cloudwatch.describeAlarms({ AlarmNames: ["rate"] });
  expect(MetricAlarms[0]).toMatchObject({ StateValue: "INSUFFICIENT_DATA", EvaluationState: "EVALUATION_ERROR" });
});

it.each([
  [
    ALARM.Metrics.map((query) => ({ ...query, ReturnData: true })),
    "Exactly one element of the metrics list should return data.",
  ],
  [[{ Id: "s", Expression: "SEARCH('{App}', 'Sum', 60)", Period: 60 }], "SEARCH is not supported on Metric Alarms."],
  [[{ Id: "s", Expression: "TIME_SERIES(1)" }], "Period must not be null"],
])("an alarm has queries as AWS wants them: %#", async (Metrics, message) => {
  await expect(cloudwatch.putMetricAlarm({ ...ALARM, Metrics })).rejects.toMatchObject({ message });
});
