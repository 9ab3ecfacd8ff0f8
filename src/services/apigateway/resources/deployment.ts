/** AWS::ApiGateway::Deployment: a snapshot, and with StageName the stage that serves it. */
import { isAwsError } from "../../../kernel/errors.ts";
import {
  given,
  present,
  requiredText,
  structure,
  text,
  textMap,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { membersOf } from "./members.ts";
import { methodSettings, settleStage, stageMembers } from "./stage-settings.ts";

export const deployment: ResourceType = {
  properties: ["DeploymentCanarySettings", "Description", "RestApiId", "StageDescription", "StageName"],
  unsupported: [
    "StageDescription.ClientCertificateId",
    "StageDescription.DocumentationVersion",
    "StageDescription.CacheDataEncrypted",
    "StageDescription.CacheTtlInSeconds",
    "StageDescription.CachingEnabled",
  ],
  required: ["RestApiId"],
  replaceOn: ["DeploymentCanarySettings", "RestApiId"],
  identifiers: ["DeploymentId", "RestApiId"],
  physicalIdOf: (_, identifiers) => identifiers["DeploymentId"] ?? "",
  writeOnly: ["StageDescription", "StageName", "DeploymentCanarySettings"],

  async create(context, { properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const canary = structure(properties, "DeploymentCanarySettings");
    const stageName = text(properties, "StageName");
    const made = await context.call("apigateway", "CreateDeployment", {
      restApiId,
      ...given("description", text(properties, "Description")),
      ...given("stageName", stageName),
      ...given("canarySettings", canary && membersOf(canary)),
    });
    const deploymentId = made.id ?? "";
    try {
      await describeStage(context, properties, deploymentId);
    } catch (error) {
      // A deployment whose stage was refused a part was not made.
      if (stageName !== undefined) await removeStage(context, restApiId, stageName, deploymentId);
      await unlessGone(context.call("apigateway", "DeleteDeployment", { restApiId, deploymentId }));
      throw error;
    }
    return { status: "SUCCESS", physicalId: deploymentId, attributes: { DeploymentId: deploymentId } };
  },

  async update(context, { properties, previousProperties, physicalId: deploymentId }) {
    const restApiId = requiredText(properties, "RestApiId");
    const value = text(properties, "Description") ?? "";
    const patchOperations = [{ op: "replace" as const, path: "/description", value }];
    await context.call("apigateway", "UpdateDeployment", { restApiId, deploymentId, patchOperations });
    const [stageName, before] = [text(properties, "StageName"), text(previousProperties, "StageName")];
    if (stageName !== undefined && stageName !== before) {
      await context
        .call("apigateway", "CreateStage", { restApiId, stageName, deploymentId })
        .catch((error: unknown) => {
          if (!isAwsError(error, "ConflictException")) throw error;
        });
    }
    await describeStage(context, properties, deploymentId);
    if (before !== undefined && before !== stageName) await removeStage(context, restApiId, before, deploymentId);
    return { status: "SUCCESS", physicalId: deploymentId, attributes: { DeploymentId: deploymentId } };
  },

  async delete(context, { properties, physicalId: deploymentId }) {
    const restApiId = requiredText(properties, "RestApiId");
    const stageName = text(properties, "StageName");
    if (stageName !== undefined) await removeStage(context, restApiId, stageName, deploymentId);
    return unlessGone(context.call("apigateway", "DeleteDeployment", { restApiId, deploymentId }));
  },

  async read(context, { physicalId: deploymentId, properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const found = await unlessMissing(
      context.call("apigateway", "GetDeployment", { restApiId, deploymentId }),
      NOT_FOUND,
    );
    if (found === undefined) return undefined;
    const shown = present({
      RestApiId: restApiId,
      Description: found.description === "" ? undefined : found.description,
    });
    return { physicalId: deploymentId, properties: shown, attributes: { DeploymentId: deploymentId } };
  },
};

/** What of a StageDescription is the settings of all methods. */
const OF_METHODS = [
  "DataTraceEnabled",
  "LoggingLevel",
  "MetricsEnabled",
  "ThrottlingBurstLimit",
  "ThrottlingRateLimit",
];

async function describeStage(context: ResourceContext, properties: Properties, deploymentId: string): Promise<void> {
  const stageName = text(properties, "StageName");
  if (stageName === undefined || properties["DeploymentCanarySettings"] !== undefined) return;
  const description = structure(properties, "StageDescription") ?? {};
  const all = Object.entries(description).filter(([name]) => OF_METHODS.includes(name));
  const settings = all.length === 0 ? {} : { "*/*": membersOf(Object.fromEntries(all)) };
  const where = { restApiId: requiredText(properties, "RestApiId"), stageName };
  const variables = textMap(description, "Variables");
  const wanted = { ...stageMembers(description), deploymentId, ...given("variables", variables) };
  await settleStage(context, where, wanted, { ...settings, ...methodSettings(description) });
}

/** A stage that this deployment made goes with it, unless it serves another one by now. */
async function removeStage(
  context: ResourceContext,
  restApiId: string,
  stageName: string,
  deploymentId: string,
): Promise<void> {
  const found = await unlessMissing(context.call("apigateway", "GetStage", { restApiId, stageName }), NOT_FOUND);
  if (found?.deploymentId === deploymentId) await context.call("apigateway", "DeleteStage", { restApiId, stageName });
}
