/** A piece of a stack set operation's work, and what it comes to. */
import type { WorkPayload } from "./operation.ts";
import type {
  ParameterValue,
  ResultRow,
  StackDriftStatus,
  StackInstanceRow,
  StackSetConfig,
  StackSetOperationRow,
} from "./state.ts";

/** A piece of work with all that it needs. */
export interface Job {
  readonly payload: WorkPayload;
  readonly operation: StackSetOperationRow;
  readonly result: ResultRow;
  readonly instance: StackInstanceRow;
  readonly config: StackSetConfig;
}

/** What a piece of work came to, for now or for good. */
export type Outcome =
  | { readonly type: "waits"; readonly stage: "clearing" | "settling"; readonly stackId: string }
  | { readonly type: "looks"; readonly stackId: string; readonly detectionId: string }
  | { readonly type: "checked"; readonly status: StackDriftStatus; readonly checkedAt: number }
  | {
      readonly type: "done";
      readonly stackId: string | undefined;
      readonly reason?: string | undefined;
      readonly overrides?: readonly ParameterValue[];
    }
  | { readonly type: "failed"; readonly reason: string; readonly stackId?: string | undefined };
