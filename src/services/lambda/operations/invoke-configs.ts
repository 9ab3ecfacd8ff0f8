/** The settings of asynchronous invocations. */
import type { DestinationConfig, FunctionEventInvokeConfig } from "@aws-sdk/client-lambda";
import { tryParseArn } from "../../../languages/arn.ts";
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { invalid, notFound, unsupported } from "../errors.ts";
import { find, resolve, type Found } from "../functions.ts";
import { functionArn, LATEST, split } from "../names.ts";
import { takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { invokeConfigs, type InvokeConfigRow } from "../state.ts";

type Settings = Omit<Input<Sdk, "PutFunctionEventInvokeConfig">, "FunctionName" | "Qualifier">;

export const PutFunctionEventInvokeConfig: Handler<Sdk, "PutFunctionEventInvokeConfig"> = (caller, input) => {
  const found = existing(find(caller, "PutFunctionEventInvokeConfig", input));
  if (input.MaximumRetryAttempts === undefined && input.MaximumEventAgeInSeconds === undefined) {
    const { OnSuccess, OnFailure } = input.DestinationConfig ?? {};
    if (OnSuccess === undefined && OnFailure === undefined) {
      invalid("You must specify at least one of error handling or destination setting.");
    }
  }
  return save(found, input, undefined);
};

export const UpdateFunctionEventInvokeConfig: Handler<Sdk, "UpdateFunctionEventInvokeConfig"> = (caller, input) => {
  const found = existing(find(caller, "UpdateFunctionEventInvokeConfig", input));
  return save(found, input, present(found));
};

export const GetFunctionEventInvokeConfig: Handler<Sdk, "GetFunctionEventInvokeConfig"> = (caller, input) => {
  const found = find(caller, "GetFunctionEventInvokeConfig", input);
  return shown(found.context, present(found));
};

export const DeleteFunctionEventInvokeConfig: Handler<Sdk, "DeleteFunctionEventInvokeConfig"> = (caller, input) => {
  const found = find(caller, "DeleteFunctionEventInvokeConfig", input);
  const { functionName, qualifier } = present(found);
  found.context.table(invokeConfigs).remove(functionName, qualifier);
  return {};
};

export const ListFunctionEventInvokeConfigs: Handler<Sdk, "ListFunctionEventInvokeConfigs"> = (caller, input) => {
  const { context, name } = find(caller, "ListFunctionEventInvokeConfigs", input);
  const rows = context.table(invokeConfigs).list([name]);
  const { page, NextMarker } = takePage(rows, (row) => row.qualifier, input);
  return {
    FunctionEventInvokeConfigs: page.map((row) => shown(context, row)),
    ...(NextMarker === undefined ? {} : { NextMarker }),
  };
};

function existing(found: Found): Found {
  resolve(found);
  return found;
}

function present({ context, name, qualifier = LATEST }: Found): InvokeConfigRow {
  return (
    context.table(invokeConfigs).get(name, qualifier) ??
    notFound(`The function ${functionArn(context, name, qualifier)} doesn't have an EventInvokeConfig`)
  );
}

/** Inside a transaction. What `input` does not say stays as `before` has it. */
function save(
  { context, name, qualifier = LATEST }: Found,
  input: Settings,
  before: InvokeConfigRow | undefined,
): FunctionEventInvokeConfig {
  const destinations = { ...before?.destinations, ...input.DestinationConfig };
  checkDestinations(context, name, destinations);
  const row: InvokeConfigRow = {
    functionName: name,
    qualifier,
    maximumRetryAttempts: input.MaximumRetryAttempts ?? before?.maximumRetryAttempts,
    maximumEventAgeSeconds: input.MaximumEventAgeInSeconds ?? before?.maximumEventAgeSeconds,
    destinations,
    modifiedAt: context.now,
  };
  context.table(invokeConfigs).put([name, qualifier], row);
  return shown(context, row);
}

/** Lambda functions are there; the services of the others come later. */
function checkDestinations(context: ServiceContext, name: string, config: DestinationConfig): void {
  for (const kind of ["OnSuccess", "OnFailure"] as const) {
    const arn = config[kind]?.Destination;
    if (arn === undefined || arn === "") continue;
    const service = tryParseArn(arn)?.service;
    if (service !== "lambda") {
      unsupported(`DestinationConfig.${kind}.Destination ${arn}`, `a destination can only be a Lambda function here`);
    }
    if (split(context, arn).name === name) {
      invalid("You can't specify the function as a destination for itself.");
    }
  }
}

function shown(context: ServiceContext, row: InvokeConfigRow): FunctionEventInvokeConfig {
  const { maximumRetryAttempts, maximumEventAgeSeconds } = row;
  return {
    LastModified: new Date(row.modifiedAt),
    FunctionArn: functionArn(context, row.functionName, row.qualifier),
    ...(maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: maximumRetryAttempts }),
    ...(maximumEventAgeSeconds === undefined ? {} : { MaximumEventAgeInSeconds: maximumEventAgeSeconds }),
    DestinationConfig: { OnSuccess: {}, OnFailure: {}, ...row.destinations },
  };
}
