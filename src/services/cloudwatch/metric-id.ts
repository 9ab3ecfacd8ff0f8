/** Which metric is meant: namespace, name and dimensions, in whatever order they come. */
import { createHash } from "node:crypto";
import type { Dimension } from "./state.ts";

/** 24 hexadecimal digits, the same for the same metric. Keys could not hold 30 dimensions. */
export function metricIdOf(namespace: string, name: string, dimensions: readonly Dimension[]): string {
  const sorted = dimensions.length < 2 ? dimensions : [...dimensions].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([namespace, name, sorted]))
    .digest("hex")
    .slice(0, 24);
}

/** The SDK's dimensions as ours. */
export function dimensionsOf(
  given: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Dimension[] {
  return (given ?? []).map(({ Name = "", Value = "" }) => [Name, Value]);
}
