/** A resource may not become one of another type. */
import type { ServiceContext } from "../../service.ts";
import type { Template } from "../../template/template.ts";
import { liveRows } from "./layout.ts";
import type { StackRow } from "./state.ts";

/** Why the update may not be, when a resource that is there would be of another type; undefined when none would. */
export function typeChange(context: ServiceContext, stack: StackRow, { resources }: Template): string | undefined {
  const changed = liveRows(context, stack.id)
    .filter(({ logicalId, type }) => (resources.get(logicalId)?.type ?? type) !== type)
    .map(({ logicalId }) => logicalId);
  if (changed.length === 0) return undefined;
  return `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(", ")}]`;
}
