/** A metric widget's definition (AWS page "GetMetricWidgetImage: Metric widget structure and syntax"), read and checked. */
import { validation } from "../rules.ts";
import type { MetricQuery } from "../sdk.ts";
import { readColour, type Colour } from "./canvas.ts";
import { readTime } from "./time.ts";

type Members = Readonly<Record<string, unknown>>;

/** How one line of the chart is drawn. */
export interface Line {
  readonly id: string;
  readonly colour: Colour | undefined;
  readonly axis: "left" | "right";
}

export interface Axis {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly label: string;
}

/** A line across the chart. */
export interface Annotation {
  readonly label: string;
  readonly colour: Colour | undefined;
}

export interface Widget {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly view: "timeSeries" | "singleValue";
  readonly stacked: boolean;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly queries: readonly MetricQuery[];
  readonly lines: readonly Line[];
  readonly axes: Readonly<Record<"left" | "right", Axis>>;
  readonly horizontal: readonly (Annotation & { readonly value: number })[];
  /** `at` in epoch seconds. */
  readonly vertical: readonly (Annotation & { readonly at: number })[];
}

const MOST_METRICS = 100;
const MOST_BYTES = 102_400;

/** `now` in epoch milliseconds. Raises ValidationError. */
export function readWidget(text: string, now: number): Widget {
  if (Buffer.byteLength(text) > MOST_BYTES) invalid("the definition is larger than 100 KB");
  const widget = parsed(text);
  refuseWhatIsNotDrawn(widget);
  const view = oneOf(widget, "view", ["timeSeries", "singleValue"], "timeSeries");
  const defaults = { period: numberIn(widget, "period") ?? 300, stat: textIn(widget, "stat") ?? "Average" };
  const rows = listIn(widget, "metrics");
  if (rows.length > MOST_METRICS) invalid(`it has more than ${MOST_METRICS} metrics`);
  const read = readRows(rows, defaults);
  const axes = membersIn(widget, "yAxis");
  const annotations = membersIn(widget, "annotations");
  if (annotations["alarms"] !== undefined) invalid("Seatrial does not draw alarm annotations");
  return {
    title: textIn(widget, "title") ?? "",
    width: sized(widget, "width", 600),
    height: sized(widget, "height", 400),
    view,
    stacked: widget["stacked"] === true,
    start: readTime(textIn(widget, "start") ?? "-PT3H", now) ?? invalid("start is no time"),
    end: readTime(textIn(widget, "end") ?? "PT0H", now) ?? invalid("end is no time"),
    queries: read.map(({ query }) => query),
    lines: read.map(({ line }) => line),
    axes: { left: axisOf(membersIn(axes, "left")), right: axisOf(membersIn(axes, "right")) },
    horizontal: listIn(annotations, "horizontal").flatMap((one) => {
      const value = isMembers(one) ? numberIn(one, "value") : undefined;
      return isMembers(one) && value !== undefined
        ? [{ ...annotationOf(one), value }]
        : invalid("an annotation has no value");
    }),
    vertical: listIn(annotations, "vertical").flatMap((one) => {
      const at = isMembers(one) ? readTime(textIn(one, "value") ?? "", now) : undefined;
      return isMembers(one) && at !== undefined ? [{ ...annotationOf(one), at }] : invalid("an annotation has no time");
    }),
  };
}

/** Options that would change the picture. */
function refuseWhatIsNotDrawn(widget: Members): void {
  if (widget["theme"] !== undefined && widget["theme"] !== "light") invalid("Seatrial draws the light theme only");
  const zone = widget["timezone"];
  if (zone !== undefined && zone !== "+0000" && zone !== "UTC") invalid("Seatrial draws times in UTC only");
  const { horizontal, vertical } = membersIn(widget, "annotations");
  for (const one of [horizontal, vertical].flat()) {
    if (Array.isArray(one) || (isMembers(one) && one["fill"] !== undefined))
      invalid("Seatrial does not fill annotations");
  }
}

function invalid(what: string): never {
  return validation(`Invalid metric widget: ${what}`);
}

function parsed(text: string): Members {
  try {
    const widget: unknown = JSON.parse(text);
    if (isMembers(widget)) return widget;
  } catch {
    // Said below, like any other text that is no widget.
  }
  return invalid("it must be a JSON object");
}

/** `["NS", "Metric", "Dim", "value", { … }]`; `.` repeats what stands at that place above, `...` all up to the rest. */
function readRows(rows: readonly unknown[], defaults: { readonly period: number; readonly stat: string }) {
  let above: readonly string[] = [];
  return rows.map((row, index): { query: MetricQuery; line: Line } => {
    if (!Array.isArray(row)) return invalid(`metrics ${index + 1} is no list`);
    const items: unknown[] = row;
    const last = items.at(-1);
    const options = isMembers(last) ? last : {};
    const given = items.filter((item) => typeof item === "string");
    if (given.length !== items.length - (isMembers(last) ? 1 : 0)) invalid(`metrics ${index + 1} has what is no text`);
    const Id = textIn(options, "id") ?? `widget${index + 1}`;
    const shown = options["visible"] !== false;
    const label = textIn(options, "label");
    const common = { Id, ReturnData: shown, ...(label === undefined ? {} : { Label: label }) };
    const colour = textIn(options, "color");
    const line: Line = {
      id: Id,
      colour: colour === undefined ? undefined : (readColour(colour) ?? invalid(`${colour} is no colour`)),
      axis: oneOf(options, "yAxis", ["left", "right"], "left"),
    };
    const expression = textIn(options, "expression");
    if (expression !== undefined) return { query: { ...common, Expression: expression }, line };
    const texts = expanded(given, above);
    above = texts;
    return { query: { ...common, MetricStat: statOf(texts, options, defaults, index) }, line };
  });
}

function expanded(given: readonly string[], above: readonly string[]): string[] {
  const at = given.indexOf("...");
  const spread =
    at < 0
      ? given
      : [...given.slice(0, at), ...above.slice(at, above.length - (given.length - at - 1)), ...given.slice(at + 1)];
  return spread.map((text, place) => (text === "." ? (above[place] ?? text) : text));
}

function statOf(
  texts: readonly string[],
  options: Members,
  defaults: { readonly period: number; readonly stat: string },
  index: number,
): NonNullable<MetricQuery["MetricStat"]> {
  const [Namespace, MetricName, ...rest] = texts;
  if (Namespace === undefined || MetricName === undefined || rest.length % 2 !== 0) {
    return invalid(`metrics ${index + 1} is not a namespace, a metric and pairs of dimensions`);
  }
  const Dimensions = Array.from({ length: rest.length / 2 }, (_, pair) => ({
    Name: rest[pair * 2] ?? "",
    Value: rest[pair * 2 + 1] ?? "",
  }));
  return {
    Metric: { Namespace, MetricName, ...(Dimensions.length === 0 ? {} : { Dimensions }) },
    Period: numberIn(options, "period") ?? defaults.period,
    Stat: textIn(options, "stat") ?? defaults.stat,
  };
}

function axisOf(axis: Members): Axis {
  return { min: numberIn(axis, "min"), max: numberIn(axis, "max"), label: textIn(axis, "label") ?? "" };
}

function annotationOf(one: Members): Annotation {
  const colour = textIn(one, "color");
  return { label: textIn(one, "label") ?? "", colour: colour === undefined ? undefined : readColour(colour) };
}

function sized(widget: Members, name: string, otherwise: number): number {
  const value = numberIn(widget, name) ?? otherwise;
  return Number.isInteger(value) && value >= 100 && value <= 2000
    ? value
    : invalid(`${name} must be between 100 and 2000`);
}

function oneOf<Value extends string>(from: Members, name: string, values: readonly Value[], otherwise: Value): Value {
  const given = from[name];
  if (given === undefined) return otherwise;
  return (
    values.find((value) => value === given) ??
    invalid(`Seatrial draws ${name} ${values.join(" and ")} only, not ${String(given)}`)
  );
}

function textIn(from: Members, name: string): string | undefined {
  const value = from[name];
  return value === undefined || typeof value === "string" ? value : invalid(`${name} must be a text`);
}

function numberIn(from: Members, name: string): number | undefined {
  const value = from[name];
  return value === undefined || typeof value === "number" ? value : invalid(`${name} must be a number`);
}

function listIn(from: Members, name: string): readonly unknown[] {
  const value: unknown = from[name] ?? [];
  return Array.isArray(value) ? value : invalid(`${name} must be a list`);
}

function membersIn(from: Members, name: string): Members {
  const value = from[name] ?? {};
  return isMembers(value) ? value : invalid(`${name} must be an object`);
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
