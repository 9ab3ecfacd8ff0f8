/**
 * CloudFormation's nouns and their tables. What changes at each step of an operation (a resource, a step, the operation's counters) is a
 * small row of its own, so that a stack of hundreds of resources costs no more per resource than a stack of one.
 */
import { defineTable } from "../../kernel/table.ts";
import type { Principal } from "../../service.ts";
import type { Json, JsonObject } from "../../template/value.ts";
import type { ResourceStatus, StackStatus } from "./status.ts";

/** A parameter as it was bound; `text` is what describes show, `value` is what Ref gives. */
export interface ParameterRow {
  readonly key: string;
  readonly text: string;
  readonly value: Json;
  readonly noEcho: boolean;
  /** What Parameter Store had under the name that `text` is. */
  readonly resolved?: string | undefined;
}

export interface TagRow {
  readonly Key: string;
  readonly Value: string;
}

/** A CloudWatch alarm that rolls operations back. */
export interface RollbackTriggerRow {
  readonly arn: string;
  readonly type: "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm";
}

export interface RollbackConfigurationRow {
  readonly triggers: readonly RollbackTriggerRow[];
  readonly monitoringMinutes: number;
}

/** What a stack is made from: all that an update replaces together, and a rollback puts back. */
export interface StackConfig {
  readonly templateId: string;
  readonly description: string | undefined;
  readonly parameters: readonly ParameterRow[];
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly capabilities: readonly string[];
  readonly tags: readonly TagRow[];
  /** Absent where nothing is watched and nothing waited for. */
  readonly rollback?: RollbackConfigurationRow | undefined;
  /** Plaintext dynamic references by their text, with the values of the moment when the operation was asked for. */
  readonly references?: Readonly<Record<string, string>>;
}

export interface OutputRow {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

export type OnFailure = "ROLLBACK" | "DELETE" | "DO_NOTHING";

export interface StackRow {
  /** The stack's ARN. */
  readonly id: string;
  readonly name: string;
  readonly status: StackStatus;
  readonly reason: string | undefined;
  /** Why the last operation failed, for a parent's event: the status that follows a rollback has no reason of its own. */
  readonly failure: string | undefined;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number | undefined;
  readonly deletedAt: number | undefined;
  /** Absent while a new stack's change set is under review. */
  readonly config: StackConfig | undefined;
  readonly outputs: readonly OutputRow[];
  readonly onFailure: OnFailure;
  readonly retainExceptOnCreate: boolean;
  readonly timeoutMinutes: number | undefined;
  readonly terminationProtection: boolean;
  readonly deletionMode: string | undefined;
  readonly roleArn: string | undefined;
  readonly changeSetId: string | undefined;
  /** For a nested stack: the stack whose resource it is, and that one's name there. */
  readonly parentId: string | undefined;
  readonly parentLogicalId: string | undefined;
  readonly rootId: string | undefined;
}

/** By the stack's ARN. */
export const stacks = defineTable<StackRow>("cloudformation.stacks");
/** The stack that has a name now. */
export const names = defineTable<string>("cloudformation.names");
/** By stack id: the policy's text. */
export const policies = defineTable<string>("cloudformation.policies");

export interface TemplateRow {
  readonly original: string;
  /** What the transforms made of it, as JSON text; absent when it has none. */
  readonly processed: string | undefined;
}
/** By stack id and template id. */
export const templates = defineTable<TemplateRow>("cloudformation.templates");

/** What there is of a resource outside of CloudFormation: what a handler made, and from what. */
export interface Physical {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  /** What Ref gives where that is not the physical id. */
  readonly ref: string | undefined;
  readonly attributes: JsonObject;
  /** With every function resolved. */
  readonly properties: JsonObject;
  /** The random part of its generated name. */
  readonly nameToken: string;
  /** Stack tags that it was made with. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface ResourceRow extends Physical {
  /** True when its attributes are shown to nobody (a custom resource's NoEcho). */
  readonly noEcho?: boolean;
  readonly status: ResourceStatus;
  readonly reason: string | undefined;
  readonly changedAt: number;
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly description: string | undefined;
  /** The resources that had to be there before it: it goes before them. */
  readonly needs: readonly string[];
  /** The exports of other stacks that it uses. */
  readonly imports: readonly string[];
}
/** By stack id and logical id. */
export const resources = defineTable<ResourceRow>("cloudformation.resources");

/** How a resource was before the operation under way touched it: what a rollback restores. `row` is absent for what was not there. */
export interface Before {
  readonly row: ResourceRow | undefined;
  /** False when no handler was called yet: there is nothing to restore outside. */
  readonly touched: boolean;
}
/** By stack id and logical id. */
export const befores = defineTable<Before>("cloudformation.befores");

/** What was replaced, or made for nothing, and goes in the clean-up. By stack id, logical id and name token. */
export interface Leftover extends Physical {
  readonly needs: readonly string[];
  /** Retain leaves it where it is. */
  readonly policy: string | undefined;
}
export const leftovers = defineTable<Leftover>("cloudformation.leftovers");

/**
 * One resource's part of an operation's phase:
 *
 *     waiting → ready → running ⇄ parked → done | failed
 *
 * `ready` and `parked` have a deadline, which runs them; `running` has one too, whose handler is at work or was killed at it.
 */
export interface Step {
  readonly key: string;
  readonly logicalId: string;
  readonly kind: "apply" | "restore" | "delete";
  readonly state: "waiting" | "ready" | "running" | "parked" | "done" | "failed";
  /** How many steps must be done before. */
  readonly waitsFor: number;
  /** The keys of the steps that wait for this one. */
  readonly dependents: readonly string[];
  readonly needs: readonly string[];
  /** For what is no resource of the stack any more. */
  readonly leftover: Leftover | undefined;
  readonly work: Work | undefined;
}

/** What a step does, fixed when it begins, so that it does the same after a restart. */
export interface Work {
  readonly action: "create" | "replace" | "update" | "delete";
  readonly type: string;
  readonly requestToken: string;
  readonly nameToken: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject | undefined;
  /** Set for an update that may have to go another way than its type's. */
  readonly updatePolicy?: JsonObject | undefined;
  readonly imports: readonly string[];
  readonly physicalId: string | undefined;
  readonly callbackContext: unknown;
  /** Set by what came in while the handler was at work, so that its answer is not slept over. */
  readonly woken: boolean;
  /** The number of the event that has the properties. */
  readonly propertiesAt: number | undefined;
}
/** By stack id and step key. */
export const steps = defineTable<Step>("cloudformation.steps");

/** What a stack is being made to do. */
export interface Operation {
  readonly kind: "CREATE" | "UPDATE" | "DELETE";
  readonly phase: "forward" | "rollback" | "cleanup";
  /** Why the clean-up runs, and so what the stack becomes at its end. */
  readonly ending: "update" | "rollback" | undefined;
  /** Steps of the phase that are neither done nor failed. */
  readonly left: number;
  /** Steps that are ready, running or parked. */
  readonly open: number;
  /** No further step begins. */
  readonly halted: boolean;
  /** Said instead of the list of failed resources (a timeout, a cancel). */
  readonly haltReason: string | undefined;
  readonly failed: readonly { readonly logicalId: string; readonly verb: "create" | "update" | "delete" }[];
  readonly principal: Principal;
  readonly clientRequestToken: string | undefined;
  readonly disableRollback: boolean;
  readonly retainExceptOnCreate: boolean;
  /** Logical ids that a DeleteStack leaves where they are. */
  readonly retain: readonly string[];
  readonly force: boolean;
  /** What the stack was made from before. */
  readonly previous: StackConfig | undefined;
  readonly previousPolicy: string | undefined;
  /** A stack policy for this update alone. */
  readonly policyDuringUpdate: string | undefined;
  /** True where the parent's clean-up says when this nested stack may take its old resources away. */
  readonly heldByParent: boolean;
  /** Set by ContinueUpdateRollback: nested stacks whose rollback has failed go on with theirs too. */
  readonly continued?: boolean;
  /** Nested stacks that are cleaning up: the phase is not over before they are. */
  readonly awaiting: readonly string[];
  /** What it is watched by; `period` is the time after its last resource. */
  readonly monitoring?: (RollbackConfigurationRow & { readonly period?: "begun" | "over" }) | undefined;
  /** A deletion that was asked for while the stack was being created. */
  readonly afterwards?: Operation;
}
/** By stack id. */
export const operations = defineTable<Operation>("cloudformation.operations");

export interface EventRow {
  readonly sequence: number;
  readonly id: string;
  readonly at: number;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: StackStatus | ResourceStatus;
  readonly reason: string | undefined;
  /** JSON text, or the number of the event that has it. */
  readonly properties: string | number | undefined;
  readonly clientRequestToken: string | undefined;
}
/** By stack id and sequence. */
export const events = defineTable<EventRow>("cloudformation.events");

export interface ExportRow {
  readonly name: string;
  readonly value: string;
  readonly stackId: string;
  readonly stackName: string;
}
/** By name. */
export const exports = defineTable<ExportRow>("cloudformation.exports");
/** By export name and stack id: the stack's name. */
export const imports = defineTable<string>("cloudformation.imports");

/** An address that somebody outside answers at: a custom resource's ResponseURL, a wait condition's handle. */
export interface CallbackRow {
  readonly account: string;
  readonly region: string;
  readonly stackId: string;
  readonly stepKey: string;
  /** What came in, in order; the body's text. */
  readonly answers: readonly string[];
  /** Further resources that look at what comes in: the conditions of a handle. */
  readonly waiters: readonly string[];
}
/** By the unguessable part of the address. */
export const callbacks = defineTable<CallbackRow>("cloudformation.callbacks", "global");

/** A nested stack that its parent is about to create, by the child's name. */
export interface NestedRow {
  readonly parentId: string;
  readonly logicalId: string;
}
export const nested = defineTable<NestedRow>("cloudformation.nested");
