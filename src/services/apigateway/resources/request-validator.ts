/** AWS::ApiGateway::RequestValidator. */
import { flag, given, present, requiredText, text, unlessMissing } from "../../../resource.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";

export const requestValidator: ResourceType = {
  properties: ["Name", "RestApiId", "ValidateRequestBody", "ValidateRequestParameters"],
  required: ["RestApiId"],
  replaceOn: ["Name", "RestApiId"],

  async create(context, { properties, retried }) {
    const restApiId = requiredText(properties, "RestApiId");
    const name = text(properties, "Name");
    const earlier = retried ? await earlierId(context, restApiId, name) : undefined;
    const made = await (earlier === undefined
      ? context.call("apigateway", "CreateRequestValidator", {
          restApiId,
          ...given("name", name),
          ...given("validateRequestBody", flag(properties, "ValidateRequestBody")),
          ...given("validateRequestParameters", flag(properties, "ValidateRequestParameters")),
        })
      : { id: earlier });
    const id = made.id ?? "";
    return { status: "SUCCESS", physicalId: id, attributes: { RequestValidatorId: id } };
  },

  async update(context, { properties, physicalId }) {
    const value = (name: string): string => String(flag(properties, name) ?? false);
    await context.call("apigateway", "UpdateRequestValidator", {
      restApiId: requiredText(properties, "RestApiId"),
      requestValidatorId: physicalId,
      patchOperations: [
        { op: "replace", path: "/validateRequestBody", value: value("ValidateRequestBody") },
        { op: "replace", path: "/validateRequestParameters", value: value("ValidateRequestParameters") },
      ],
    });
    return { status: "SUCCESS", physicalId, attributes: { RequestValidatorId: physicalId } };
  },

  delete: (context, { properties, physicalId: requestValidatorId }) =>
    unlessGone(
      context.call("apigateway", "DeleteRequestValidator", {
        restApiId: requiredText(properties, "RestApiId"),
        requestValidatorId,
      }),
    ),

  async read(context, { physicalId, properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const asked = context.call("apigateway", "GetRequestValidator", { restApiId, requestValidatorId: physicalId });
    const found = await unlessMissing(asked, NOT_FOUND);
    if (found === undefined) return undefined;
    return {
      physicalId,
      properties: present({
        RestApiId: restApiId,
        Name: found.name,
        ValidateRequestBody: found.validateRequestBody,
        ValidateRequestParameters: found.validateRequestParameters,
      }),
      attributes: { RequestValidatorId: physicalId },
    };
  },
};

/** Validators have no tags: one of the same name is the one that the earlier attempt made. */
async function earlierId(
  context: ResourceContext,
  restApiId: string,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const { items = [] } = await context.call("apigateway", "GetRequestValidators", { restApiId, limit: 500 });
  return items.find((one) => one.name === name)?.id;
}
