/** CloudWatch's nouns and their tables: metrics, and what was published of each, added up by the minute and by the second. */
import { defineTable } from "../../kernel/table.ts";

/** One dimension: `[name, value]`. */
export type Dimension = readonly [name: string, value: string];

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** As it was first published; the order does not tell metrics apart. */
  readonly dimensions: readonly Dimension[];
  /** What the points are filed under; follows from namespace, name and dimensions. */
  readonly id: string;
  /** Epoch milliseconds: when something was last published, up to a minute earlier. */
  readonly activeAt: number;
}

/** All that was published of a metric with one unit in one minute or second. */
export interface Aggregate {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** How often each value came: see histogram.ts. */
  readonly values?: Uint8Array;
  /** Set when there were statistic sets, whose values nobody knows: no percentiles then. */
  readonly opaque?: true;
}

/** [namespace, name, id] */
export const metrics = defineTable<Metric>("cloudwatch.metrics");
/** [metric id, epoch seconds at which the minute begins, unit] */
export const minutes = defineTable<Aggregate>("cloudwatch.minutes");
/** [metric id, epoch seconds, unit]: metrics of StorageResolution 1 only, for three hours. */
export const seconds = defineTable<Aggregate>("cloudwatch.seconds");
