/** Deployments: snapshots of an API's definition. */
import type { Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { patched, replaced } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import {
  apiOf,
  definitionOf,
  deploymentOf,
  deployments,
  snapshots,
  stages,
  type ApiRow,
  type Definition,
  type DeploymentRow,
  type Snapshot,
} from "../state.ts";
import { newId } from "./apis.ts";
import { newStage } from "./stages.ts";

function shown({ createdAt, ...row }: DeploymentRow): Output<Sdk, "GetDeployment"> {
  const description = row.description === "" ? undefined : row.description;
  return { ...row, description, createdDate: new Date(createdAt) };
}

function summaryOf({ definition }: Snapshot): NonNullable<Output<Sdk, "GetDeployment">["apiSummary"]> {
  const resources = Object.values(definition.resources).filter(({ methods }) => Object.keys(methods).length > 0);
  return Object.fromEntries(
    resources.map(({ path, methods }) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([name, { authorizationType, apiKeyRequired = false }]) => [
          name,
          { authorizationType, apiKeyRequired },
        ]),
      ),
    ]),
  );
}

/** What would be served now. Raises BadRequestException where there is nothing to serve, or a method that does nothing. */
function checkedSnapshot(context: ServiceContext, restApiId: string): Snapshot {
  const api = apiOf(context, restApiId);
  const definition = definitionOf(context, restApiId);
  const methods = Object.values(definition.resources).flatMap((node) => Object.values(node.methods));
  if (methods.length === 0) badRequest("The REST API doesn't contain any methods");
  if (methods.some(({ methodIntegration }) => methodIntegration === undefined)) {
    badRequest("No integration defined for method");
  }
  return snapshotOf(api, definition);
}

/** A definition with those settings of its API that take effect with it. */
export function snapshotOf(api: ApiRow, definition: Definition): Snapshot {
  return {
    definition,
    binaryMediaTypes: api.binaryMediaTypes ?? [],
    minimumCompressionSize: api.minimumCompressionSize,
    apiKeySource: api.apiKeySource ?? "HEADER",
    policy: api.policy,
  };
}

export const deploymentOperations = {
  CreateDeployment(context, input) {
    const { restApiId, stageName, description, canarySettings, variables, stageDescription } = input;
    const snapshot = checkedSnapshot(context, restApiId);
    const row: DeploymentRow = { id: newId(context), description, createdAt: context.now };
    context.table(deployments).put([restApiId, row.id], row);
    context.table(snapshots).put([restApiId, row.id], snapshot);
    if (stageName !== undefined && stageName !== "") {
      const stage = context.table(stages).get(restApiId, stageName);
      if (canarySettings !== undefined) {
        if (stage === undefined) badRequest("Canary settings can only be given for a stage that exists");
        const settings = { ...canarySettings, deploymentId: row.id };
        context
          .table(stages)
          .put([restApiId, stageName], { ...stage, canarySettings: settings, updatedAt: context.now });
      } else if (stage?.canarySettings !== undefined) {
        badRequest(
          "The stage has a canary release: it cannot have another deployment until the canary is removed, unless canary settings are given",
        );
      } else if (stage === undefined) {
        const { cacheClusterEnabled, cacheClusterSize, tracingEnabled } = input;
        const settings = { restApiId, stageName, deploymentId: row.id, description: stageDescription, variables };
        newStage(context, { ...settings, cacheClusterEnabled, cacheClusterSize, tracingEnabled });
      } else {
        const said = {
          ...(variables === undefined ? {} : { variables }),
          ...(stageDescription === undefined ? {} : { description: stageDescription }),
        };
        context
          .table(stages)
          .put([restApiId, stageName], { ...stage, ...said, deploymentId: row.id, updatedAt: context.now });
      }
    }
    return shown(row);
  },

  GetDeployment(context, input) {
    const { restApiId, deploymentId } = input;
    const row = deploymentOf(context, restApiId, deploymentId);
    const embed = input.embed?.includes("apisummary") ?? false;
    const snapshot = embed ? context.table(snapshots).get(restApiId, deploymentId) : undefined;
    return snapshot === undefined ? shown(row) : { ...shown(row), apiSummary: summaryOf(snapshot) };
  },

  GetDeployments(context, input) {
    apiOf(context, input.restApiId);
    const { items, position } = pageOf(context.table(deployments).list([input.restApiId]), input);
    return { items: items.map(shown), position };
  },

  UpdateDeployment(context, input) {
    const { restApiId, deploymentId, patchOperations } = input;
    const row = patched(deploymentOf(context, restApiId, deploymentId), patchOperations, {
      "/description": replaced(),
    });
    context.table(deployments).put([restApiId, deploymentId], row);
    return shown(row);
  },

  DeleteDeployment(context, input) {
    const { restApiId, deploymentId } = input;
    deploymentOf(context, restApiId, deploymentId);
    for (const stage of context.table(stages).list([restApiId])) {
      if (stage.deploymentId === deploymentId || stage.canarySettings?.deploymentId === deploymentId) {
        badRequest("Active stages pointing to this deployment must be moved or deleted");
      }
    }
    context.table(deployments).remove(restApiId, deploymentId);
    context.table(snapshots).remove(restApiId, deploymentId);
    return {};
  },
} satisfies Operations<Sdk>;
