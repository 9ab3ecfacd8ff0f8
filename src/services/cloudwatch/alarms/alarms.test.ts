/** Metric alarms as an SDK client makes them and sees them change. */
import { CloudWatch, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../../testing/cloud.ts";

const metric = { Namespace: "App", MetricName: "Errors" };
const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: "errors",
  ...metric,
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  Threshold: 1,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
};

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

const put = (change: Partial<PutMetricAlarmCommandInput> = {}) => cloudwatch.putMetricAlarm({ ...ALARM, ...change });
const publish = (Value: number) =>
  cloudwatch.putMetricData({ Namespace: "App", MetricData: [{ MetricName: "Errors", Value }] });
const shown = async (name = "errors") => (await cloudwatch.describeAlarms({ AlarmNames: [name] })).MetricAlarms?.[0];
const refusal = (change: Partial<PutMetricAlarmCommandInput>) => put(change).catch((error: unknown) => error);

describe("an alarm", () => {
  it("knows nothing at first, goes into ALARM two seconds after the minute that breaches, and back when its data are gone", async () => {
    await put({ TreatMissingData: "notBreaching" });
    expect(await shown()).toMatchObject({
      AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors",
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Unchecked: Initial alarm creation",
    });
    await cloud.advance("30s");
    await publish(1);
    await cloud.advance("31s");
    expect(await shown()).toMatchObject({ StateValue: "OK" });
    await cloud.advance("1s");
    const alarm = await shown();
    expect(alarm).toMatchObject({
      StateValue: "ALARM",
      StateReason:
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (01/01/26 00:00:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
      StateUpdatedTimestamp: new Date(TEST_EPOCH + 62_000),
      StateTransitionedTimestamp: new Date(TEST_EPOCH + 62_000),
    });
    expect(alarm?.StateReasonData).toBe(
      '{"version":"1.0","queryDate":"2026-01-01T00:01:02.000+0000","startDate":"2026-01-01T00:00:00.000+0000","statistic":"Sum","period":60,"recentDatapoints":[1.0],"threshold":1.0,"evaluatedDatapoints":[{"timestamp":"2026-01-01T00:00:00.000+0000","sampleCount":1.0,"value":1.0}]}',
    );
    await cloud.advance("3m");
    expect(await shown()).toMatchObject({
      StateValue: "OK",
      StateReason:
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
      StateTransitionedTimestamp: new Date(TEST_EPOCH + 242_000),
    });
  });

  it("says in AWS's words what it found when it does not say how many datapoints it wants", async () => {
    await put({ DatapointsToAlarm: undefined, EvaluationPeriods: 2 });
    for (const value of [3, 2.5]) {
      await publish(value);
      await cloud.advance("1m");
    }
    await publish(0);
    await cloud.advance("2s");
    expect((await shown())?.StateReason).toBe(
      "Threshold Crossed: 2 datapoints [2.5 (01/01/26 00:01:00), 3.0 (01/01/26 00:00:00)] were greater than or equal to the threshold (1.0).",
    );
    await cloud.advance("1m");
    expect((await shown())?.StateReason).toBe(
      "Threshold Crossed: 1 datapoint [0.0 (01/01/26 00:02:00)] was not greater than or equal to the threshold (1.0).",
    );
    await cloud.advance("10m");
    expect(await shown()).toMatchObject({
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Insufficient Data: 2 datapoints were unknown.",
    });
  });

  it("looks at periods that slide by the minute", async () => {
    await put({ Period: 300, Threshold: 2 });
    await cloud.advance("3m");
    await publish(1);
    await cloud.advance("2m");
    await publish(1);
    await cloud.advance("62s");
    expect(await shown()).toMatchObject({
      StateValue: "ALARM",
      StateReason: expect.stringContaining("[2.0 (01/01/26 00:01:00)]"),
    });
  });

  it("of ten seconds is evaluated every ten seconds, over data of high resolution", async () => {
    await put({ Period: 10 });
    await cloudwatch.putMetricData({
      Namespace: "App",
      MetricData: [{ MetricName: "Errors", Value: 1, StorageResolution: 1 }],
    });
    await cloud.advance("12s");
    expect(await shown()).toMatchObject({
      StateValue: "ALARM",
      StateTransitionedTimestamp: new Date(TEST_EPOCH + 12_000),
    });
  });

  it("keeps its state when it is put again, and loses what is not said again", async () => {
    await put({
      AlarmDescription: "some",
      AlarmActions: ["arn:aws:sns:us-east-1:000000000000:t"],
      Tags: [{ Key: "a", Value: "1" }],
    });
    await publish(1);
    await cloud.advance("62s");
    await put({ Threshold: 5, Tags: [{ Key: "b", Value: "2" }] });
    expect(await shown()).toMatchObject({ StateValue: "ALARM", Threshold: 5, AlarmActions: [] });
    expect((await shown())?.AlarmDescription).toBeUndefined();
    const ResourceARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors";
    expect((await cloudwatch.listTagsForResource({ ResourceARN })).Tags).toEqual([{ Key: "a", Value: "1" }]);
    await cloud.advance("1m");
    expect(await shown()).toMatchObject({ StateValue: "OK" });
  });

  it("leaves the state alone where a percentile has too few samples and it was told to", async () => {
    await put({ Statistic: undefined, ExtendedStatistic: "p90", EvaluateLowSampleCountPercentile: "ignore" });
    await publish(5);
    await cloud.advance("62s");
    expect(await shown()).toMatchObject({ StateValue: "INSUFFICIENT_DATA" });
    await cloudwatch.putMetricData({
      Namespace: "App",
      MetricData: [{ MetricName: "Errors", Values: [5], Counts: [100] }],
    });
    await cloud.advance("62s");
    expect(await shown()).toMatchObject({ StateValue: "ALARM" });
  });

  it("is refused in AWS's words where it cannot be", async () => {
    expect(await refusal({ EvaluationPeriods: 2000 })).toMatchObject({
      name: "ValidationException",
      message:
        "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400) for alarms using period < 3600",
    });
    expect(await refusal({ Period: 45 })).toMatchObject({ message: "Period must be 10, 20, 30 or a multiple of 60" });
    expect(await refusal({ AlarmActions: ["nonsense"] })).toMatchObject({ message: "Invalid arn syntax: nonsense" });
    expect(await refusal({ AlarmActions: ["arn:aws:sns:eu-west-1:000000000000:t"] })).toMatchObject({
      message: "Invalid region eu-west-1 specified. Only us-east-1 is supported.",
    });
    expect(await refusal({ ComparisonOperator: "GreaterThanUpperThreshold" })).toMatchObject({
      message: expect.stringContaining("anomaly detection"),
    });
    expect(await refusal({ ExtendedStatistic: "p9" })).toMatchObject({ name: "InvalidParameterCombinationException" });
    expect(await refusal({ MetricName: undefined })).toMatchObject({ name: "MissingRequiredParameterException" });
    expect(await refusal({ TreatMissingData: "zero" })).toMatchObject({ name: "ValidationException" });
    expect(await shown()).toBeUndefined();
  });
});

describe("DescribeAlarmHistory", () => {
  it("tells configuration, states and actions, also of what is deleted", async () => {
    const topic = "arn:aws:sns:us-east-1:000000000000:t";
    await put({ AlarmActions: [topic] });
    await publish(1);
    await cloud.advance("62s");
    await cloudwatch.deleteAlarms({ AlarmNames: ["errors"] });
    const { AlarmHistoryItems = [] } = await cloudwatch.describeAlarmHistory({ AlarmName: "errors" });
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "errors" deleted',
      `Failed to execute action ${topic}. Received error: "Seatrial has no SNS yet: nothing was done"`,
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
      'Alarm "errors" created',
    ]);
    expect(JSON.parse(AlarmHistoryItems[2]?.HistoryData ?? "")).toMatchObject({
      version: "1.0",
      oldState: { stateValue: "INSUFFICIENT_DATA", stateReason: "Unchecked: Initial alarm creation" },
      newState: { stateValue: "ALARM", stateReasonData: { recentDatapoints: [1], threshold: 1 } },
    });
    expect(AlarmHistoryItems[3]?.HistoryData).toContain('"type":"Create","createdAlarm":{"alarmName":"errors"');
  });

  it("gives its items in pages, from either end", async () => {
    for (let threshold = 1; threshold <= 5; threshold++) await put({ Threshold: threshold });
    const first = await cloudwatch.describeAlarmHistory({ ScanBy: "TimestampAscending", MaxRecords: 3 });
    const { NextToken } = first;
    const second = await cloudwatch.describeAlarmHistory({ ScanBy: "TimestampAscending", MaxRecords: 3, NextToken });
    const all = [...(first.AlarmHistoryItems ?? []), ...(second.AlarmHistoryItems ?? [])];
    expect(all.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "errors" created',
      ...Array.from({ length: 4 }, () => 'Alarm "errors" updated'),
    ]);
    expect(second.NextToken).toBeUndefined();
    expect(all[1]?.HistoryData).toContain('"originalUpdatedFields":{"threshold":1.0}');
  });
});

describe("SetAlarmState", () => {
  it("holds until the metric speaks for itself again", async () => {
    await put({ TreatMissingData: "notBreaching" });
    await cloud.advance("62s");
    await cloudwatch.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "testing" });
    expect(await shown()).toMatchObject({ StateValue: "ALARM", StateReason: "testing" });
    await cloud.advance("1m");
    expect(await shown()).toMatchObject({ StateValue: "OK" });
    await expect(
      cloudwatch.setAlarmState({ AlarmName: "none", StateValue: "OK", StateReason: "" }),
    ).rejects.toMatchObject({ name: "ResourceNotFound" });
  });
});

describe("DescribeAlarms", () => {
  it("chooses by prefix, state and action, and pages", async () => {
    for (const name of ["a1", "a2", "b1"]) await put({ AlarmName: name });
    await put({ AlarmName: "a3", OKActions: ["arn:aws:sns:us-east-1:000000000000:topic"] });
    await cloudwatch.setAlarmState({ AlarmName: "a2", StateValue: "ALARM", StateReason: "x" });
    const names = async (input: Parameters<CloudWatch["describeAlarms"]>[0]) =>
      ((await cloudwatch.describeAlarms(input)).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName);
    expect(await names({ AlarmNamePrefix: "a" })).toEqual(["a1", "a2", "a3"]);
    expect(await names({ StateValue: "ALARM" })).toEqual(["a2"]);
    expect(await names({ ActionPrefix: "arn:aws:sns" })).toEqual(["a3"]);
    expect(await names({ AlarmTypes: ["CompositeAlarm"] })).toEqual([]);
    const { NextToken } = await cloudwatch.describeAlarms({ MaxRecords: 3 });
    expect(await names({ MaxRecords: 3, NextToken })).toEqual(["b1"]);
    await expect(cloudwatch.describeAlarms({ NextToken: "x" })).rejects.toMatchObject({ name: "InvalidNextToken" });
  });

  it("for a metric finds the alarms of that metric alone", async () => {
    await put();
    await put({ AlarmName: "other", Dimensions: [{ Name: "a", Value: "1" }] });
    const { MetricAlarms = [] } = await cloudwatch.describeAlarmsForMetric(metric);
    expect(MetricAlarms.map(({ AlarmName }) => AlarmName)).toEqual(["errors"]);
    expect((await cloudwatch.describeAlarmsForMetric({ ...metric, Period: 300 })).MetricAlarms).toEqual([]);
  });
});
