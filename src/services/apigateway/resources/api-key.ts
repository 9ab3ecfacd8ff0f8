/** AWS::ApiGateway::ApiKey. */
import { flag, given, present, requiredText, shownTags, structures, text, unlessMissing } from "../../../resource.ts";
import type { Properties } from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";
import type { PatchOperation } from "../patch.ts";
import { arnOf } from "../state.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { isOwn, tagsOf, updateTags } from "./tagging.ts";

export const apiKey: ResourceType = {
  properties: ["CustomerId", "Description", "Enabled", "GenerateDistinctId", "Name", "StageKeys", "Tags", "Value"],
  replaceOn: ["GenerateDistinctId", "Name", "Value"],
  nameProperty: "Name",
  identifiers: ["APIKeyId"],
  writeOnly: ["GenerateDistinctId"],

  async create(context, request) {
    const { properties } = request;
    const earlier = request.retried ? await earlierKey(context, request) : undefined;
    const made =
      earlier ??
      (await context.call("apigateway", "CreateApiKey", {
        name: text(properties, "Name") ?? request.generatedName(),
        enabled: flag(properties, "Enabled") ?? false,
        ...given("customerId", text(properties, "CustomerId")),
        ...given("description", text(properties, "Description")),
        ...given("generateDistinctId", flag(properties, "GenerateDistinctId")),
        ...given("value", text(properties, "Value")),
        stageKeys: stagesOf(properties),
        tags: tagsOf(request),
      }));
    const id = made.id ?? "";
    return { status: "SUCCESS", physicalId: id, attributes: { APIKeyId: id } };
  },

  async update(context, request) {
    const { properties, physicalId: id } = request;
    const { stageKeys = [] } = await context.call("apigateway", "GetApiKey", { apiKey: id });
    const wanted = stagesOf(properties).map(({ restApiId, stageName }) => `${restApiId}/${stageName}`);
    const values = {
      customerId: text(properties, "CustomerId") ?? "",
      description: text(properties, "Description") ?? "",
      enabled: String(flag(properties, "Enabled") ?? false),
    };
    const ofStages = (op: "add" | "remove", names: readonly string[]): PatchOperation[] =>
      names.map((value) => ({ op, path: "/stages", value }));
    await context.call("apigateway", "UpdateApiKey", {
      apiKey: id,
      patchOperations: [
        ...Object.entries(values).map(([name, value]) => ({ op: "replace" as const, path: `/${name}`, value })),
        ...ofStages(
          "remove",
          stageKeys.filter((one) => !wanted.includes(one)),
        ),
        ...ofStages(
          "add",
          wanted.filter((one) => !stageKeys.includes(one)),
        ),
      ],
    });
    await updateTags(context, request, arnOf(context, `/apikeys/${id}`));
    return { status: "SUCCESS", physicalId: id, attributes: { APIKeyId: id } };
  },

  delete: (context, { physicalId }) => unlessGone(context.call("apigateway", "DeleteApiKey", { apiKey: physicalId })),

  async read(context, { physicalId }) {
    const call = context.call("apigateway", "GetApiKey", { apiKey: physicalId, includeValue: true });
    const found = await unlessMissing(call, NOT_FOUND);
    if (found === undefined) return undefined;
    const { customerId, description, enabled, name, stageKeys = [], tags, value } = found;
    return {
      physicalId,
      properties: present({
        CustomerId: customerId === "" ? undefined : customerId,
        Description: description === "" ? undefined : description,
        Enabled: enabled,
        Name: name,
        StageKeys: stageKeys.length === 0 ? undefined : stageKeys.map(stageOf),
        Tags: shownTags(tags),
        Value: value,
      }),
      attributes: { APIKeyId: physicalId },
    };
  },
};

async function earlierKey(context: ResourceContext, request: ResourceRequest) {
  const { items = [] } = await context.call("apigateway", "GetApiKeys", { limit: 500 });
  return items.find(({ tags }) => isOwn(request, tags));
}

function stagesOf(properties: Properties) {
  return structures(properties, "StageKeys").map((one) => ({
    restApiId: requiredText(one, "RestApiId"),
    stageName: requiredText(one, "StageName"),
  }));
}

function stageOf(key: string) {
  const [RestApiId, StageName] = key.split("/");
  return { RestApiId, StageName };
}
