/** Change sets, as they are kept. */
import { defineTable } from "../../kernel/table.ts";
import type { Change } from "./changes.ts";
import type { OnFailure, StackConfig, TemplateRow } from "./state.ts";

export interface ChangeSetRow {
  /** The change set's ARN. */
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: "CREATE" | "UPDATE";
  readonly description: string | undefined;
  readonly status: "CREATE_COMPLETE" | "FAILED" | "DELETE_COMPLETE";
  readonly reason: string | undefined;
  readonly executionStatus:
    | "AVAILABLE"
    | "UNAVAILABLE"
    | "OBSOLETE"
    | "EXECUTE_IN_PROGRESS"
    | "EXECUTE_COMPLETE"
    | "EXECUTE_FAILED";
  readonly createdAt: number;
  readonly config: StackConfig;
  readonly template: TemplateRow;
  readonly changes: readonly Change[];
  readonly roleArn: string | undefined;
  readonly onFailure: OnFailure | undefined;
  readonly clientToken: string | undefined;
}

/** By stack id and change set id. */
export const changeSets = defineTable<ChangeSetRow>("cloudformation.change-sets");
