/** Aliases: a name for a version, or for two versions with a share each. */
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { AwsError } from "../../../kernel/errors.ts";
import { checkRevision, functionNotFound, invalid } from "../errors.ts";
import { aliasNamed, find } from "../functions.ts";
import { removeInvokeConfigs } from "../invoke-configs.ts";
import { functionArn, LATEST, versionNumber } from "../names.ts";
import { takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { aliasOf } from "../shown.ts";
import { aliases, policies, urlOwners, urls, versions, type AliasRow } from "../state.ts";

export const CreateAlias: Handler<Sdk, "CreateAlias"> = (caller, input) => {
  const { context, name } = find(caller, "CreateAlias", input);
  if (context.table(aliases).has(name, input.Name)) {
    throw new AwsError("ResourceConflictException", `Alias already exists: ${functionArn(context, name, input.Name)}`);
  }
  const version = existing(context, name, input.FunctionVersion);
  const row: AliasRow = {
    name: input.Name,
    version,
    description: input.Description ?? "",
    additional: additionalOf(context, name, version, input.RoutingConfig),
    revisionId: context.random.uuid(),
  };
  context.table(aliases).put([name, row.name], row);
  return aliasOf(context, name, row);
};

export const UpdateAlias: Handler<Sdk, "UpdateAlias"> = (caller, input) => {
  const { context, name } = find(caller, "UpdateAlias", input);
  const before = aliasNamed(context, name, input.Name);
  checkRevision(input.RevisionId, before.revisionId, "function");
  const version = input.FunctionVersion === undefined ? before.version : existing(context, name, input.FunctionVersion);
  const row: AliasRow = {
    ...before,
    version,
    description: input.Description ?? before.description,
    additional:
      input.RoutingConfig === undefined
        ? checkAdditional(before.version === version ? undefined : version, before.additional)
        : additionalOf(context, name, version, input.RoutingConfig),
    revisionId: context.random.uuid(),
  };
  context.table(aliases).put([name, row.name], row);
  return aliasOf(context, name, row);
};

export const GetAlias: Handler<Sdk, "GetAlias"> = (caller, input) => {
  const { context, name } = find(caller, "GetAlias", input);
  return aliasOf(context, name, aliasNamed(context, name, input.Name));
};

export const ListAliases: Handler<Sdk, "ListAliases"> = (caller, input) => {
  const { context, name } = find(caller, "ListAliases", input);
  const wanted = input.FunctionVersion === undefined ? undefined : versionNumber(input.FunctionVersion);
  const rows = [...context.table(aliases).list([name])].filter(
    ({ version, additional }) => wanted === undefined || version === wanted || additional?.version === wanted,
  );
  const { page, NextMarker } = takePage(rows, (row) => row.name, input);
  return {
    Aliases: page.map((row) => aliasOf(context, name, row)),
    ...(NextMarker === undefined ? {} : { NextMarker }),
  };
};

/** An alias that is not there is deleted, as on AWS. */
export const DeleteAlias: Handler<Sdk, "DeleteAlias"> = (caller, input) => {
  const { context, name } = find(caller, "DeleteAlias", input);
  context.table(aliases).remove(name, input.Name);
  context.table(policies).remove(name, input.Name);
  removeInvokeConfigs(context, name, input.Name);
  const url = context.table(urls).get(name, input.Name);
  if (url !== undefined) {
    context.table(urls).remove(name, input.Name);
    context.table(urlOwners).remove(url.id);
  }
  return {};
};

function existing(context: ServiceContext, name: string, version: string): number {
  const number = versionNumber(version);
  if (context.table(versions).has(name, number)) return number;
  throw functionNotFound(functionArn(context, name, version));
}

/** Raises InvalidParameterValueException for weights that AWS does not take. */
function additionalOf(
  context: ServiceContext,
  name: string,
  version: number,
  routing: Input<Sdk, "CreateAlias">["RoutingConfig"],
): AliasRow["additional"] {
  const weights = Object.entries(routing?.AdditionalVersionWeights ?? {});
  const [first] = weights;
  if (first === undefined) return undefined;
  if (weights.length > 1) invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
  const [text, weight] = first;
  if (version === 0 || text === LATEST) {
    invalid("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  const additional = { version: existing(context, name, text), weight };
  return checkAdditional(version, additional);
}

/** An alias cannot send a share to the version that it points to anyway. */
function checkAdditional(version: number | undefined, additional: AliasRow["additional"]): AliasRow["additional"] {
  if (version !== undefined && additional?.version === version) {
    invalid(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  if (version === 0 && additional !== undefined) {
    invalid("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  return additional;
}
