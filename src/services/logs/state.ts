/** CloudWatch Logs' nouns and their tables. All but groups hang on the group's id, so that a new group of an old name starts empty. */
import type { LogGroupClass, StandardUnit } from "@aws-sdk/client-cloudwatch-logs";
import { defineTable } from "../../kernel/table.ts";

/** A log group. Times are epoch milliseconds, as in all of this file. */
export interface LogGroup {
  readonly name: string;
  /** 16 hexadecimal digits: its name in the other tables' keys. */
  readonly id: string;
  readonly createdAt: number;
  readonly class: LogGroupClass;
  readonly tags: Readonly<Record<string, string>>;
  readonly kmsKeyId?: string | undefined;
  readonly retentionInDays?: number | undefined;
  readonly deletionProtection: boolean;
  /** Messages in UTF-8 and 26 bytes for each event. */
  readonly storedBytes: number;
  /** How many PutLogEvents it has taken; numbers its batches. */
  readonly sequence: number;
  /** How long its longest batch lasts; readers look back so far. */
  readonly longestSpanMs: number;
  readonly metricFilters: number;
  readonly subscriptionFilters: number;
}

export interface LogStream {
  readonly name: string;
  readonly id: string;
  readonly createdAt: number;
  readonly firstEventAt?: number | undefined;
  readonly lastEventAt?: number | undefined;
  readonly lastIngestionAt?: number | undefined;
}

/**
 * Events of one PutLogEvents call within one second: one row, so that an append costs the same for one line or a thousand. Its key holds the
 * time of its first event; a reader that looks for a time begins as much earlier as the group's longest batch lasts.
 */
export interface Batch {
  readonly stream: string;
  readonly streamId: string;
  readonly ingestedAt: number;
  /** Where its first event stood in the call. */
  readonly start: number;
  readonly times: readonly number[];
  readonly messages: readonly string[];
  readonly bytes: number;
}

/** The longest time between a batch's first and last event. */
export const BATCH_SPAN_MS = 1000;

export interface MetricFilter {
  readonly name: string;
  readonly pattern: string;
  readonly createdAt: number;
  /** The latest minute (since 1970) that it has published something for. */
  readonly reportedMinute?: number;
  readonly transformation: {
    readonly metricName: string;
    readonly metricNamespace: string;
    readonly metricValue: string;
    readonly defaultValue?: number | undefined;
    readonly dimensions?: Readonly<Record<string, string>> | undefined;
    readonly unit?: StandardUnit | undefined;
  };
}

export interface SubscriptionFilter {
  readonly name: string;
  readonly pattern: string;
  readonly createdAt: number;
  readonly destinationArn: string;
  readonly roleArn?: string | undefined;
  readonly distribution: "Random" | "ByLogStream";
}

export interface ResourcePolicy {
  /** Absent for the policy of one log group. */
  readonly policyName?: string | undefined;
  readonly resourceArn?: string | undefined;
  readonly policyDocument: string;
  readonly lastUpdatedAt: number;
  readonly revisionId: string;
}

/** [name] */
export const groups = defineTable<LogGroup>("logs.groups");
/** [group id, stream name] */
export const streams = defineTable<LogStream>("logs.streams");
/** [group id, time of the first event, sequence] */
export const batches = defineTable<Batch>("logs.batches");
/** [group id, stream id, time of the first event, sequence]: the batches of one stream. */
export const streamBatches = defineTable<0>("logs.stream-batches");
/** [group id, filter name] */
export const metricFilters = defineTable<MetricFilter>("logs.metric-filters");
/** [group id, filter name] */
export const subscriptionFilters = defineTable<SubscriptionFilter>("logs.subscription-filters");
/** ["ACCOUNT", policy name] or ["RESOURCE", ARN] */
export const resourcePolicies = defineTable<ResourcePolicy>("logs.resource-policies");
