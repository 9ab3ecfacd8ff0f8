/**
 * The nouns of stack sets and their tables, in the administrator account and region: the set, what it is made from at each revision, its
 * instances, its operations, and each operation's result in each account and region.
 */
import { defineTable } from "../../../kernel/table.ts";
import type { StackDriftStatus } from "../drift/state.ts";
import type { TagRow } from "../state.ts";

export type { StackDriftStatus } from "../drift/state.ts";

/** A parameter's value, of a stack set or overridden for one instance. */
export interface ParameterValue {
  readonly key: string;
  readonly text: string;
}

export interface StackSetRow {
  /** `NAME:UUID` */
  readonly id: string;
  readonly name: string;
  readonly status: "ACTIVE" | "DELETED";
  readonly clientRequestToken: string | undefined;
  readonly description: string | undefined;
  /** The number of the configuration that it has now. */
  readonly revision: number;
  /** How many operations there have been. */
  readonly operations: number;
  readonly managedExecution: boolean;
  /** The operation that last looked for drift. */
  readonly driftOperationId: string | undefined;
}
/** By id. */
export const stackSets = defineTable<StackSetRow>("cloudformation.stack-sets");
/** By name: the id of the one that has it now. */
export const stackSetNames = defineTable<string>("cloudformation.stack-set-names");

/** What the stacks of a set are made from. An operation works with that of its own time, whatever comes after. */
export interface StackSetConfig {
  readonly template: string;
  /** Every parameter of the template. */
  readonly parameters: readonly (ParameterValue & { readonly noEcho: boolean })[];
  readonly capabilities: readonly string[];
  readonly tags: readonly TagRow[];
  readonly administrationRoleArn: string;
  readonly executionRoleName: string;
}
/** By set id and revision. */
export const stackSetConfigs = defineTable<StackSetConfig>("cloudformation.stack-set-configs");

export type DetailedStatus =
  | "PENDING"
  | "RUNNING"
  | "SUCCEEDED"
  | "FAILED"
  | "CANCELLED"
  | "INOPERABLE"
  | "SKIPPED_SUSPENDED_ACCOUNT"
  | "FAILED_IMPORT";

export interface StackInstanceRow {
  readonly account: string;
  readonly region: string;
  readonly stackId: string | undefined;
  readonly overrides: readonly ParameterValue[];
  readonly status: "CURRENT" | "OUTDATED" | "INOPERABLE";
  readonly detailedStatus: DetailedStatus;
  readonly reason: string | undefined;
  readonly lastOperationId: string | undefined;
  readonly driftStatus: StackDriftStatus;
  /** Epoch milliseconds. */
  readonly driftCheckedAt: number | undefined;
}
/** By set id, account and region. */
export const stackInstances = defineTable<StackInstanceRow>("cloudformation.stack-instances");

/** As the caller gave them. */
export interface Preferences {
  readonly regionConcurrencyType: "SEQUENTIAL" | "PARALLEL" | undefined;
  readonly regionOrder: readonly string[];
  readonly failureToleranceCount: number | undefined;
  readonly failureTolerancePercentage: number | undefined;
  readonly maxConcurrentCount: number | undefined;
  readonly maxConcurrentPercentage: number | undefined;
  readonly concurrencyMode: "STRICT_FAILURE_TOLERANCE" | "SOFT_FAILURE_TOLERANCE" | undefined;
}

/** What an operation does to the parameters of the instances it touches; `text` is absent for UsePreviousValue. */
export interface OverrideChange {
  readonly key: string;
  readonly text: string | undefined;
}

/**
 * An operation's life:
 *
 *     QUEUED → RUNNING → SUCCEEDED | FAILED
 *        │        └→ STOPPING → STOPPED
 *        └→ STOPPED
 */
export type OperationStatus = "QUEUED" | "RUNNING" | "STOPPING" | "SUCCEEDED" | "FAILED" | "STOPPED";

/** Where an operation works; `stackId` for an import. */
export interface Target {
  readonly account: string;
  readonly region: string;
  readonly stackId?: string | undefined;
}

export interface StackSetOperationRow {
  readonly id: string;
  readonly setId: string;
  /** The set's first is 1. */
  readonly sequence: number;
  readonly work: "create" | "update" | "delete" | "import" | "drift";
  readonly status: OperationStatus;
  readonly reason: string | undefined;
  readonly revision: number;
  readonly administrationRoleArn: string;
  readonly executionRoleName: string;
  readonly preferences: Preferences;
  /** In the order in which they are worked on. */
  readonly regions: readonly string[];
  /** What waits in the queue; results once it runs. */
  readonly targets: readonly Target[];
  readonly overrides: readonly OverrideChange[] | undefined;
  readonly retainStacks: boolean | undefined;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly failedInstances: number;
}
/** By set id and operation id. */
export const stackSetOperations = defineTable<StackSetOperationRow>("cloudformation.stack-set-operations");

export type ResultStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

export interface AccountGate {
  readonly status: "SUCCEEDED" | "FAILED" | "SKIPPED";
  readonly reason: string | undefined;
}

/**
 * One account and region of an operation. While it runs: `fresh` (nothing was asked for yet, or it is not known), `clearing` (a stack that
 * cannot be updated goes first), `settling` (the stack is made what it is to be).
 */
export interface ResultRow {
  readonly account: string;
  readonly region: string;
  /** Its place: of the region in the operation, of the account in the region. */
  readonly regionAt: number;
  readonly accountAt: number;
  readonly status: ResultStatus;
  readonly reason: string | undefined;
  readonly gate: AccountGate | undefined;
  readonly stage: "fresh" | "clearing" | "settling";
  /** True when an attempt may have asked for something without that being recorded. */
  readonly attempted: boolean;
  /** The name of a stack that is made. */
  readonly stackName: string;
  /** The stack that is at work, or that is imported. */
  readonly stackId: string | undefined;
  /** A drift detection that is under way. */
  readonly detectionId: string | undefined;
}
/** By set id, operation id, place of the region and place of the account. */
export const stackSetResults = defineTable<ResultRow>("cloudformation.stack-set-results");
