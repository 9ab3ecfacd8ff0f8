/** Adding up what was published. */
import { addValue } from "./histogram.ts";
import type { Aggregate } from "./state.ts";

/** What one datum brings: values with their counts, or a statistic set. */
export type Published =
  | { readonly kind: "values"; readonly values: readonly number[]; readonly counts: readonly number[] }
  | {
      readonly kind: "set";
      readonly count: number;
      readonly sum: number;
      readonly min: number;
      readonly max: number;
    };

/** `before` with `published` added to it. */
export function addTo(before: Aggregate | undefined, published: Published): Aggregate {
  let { count = 0, sum = 0, min = Infinity, max = -Infinity, values, opaque } = before ?? {};
  if (published.kind === "values") {
    for (const [index, value] of published.values.entries()) {
      const times = published.counts[index] ?? 1;
      if (times === 0) continue;
      count += times;
      sum += value * times;
      min = Math.min(min, value);
      max = Math.max(max, value);
      values = addValue(values, value, times);
    }
  } else if (published.count > 0) {
    count += published.count;
    sum += published.sum;
    min = Math.min(min, published.min);
    max = Math.max(max, published.max);
    // A set whose values are all the same says what they are (AWS page "PutMetricData").
    if (published.min === published.max) values = addValue(values, published.min, published.count);
    else opaque = true;
  }
  return {
    count,
    sum,
    min,
    max,
    ...(values === undefined ? {} : { values }),
    ...(opaque === undefined ? {} : { opaque }),
  };
}
