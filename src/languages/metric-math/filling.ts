/** FILL and TIME_SERIES: points for the periods of the request that have none. */
import type { Surroundings } from "./surroundings.ts";
import { many, MetricMathError, nameOf, one, type Series, type Value } from "./value.ts";

type Filler = (index: number) => number | undefined;

/** `FILL(m1, 0)`, `FILL(METRICS(), REPEAT)`, `FILL(m1, LINEAR)`, `FILL(m1, TIME_SERIES(2))`. */
export function fill(args: readonly Value[], surroundings: Surroundings): Value {
  const [value, filler] = args;
  if (filler === undefined || filler.kind === "array" || (value?.kind !== "series" && value?.kind !== "array")) {
    throw new MetricMathError(`Unsupported argument type(s) for FILL: '[${args.map(nameOf).join(", ")}]'`);
  }
  const filledOne = (series: Series): Series => filled(series, filler, surroundings);
  return value.kind === "series" ? one(filledOne(value.series)) : many(value.items.map(filledOne));
}

function filled(series: Series, filler: Exclude<Value, { kind: "array" }>, surroundings: Surroundings): Series {
  const times = surroundings.times(series.periodSeconds || surroundings.periodSeconds);
  const known = times.map((at) => series.points.get(at));
  const fillAt = fillerOf(filler, times, known);
  const points = new Map<number, number>();
  for (const [index, at] of times.entries()) {
    const value = known[index] ?? fillAt(index);
    if (value !== undefined) points.set(at, value);
  }
  return { ...series, points };
}

function fillerOf(
  filler: Exclude<Value, { kind: "array" }>,
  times: readonly number[],
  known: readonly (number | undefined)[],
): Filler {
  if (filler.kind === "scalar") return () => filler.value;
  if (filler.kind === "series") return (index) => filler.series.points.get(times[index] ?? -1);
  const before = (index: number): number => known.findLastIndex((value, at) => at < index && value !== undefined);
  const after = (index: number): number => known.findIndex((value, at) => at > index && value !== undefined);
  switch (filler.value) {
    case "REPEAT":
      return (index) => known[before(index)];
    case "LINEAR":
      return (index) => {
        const [low, high] = [before(index), after(index)];
        const [from, to] = [known[low], known[high]];
        if (from === undefined || to === undefined) return from ?? to;
        return from + ((to - from) * (index - low)) / (high - low);
      };
    default:
      throw new MetricMathError(`FILL fills with a number, REPEAT, LINEAR or a series, not with ${filler.value}`);
  }
}

/** `TIME_SERIES(5)` */
export function timeSeries(args: readonly Value[], surroundings: Surroundings): Value {
  const [value] = args;
  if (args.length !== 1 || value?.kind !== "scalar") {
    throw new MetricMathError(`Unsupported argument type(s) for TIME_SERIES: '[${args.map(nameOf).join(", ")}]'`);
  }
  const { periodSeconds } = surroundings;
  const points = new Map(surroundings.times(periodSeconds).map((at) => [at, value.value]));
  return one({ label: "TIME_SERIES", periodSeconds, points });
}
