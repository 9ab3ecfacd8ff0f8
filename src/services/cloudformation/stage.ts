/** What a step is given when it begins, and what its beginning comes to. */
import type { ServiceContext } from "../../service.ts";
import type { References } from "./references.ts";
import type { Operation, StackRow, Step, Work } from "./state.ts";
import type { TypeRegistry } from "./types/registry.ts";

/** The step is over before any handler was called. */
export type Ended =
  | { readonly ended: "done" }
  | { readonly ended: "failed"; readonly verb: "create" | "update" | "delete" };
export type Beginning = { readonly work: Work } | Ended;

export interface Stage {
  readonly context: ServiceContext;
  readonly types: TypeRegistry;
  readonly stack: StackRow;
  readonly operation: Operation;
  readonly step: Step;
  /** What the resource refers to and could be fetched only now, or why it could not. */
  readonly late?: References | Error;
}
