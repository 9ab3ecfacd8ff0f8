/** Metrics as an SDK client publishes and reads them. */
import { CloudWatch, type MetricDatum, type StandardUnit } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, TEST_EPOCH, type TestCloud } from "../../testing/cloud.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const Namespace = "App";
const MetricName = "Latency";

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

const at = (offset: number): Date => new Date(TEST_EPOCH + offset);
const put = (...data: Partial<MetricDatum>[]) =>
  cloudwatch.putMetricData({ Namespace, MetricData: data.map((datum) => ({ MetricName, ...datum })) });

/** One statistic over the ten minutes before now and the ten after, by the minute unless told otherwise. */
async function valuesOf(Stat: string, { Period = 60, Unit }: { Period?: number; Unit?: StandardUnit } = {}) {
  const { MetricDataResults } = await cloudwatch.getMetricData({
    StartTime: at(-10 * MINUTE),
    EndTime: at(10 * MINUTE),
    ScanBy: "TimestampAscending",
    MetricDataQueries: [
      { Id: "q", MetricStat: { Metric: { Namespace, MetricName }, Period, Stat, ...(Unit ? { Unit } : {}) } },
    ],
  });
  return MetricDataResults?.[0]?.Values;
}

describe("PutMetricData", () => {
  it("adds up values, counted values and statistic sets by the minute", async () => {
    await put({ Value: 5, Timestamp: at(1) }, { Values: [1, 2], Counts: [3, 1], Timestamp: at(30_000) });
    await put({
      StatisticValues: { SampleCount: 4, Sum: 40, Minimum: 1, Maximum: 30 },
      Timestamp: at(59_999),
    });
    await put({ Value: 7, Timestamp: at(MINUTE) });

    const { Datapoints, Label } = await cloudwatch.getMetricStatistics({
      Namespace,
      MetricName,
      StartTime: at(0),
      EndTime: at(5 * MINUTE),
      Period: 60,
      Statistics: ["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
    });

    expect(Label).toBe(MetricName);
    expect(Datapoints).toEqual([
      { Timestamp: at(0), Unit: "None", SampleCount: 9, Sum: 50, Average: 50 / 9, Minimum: 1, Maximum: 30 },
      { Timestamp: at(MINUTE), Unit: "None", SampleCount: 1, Sum: 7, Average: 7, Minimum: 7, Maximum: 7 },
    ]);
  });

  it("says what is wrong with a datum in AWS's words, and then keeps nothing of the call", async () => {
    const refusal = (datum: Partial<MetricDatum>) => put({ Value: 1 }, datum).catch((error) => error);

    expect(await refusal({ Value: 1, Values: [1] })).toMatchObject({
      name: "InvalidParameterCombinationException",
      message:
        "The parameters MetricData.member.2.Value and MetricData.member.2.Values are mutually exclusive and you have specified both.",
    });
    expect(await refusal({})).toMatchObject({ name: "MissingRequiredParameterException" });
    expect(await refusal({ Value: Number.NaN })).toMatchObject({
      name: "InvalidParameterValueException",
      message: "The value NaN for parameter MetricData.member.2.Value is invalid.",
    });
    expect(await refusal({ Value: 2 ** 361 })).toMatchObject({ name: "InvalidParameterValueException" });
    expect(await refusal({ Values: [1, 2], Counts: [1] })).toMatchObject({
      message: "The parameters MetricData.member.2.Values and MetricData.member.2.Counts must be of the same size.",
    });
    expect(await refusal({ Value: 1, Timestamp: at(-14 * DAY - 1) })).toMatchObject({
      message: "The parameter MetricData.member.2.Timestamp must specify a time no more than two weeks in the past.",
    });
    expect(await refusal({ Value: 1, Timestamp: at(121 * MINUTE) })).toMatchObject({
      message: "The parameter MetricData.member.2.Timestamp must specify a time no more than two hours in the future.",
    });
    expect(await refusal({ Value: 1, StorageResolution: 5 })).toMatchObject({ name: "InvalidParameterValueException" });
    expect((await cloudwatch.listMetrics({})).Metrics).toEqual([]);
  });

  it("leaves AWS's namespaces to AWS", async () => {
    await expect(
      cloudwatch.putMetricData({ Namespace: "AWS/Lambda", MetricData: [{ MetricName, Value: 1 }] }),
    ).rejects.toMatchObject({ message: "The value AWS/Lambda for parameter Namespace is invalid." });
  });

  it("tells metrics apart by their dimensions, whose order does not matter", async () => {
    const a = { Name: "a", Value: "1" };
    const b = { Name: "b", Value: "2" };
    await put({ Value: 1 }, { Value: 2, Dimensions: [a, b] }, { Value: 3, Dimensions: [b, a] });

    const { Datapoints } = await cloudwatch.getMetricStatistics({
      Namespace,
      MetricName,
      Dimensions: [b, a],
      StartTime: at(0),
      EndTime: at(MINUTE),
      Period: 60,
      Statistics: ["Sum"],
    });

    expect(Datapoints).toMatchObject([{ Sum: 5 }]);
    expect((await cloudwatch.listMetrics({})).Metrics).toHaveLength(2);
  });
});

describe("ListMetrics", () => {
  it("chooses by namespace, name and dimensions", async () => {
    await put({ Value: 1 }, { Value: 1, MetricName: "Errors", Dimensions: [{ Name: "Path", Value: "/a" }] });
    await cloudwatch.putMetricData({ Namespace: "Other", MetricData: [{ MetricName, Value: 1 }] });
    const listed = async (choice: Parameters<CloudWatch["listMetrics"]>[0]) =>
      ((await cloudwatch.listMetrics(choice)).Metrics ?? []).map(
        (metric) => `${metric.Namespace}/${metric.MetricName}`,
      );

    expect(await listed({})).toEqual(["App/Errors", "App/Latency", "Other/Latency"]);
    expect(await listed({ Namespace })).toEqual(["App/Errors", "App/Latency"]);
    expect(await listed({ MetricName })).toEqual(["App/Latency", "Other/Latency"]);
    expect(await listed({ Dimensions: [{ Name: "Path" }] })).toEqual(["App/Errors"]);
    expect(await listed({ Dimensions: [{ Name: "Path", Value: "/b" }] })).toEqual([]);
  });

  it("gives 500 at once, and the rest with the token", async () => {
    for (let call = 0; call < 2; call++) {
      await put(...Array.from({ length: 400 }, (_, index) => ({ MetricName: `m${call}-${index}`, Value: 1 })));
    }

    const first = await cloudwatch.listMetrics({ Namespace });
    const second = await cloudwatch.listMetrics({ Namespace, NextToken: first.NextToken });

    const names = [...(first.Metrics ?? []), ...(second.Metrics ?? [])].map((metric) => metric.MetricName);
    expect(first.Metrics).toHaveLength(500);
    expect(new Set(names).size).toBe(800);
    expect(second.NextToken).toBeUndefined();
    await expect(cloudwatch.listMetrics({ NextToken: "made up" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });

  it("forgets metrics that say nothing for two weeks, and with RecentlyActive for three hours", async () => {
    await put({ Value: 1 });

    await cloud.advance("4h");
    expect((await cloudwatch.listMetrics({ RecentlyActive: "PT3H" })).Metrics).toEqual([]);
    expect((await cloudwatch.listMetrics({})).Metrics).toHaveLength(1);

    await cloud.advance("14d");
    expect((await cloudwatch.listMetrics({})).Metrics).toEqual([]);
  });
});

describe("statistics", () => {
  it("are taken over the values themselves", async () => {
    await put({ Values: Array.from({ length: 100 }, (_, index) => index + 1) });

    expect(await valuesOf("p50")).toEqual([50]);
    expect(await valuesOf("p99.9")).toEqual([100]);
    expect(await valuesOf("p0")).toEqual([1]);
    expect(await valuesOf("tm90")).toEqual([45.5]);
    expect(await valuesOf("TM(10%:90%)")).toEqual([50.5]);
    expect(await valuesOf("TM(10:20)")).toEqual([15.5]);
    expect(await valuesOf("IQM")).toEqual([50.5]);
    expect(await valuesOf("TC(10:20)")).toEqual([10]);
    expect(await valuesOf("TS(:3)")).toEqual([6]);
    expect(await valuesOf("PR(:30)")).toEqual([30]);
    expect(await valuesOf("WM(:50%)")).toEqual([37.75]);
    expect(await valuesOf("SampleCount")).toEqual([100]);
  });

  it("of very many different values stay within a percent", async () => {
    for (let call = 0; call < 20; call++) {
      await put({ Values: Array.from({ length: 150 }, (_, index) => call * 150 + index + 1) });
    }

    for (const percent of [1, 50, 90, 99]) {
      const [value = 0] = (await valuesOf(`p${percent}`)) ?? [];
      expect(Math.abs(value / (percent * 30) - 1)).toBeLessThan(0.01);
    }
    expect(await valuesOf("Maximum")).toEqual([3000]);
    expect(await valuesOf("Sum")).toEqual([4_501_500]);
  });

  it("have no percentiles of statistic sets and of negative values", async () => {
    await put({ StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 } });
    await put({ Values: [-1, 2], Timestamp: at(MINUTE) });
    await put({ StatisticValues: { SampleCount: 2, Sum: 6, Minimum: 3, Maximum: 3 }, Timestamp: at(2 * MINUTE) });

    expect(await valuesOf("p50")).toEqual([3]);
    expect(await valuesOf("Maximum")).toEqual([2, 2, 3]);
  });

  it("are kept apart by unit", async () => {
    await put({ Value: 1, Unit: "Seconds" }, { Value: 2, Unit: "Milliseconds" });
    const ask = {
      Namespace,
      MetricName,
      StartTime: at(0),
      EndTime: at(MINUTE),
      Period: 60,
      Statistics: ["Sum" as const],
    };

    const { Datapoints } = await cloudwatch.getMetricStatistics(ask);

    expect(Datapoints?.map(({ Unit, Sum }) => `${Sum} ${Unit}`).sort()).toEqual(["1 Seconds", "2 Milliseconds"]);
    expect((await cloudwatch.getMetricStatistics({ ...ask, Unit: "Seconds" })).Datapoints).toHaveLength(1);
    expect((await cloudwatch.getMetricStatistics({ ...ask, Unit: "Bytes" })).Datapoints).toEqual([]);
    expect(await valuesOf("Sum", { Unit: "Milliseconds" })).toEqual([2]);
  });

  it("of less than a minute are there for metrics of high resolution, for three hours", async () => {
    await put({ Value: 1, StorageResolution: 1 }, { Value: 2, StorageResolution: 1, Timestamp: at(5000) });
    await put({ Value: 4, MetricName: "Slow" });

    expect(await valuesOf("Sum", { Period: 5 })).toEqual([1, 2]);
    expect(await valuesOf("Sum")).toEqual([3]);
    await cloud.advance("4h");
    expect(await valuesOf("Sum", { Period: 5 })).toEqual([]);
    expect(await valuesOf("Sum")).toEqual([3]);
  });

  it("of old data are there by five minutes, then by the hour, then not at all", async () => {
    await put({ Value: 1 });
    const sums = async (Period: number) => valuesOf("Sum", { Period });

    await cloud.advance("20d");
    expect([await sums(60), await sums(300), await sums(3600)]).toEqual([[], [1], [1]]);
    await cloud.advance("50d");
    expect([await sums(300), await sums(3600)]).toEqual([[], [1]]);
    await cloud.advance("400d");
    expect(await sums(3600)).toEqual([]);
  });
});

describe("GetMetricStatistics", () => {
  const ask = { Namespace, MetricName, StartTime: at(0), EndTime: at(MINUTE), Period: 60 };

  it("begins periods at the start, rounded down to the minute", async () => {
    await put({ Value: 1, Timestamp: at(2 * MINUTE) }, { Value: 2, Timestamp: at(6 * MINUTE) });
    await put({ Value: 4, Timestamp: at(7 * MINUTE) });

    const { Datapoints } = await cloudwatch.getMetricStatistics({
      ...ask,
      StartTime: at(2 * MINUTE + 30_000),
      EndTime: at(20 * MINUTE),
      Period: 300,
      ExtendedStatistics: ["p100"],
    });

    expect(Datapoints).toEqual([
      { Timestamp: at(2 * MINUTE), Unit: "None", ExtendedStatistics: { p100: 2 } },
      { Timestamp: at(7 * MINUTE), Unit: "None", ExtendedStatistics: { p100: 4 } },
    ]);
  });

  it("says what it cannot answer", async () => {
    const refusal = (change: object) => cloudwatch.getMetricStatistics({ ...ask, ...change }).catch((error) => error);

    expect(await refusal({})).toMatchObject({ name: "MissingRequiredParameterException" });
    expect(await refusal({ Statistics: ["Sum"], ExtendedStatistics: ["p9"] })).toMatchObject({
      name: "InvalidParameterCombinationException",
    });
    expect(await refusal({ Statistics: ["Sum"], Period: 45 })).toMatchObject({
      name: "InvalidParameterValueException",
    });
    expect(await refusal({ Statistics: ["Sum"], EndTime: at(0) })).toMatchObject({
      message: "The parameter StartTime must be less than the parameter EndTime.",
    });
    expect(await refusal({ Statistics: ["Sum"], EndTime: at(2 * DAY) })).toMatchObject({
      message:
        "You have requested up to 2880 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
    });
    expect(await refusal({ ExtendedStatistics: ["p101"] })).toMatchObject({ name: "InvalidParameterValueException" });
  });
});

describe("GetMetricData", () => {
  const query = (Id: string, change: object = {}) => ({
    Id,
    MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: "Sum" },
    ...change,
  });
  const range = { StartTime: at(-10 * MINUTE), EndTime: at(10 * MINUTE) };

  it("gives the newest first, labelled, and hides what is not to be returned", async () => {
    await put({ Value: 1 }, { Value: 2, Timestamp: at(-MINUTE) });

    const { MetricDataResults } = await cloudwatch.getMetricData({
      ...range,
      MetricDataQueries: [query("a", { Label: "total" }), query("b"), query("c", { ReturnData: false })],
    });

    expect(MetricDataResults).toEqual([
      { Id: "a", Label: "total", Timestamps: [at(0), at(-MINUTE)], Values: [1, 2], StatusCode: "Complete" },
      { Id: "b", Label: MetricName, Timestamps: [at(0), at(-MINUTE)], Values: [1, 2], StatusCode: "Complete" },
    ]);
  });

  it("pages over all queries together", async () => {
    await put(...[-3, -2, -1, 0].map((minute) => ({ Value: -minute, Timestamp: at(minute * MINUTE) })));
    const seen: Record<string, number[]> = { a: [], b: [] };
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const page = await cloudwatch.getMetricData({
        ...range,
        MetricDataQueries: [query("a"), query("b")],
        MaxDatapoints: 3,
        NextToken,
      });
      for (const { Id = "", Values = [] } of page.MetricDataResults ?? []) seen[Id]?.push(...Values);
      NextToken = page.NextToken;
      pages++;
    } while (NextToken !== undefined);

    expect(seen).toEqual({ a: [0, 1, 2, 3], b: [0, 1, 2, 3] });
    expect(pages).toBe(3);
  });

  it("says which query it cannot answer, and why", async () => {
    const refusal = (...MetricDataQueries: ReturnType<typeof query>[]) =>
      cloudwatch.getMetricData({ ...range, MetricDataQueries }).catch((error) => error);

    expect(await refusal(query("a"), query("a"))).toMatchObject({
      name: "ValidationException",
      message: "The values for parameter id in MetricDataQueries are not unique.",
    });
    expect(await refusal(query("A"))).toMatchObject({ name: "ValidationException" });
    expect(await refusal(query("a", { MetricStat: undefined, Expression: "m1 / m2" }))).toMatchObject({
      message: "Error in expression 'a': Unknown id 'm1'",
    });
    expect(await refusal(query("a", { MetricStat: undefined, Expression: "SELECT SUM(x) FROM y" }))).toMatchObject({
      message: expect.stringContaining("Metrics Insights"),
    });
    expect(await refusal(query("m"), query("a", { MetricStat: undefined, Expression: "AVG(m)" }))).toMatchObject({
      message: "Error in expression 'a': The expression must return a TimeSeries or an array of them, not a Scalar",
    });
    expect(
      await refusal(query("m"), query("a", { MetricStat: undefined, Expression: "ANOMALY_DETECTION_BAND(m, 2)" })),
    ).toMatchObject({
      message: expect.stringContaining("there is no anomaly detection"),
    });
    const circle = [
      query("a", { MetricStat: undefined, Expression: "b" }),
      query("b", { MetricStat: undefined, Expression: "a" }),
    ];
    expect(await refusal(...circle)).toMatchObject({ message: expect.stringContaining("refers to itself") });
    expect(
      await cloudwatch.getMetricData({ ...range, MetricDataQueries: [query("a")], NextToken: "x" }).catch((e) => e),
    ).toMatchObject({
      name: "InvalidNextToken",
    });
  });
});
