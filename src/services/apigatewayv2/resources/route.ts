/** AWS::ApiGatewayV2::Route. */
import type { AuthorizationType } from "@aws-sdk/client-apigatewayv2";
import {
  choice,
  flag,
  given,
  present,
  requiredText,
  text,
  textMap,
  texts,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import type { ResourceType } from "../../../service.ts";
import { unlessNotFound } from "./tags.ts";

export const route: ResourceType = {
  properties: [
    "ApiId",
    "ApiKeyRequired",
    "AuthorizationScopes",
    "AuthorizationType",
    "AuthorizerId",
    "ModelSelectionExpression",
    "OperationName",
    "RequestModels",
    "RouteKey",
    "RouteResponseSelectionExpression",
    "Target",
  ],
  required: ["ApiId", "RouteKey"],
  replaceOn: ["ApiId"],
  identifiers: ["ApiId", "RouteId"],
  physicalIdOf: (_, { RouteId = "" }) => RouteId,

  async create(context, { properties, retried }) {
    const ApiId = requiredText(properties, "ApiId");
    const RouteKey = requiredText(properties, "RouteKey");
    const input = { ApiId, RouteKey, ...settingsOf(properties) };
    const made = await context.call("apigatewayv2", "CreateRoute", input).catch(async (error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
      const { Items = [] } = await context.call("apigatewayv2", "GetRoutes", { ApiId });
      return { RouteId: Items.find((one) => one.RouteKey === RouteKey)?.RouteId };
    });
    const { RouteId = "" } = made;
    return { status: "SUCCESS", physicalId: RouteId, attributes: { RouteId } };
  },

  async update(context, { physicalId: RouteId, previousProperties, properties }) {
    await context.call("apigatewayv2", "UpdateRoute", {
      ApiId: requiredText(properties, "ApiId"),
      RouteId,
      RouteKey: requiredText(properties, "RouteKey"),
      ...cleared(properties, previousProperties),
      ...settingsOf(properties),
    });
    return { status: "SUCCESS", physicalId: RouteId, attributes: { RouteId } };
  },

  async read(context, { physicalId: RouteId, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const call = context.call("apigatewayv2", "GetRoute", { ApiId, RouteId });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    const { ApiKeyRequired, AuthorizationScopes, AuthorizationType, AuthorizerId, OperationName, RouteKey, Target } =
      found;
    return {
      physicalId: RouteId,
      properties: present({
        ApiId,
        ApiKeyRequired,
        AuthorizationScopes: unlessEmpty(AuthorizationScopes),
        AuthorizationType,
        AuthorizerId,
        OperationName,
        RouteKey,
        Target,
      }),
      attributes: { RouteId },
    };
  },

  delete: (context, { physicalId: RouteId, properties }) =>
    unlessNotFound(context.call("apigatewayv2", "DeleteRoute", { ApiId: requiredText(properties, "ApiId"), RouteId })),
};

function settingsOf(properties: Properties) {
  return {
    ...given("ApiKeyRequired", flag(properties, "ApiKeyRequired")),
    ...given("AuthorizationScopes", texts(properties, "AuthorizationScopes")),
    ...given("AuthorizationType", choice<AuthorizationType>(properties, "AuthorizationType")),
    ...given("AuthorizerId", text(properties, "AuthorizerId")),
    ...given("ModelSelectionExpression", text(properties, "ModelSelectionExpression")),
    ...given("OperationName", text(properties, "OperationName")),
    ...given("RequestModels", textMap(properties, "RequestModels")),
    ...given("RouteResponseSelectionExpression", text(properties, "RouteResponseSelectionExpression")),
    ...given("Target", text(properties, "Target")),
  };
}

/** What the template says no more. */
function cleared(properties: Properties, previous: Properties) {
  const gone = (name: string): boolean => previous[name] !== undefined && properties[name] === undefined;
  return {
    ...(gone("AuthorizationType") ? { AuthorizationType: "NONE" as const } : {}),
    ...(gone("AuthorizationScopes") ? { AuthorizationScopes: [] } : {}),
    ...(gone("OperationName") ? { OperationName: "" } : {}),
    ...(gone("Target") ? { Target: "" } : {}),
  };
}
