/** Numbers out of many numbers. */

export type Reduce = (values: readonly number[]) => number;

const sum: Reduce = (values) => values.reduce((total, value) => total + value, 0);
const average: Reduce = (values) => sum(values) / values.length;

function deviation(values: readonly number[]): number {
  const mean = average(values);
  return Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
}

/** AVG, MAX, MIN, STDDEV, SUM; of at least one value. */
export const REDUCTIONS: Readonly<Record<string, Reduce>> = {
  AVG: average,
  // Not by spreading: a series may be longer than a call's arguments.
  MAX: (values) => values.reduce((a, b) => Math.max(a, b)),
  MIN: (values) => values.reduce((a, b) => Math.min(a, b)),
  STDDEV: deviation,
  SUM: sum,
};
