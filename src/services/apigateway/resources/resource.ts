/** AWS::ApiGateway::Resource. */
import { isAwsError } from "../../../kernel/errors.ts";
import { present, requiredText, unlessMissing } from "../../../resource.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";

export const resource: ResourceType = {
  properties: ["ParentId", "PathPart", "RestApiId"],
  required: ["ParentId", "PathPart", "RestApiId"],
  replaceOn: ["ParentId", "PathPart", "RestApiId"],
  identifiers: ["RestApiId", "ResourceId"],
  physicalIdOf: (_, { ResourceId = "" }) => ResourceId,

  async create(context, { properties, retried }) {
    const place = {
      restApiId: requiredText(properties, "RestApiId"),
      parentId: requiredText(properties, "ParentId"),
      pathPart: requiredText(properties, "PathPart"),
    };
    const made = context.call("apigateway", "CreateResource", place);
    const { id = "" } = await made.catch(async (error: unknown) => {
      const earlier =
        retried && isAwsError(error, "ConflictException") ? await earlierResource(context, place) : undefined;
      if (earlier === undefined) throw error;
      return earlier;
    });
    return { status: "SUCCESS", physicalId: id, attributes: { ResourceId: id } };
  },

  update: async (_, { physicalId }) => ({
    status: "SUCCESS",
    physicalId,
    attributes: { ResourceId: physicalId },
  }),

  delete: (context, { properties, physicalId: resourceId }) =>
    unlessGone(
      context.call("apigateway", "DeleteResource", { restApiId: requiredText(properties, "RestApiId"), resourceId }),
    ),

  async read(context, { physicalId: resourceId, properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const found = await unlessMissing(context.call("apigateway", "GetResource", { restApiId, resourceId }), NOT_FOUND);
    if (found === undefined) return undefined;
    return {
      physicalId: resourceId,
      properties: present({ RestApiId: restApiId, ParentId: found.parentId, PathPart: found.pathPart }),
      attributes: { ResourceId: resourceId },
    };
  },
};

async function earlierResource(
  context: ResourceContext,
  {
    restApiId,
    parentId,
    pathPart,
  }: { readonly restApiId: string; readonly parentId: string; readonly pathPart: string },
) {
  const { items = [] } = await context.call("apigateway", "GetResources", { restApiId, limit: 500 });
  return items.find((one) => one.parentId === parentId && one.pathPart === pathPart);
}
