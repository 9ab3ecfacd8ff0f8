/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for AWS Lambda"). */
import type { Access } from "../../service.ts";
import { functionArn, layerArn, locateLayer, split, type Where } from "./names.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";

interface Named {
  readonly FunctionName: string;
  readonly Qualifier?: string | undefined;
}

function named(input: Named, where: Where): string {
  const located = split(where, input.FunctionName);
  return functionArn(located, located.name, located.qualifier ?? input.Qualifier);
}

/** The function, with the qualifier where one is given. */
const onFunction = (action: string) => ({ action: `lambda:${action}`, resource: named });
/** The function as a whole, whatever qualifier stands in its name. */
const onWhole = (action: string) => ({
  action: `lambda:${action}`,
  resource: ({ FunctionName }: { readonly FunctionName: string }, where: Where) => {
    const located = split(where, FunctionName);
    return functionArn(located, located.name);
  },
});
const onAll = (action: string) => ({ action: `lambda:${action}`, resource: () => "*" });
const onArn = (action: string) => ({
  action: `lambda:${action}`,
  resource: ({ Resource }: { readonly Resource: string }) => Resource,
});
const onLayer = (action: string) => ({
  action: `lambda:${action}`,
  resource: ({ LayerName }: { readonly LayerName: string }, where: Where) => layer(LayerName, where),
});
const onLayerVersion = (action: string) => ({
  action: `lambda:${action}`,
  resource: (input: { readonly LayerName: string; readonly VersionNumber: number }, where: Where) =>
    layer(input.LayerName, where, input.VersionNumber),
});

function layer(text: string, where: Where, version?: number): string {
  const located = locateLayer(where, text);
  return layerArn(located, located.name, version);
}

export const access: Access<Sdk, ReturnType<typeof operations>> = {
  CreateFunction: onWhole("CreateFunction"),
  UpdateFunctionCode: onWhole("UpdateFunctionCode"),
  UpdateFunctionConfiguration: onWhole("UpdateFunctionConfiguration"),
  GetFunction: onFunction("GetFunction"),
  GetFunctionConfiguration: onFunction("GetFunctionConfiguration"),
  ListFunctions: onAll("ListFunctions"),
  ListVersionsByFunction: onWhole("ListVersionsByFunction"),
  PublishVersion: onWhole("PublishVersion"),
  DeleteFunction: onFunction("DeleteFunction"),
  GetAccountSettings: onAll("GetAccountSettings"),
  CreateAlias: onWhole("CreateAlias"),
  UpdateAlias: onWhole("UpdateAlias"),
  GetAlias: onWhole("GetAlias"),
  ListAliases: onWhole("ListAliases"),
  DeleteAlias: onWhole("DeleteAlias"),
  AddPermission: onFunction("AddPermission"),
  RemovePermission: onFunction("RemovePermission"),
  GetPolicy: onFunction("GetPolicy"),
  PublishLayerVersion: onLayer("PublishLayerVersion"),
  GetLayerVersion: onLayerVersion("GetLayerVersion"),
  GetLayerVersionByArn: { action: "lambda:GetLayerVersion", resource: ({ Arn }) => Arn },
  ListLayerVersions: onAll("ListLayerVersions"),
  ListLayers: onAll("ListLayers"),
  DeleteLayerVersion: onLayerVersion("DeleteLayerVersion"),
  AddLayerVersionPermission: onLayerVersion("AddLayerVersionPermission"),
  RemoveLayerVersionPermission: onLayerVersion("RemoveLayerVersionPermission"),
  GetLayerVersionPolicy: onLayerVersion("GetLayerVersionPolicy"),
  TagResource: onArn("TagResource"),
  UntagResource: onArn("UntagResource"),
  ListTags: onArn("ListTags"),
  PutFunctionConcurrency: onWhole("PutFunctionConcurrency"),
  GetFunctionConcurrency: onWhole("GetFunctionConcurrency"),
  DeleteFunctionConcurrency: onWhole("DeleteFunctionConcurrency"),
  GetFunctionRecursionConfig: onWhole("GetFunctionRecursionConfig"),
  PutFunctionRecursionConfig: onWhole("PutFunctionRecursionConfig"),
  GetFunctionCodeSigningConfig: onWhole("GetFunctionCodeSigningConfig"),
  GetRuntimeManagementConfig: onFunction("GetRuntimeManagementConfig"),
  PutRuntimeManagementConfig: onFunction("PutRuntimeManagementConfig"),
  PutProvisionedConcurrencyConfig: onFunction("PutProvisionedConcurrencyConfig"),
  GetProvisionedConcurrencyConfig: onFunction("GetProvisionedConcurrencyConfig"),
  ListProvisionedConcurrencyConfigs: onWhole("ListProvisionedConcurrencyConfigs"),
  DeleteProvisionedConcurrencyConfig: onFunction("DeleteProvisionedConcurrencyConfig"),
  ListEventSourceMappings: onAll("ListEventSourceMappings"),
  PutFunctionEventInvokeConfig: onFunction("PutFunctionEventInvokeConfig"),
  UpdateFunctionEventInvokeConfig: onFunction("UpdateFunctionEventInvokeConfig"),
  GetFunctionEventInvokeConfig: onFunction("GetFunctionEventInvokeConfig"),
  DeleteFunctionEventInvokeConfig: onFunction("DeleteFunctionEventInvokeConfig"),
  ListFunctionEventInvokeConfigs: onWhole("ListFunctionEventInvokeConfigs"),
  CreateFunctionUrlConfig: onFunction("CreateFunctionUrlConfig"),
  UpdateFunctionUrlConfig: onFunction("UpdateFunctionUrlConfig"),
  GetFunctionUrlConfig: onFunction("GetFunctionUrlConfig"),
  DeleteFunctionUrlConfig: onFunction("DeleteFunctionUrlConfig"),
  ListFunctionUrlConfigs: onWhole("ListFunctionUrlConfigs"),
  Invoke: onFunction("InvokeFunction"),
  InvokeAsync: onFunction("InvokeAsync"),
  InvokeWithResponseStream: onFunction("InvokeFunction"),
};
