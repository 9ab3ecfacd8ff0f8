/** What is set for a function beside its configuration: tags, reserved concurrency, recursion, and what it has none of. */
import { AwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { ACCOUNT_CONCURRENCY, LEAST_UNRESERVED, reservedInAll } from "../concurrency.ts";
import { functionNotFound, invalid, unsupported } from "../errors.ts";
import { find, resolve } from "../functions.ts";
import { functionArn, split } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { functions, type FunctionRow } from "../state.ts";
import { checkTags, refuseSystemTags } from "../tags.ts";

export const TagResource: Handler<Sdk, "TagResource"> = (caller, input) => {
  const { context, row } = tagged(caller, input.Resource);
  const tags = { ...row.tags, ...input.Tags };
  refuseSystemTags(caller, Object.keys(input.Tags));
  checkTags(tags);
  context.table(functions).put([row.name], { ...row, tags });
  return {};
};

export const UntagResource: Handler<Sdk, "UntagResource"> = (caller, input) => {
  const { context, row } = tagged(caller, input.Resource);
  refuseSystemTags(caller, input.TagKeys);
  const gone = new Set(input.TagKeys);
  const tags = Object.fromEntries(Object.entries(row.tags).filter(([key]) => !gone.has(key)));
  context.table(functions).put([row.name], { ...row, tags });
  return {};
};

export const ListTags: Handler<Sdk, "ListTags"> = (caller, input) => ({
  Tags: { ...tagged(caller, input.Resource).row.tags },
});

/** Tags belong to functions; event source mappings and code signing configurations are not there. */
function tagged(caller: ServiceContext, resource: string): { context: ServiceContext; row: FunctionRow } {
  const arn = tryParseArn(resource);
  if (arn?.resource.startsWith("function:") !== true) {
    throw new AwsError("ResourceNotFoundException", `Resource not found: ${resource}`);
  }
  if (split(caller, resource).qualifier !== undefined) {
    invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return find(caller, "TagResource", { FunctionName: resource });
}

export const PutFunctionConcurrency: Handler<Sdk, "PutFunctionConcurrency"> = (caller, input) => {
  const { context, row, qualifier } = find(caller, "PutFunctionConcurrency", input);
  if (qualifier !== undefined) {
    invalid("This operation is permitted on Lambda functions only, not on versions or aliases.");
  }
  const reserved = input.ReservedConcurrentExecutions;
  if (ACCOUNT_CONCURRENCY - reservedInAll(context, row.name) - reserved < LEAST_UNRESERVED) {
    invalid(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    );
  }
  context.table(functions).put([row.name], { ...row, reservedConcurrency: reserved });
  return { ReservedConcurrentExecutions: reserved };
};

export const GetFunctionConcurrency: Handler<Sdk, "GetFunctionConcurrency"> = (caller, input) => {
  const { reservedConcurrency } = find(caller, "GetFunctionConcurrency", input).row;
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
};

export const DeleteFunctionConcurrency: Handler<Sdk, "DeleteFunctionConcurrency"> = (caller, input) => {
  const { context, row } = find(caller, "DeleteFunctionConcurrency", input);
  context.table(functions).put([row.name], { ...row, reservedConcurrency: undefined });
  return {};
};

export const GetFunctionRecursionConfig: Handler<Sdk, "GetFunctionRecursionConfig"> = (caller, input) => ({
  RecursiveLoop: find(caller, "GetFunctionRecursionConfig", input).row.recursiveLoop ?? "Terminate",
});

/** Loops are AWS's to find, through SQS, SNS and S3; the setting is kept, and both of its values mean the same here. */
export const PutFunctionRecursionConfig: Handler<Sdk, "PutFunctionRecursionConfig"> = (caller, input) => {
  const { context, row } = find(caller, "PutFunctionRecursionConfig", input);
  context.table(functions).put([row.name], { ...row, recursiveLoop: input.RecursiveLoop });
  return { RecursiveLoop: input.RecursiveLoop };
};

/* What tools ask every function for, and no function here has. */

export const GetFunctionCodeSigningConfig: Handler<Sdk, "GetFunctionCodeSigningConfig"> = (caller, input) => ({
  // The SDK's type asks for an ARN; AWS answers an empty one for none.
  CodeSigningConfigArn: "",
  FunctionName: find(caller, "GetFunctionCodeSigningConfig", input).name,
});

export const GetRuntimeManagementConfig: Handler<Sdk, "GetRuntimeManagementConfig"> = (caller, input) => {
  const { context, name, qualifier } = find(caller, "GetRuntimeManagementConfig", input);
  return { UpdateRuntimeOn: "Auto", FunctionArn: functionArn(context, name, qualifier) };
};

/** The runtime is what this machine has; only AWS's default is true. */
export const PutRuntimeManagementConfig: Handler<Sdk, "PutRuntimeManagementConfig"> = (caller, input) => {
  const { context, name, qualifier } = find(caller, "PutRuntimeManagementConfig", input);
  if (input.UpdateRuntimeOn !== "Auto") {
    unsupported(`UpdateRuntimeOn ${input.UpdateRuntimeOn}`, "the runtime is the interpreter that this machine has");
  }
  if (input.RuntimeVersionArn) invalid("RuntimeVersionArn can only be specified when UpdateRuntimeOn is Manual.");
  return { UpdateRuntimeOn: "Auto", FunctionArn: functionArn(context, name, qualifier) };
};

export const PutProvisionedConcurrencyConfig: Handler<Sdk, "PutProvisionedConcurrencyConfig"> = (caller, input) => {
  find(caller, "PutProvisionedConcurrencyConfig", input);
  return unsupported("ProvisionedConcurrentExecutions", "environments are started when they are needed");
};

export const GetProvisionedConcurrencyConfig: Handler<Sdk, "GetProvisionedConcurrencyConfig"> = (caller, input) => {
  resolve(find(caller, "GetProvisionedConcurrencyConfig", input));
  throw new AwsError(
    "ProvisionedConcurrencyConfigNotFoundException",
    "No Provisioned Concurrency Config found for this function",
  );
};

export const ListProvisionedConcurrencyConfigs: Handler<Sdk, "ListProvisionedConcurrencyConfigs"> = (caller, input) => {
  find(caller, "ListProvisionedConcurrencyConfigs", input);
  return { ProvisionedConcurrencyConfigs: [] };
};

/** None is there to delete, which is no error on AWS either. */
export const DeleteProvisionedConcurrencyConfig: Handler<Sdk, "DeleteProvisionedConcurrencyConfig"> = (
  caller,
  input,
) => {
  resolve(find(caller, "DeleteProvisionedConcurrencyConfig", input));
  return {};
};

/** There are none: CreateEventSourceMapping is not there. */
export const ListEventSourceMappings: Handler<Sdk, "ListEventSourceMappings"> = (caller, input) => {
  const { FunctionName } = input;
  if (FunctionName !== undefined) {
    const { account, region, name } = split(caller, FunctionName);
    if (!caller.table(functions, { account, region }).has(name)) throw functionNotFound(functionArn(caller, name));
  }
  return { EventSourceMappings: [] };
};
