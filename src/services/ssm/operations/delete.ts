/** Deleting parameters. */
import type { Handler } from "../../../service.ts";
import { notFound } from "../errors.ts";
import { nameAlone } from "../names.ts";
import { remove } from "../removal.ts";
import type { Sdk } from "../sdk.ts";

export const DeleteParameter: Handler<Sdk, "DeleteParameter"> = (context, input) => {
  if (!remove(context, nameAlone(input.Name))) throw notFound();
  return {};
};

export const DeleteParameters: Handler<Sdk, "DeleteParameters"> = (context, input) => {
  const DeletedParameters: string[] = [];
  const InvalidParameters: string[] = [];
  for (const name of new Set(input.Names)) {
    (remove(context, nameAlone(name)) ? DeletedParameters : InvalidParameters).push(name);
  }
  return { DeletedParameters, InvalidParameters };
};
