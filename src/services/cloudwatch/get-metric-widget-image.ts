/** GetMetricWidgetImage: a chart of metrics as a picture. */
import type { Handler } from "../../service.ts";
import { checkQueries } from "./queries/check.ts";
import { labelsOf } from "./queries/labels.ts";
import { runQueries } from "./queries/run.ts";
import { validation } from "./rules.ts";
import type { Sdk } from "./sdk.ts";
import { drawWidget, type Drawn } from "./widget/chart.ts";
import { encodePng } from "./widget/png.ts";
import { readWidget } from "./widget/read-widget.ts";

export const GetMetricWidgetImage: Handler<Sdk, "GetMetricWidgetImage"> = (context, input) => {
  const { MetricWidget, OutputFormat = "png" } = input;
  if (OutputFormat !== "png") {
    validation(`Seatrial's cloudwatch GetMetricWidgetImage gives OutputFormat png only, not ${OutputFormat}.`);
  }
  const widget = readWidget(MetricWidget, context.now);
  const { queries, lines, start, end } = widget;
  if (start >= end) validation("Invalid metric widget: start must be before end");
  const drawn: Drawn[] = [];
  if (queries.length > 0) {
    checkQueries(queries, "metrics");
    const run = runQueries(context, queries, { start, end });
    for (const [index, query] of queries.entries()) {
      const { colour, axis = "left" } = lines[index] ?? {};
      if (query.ReturnData === false) continue;
      for (const { label, series } of labelsOf(context, run, query, queries, undefined)) {
        drawn.push({ label, series, colour, axis });
      }
    }
  }
  return { MetricWidgetImage: encodePng(drawWidget(widget, drawn)) };
};
