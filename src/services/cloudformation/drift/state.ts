/** What is kept of drift: the operations that looked for it, and what they found of each resource. */
import { defineTable } from "../../../kernel/table.ts";
import type { Principal } from "../../../service.ts";
import type { Difference } from "./compare.ts";

/** One DetectStackDrift. */
export interface Detection {
  readonly id: string;
  readonly stackId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly status: "DETECTION_IN_PROGRESS" | "DETECTION_COMPLETE" | "DETECTION_FAILED";
  readonly reason: string | undefined;
  readonly stackStatus: StackDriftStatus | undefined;
  readonly drifted: number | undefined;
  /** The resources that were asked for; all when absent. */
  readonly logicalIds: readonly string[] | undefined;
  /** As whom the resources are read. */
  readonly principal: Principal;
}
export type StackDriftStatus = "DRIFTED" | "IN_SYNC" | "UNKNOWN" | "NOT_CHECKED";
/** By detection id. */
export const detections = defineTable<Detection>("cloudformation.drift-detections");

/** What of a stack's drift is no resource's. */
export interface StackDrift {
  /** Epoch milliseconds of the last check of the stack, or of one of its resources. */
  readonly checkedAt: number;
  /** Ids of the latest detections, newest first; older ones are forgotten. */
  readonly detections: readonly string[];
}
/** By stack id. */
export const stackDrifts = defineTable<StackDrift>("cloudformation.stack-drifts");

/** What was found of one resource. */
export interface ResourceDrift {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: "IN_SYNC" | "MODIFIED" | "DELETED" | "UNKNOWN";
  readonly reason: string | undefined;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  /** JSON texts; absent for what is deleted or could not be read. */
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  readonly differences: readonly Difference[];
  /** What tells the resource from others beside its physical id. */
  readonly idContext: readonly { readonly Key: string; readonly Value: string }[];
  /** The resource as it was then: a result for what an update has changed since counts no more. */
  readonly of: string;
}
/** By stack id and logical id. */
export const resourceDrifts = defineTable<ResourceDrift>("cloudformation.resource-drifts");
