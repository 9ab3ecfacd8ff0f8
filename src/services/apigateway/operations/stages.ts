/** Stages: which deployment is served under a name, with which variables, settings and canary. */
import type { Input, Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest, conflict, unsupported } from "../errors.ts";
import { patchedStage } from "../stage-patch.ts";
import type { Sdk } from "../sdk.ts";
import {
  accounts,
  apiOf,
  authorizerFlushes,
  deploymentOf,
  mappings,
  stageOf,
  stages,
  type StageRow,
} from "../state.ts";
import { forgetStages } from "./usage-plans.ts";

export function shownStage({ createdAt, updatedAt, ...row }: StageRow): Output<Sdk, "GetStage"> {
  const variables = Object.keys(row.variables ?? {}).length === 0 ? undefined : row.variables;
  return { ...row, variables, createdDate: new Date(createdAt), lastUpdatedDate: new Date(updatedAt) };
}

/** Makes a stage; inside a transaction. */
export function newStage(context: ServiceContext, input: Input<Sdk, "CreateStage">): StageRow {
  const { restApiId, stageName, deploymentId } = input;
  deploymentOf(context, restApiId, deploymentId);
  if (!/^[\w-]{1,128}$/.test(stageName)) badRequest("Stage name only allows a-zA-Z0-9_-");
  if (context.table(stages).has(restApiId, stageName)) conflict("Stage already exists");
  if (input.documentationVersion !== undefined) unsupported("documentationVersion", "there is no documentation");
  const row = checkedStage(context, restApiId, {
    stageName,
    deploymentId,
    description: input.description,
    cacheClusterEnabled: input.cacheClusterEnabled ?? false,
    cacheClusterStatus: "NOT_AVAILABLE",
    methodSettings: {},
    variables: input.variables,
    canarySettings: input.canarySettings && {
      percentTraffic: 0,
      useStageCache: false,
      deploymentId,
      ...input.canarySettings,
    },
    tracingEnabled: input.tracingEnabled ?? false,
    tags: input.tags ?? {},
    createdAt: context.now,
    updatedAt: context.now,
  });
  context.table(stages).put([restApiId, stageName], row);
  return row;
}

/** AWS page "API Gateway stage variables reference": what a value may hold. */
const VARIABLE = /^[A-Za-z0-9\-._~:/?#&=,]*$/;

function checkedStage(context: ServiceContext, restApiId: string, row: StageRow): StageRow {
  if (row.cacheClusterEnabled === true) unsupported("cache clusters", "responses are not cached here");
  for (const [name, value] of Object.entries({ ...row.variables, ...row.canarySettings?.stageVariableOverrides })) {
    if (!/^\w+$/.test(name)) badRequest(`Stage variable name '${name}' must be alphanumeric or an underscore`);
    if (!VARIABLE.test(value)) {
      badRequest(
        `Stage variable value for ${name} is invalid. Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
      );
    }
  }
  deploymentOf(context, restApiId, row.deploymentId);
  const { canarySettings } = row;
  if (canarySettings?.deploymentId !== undefined) deploymentOf(context, restApiId, canarySettings.deploymentId);
  const { percentTraffic = 0 } = canarySettings ?? {};
  if (percentTraffic < 0 || percentTraffic > 100) badRequest("Percent traffic must be between 0 and 100");
  const settings = Object.values(row.methodSettings ?? {});
  if (settings.some(({ cachingEnabled }) => cachingEnabled === true)) {
    unsupported("caching", "responses are not cached here");
  }
  const logs = settings.some(({ loggingLevel = "OFF" }) => loggingLevel !== "OFF");
  if (logs && context.table(accounts).get("account")?.cloudwatchRoleArn === undefined) {
    badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
  }
  const { destinationArn } = row.accessLogSettings ?? {};
  if (destinationArn !== undefined && !/^arn:aws:logs:[^:]*:\d{12}:log-group:[^:]+(:\*)?$/.test(destinationArn)) {
    if (destinationArn.startsWith("arn:aws:firehose:")) unsupported("access logs to Firehose", "there is no Firehose");
    badRequest("Invalid ARN specified in the request. ARNs must start with 'arn:'");
  }
  return row;
}

export const stageOperations = {
  CreateStage: (context, input) => shownStage(newStage(context, input)),

  GetStage: (context, input) => shownStage(stageOf(context, input.restApiId, input.stageName)),

  GetStages(context, input) {
    apiOf(context, input.restApiId);
    const all = [...context.table(stages).list([input.restApiId])];
    const wanted = all.filter((row) => input.deploymentId === undefined || row.deploymentId === input.deploymentId);
    return { item: wanted.map(shownStage) };
  },

  UpdateStage(context, input) {
    const { restApiId, stageName, patchOperations } = input;
    const row = patchedStage(stageOf(context, restApiId, stageName), patchOperations);
    const whole = { ...checkedStage(context, restApiId, row), updatedAt: context.now };
    context.table(stages).put([restApiId, stageName], whole);
    return shownStage(whole);
  },

  DeleteStage(context, input) {
    const { restApiId, stageName } = input;
    stageOf(context, restApiId, stageName);
    for (const [, mapping] of context.table(mappings).entries()) {
      if (mapping.restApiId === restApiId && mapping.stage === stageName) {
        badRequest(
          "Please remove all base path mappings related to the API's stages in your domains before deleting it",
        );
      }
    }
    context.table(stages).remove(restApiId, stageName);
    forgetStages(context, restApiId, stageName);
    context.table(authorizerFlushes).remove(restApiId, stageName);
    return {};
  },

  // There is no cache of responses: an empty one is flushed.
  FlushStageCache(context, input) {
    stageOf(context, input.restApiId, input.stageName);
    return {};
  },

  FlushStageAuthorizersCache(context, { restApiId, stageName }) {
    stageOf(context, restApiId, stageName);
    const table = context.table(authorizerFlushes);
    table.put([restApiId, stageName], (table.get(restApiId, stageName) ?? 0) + 1);
    return {};
  },
} satisfies Operations<Sdk>;
