/** The alarms' nouns and their tables: metric and composite alarms with their state, which metrics they watch, what happened to them. */
import type { ComparisonOperator, StandardUnit, Statistic } from "@aws-sdk/client-cloudwatch";
import { defineTable } from "../../../kernel/table.ts";
import type { MetricQuery } from "../sdk.ts";
import type { Dimension } from "../state.ts";

export type StateValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/**
 *                    too little data
 *   INSUFFICIENT_DATA ◄────────────── OK ◄──── ALARM
 *           │                         ▲  ────►   ▲
 *           └─────────────────────────┴──────────┘   what the metric says, or SetAlarmState
 */
export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  /** Epoch milliseconds: when this state, its reason or its evaluation state was set. */
  readonly updatedAt: number;
  /** Epoch milliseconds: when `value` last became another one. */
  readonly transitionedAt: number;
}

interface Alarm {
  readonly name: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  /** ARNs, by the state that they are for. */
  readonly actions: Readonly<Record<StateValue, readonly string[]>>;
  /** Epoch milliseconds. */
  readonly configuredAt: number;
  readonly state: AlarmState;
}

/** The statistic of one metric. */
export interface MetricWatch {
  readonly type: "metric";
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
  readonly periodSeconds: number;
  readonly statistic?: Statistic;
  readonly extendedStatistic?: string;
  readonly unit?: StandardUnit;
  /** What events call this metric. */
  readonly id: string;
}

/** The one of several queries that returns data. */
export interface QueryWatch {
  readonly type: "queries";
  readonly queries: readonly MetricQuery[];
  readonly periodSeconds: number;
}

export type TreatMissingData = "breaching" | "notBreaching" | "ignore" | "missing";

/** The comparisons with a static threshold. */
export type Comparison = Extract<
  ComparisonOperator,
  "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold" | "LessThanOrEqualToThreshold"
>;

export interface MetricAlarm extends Alarm {
  readonly type: "MetricAlarm";
  readonly watch: MetricWatch | QueryWatch;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData?: TreatMissingData;
  readonly evaluateLowSampleCountPercentile?: "evaluate" | "ignore";
  /** Set while its metrics cannot be evaluated as they are asked for. */
  readonly evaluationState?: "EVALUATION_ERROR";
}

/** What holds a composite alarm's actions back. */
export interface Suppressor {
  /** Name or ARN. */
  readonly alarm: string;
  readonly waitSeconds: number;
  readonly extensionSeconds: number;
}

export interface CompositeAlarm extends Alarm {
  readonly type: "CompositeAlarm";
  readonly rule: string;
  readonly suppressor?: Suppressor;
  readonly suppression?: Suppression;
}

/** Set while actions are held back. */
export interface Suppression {
  readonly by: "WaitPeriod" | "ExtensionPeriod" | "Alarm";
  /** The state in which the actions were last performed: they are due where it has become another one. */
  readonly performedFor: StateValue;
}

export type AnyAlarm = MetricAlarm | CompositeAlarm;

/** One thing that happened to an alarm; kept for 30 days, also after the alarm was deleted. */
export interface HistoryItem {
  readonly alarmName: string;
  readonly alarmType: AnyAlarm["type"];
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: "ConfigurationUpdate" | "StateUpdate" | "Action";
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** [name] */
export const alarms = defineTable<AnyAlarm>("cloudwatch.alarms");
/** [metric id, alarm name]: whom new data of a metric may concern. */
export const watches = defineTable<object>("cloudwatch.alarm-watches");
/** [alarm name, epoch milliseconds, order] */
export const history = defineTable<HistoryItem>("cloudwatch.alarm-history");
