/** Lambda's verbs, each in the file of its noun. */
import type { Engine } from "./engine.ts";
import * as aliases from "./operations/aliases.ts";
import { createFunction } from "./operations/create-function.ts";
import {
  deleteFunction,
  GetAccountSettings,
  GetFunction,
  GetFunctionConfiguration,
  ListFunctions,
  ListVersionsByFunction,
  publishVersion,
} from "./operations/functions.ts";
import { invoke, invokeAsync, invokeWithResponseStream } from "./operations/invoke.ts";
import * as invokeConfigs from "./operations/invoke-configs.ts";
import {
  AddLayerVersionPermission,
  deleteLayerVersion,
  GetLayerVersion,
  GetLayerVersionByArn,
  GetLayerVersionPolicy,
  ListLayers,
  ListLayerVersions,
  publishLayerVersion,
  RemoveLayerVersionPermission,
} from "./operations/layers.ts";
import { AddPermission, GetPolicy, RemovePermission } from "./operations/permissions.ts";
import * as settings from "./operations/settings.ts";
import { updateFunctionCode, updateFunctionConfiguration } from "./operations/update-function.ts";
import {
  CreateFunctionUrlConfig,
  DeleteFunctionUrlConfig,
  GetFunctionUrlConfig,
  ListFunctionUrlConfigs,
  UpdateFunctionUrlConfig,
} from "./operations/urls.ts";

/** The operations of one cloud, whose environments they share. */
export function operations(engine: Engine) {
  return {
    CreateFunction: createFunction(engine),
    UpdateFunctionCode: updateFunctionCode(engine),
    UpdateFunctionConfiguration: updateFunctionConfiguration(engine),
    GetFunction,
    GetFunctionConfiguration,
    ListFunctions,
    ListVersionsByFunction,
    PublishVersion: publishVersion(engine),
    DeleteFunction: deleteFunction(engine),
    GetAccountSettings,
    ...aliases,
    AddPermission,
    RemovePermission,
    GetPolicy,
    PublishLayerVersion: publishLayerVersion(engine),
    GetLayerVersion,
    GetLayerVersionByArn,
    ListLayerVersions,
    ListLayers,
    DeleteLayerVersion: deleteLayerVersion(engine),
    AddLayerVersionPermission,
    RemoveLayerVersionPermission,
    GetLayerVersionPolicy,
    ...settings,
    ...invokeConfigs,
    CreateFunctionUrlConfig,
    UpdateFunctionUrlConfig,
    GetFunctionUrlConfig,
    DeleteFunctionUrlConfig,
    ListFunctionUrlConfigs,
    Invoke: invoke(engine),
    InvokeAsync: invokeAsync(engine),
    InvokeWithResponseStream: invokeWithResponseStream(engine),
  };
}
