/** The configuration of function URLs. */
import type { Cors } from "@aws-sdk/client-lambda";
import { LOWER_AND_DIGITS } from "../../../kernel/random.ts";
import type { Handler, Input, Output, ServiceContext } from "../../../service.ts";
import { conflict, functionNotFound, invalid, notFound } from "../errors.ts";
import { find, type Found } from "../functions.ts";
import { functionArn, isVersion } from "../names.ts";
import { takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { aliases, urlOwners, urls, type UrlRow } from "../state.ts";

/** LocalStack's name for this machine, which resolves to 127.0.0.1 and takes any label before it. */
const HOST = "localhost.localstack.cloud";

export const CreateFunctionUrlConfig: Handler<Sdk, "CreateFunctionUrlConfig"> = (caller, input) => {
  const found = find(caller, "CreateFunctionUrlConfig", input);
  const { context, name, qualifier = "" } = found;
  checkQualifier(found);
  if (context.table(urls).has(name, qualifier)) {
    conflict(
      `Failed to create function url config for [functionArn = ${arnOf(found)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    );
  }
  checkCors(input.Cors);
  const row: UrlRow = {
    id: context.random.text(32, LOWER_AND_DIGITS),
    functionName: name,
    qualifier,
    authType: input.AuthType,
    invokeMode: input.InvokeMode ?? "BUFFERED",
    cors: input.Cors,
    createdAt: context.now,
    modifiedAt: context.now,
  };
  const { account, region } = context;
  context.table(urls).put([name, qualifier], row);
  context.table(urlOwners).put([row.id], { account, region, functionName: name, qualifier });
  const { LastModifiedTime: _, ...rest } = shown(context, row);
  return rest;
};

export const UpdateFunctionUrlConfig: Handler<Sdk, "UpdateFunctionUrlConfig"> = (caller, input) => {
  const found = find(caller, "UpdateFunctionUrlConfig", input);
  const before = present(found);
  checkCors(input.Cors);
  const row: UrlRow = {
    ...before,
    authType: input.AuthType ?? before.authType,
    invokeMode: input.InvokeMode ?? before.invokeMode,
    cors: input.Cors === undefined ? before.cors : isEmpty(input.Cors) ? undefined : input.Cors,
    modifiedAt: found.context.now,
  };
  found.context.table(urls).put([row.functionName, row.qualifier], row);
  return shown(found.context, row);
};

export const GetFunctionUrlConfig: Handler<Sdk, "GetFunctionUrlConfig"> = (caller, input) => {
  const found = find(caller, "GetFunctionUrlConfig", input);
  return shown(found.context, present(found));
};

export const DeleteFunctionUrlConfig: Handler<Sdk, "DeleteFunctionUrlConfig"> = (caller, input) => {
  const found = find(caller, "DeleteFunctionUrlConfig", input);
  const row = present(found);
  found.context.table(urls).remove(row.functionName, row.qualifier);
  found.context.table(urlOwners).remove(row.id);
  return {};
};

export const ListFunctionUrlConfigs: Handler<Sdk, "ListFunctionUrlConfigs"> = (caller, input) => {
  const { context, name } = find(caller, "ListFunctionUrlConfigs", input);
  const { page, NextMarker } = takePage(context.table(urls).list([name]), (row) => row.qualifier, input);
  return {
    FunctionUrlConfigs: page.map((row) => shown(context, row)),
    ...(NextMarker === undefined ? {} : { NextMarker }),
  };
};

function arnOf({ context, name, qualifier }: Found): string {
  return functionArn(context, name, qualifier);
}

/** A URL is for the function or for an alias that is there. */
function checkQualifier(found: Found): void {
  const { context, name, qualifier } = found;
  if (qualifier === undefined) return;
  if (isVersion(qualifier)) invalid(`Function URLs cannot be made for the version ${qualifier}: give an alias.`);
  if (!context.table(aliases).has(name, qualifier)) throw functionNotFound(arnOf(found));
}

function present(found: Found): UrlRow {
  const { context, name, qualifier = "" } = found;
  return context.table(urls).get(name, qualifier) ?? notFound();
}

function isEmpty(cors: Input<Sdk, "CreateFunctionUrlConfig">["Cors"]): boolean {
  return cors === undefined || Object.keys(cors).length === 0;
}

function checkCors(cors: Cors | undefined): void {
  if (cors?.AllowMethods !== undefined && cors.AllowMethods.length > 1 && cors.AllowMethods.includes("*")) {
    invalid("AllowMethods must be the wildcard alone, or methods without it.");
  }
}

/** Where a URL leads on this machine: the port is the cloud's. */
export function urlText(context: ServiceContext, id: string): string {
  const { port } = new URL(context.endpointUrl);
  return `http://${id}.lambda-url.${context.region}.${HOST}${port === "" ? "" : `:${port}`}/`;
}

function shown(context: ServiceContext, row: UrlRow): Output<Sdk, "GetFunctionUrlConfig"> {
  return {
    FunctionUrl: urlText(context, row.id),
    FunctionArn: functionArn(context, row.functionName, row.qualifier),
    AuthType: row.authType,
    ...(row.cors === undefined ? {} : { Cors: row.cors }),
    CreationTime: new Date(row.createdAt).toISOString(),
    LastModifiedTime: new Date(row.modifiedAt).toISOString(),
    InvokeMode: row.invokeMode,
  };
}
