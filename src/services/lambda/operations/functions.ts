/** Functions: shown, listed, deleted, versions published. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { linkTo } from "../code-link.ts";
import type { Engine } from "../engine.ts";
import { checkRevision, conflict, functionNotFound, invalid, unsupported } from "../errors.ts";
import { checkSettled, find, latest, resolve, type Found } from "../functions.ts";
import { removeInvokeConfigs } from "../invoke-configs.ts";
import { functionArn, isVersion, LATEST, versionNumber } from "../names.ts";
import { numberKey, takePage } from "../paging.ts";
import { publish } from "../publish.ts";
import type { Sdk } from "../sdk.ts";
import { codeSha256, configurationOf } from "../shown.ts";
import {
  aliases,
  all,
  functions,
  layerVersions,
  policies,
  urlOwners,
  urls,
  versions,
  type VersionRow,
} from "../state.ts";
import { ACCOUNT_CONCURRENCY, reservedInAll } from "../concurrency.ts";
import { MOST_UNPACKED_BYTES } from "../zip.ts";

export const GetFunction: Handler<Sdk, "GetFunction"> = (caller, input) => {
  const found = find(caller, "GetFunction", input);
  const { context, row } = found;
  const { version } = resolve(found);
  const { reservedConcurrency } = row;
  return {
    Configuration: configurationOf(context, version, found.qualifier),
    Code: { RepositoryType: "S3", Location: linkTo(context, version.codeHash) },
    ...(Object.keys(row.tags).length === 0 ? {} : { Tags: { ...row.tags } }),
    ...(reservedConcurrency === undefined
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
  };
};

export const GetFunctionConfiguration: Handler<Sdk, "GetFunctionConfiguration"> = (caller, input) => {
  const found = find(caller, "GetFunctionConfiguration", input);
  return configurationOf(found.context, resolve(found).version, found.qualifier);
};

export const ListFunctions: Handler<Sdk, "ListFunctions"> = (context, input) => {
  if (input.MasterRegion !== undefined) unsupported("MasterRegion", "functions are not replicated to edges here");
  const all = input.FunctionVersion === "ALL";
  const rows = function* (): Iterable<VersionRow> {
    for (const { name } of context.table(functions).list()) {
      if (all) yield* context.table(versions).list([name]);
      else yield latest(context, name);
    }
  };
  // U+0001 keeps the versions of `a` before those of `a-b`, as the table has them.
  const key = (row: VersionRow): string => `${row.functionName}\u0001${numberKey(row.version)}`;
  const { page, NextMarker } = takePage(rows(), key, input);
  const Functions = page.map((row) => ({
    ...configurationOf(context, row, all ? (row.version === 0 ? LATEST : String(row.version)) : undefined),
    ...UNTOLD,
  }));
  return { Functions, ...(NextMarker === undefined ? {} : { NextMarker }) };
};

/** What lists do not tell (AWS page "ListFunctions": "returns a subset"). */
const UNTOLD = {
  State: undefined,
  StateReason: undefined,
  StateReasonCode: undefined,
  LastUpdateStatus: undefined,
  LastUpdateStatusReason: undefined,
  LastUpdateStatusReasonCode: undefined,
};

export const ListVersionsByFunction: Handler<Sdk, "ListVersionsByFunction"> = (caller, input) => {
  const { context, name } = find(caller, "ListVersionsByFunction", input);
  const { page, NextMarker } = takePage(context.table(versions).list([name]), (row) => numberKey(row.version), input);
  const Versions = page.map((row) => ({
    ...configurationOf(context, row, row.version === 0 ? LATEST : String(row.version)),
    ...UNTOLD,
  }));
  return { Versions, ...(NextMarker === undefined ? {} : { NextMarker }) };
};

export function publishVersion(engine: Engine): Handler<Sdk, "PublishVersion"> {
  return (caller, input) => {
    const { context, name } = find(caller, "PublishVersion", input);
    if (input.PublishTo !== undefined) unsupported("PublishTo", "$LATEST.PUBLISHED belongs to capacity providers");
    const row = latest(context, name);
    checkRevision(input.RevisionId, row.revisionId, "function");
    const sha = codeSha256(row.codeHash);
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== "" && input.CodeSha256 !== sha) {
      invalid(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    checkSettled(context, row);
    return configurationOf(context, publish(context, engine.codes, row, { description: input.Description }));
  };
}

export function deleteFunction(engine: Engine): Handler<Sdk, "DeleteFunction"> {
  return (caller, input) => {
    const found = find(caller, "DeleteFunction", input);
    if (found.qualifier === undefined) deleteAll(engine, found);
    else deleteVersion(engine, found, found.qualifier);
    return { StatusCode: 204 };
  };
}

function deleteVersion(engine: Engine, { context, name }: Found, qualifier: string): void {
  if (qualifier === LATEST) invalid("$LATEST version cannot be deleted without deleting the function.");
  if (!isVersion(qualifier)) invalid("Deletion of aliases is not currently supported.");
  const number = versionNumber(qualifier);
  const row = context.table(versions).get(name, number);
  if (row === undefined) throw functionNotFound(functionArn(context, name, qualifier));
  const users = [...context.table(aliases).list([name])].filter(
    ({ version, additional }) => version === number || additional?.version === number,
  );
  if (users.length > 0) {
    conflict(
      `Unable to delete version because the following aliases reference it: [${users.map((alias) => alias.name).join(", ")}]`,
    );
  }
  removeVersion(engine, context, row);
  context.table(policies).remove(name, qualifier);
  removeInvokeConfigs(context, name, qualifier);
}

function deleteAll(engine: Engine, { context, name }: Found): void {
  for (const row of all(context.table(versions).list([name]))) removeVersion(engine, context, row);
  for (const alias of all(context.table(aliases).list([name]))) context.table(aliases).remove(name, alias.name);
  for (const [key] of all(context.table(policies).entries([name]))) context.table(policies).remove(...key);
  for (const url of all(context.table(urls).list([name]))) {
    context.table(urls).remove(name, url.qualifier);
    context.table(urlOwners).remove(url.id);
  }
  removeInvokeConfigs(context, name);
  context.table(functions).remove(name);
  context.deadlines.cancel({ name: "settle", key: name });
}

function removeVersion(engine: Engine, context: ServiceContext, row: VersionRow): void {
  context.table(versions).remove(row.functionName, row.version);
  engine.codes.release(context, row.codeHash);
  for (const { codeHash } of row.layers) engine.codes.release(context, codeHash);
  context.afterCommit(() => engine.retire(row.environmentId));
}

/** AWS page "Lambda quotas". */
export const GetAccountSettings: Handler<Sdk, "GetAccountSettings"> = (context) => {
  let FunctionCount = 0;
  let TotalCodeSize = 0;
  for (const { name } of context.table(functions).list()) {
    FunctionCount += 1;
    for (const { codeSize } of context.table(versions).list([name])) TotalCodeSize += codeSize;
  }
  for (const { codeSize } of context.table(layerVersions).list()) TotalCodeSize += codeSize;
  return {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: MOST_UNPACKED_BYTES,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: ACCOUNT_CONCURRENCY,
      UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - reservedInAll(context),
    },
    AccountUsage: { TotalCodeSize, FunctionCount },
  };
};
