/** Metric math's functions (AWS page "Using math expressions with CloudWatch metrics"). */
import type { Surroundings } from "./surroundings.ts";
import { fill, timeSeries } from "./filling.ts";
import { REDUCTIONS, type Reduce } from "./statistics.ts";
import { many, mapSeries, MetricMathError, nameOf, one, scalar, timesOf, type Series, type Value } from "./value.ts";

type Call = (args: readonly Value[], surroundings: Surroundings, name: string) => Value;

/** What AWS has and Seatrial has not, with why. */
const ABSENT: Readonly<Record<string, string>> = {
  ANOMALY_DETECTION_BAND: "there is no anomaly detection",
  DB_PERF_INSIGHTS: "there are no databases",
  INSIGHT_RULE_METRIC: "there is no Contributor Insights",
  LAMBDA: "there are no data source connectors",
  SERVICE_QUOTA: "there are no service quotas",
};

/** `name` in capitals. Raises MetricMathError. */
export function callFunction(name: string, args: readonly Value[], surroundings: Surroundings): Value {
  const why = ABSENT[name];
  if (why !== undefined) throw new MetricMathError(`Seatrial does not have the function ${name}: ${why}`);
  const call = FUNCTIONS[name];
  if (call === undefined) throw new MetricMathError(`Unknown function '${name}'`);
  return call(args, surroundings, name);
}

function wrongArguments(name: string, args: readonly Value[]): MetricMathError {
  return new MetricMathError(`Unsupported argument type(s) for ${name}: '[${args.map(nameOf).join(", ")}]'`);
}

/** For each series by itself, or for a number. */
const each =
  (change: (value: number) => number): Call =>
  (args, _, name) => {
    const [value] = args;
    if (value === undefined || args.length !== 1 || value.kind === "text") throw wrongArguments(name, args);
    return value.kind === "scalar" ? scalar(change(value.value)) : mapped(value, (item) => mapSeries(item, change));
  };

function mapped(value: Extract<Value, { kind: "series" | "array" }>, change: (series: Series) => Series): Value {
  return value.kind === "series" ? one(change(value.series)) : many(value.items.map(change));
}

/** For each series as a whole. */
const whole =
  (change: (series: Series) => Series): Call =>
  (args, _, name) => {
    const [value] = args;
    if (args.length !== 1 || (value?.kind !== "series" && value?.kind !== "array")) throw wrongArguments(name, args);
    return mapped(value, change);
  };

/** One series becomes a number, an array one series; several arguments count as one array. */
const reducing =
  (reduce: Reduce): Call =>
  (args, _, name) => {
    const [value] = args;
    if (value?.kind === "series" && args.length === 1) {
      const values = [...value.series.points.values()];
      // Nothing is known of nothing: what follows from it is dropped.
      return scalar(values.length === 0 ? Number.NaN : reduce(values));
    }
    return one(across(itemsOf(args, name), name, reduce));
  };

function across(items: readonly Series[], label: string, reduce: Reduce): Series {
  const points = new Map<number, number>();
  for (const at of timesOf(items)) {
    points.set(at, reduce(items.flatMap((item) => item.points.get(at) ?? [])));
  }
  return { label, periodSeconds: Math.max(0, ...items.map(({ periodSeconds }) => periodSeconds)), points };
}

function itemsOf(args: readonly Value[], name: string): Series[] {
  return args.flatMap((arg) => {
    if (arg.kind === "series") return [arg.series];
    if (arg.kind === "array") return arg.items;
    throw wrongArguments(name, args);
  });
}

/** Between each point and the one before. */
const stepwise = (step: (value: number, before: number, seconds: number) => number): Call =>
  whole((series) => {
    let before: readonly [number, number] | undefined;
    return mapSeries(series, (value, at) => {
      const last = before;
      before = [at, value];
      return last === undefined ? undefined : step(value, last[1], at - last[0]);
    });
  });

function runningSum(series: Series): Series {
  let total = 0;
  return mapSeries(series, (value) => (total += value));
}

const ofTime = (read: (time: Date, at: number) => number): Call =>
  whole((series) => mapSeries(series, (_, at) => read(new Date(at * 1000), at)));

const IF: Call = (args, _, name) => {
  const [condition, whenTrue, whenFalse] = args;
  if (condition === undefined || whenTrue === undefined || args.length > 3) throw wrongArguments(name, args);
  if (args.some(({ kind }) => kind === "text" || kind === "array")) throw wrongArguments(name, args);
  if (condition.kind === "scalar") {
    if (condition.value !== 0) return whenTrue;
    return whenFalse ?? one(whenTrue.kind === "series" ? mapSeries(whenTrue.series, () => undefined) : empty(name));
  }
  if (condition.kind !== "series") throw wrongArguments(name, args);
  const at = (value: Value | undefined, time: number): number | undefined =>
    value?.kind === "scalar" ? value.value : value?.kind === "series" ? value.series.points.get(time) : undefined;
  return one(mapSeries(condition.series, (value, time) => at(value === 0 ? whenFalse : whenTrue, time)));
};

const empty = (label: string): Series => ({ label, periodSeconds: 0, points: new Map() });

const METRICS: Call = (args, { metrics }, name) => {
  const [text] = args;
  if (args.length > 1 || (text !== undefined && text.kind !== "text")) throw wrongArguments(name, args);
  return many(metrics().filter(({ searched = "" }) => text === undefined || searched.includes(text.value)));
};

const SEARCH: Call = (args, surroundings, name) => {
  const [query, statistic, period] = args;
  if (query?.kind !== "text" || statistic?.kind !== "text" || (period !== undefined && period.kind !== "scalar")) {
    throw wrongArguments(name, args);
  }
  return many(surroundings.search(query.value, statistic.value, period?.value));
};

const SLICE: Call = (args, _, name) => {
  const [array, from, to] = args;
  if (array?.kind !== "array" || from?.kind !== "scalar" || (to !== undefined && to.kind !== "scalar")) {
    throw wrongArguments(name, args);
  }
  const sliced =
    to === undefined ? array.items.slice(from.value, from.value + 1) : array.items.slice(from.value, to.value);
  const [first] = sliced;
  return to === undefined && first !== undefined ? one(first) : many(sliced);
};

const SORT: Call = (args, _, name) => {
  const [array, by, order, limit] = args;
  if (array?.kind !== "array" || by?.kind !== "text" || order?.kind !== "text") throw wrongArguments(name, args);
  const reduce = REDUCTIONS[by.value];
  if (reduce === undefined || !["ASC", "DESC"].includes(order.value)) throw wrongArguments(name, args);
  const sign = order.value === "ASC" ? 1 : -1;
  // What has no data comes last either way.
  const rank = ({ points }: Series): number => (points.size === 0 ? Infinity : sign * reduce([...points.values()]));
  const sorted = [...array.items].sort((a, b) => rank(a) - rank(b));
  return many(limit?.kind === "scalar" ? sorted.slice(0, limit.value) : sorted);
};

const counting: Call = (args, _, name) => {
  const [value] = args;
  if (value?.kind === "series") return scalar(value.series.points.size);
  return one(across(itemsOf(args, name), name, ({ length }) => length));
};

const picking =
  (index: 0 | -1): Call =>
  (args, _, name) =>
    one(itemsOf(args, name).at(index) ?? empty(name));

const FUNCTIONS: Readonly<Record<string, Call>> = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  ...Object.fromEntries(Object.entries(REDUCTIONS).map(([name, reduce]) => [name, reducing(reduce)])),
  DATAPOINT_COUNT: counting,
  DIFF: stepwise((value, before) => value - before),
  DIFF_TIME: stepwise((_, __, seconds) => seconds),
  RATE: stepwise((value, before, seconds) => (value - before) / seconds),
  RUNNING_SUM: whole(runningSum),
  EPOCH: ofTime((_, at) => at),
  MINUTE: ofTime((time) => time.getUTCMinutes()),
  HOUR: ofTime((time) => time.getUTCHours()),
  // Monday is 1, Sunday is 7.
  DAY: ofTime((time) => time.getUTCDay() || 7),
  DATE: ofTime((time) => time.getUTCDate()),
  MONTH: ofTime((time) => time.getUTCMonth() + 1),
  YEAR: ofTime((time) => time.getUTCFullYear()),
  FILL: fill,
  TIME_SERIES: timeSeries,
  FIRST: picking(0),
  LAST: picking(-1),
  IF,
  METRICS,
  METRIC_COUNT: (args, _, name) => scalar(itemsOf(args, name).length),
  PERIOD: (args, _, name) => scalar(itemsOf(args, name).at(0)?.periodSeconds ?? 0),
  REMOVE_EMPTY: (args, _, name) => many(itemsOf(args, name).filter(({ points }) => points.size > 0)),
  SEARCH,
  SLICE,
  SORT,
};
