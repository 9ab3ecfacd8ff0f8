/** Metric filters at work: from log events to the data that PutMetricData takes. */
import { patternOf } from "./patterns.ts";
import type { StoredEvent } from "./event-store.ts";
import type { MetricFilter } from "./state.ts";

const MINUTE_MS = 60_000;
/** What one datum's Values may hold. */
const VALUES_AT_ONCE = 150;

/** One MetricDatum, with plain numbers for its time. */
export interface Datum {
  readonly timestamp: number;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

interface Sample {
  readonly timestamp: number;
  readonly dimensions: Datum["dimensions"];
  readonly value: number;
}

/**
 * What `filter` makes of `events`, and the minutes that it said something about. `isNew` tells the minutes that nothing was said about yet:
 * a minute with events and no match in it gets the default value, once.
 */
export function dataOf(
  filter: MetricFilter,
  events: Iterable<StoredEvent>,
  isNew: (minute: number) => boolean,
): { readonly data: readonly Datum[]; readonly minutes: ReadonlySet<number> } {
  const { defaultValue } = filter.transformation;
  const samples: Sample[] = [];
  const matched = new Set<number>();
  const seen = new Map<number, number>();
  for (const event of events) {
    const minute = Math.floor(event.time / MINUTE_MS);
    if (!seen.has(minute)) seen.set(minute, event.time);
    const found = samplesOf(filter, event);
    if (found === undefined) continue;
    matched.add(minute);
    samples.push(...found);
  }
  if (defaultValue !== undefined) {
    for (const [minute, timestamp] of seen) {
      if (matched.has(minute) || !isNew(minute)) continue;
      matched.add(minute);
      samples.push({ timestamp, dimensions: [], value: defaultValue });
    }
  }
  return { data: gather(samples), minutes: matched };
}

/** The sample of an event, none when its value is no number; undefined when the event does not match. */
function samplesOf({ pattern, transformation }: MetricFilter, event: StoredEvent): Sample[] | undefined {
  const filter = patternOf(pattern);
  if (!filter.match(event.message).matches) return undefined;
  const { metricValue, dimensions = {} } = transformation;
  const text = metricValue.startsWith("$") ? filter.field(event.message, metricValue) : metricValue;
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return [];
  const found: { Name: string; Value: string }[] = [];
  for (const [Name, selector] of Object.entries(dimensions)) {
    const Value = filter.field(event.message, selector);
    if (Value !== undefined && Value !== "") found.push({ Name, Value });
  }
  // A metric is the whole of its dimensions: where one of them is missing, it is published without any.
  const complete = found.length === Object.keys(dimensions).length;
  return [{ timestamp: event.time, dimensions: complete ? found : [], value }];
}

/** Samples of one minute and the same dimensions become one datum of values and counts. */
function gather(samples: readonly Sample[]): Datum[] {
  const gathered = new Map<string, { first: Sample; values: Map<number, number> }>();
  for (const sample of samples) {
    const key = JSON.stringify([Math.floor(sample.timestamp / MINUTE_MS), sample.dimensions]);
    const found = gathered.get(key) ?? { first: sample, values: new Map<number, number>() };
    found.values.set(sample.value, (found.values.get(sample.value) ?? 0) + 1);
    gathered.set(key, found);
  }
  return [...gathered.values()].flatMap(({ first, values }) => {
    const pairs = [...values];
    const data: Datum[] = [];
    for (let at = 0; at < pairs.length; at += VALUES_AT_ONCE) {
      const part = pairs.slice(at, at + VALUES_AT_ONCE);
      data.push({
        timestamp: first.timestamp,
        dimensions: first.dimensions,
        values: part.map(([value]) => value),
        counts: part.map(([, count]) => count),
      });
    }
    return data;
  });
}
