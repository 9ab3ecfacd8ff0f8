/** Taking a parameter away with all that hangs on it: versions, labels, policies. */
import type { ServiceContext } from "../../service.ts";
import { unschedulePolicies } from "./policy-deadlines.ts";
import { count, labels, latestOf, parameters, resourcePolicies, versions, type Version } from "./state.ts";

/** Answers the last version; undefined when there is no parameter of this canonical name. Inside a transaction. */
export function remove(context: ServiceContext, name: string): Version | undefined {
  const latest = latestOf(context, name);
  if (latest === undefined) return undefined;
  unschedulePolicies(context, name, latest);
  for (const definition of [versions, labels, resourcePolicies]) {
    const table = context.table<unknown>(definition);
    const keys = Array.from(table.entries([name]), ([key]) => key);
    for (const key of keys) table.remove(...key);
  }
  context.table(parameters).remove(name);
  count(context, latest.tier, -1);
  return latest;
}
