/** What is still to be done before an operation can be laid out (opening.ts), as it is kept. */
import { defineTable } from "../../kernel/table.ts";
import type { Principal } from "../../service.ts";
import type { TemplateRequest } from "./template-request.ts";

export interface Opening {
  /** Tells it from any other of the same stack. */
  readonly id: string;
  readonly transform: Deferred | undefined;
}

/** A template whose macros the answer does not wait for, and what was asked with it. */
export interface Deferred {
  readonly text: string;
  readonly request: Pick<
    TemplateRequest,
    "Parameters" | "Capabilities" | "Tags" | "ResourceTypes" | "RollbackConfiguration"
  >;
  /** As whom macros are called. */
  readonly asker: Principal;
}

/** By stack id. */
export const openings = defineTable<Opening>("cloudformation.openings");
