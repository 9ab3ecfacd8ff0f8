/** Deleting parameters. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { notFound } from "../errors.ts";
import { tellChange } from "../events.ts";
import { nameAlone } from "../names.ts";
import { remove } from "../removal.ts";
import type { Sdk } from "../sdk.ts";

export const DeleteParameter: Handler<Sdk, "DeleteParameter"> = (context, input) => {
  if (!deleted(context, input.Name)) throw notFound();
  return {};
};

export const DeleteParameters: Handler<Sdk, "DeleteParameters"> = (context, input) => {
  const DeletedParameters: string[] = [];
  const InvalidParameters: string[] = [];
  for (const name of new Set(input.Names)) {
    (deleted(context, name) ? DeletedParameters : InvalidParameters).push(name);
  }
  return { DeletedParameters, InvalidParameters };
};

/** False when there was none. Raises ValidationException for what is no name. */
function deleted(context: ServiceContext, given: string): boolean {
  const name = nameAlone(given);
  const last = remove(context, name);
  if (last === undefined) return false;
  tellChange(context, "Delete", name, last);
  return true;
}
