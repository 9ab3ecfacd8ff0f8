/** What a request with a template comes to (prepare.ts), and what it is held against. */
import type { Template } from "../../template/template.ts";
import type { Deferred } from "./opening-state.ts";
import type { StackConfig, TemplateRow } from "./state.ts";

/** What a request comes to. */
export interface Prepared {
  readonly config: StackConfig;
  readonly row: TemplateRow;
  readonly template: Template;
  /** Why the template's macros came to nothing, or what a parameter names and is not there: then the operation fails as soon as it has begun. */
  readonly failure?: string;
  /** What the answer does not wait for: then the template is not known yet. */
  readonly later?: Deferred;
  /** True where transforms were done for this preparation. */
  readonly isTransformed?: boolean;
}

/** What the stack is made from now, for UsePreviousTemplate and UsePreviousValue. */
export interface PreviousConfig {
  readonly config: StackConfig;
  readonly row: TemplateRow;
}
