/** How asynchronous invocations are retried and where their records go, for a function, a version or an alias. */
import type { ServiceContext } from "../../service.ts";
import { LATEST } from "./names.ts";
import { all, invokeConfigs, type InvokeConfigRow } from "./state.ts";

/** AWS's defaults (page "Configuring error handling settings for Lambda asynchronous invocations"). */
export const DEFAULT_RETRIES = 2;
export const DEFAULT_AGE_SECONDS = 21_600;

/** What holds for an event that was sent to `qualifier`. */
export function invokeConfigOf(context: ServiceContext, name: string, qualifier = LATEST): InvokeConfigRow | undefined {
  return context.table(invokeConfigs).get(name, qualifier);
}

/** Inside a transaction: takes away those of a function, or of one qualifier. */
export function removeInvokeConfigs(context: ServiceContext, name: string, qualifier?: string): void {
  const table = context.table(invokeConfigs);
  for (const row of all(table.list([name]))) {
    if (qualifier === undefined || row.qualifier === qualifier) table.remove(name, row.qualifier);
  }
}
