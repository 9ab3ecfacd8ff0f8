/** Dashboards, and pictures of metrics. */
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

const METRIC = {
  type: "metric",
  x: 0,
  y: 0,
  width: 6,
  height: 6,
  properties: { metrics: [["AWS/Lambda", "Errors", "FunctionName", "f", { stat: "Sum" }]], region: "us-east-1" },
};
const put = (body: unknown, DashboardName = "board") =>
  cloudwatch.putDashboard({ DashboardName, DashboardBody: typeof body === "string" ? body : JSON.stringify(body) });

describe("a dashboard", () => {
  it("is kept as it was given, of the whole account, and listed", async () => {
    const body = JSON.stringify({ widgets: [METRIC, { type: "text", properties: { markdown: "# hello" } }] });
    expect((await put(body)).DashboardValidationMessages).toEqual([]);
    await put({ widgets: [] }, "other");
    const abroad = new CloudWatch(cloud.client({ region: "eu-west-1" }));
    expect(await abroad.getDashboard({ DashboardName: "board" })).toMatchObject({
      DashboardArn: "arn:aws:cloudwatch::000000000000:dashboard/board",
      DashboardBody: body,
      DashboardName: "board",
    });
    abroad.destroy();
    expect((await cloudwatch.listDashboards({ DashboardNamePrefix: "bo" })).DashboardEntries).toEqual([
      {
        DashboardName: "board",
        DashboardArn: "arn:aws:cloudwatch::000000000000:dashboard/board",
        LastModified: new Date(TEST_EPOCH),
        Size: body.length,
      },
    ]);
    await expect(cloudwatch.deleteDashboards({ DashboardNames: ["nobody", "board"] })).rejects.toMatchObject({
      message: "Dashboard nobody does not exist",
    });
    await expect(cloudwatch.getDashboard({ DashboardName: "board" })).rejects.toMatchObject({
      name: "ResourceNotFound",
      message: "Dashboard board does not exist",
    });
  });

  it.each([
    ["no json", "/", "The field DashboardBody must be a valid JSON object"],
    [{}, "/", "Should have required property 'widgets'"],
    [{ widgets: [{ properties: {} }] }, "/widgets/0", "Should have required property 'type'"],
    [{ widgets: [{ ...METRIC, type: "picture" }] }, "/widgets/0/type", "Should be equal to one of the allowed values"],
    [{ widgets: [{ ...METRIC, width: 25 }] }, "/widgets/0/width", "Should be <= 24"],
    [
      { widgets: [METRIC, { type: "text", properties: {} }] },
      "/widgets/1/properties",
      "Should have required property 'markdown'",
    ],
    [
      {
        widgets: [
          { ...METRIC, properties: { region: "us-east-1", metrics: [["AWS/Lambda", "Errors", "FunctionName"]] } },
        ],
      },
      "/widgets/0/properties/metrics/0",
      "Should match exactly one schema in oneOf",
    ],
  ])("is refused where its body is %j", async (body, DataPath, Message) => {
    await expect(put(body)).rejects.toMatchObject({
      name: "DashboardInvalidInputError",
      dashboardValidationMessages: [{ DataPath, Message }],
    });
    expect((await cloudwatch.listDashboards({})).DashboardEntries).toEqual([]);
  });

  it("has a name of letters, digits, dashes and underscores", async () => {
    await expect(put({ widgets: [] }, "a b")).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "The value a b for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).",
    });
  });
});

/** Width, height, and the colour of each dot. */
function decode(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const size = bytes.readUInt32BE(33);
  const lines = inflateSync(bytes.subarray(41, 41 + size));
  const dots = new Map<string, number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const colour = lines.subarray(at, at + 3).toString("hex");
      dots.set(colour, (dots.get(colour) ?? 0) + 1);
    }
  }
  return { width, height, dots };
}

describe("GetMetricWidgetImage", () => {
  const draw = async (widget: object) =>
    decode(
      (await cloudwatch.getMetricWidgetImage({ MetricWidget: JSON.stringify(widget) })).MetricWidgetImage ??
        new Uint8Array(),
    );

  it("draws each metric in its colour, expressions and annotations too", async () => {
    for (let minute = 0; minute < 30; minute++) {
      const MetricData = [
        { MetricName: "Calls", Value: 10 + minute },
        { MetricName: "Errors", Value: minute % 5 },
      ];
      await cloudwatch.putMetricData({ Namespace: "App", MetricData });
      await cloud.advance("1m");
    }
    const { width, height, dots } = await draw({
      width: 500,
      height: 300,
      title: "Traffic",
      start: "-PT30M",
      period: 60,
      metrics: [
        ["App", "Calls", { id: "c", color: "#2ca02c" }],
        [".", "Errors", { id: "e", color: "#d62728", yAxis: "right" }],
        [{ expression: "c * 2", label: "twice", color: "#9467bd" }],
      ],
      annotations: { horizontal: [{ value: 50, label: "limit", color: "#1f77b4" }] },
    });
    expect([width, height]).toEqual([500, 300]);
    for (const colour of ["2ca02c", "d62728", "9467bd", "1f77b4"]) expect(dots.get(colour) ?? 0).toBeGreaterThan(150);
    const empty = await draw({ metrics: [["App", "Nothing", { color: "#2ca02c" }]] });
    expect(empty.dots.get("2ca02c")).toBe(64);
  });

  it.each([
    ["[]", "Invalid metric widget: it must be a JSON object"],
    ['{"view":"pie"}', "Invalid metric widget: Seatrial draws view timeSeries and singleValue only, not pie"],
    ['{"theme":"dark"}', "Invalid metric widget: Seatrial draws the light theme only"],
    [
      '{"annotations":{"horizontal":[{"value":1,"fill":"above"}]}}',
      "Invalid metric widget: Seatrial does not fill annotations",
    ],
    ['{"metrics":[["App"]]}', "Invalid metric widget: metrics 1 is not a namespace, a metric and pairs of dimensions"],
  ])("says what it cannot draw: %s", async (MetricWidget, message) => {
    await expect(cloudwatch.getMetricWidgetImage({ MetricWidget })).rejects.toMatchObject({ message });
  });
});
