/** Change sets, as they are kept. */
import { defineTable } from "../../kernel/table.ts";
import type { Principal } from "../../service.ts";
import type { Change } from "./change-sets/change.ts";
import type { TemplateRequest } from "./template-request.ts";
import type { OnFailure, StackConfig, TemplateRow } from "./state.ts";

/**
 * A change set's life. While it is being made it is UNAVAILABLE; what happens to the stack meanwhile, by whomever, makes it OBSOLETE:
 *
 *     CREATE_PENDING → CREATE_IN_PROGRESS → CREATE_COMPLETE | FAILED
 *     UNAVAILABLE → AVAILABLE → EXECUTE_IN_PROGRESS → EXECUTE_COMPLETE | EXECUTE_FAILED
 */
export interface ChangeSetRow {
  /** The change set's ARN. */
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: "CREATE" | "UPDATE" | "IMPORT";
  readonly description: string | undefined;
  readonly status: "CREATE_PENDING" | "CREATE_IN_PROGRESS" | "CREATE_COMPLETE" | "FAILED";
  readonly reason: string | undefined;
  readonly executionStatus:
    | "UNAVAILABLE"
    | "AVAILABLE"
    | "OBSOLETE"
    | "EXECUTE_IN_PROGRESS"
    | "EXECUTE_COMPLETE"
    | "EXECUTE_FAILED";
  readonly createdAt: number;
  /** Absent until the transforms are done. */
  readonly config: StackConfig | undefined;
  readonly roleArn: string | undefined;
  readonly onFailure: OnFailure | undefined;
  readonly clientToken: string | undefined;
  /** The token that it was executed with. */
  readonly executionToken: string | undefined;
  /** Who makes it: the stack's role, or whoever asked. */
  readonly principal: Principal;
  readonly includesNested: boolean;
  readonly importsExisting: boolean;
  readonly imports: readonly ImportTarget[];
  /** Of a nested stack's: the change sets above. */
  readonly parentId: string | undefined;
  readonly rootId: string | undefined;
}

/** A resource that an import takes over. */
export interface ImportTarget {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** The values of the identifying properties, in the type's order. */
  readonly identifiers: Readonly<Record<string, string>>;
}

/** By stack id and change set id. */
export const changeSets = defineTable<ChangeSetRow>("cloudformation.change-sets");
/** By a change set's ARN: its stack. */
export const changeSetStacks = defineTable<string>("cloudformation.change-set-stacks");

/** What is large of a change set, and not looked at when they are listed. */
export interface ChangeSetPlan {
  readonly template: TemplateRow;
  readonly changes: readonly Change[];
  /** What is still to be prepared: a template with transforms. */
  readonly request:
    | (Pick<TemplateRequest, "Parameters" | "Capabilities" | "Tags" | "ResourceTypes" | "RollbackConfiguration"> &
        ImportRequest)
    | undefined;
}

/** What an import is asked to take over. */
export interface ImportRequest {
  readonly ResourcesToImport?:
    | readonly {
        readonly ResourceType?: string | undefined;
        readonly LogicalResourceId?: string | undefined;
        readonly ResourceIdentifier?: Readonly<Record<string, string | undefined>> | undefined;
      }[]
    | undefined;
}

/** By change set id. */
export const changeSetPlans = defineTable<ChangeSetPlan>("cloudformation.change-set-plans");
/** By a change set's id and that of a nested stack's change set under it: the nested stack's logical id. */
export const changeSetChildren = defineTable<string>("cloudformation.change-set-children");
/** By stack id and logical id: what the operation under way takes over instead of making it (ImportExistingResources). */
export const adoptions = defineTable<ImportTarget>("cloudformation.adoptions");
