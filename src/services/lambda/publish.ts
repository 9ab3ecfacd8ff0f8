/** Makes `$LATEST` a version with a number. */
import type { ServiceContext } from "../../service.ts";
import type { CodeStore } from "./code-store.ts";
import { fingerprintOf } from "./configuration.ts";
import { functionNotFound } from "./errors.ts";
import { functionArn } from "./names.ts";
import { functions, versions, type VersionRow } from "./state.ts";

/**
 * Inside a transaction: the new version or, where nothing has changed since the newest one, that one (AWS page "PublishVersion").
 */
export function publish(
  context: ServiceContext,
  codes: CodeStore,
  latest: VersionRow,
  { description }: { readonly description?: string | undefined },
): VersionRow {
  const { functionName } = latest;
  const row = context.table(functions).get(functionName);
  if (row === undefined) throw functionNotFound(functionArn(context, functionName));
  const table = context.table(versions);
  const fingerprint = fingerprintOf(latest);
  const newest = row.lastVersion === 0 ? undefined : table.get(functionName, row.lastVersion);
  if (newest?.fingerprint === fingerprint) return newest;
  const version = row.lastVersion + 1;
  const published: VersionRow = {
    ...latest,
    version,
    description: description ?? latest.description,
    environmentId: context.random.hex(16),
    revisionId: context.random.uuid(),
    lastUpdateStatus: "Successful",
    fingerprint,
  };
  codes.keepAgain(context, latest.codeHash);
  for (const { codeHash } of latest.layers) codes.keepAgain(context, codeHash);
  context.table(functions).put([functionName], { ...row, lastVersion: version });
  table.put([functionName, version], published);
  return published;
}
