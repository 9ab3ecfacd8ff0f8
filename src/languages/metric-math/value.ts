/** What metric math reckons with: numbers, time series, arrays of them, texts; and its errors. */

/** A time series. */
export interface Series {
  readonly label: string;
  readonly periodSeconds: number;
  /** By epoch seconds, in order of time. */
  readonly points: ReadonlyMap<number, number>;
  /** Of a metric itself, what METRICS("…") looks for its text in. */
  readonly searched?: string;
}

export type Value =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "series"; readonly series: Series }
  | { readonly kind: "array"; readonly items: readonly Series[] };

/** The text is no expression, or cannot be reckoned; the message says why. */
export class MetricMathError extends Error {
  override readonly name = "MetricMathError";
}

export const scalar = (value: number): Value => ({ kind: "scalar", value });
export const one = (series: Series): Value => ({ kind: "series", series });
export const many = (items: readonly Series[]): Value => ({ kind: "array", items });

/** AWS's names of the kinds, for messages. */
export function nameOf(value: Value): string {
  switch (value.kind) {
    case "scalar":
      return "Scalar";
    case "text":
      return "String";
    case "series":
      return "TimeSeries";
    case "array":
      return "TimeSeries[]";
  }
}

/** A value for each point; points for which there is none (a division by zero) go. */
export function mapSeries(series: Series, change: (value: number, at: number) => number | undefined): Series {
  const points = new Map<number, number>();
  for (const [at, value] of series.points) {
    const changed = change(value, at);
    if (changed !== undefined && Number.isFinite(changed)) points.set(at, changed);
  }
  return { label: series.label, periodSeconds: series.periodSeconds, points };
}

/** Where both have a point. */
export function zipSeries(left: Series, right: Series, combine: (a: number, b: number) => number): Series {
  const zipped = mapSeries(left, (value, at) => {
    const other = right.points.get(at);
    return other === undefined ? undefined : combine(value, other);
  });
  return { ...zipped, periodSeconds: Math.max(left.periodSeconds, right.periodSeconds) };
}

/** Every time at which one of them has a point, in order. */
export function timesOf(items: readonly Series[]): number[] {
  return [...new Set(items.flatMap(({ points }) => [...points.keys()]))].sort((a, b) => a - b);
}
