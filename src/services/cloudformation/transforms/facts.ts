/** What macros know beside the template: the same for AWS's own and for those of the account. */
import type { ServiceContext } from "../../../service.ts";
import type { BoundParameter } from "../../../template/parameters.ts";
import type { PseudoParameters } from "../../../template/pseudo-parameters.ts";
import type { JsonObject } from "../../../template/value.ts";

/** What the macros of one template are told beside it. */
export interface TransformFacts {
  readonly context: ServiceContext;
  readonly parameters: ReadonlyMap<string, BoundParameter>;
  readonly pseudo: PseudoParameters;
  readonly mappings: JsonObject;
}
