/** Finding functions, versions and aliases, with AWS's words for what is not there. */
import type { Principal, ServiceContext } from "../../service.ts";
import { conflict, functionNotFound, notFound } from "./errors.ts";
import { functionArn, isVersion, LATEST, locate, versionNumber, versionText, type Located } from "./names.ts";
import { permit } from "./permission.ts";
import { aliases, functions, versions, type AliasRow, type FunctionRow, type VersionRow } from "./state.ts";

/** A function as an operation meets it: the context is that of the account that owns it. */
export interface Found extends Located {
  readonly context: ServiceContext;
  readonly row: FunctionRow;
}

/**
 * The named function. Raises ResourceNotFoundException, and AccessDeniedException where it does not allow the caller: one of another
 * account, or an AWS service, which has no policies of its own.
 */
export function find(
  caller: ServiceContext,
  operation: string,
  input: { readonly FunctionName: string; readonly Qualifier?: string | undefined },
): Found {
  const located = locate(caller, input.FunctionName, input.Qualifier);
  const foreign = located.account !== caller.account;
  const context = foreign ? caller.as({ account: located.account }) : caller;
  if (foreign || isService(caller.principal)) permit(context, located, `lambda:${operation}`);
  const row = context.table(functions).get(located.name);
  if (row === undefined) throw functionNotFound(functionArn(located, located.name, located.qualifier));
  return { ...located, context, row };
}

/** Another one than Lambda itself, whose deadlines look functions up too. */
function isService(principal: Principal): boolean {
  return principal.type === "service" && principal.service !== "lambda.amazonaws.com";
}

/** One that exists, whichever qualifier was given. */
export function versionRow(context: ServiceContext, name: string, number: number): VersionRow {
  const row = context.table(versions).get(name, number);
  if (row === undefined) throw functionNotFound(functionArn(context, name, versionText(number)));
  return row;
}

export function latest(context: ServiceContext, name: string): VersionRow {
  return versionRow(context, name, 0);
}

/** What a qualifier means: an alias, or a version without one. Raises ResourceNotFoundException. */
export function resolve(found: Pick<Found, "context" | "name" | "qualifier">): {
  readonly version: VersionRow;
  readonly alias?: AliasRow;
} {
  const { context, name, qualifier = LATEST } = found;
  if (isVersion(qualifier)) {
    const version = context.table(versions).get(name, versionNumber(qualifier));
    if (version === undefined) throw functionNotFound(functionArn(context, name, qualifier));
    return { version };
  }
  const alias = context.table(aliases).get(name, qualifier);
  if (alias === undefined) throw functionNotFound(functionArn(context, name, qualifier));
  return { version: versionRow(context, name, alias.version), alias };
}

export function aliasNamed(context: ServiceContext, name: string, alias: string): AliasRow {
  return (
    context.table(aliases).get(name, alias) ?? notFound(`Cannot find alias arn: ${functionArn(context, name, alias)}`)
  );
}

/** Raises ResourceConflictException while a function is being made. One that is being changed can be invoked. */
export function checkReady(row: VersionRow): void {
  if (row.state !== "Pending") return;
  conflict("The operation cannot be performed at this time. The function is currently in the following state: Pending");
}

/** Raises ResourceConflictException while a function is being made or changed. */
export function checkSettled(context: ServiceContext, row: VersionRow): void {
  checkReady(row);
  if (row.lastUpdateStatus === "InProgress") {
    conflict(
      `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn(context, row.functionName)}`,
    );
  }
}
