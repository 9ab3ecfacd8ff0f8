/** AWS::ApiGateway::Stage. */
import {
  given,
  present,
  requiredText,
  shownTags,
  text,
  textMap,
  unlessEmpty,
  unlessMissing,
} from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import { arnOf } from "../state.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { propertiesOf } from "./members.ts";
import { methodSettings, settleStage, shownSettings, stageMembers } from "./stage-settings.ts";
import { tagsOf, updateTags } from "./tagging.ts";

export const stage: ResourceType = {
  properties: [
    "AccessLogSetting",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "DeploymentId",
    "Description",
    "MethodSettings",
    "RestApiId",
    "StageName",
    "Tags",
    "TracingEnabled",
    "Variables",
  ],
  required: ["RestApiId"],
  replaceOn: ["RestApiId", "StageName"],
  nameProperty: "StageName",
  identifiers: ["RestApiId", "StageName"],
  physicalIdOf: (_, identifiers) => identifiers["StageName"] ?? "",

  async create(context, request) {
    const { properties } = request;
    const where = {
      restApiId: requiredText(properties, "RestApiId"),
      stageName: text(properties, "StageName") ?? "default",
    };
    const making = context.call("apigateway", "CreateStage", {
      ...where,
      deploymentId: requiredText(properties, "DeploymentId"),
      ...given("description", text(properties, "Description")),
      ...given("variables", textMap(properties, "Variables")),
      ...given("cacheClusterEnabled", stageMembers(properties)["cacheClusterEnabled"] === true ? true : undefined),
      tags: tagsOf(request),
    });
    await making.catch((error: unknown) => {
      if (!request.retried || !isAwsError(error, "ConflictException")) throw error;
    });
    try {
      await settleStage(context, where, stageMembers(properties), methodSettings(properties));
    } catch (error) {
      // A stage of which a part was refused was not made.
      await unlessGone(context.call("apigateway", "DeleteStage", where));
      throw error;
    }
    return { status: "SUCCESS", physicalId: where.stageName };
  },

  async update(context, request) {
    const { properties, physicalId: stageName } = request;
    const where = { restApiId: requiredText(properties, "RestApiId"), stageName };
    await settleStage(context, where, stageMembers(properties), methodSettings(properties));
    await updateTags(context, request, arnOf(context, `/restapis/${where.restApiId}/stages/${stageName}`));
    return { status: "SUCCESS", physicalId: stageName };
  },

  delete: (context, { properties, physicalId: stageName }) =>
    unlessGone(
      context.call("apigateway", "DeleteStage", { restApiId: requiredText(properties, "RestApiId"), stageName }),
    ),

  async read(context, { physicalId: stageName, properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const found = await unlessMissing(context.call("apigateway", "GetStage", { restApiId, stageName }), NOT_FOUND);
    if (found === undefined) return undefined;
    const { deploymentId, description, accessLogSettings, canarySettings, tracingEnabled, variables, tags } = found;
    return {
      physicalId: stageName,
      properties: present({
        RestApiId: restApiId,
        StageName: stageName,
        DeploymentId: deploymentId,
        Description: description,
        AccessLogSetting: accessLogSettings && propertiesOf(accessLogSettings),
        CanarySetting: canarySettings && propertiesOf(canarySettings),
        CacheClusterEnabled: found.cacheClusterEnabled,
        CacheClusterSize: found.cacheClusterSize,
        MethodSettings: unlessEmpty(shownSettings(found)),
        TracingEnabled: tracingEnabled,
        Variables: unlessEmpty(variables),
        Tags: shownTags(tags),
      }),
    };
  },
};
