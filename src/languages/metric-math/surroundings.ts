/** What an expression is evaluated among. */
import type { Series, Value } from "./value.ts";

/** What an expression may ask for. */
export interface Surroundings {
  /** The value of the query with this id; undefined where there is none. */
  value(id: string): Value | undefined;
  /** The series of all metrics in the request, without expressions. */
  metrics(): readonly Series[];
  /** SEARCH's series. Raises MetricMathError. */
  search(query: string, statistic: string, periodSeconds: number | undefined): readonly Series[];
  /** Every period of the request: epoch seconds at which they begin. */
  times(periodSeconds: number): readonly number[];
  /** Of series that come from nothing. */
  readonly periodSeconds: number;
}
