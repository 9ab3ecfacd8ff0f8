/**
 * The metrics that services publish of themselves: each thing measured leaves one small row, and soon after one PutMetricData for all of them takes
 * the rows away. Killed between the two, what waited is counted twice.
 */
import type { TableDefinition } from "./kernel/table.ts";
import type { Input, Sdks, ServiceContext } from "./service.ts";

type MetricDatum = NonNullable<Input<Sdks["cloudwatch"], "PutMetricData">["MetricData"]>[number];

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export type MetricValue = readonly [name: string, value: number, unit: NonNullable<MetricDatum["Unit"]>];

/** What a service measures. */
export interface Measuring<Row extends { readonly at: number }> {
  /** `AWS/Lambda` */
  readonly namespace: string;
  /** The deadline of the service that calls `flush`. */
  readonly deadline: string;
  /** What waits, by [at, random]; `at` in epoch milliseconds. */
  readonly table: TableDefinition<Row>;
  valuesOf(row: Row): readonly MetricValue[];
  /** The sets of dimensions under which each value is published. */
  dimensionsOf(row: Row): readonly (readonly Dimension[])[];
  /** How long at most rows that follow others wait, in milliseconds; a minute unless told. */
  readonly pauseMs?: number;
  /** What else is done with the rows before they go. */
  beside?(context: ServiceContext, rows: readonly Row[]): Promise<void>;
}

export interface ServiceMetrics<Row> {
  record(context: ServiceContext, row: Row): void;
  /** Publishes what waits. */
  flush(context: ServiceContext): Promise<void>;
}

/**
 * The first row is published a second later, those that follow within a minute together; what belongs to a minute at most a second after
 * its end, which alarms wait for.
 */
const FLUSH_MS = 1000;
const MINUTE_MS = 60_000;
/** PutMetricData's bounds (its page). */
const MOST_VALUES = 150;
const MOST_DATA = 1000;
const ROWS_AT_ONCE = 1000;

export function createServiceMetrics<Row extends { readonly at: number }>(
  measuring: Measuring<Row>,
): ServiceMetrics<Row> {
  const { namespace, deadline, table, pauseMs = MINUTE_MS } = measuring;
  /** By account and region: whether a flush is planned (after a stop its deadline is there without it, and is only moved), and when the last was. */
  const planned = new Set<string>();
  const flushed = new Map<string, number>();

  function plan(context: ServiceContext): void {
    const place = `${context.account}/${context.region}`;
    if (planned.has(place)) return;
    planned.add(place);
    const { now } = context;
    const last = flushed.get(place) ?? Number.NEGATIVE_INFINITY;
    const minuteEnd = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
    const due = Math.min(Math.max(now, last + pauseMs - FLUSH_MS), minuteEnd) + FLUSH_MS;
    context.deadlines.set({ name: deadline, key: "flush", due, background: true });
  }

  return {
    record(context, row) {
      context.transact(() => {
        context.table(table).put([row.at, context.random.hex(12)], row);
        plan(context);
      });
    },
    async flush(context) {
      const place = `${context.account}/${context.region}`;
      planned.delete(place);
      flushed.set(place, context.now);
      const entries = [...context.table(table).entries([], { limit: ROWS_AT_ONCE })];
      if (entries.length === 0) return;
      const rows = entries.map(([, row]) => row);
      const data = dataOf(measuring, rows);
      for (let from = 0; from < data.length; from += MOST_DATA) {
        const MetricData = data.slice(from, from + MOST_DATA);
        // What cannot be published is lost, as on AWS; the journal says so.
        await context.call("cloudwatch", "PutMetricData", { Namespace: namespace, MetricData }).catch(() => {});
      }
      await measuring.beside?.(context, rows);
      context.transact(() => {
        for (const [key] of entries) context.table(table).remove(...key);
        if (entries.length === ROWS_AT_ONCE) plan(context);
      });
    },
  };
}

interface Series {
  readonly name: string;
  readonly unit: MetricValue[2];
  readonly dimensions: readonly Dimension[];
  readonly minute: number;
  readonly counts: Map<number, number>;
}

/** One datum for each metric, set of dimensions and minute, with how often each value was seen. */
function dataOf<Row extends { readonly at: number }>(
  { valuesOf, dimensionsOf }: Measuring<Row>,
  rows: readonly Row[],
): MetricDatum[] {
  const series = new Map<string, Series>();
  for (const row of rows) {
    const minute = Math.floor(row.at / MINUTE_MS) * MINUTE_MS;
    const values = valuesOf(row);
    for (const dimensions of dimensionsOf(row)) {
      const of = dimensions.map(({ Value }) => Value).join("\n");
      for (const [name, value, unit] of values) {
        const key = `${minute}\n${name}\n${of}`;
        const one = series.get(key) ?? { name, unit, dimensions, minute, counts: new Map<number, number>() };
        one.counts.set(value, (one.counts.get(value) ?? 0) + 1);
        series.set(key, one);
      }
    }
  }
  return [...series.values()].flatMap(dataOfSeries);
}

function dataOfSeries({ name, unit, dimensions, minute, counts }: Series): MetricDatum[] {
  const values = [...counts];
  const data: MetricDatum[] = [];
  for (let from = 0; from < values.length; from += MOST_VALUES) {
    const some = values.slice(from, from + MOST_VALUES);
    data.push({
      MetricName: name,
      Unit: unit,
      Timestamp: new Date(minute),
      ...(dimensions.length === 0 ? {} : { Dimensions: [...dimensions] }),
      Values: some.map(([value]) => value),
      Counts: some.map(([, count]) => count),
    });
  }
  return data;
}
