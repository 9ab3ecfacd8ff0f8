/** AWS::ApiGateway::GatewayResponse. Its id says whose it is and of which type: both are all that tells it from others. */
import { AwsError } from "../../../kernel/errors.ts";
import {
  choice,
  given,
  present,
  requiredText,
  text,
  textMap,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import type { GatewayResponseType } from "../gateway-responses.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";

export const gatewayResponse: ResourceType = {
  properties: ["ResponseParameters", "ResponseTemplates", "ResponseType", "RestApiId", "StatusCode"],
  required: ["ResponseType", "RestApiId"],
  replaceOn: ["ResponseType", "RestApiId"],
  identifiers: ["Id"],
  physicalIdOf: (_, { Id = "" }) => Id,

  create: async (context, { properties, retried }) => {
    const { defaultResponse } = await context.call("apigateway", "GetGatewayResponse", placeOf(properties));
    if (defaultResponse === false && !retried) {
      throw new AwsError(
        "AlreadyExists",
        `Gateway response ${requiredText(properties, "ResponseType")} already exists in ${requiredText(properties, "RestApiId")}`,
      );
    }
    return put(context, properties);
  },

  update: (context, { properties }) => put(context, properties),

  delete: (context, { properties }) =>
    unlessGone(context.call("apigateway", "DeleteGatewayResponse", placeOf(properties))),

  async read(context, { physicalId }) {
    const [RestApiId = "", ResponseType = ""] = physicalId.split("|");
    const asked = context.call("apigateway", "GetGatewayResponse", placeOf({ RestApiId, ResponseType }));
    const found = await unlessMissing(asked, NOT_FOUND);
    if (found === undefined || found.defaultResponse === true) return undefined;
    return {
      physicalId,
      properties: present({
        RestApiId,
        ResponseType,
        ResponseParameters: unlessEmpty(found.responseParameters),
        ResponseTemplates: unlessEmpty(found.responseTemplates),
        StatusCode: found.statusCode,
      }),
      attributes: { Id: physicalId },
    };
  },
};

function placeOf(properties: Properties) {
  const responseType = choice<GatewayResponseType>(properties, "ResponseType") ?? "DEFAULT_4XX";
  return { restApiId: requiredText(properties, "RestApiId"), responseType };
}

async function put(context: ResourceContext, properties: Properties): Promise<Progress> {
  const { restApiId, responseType } = placeOf(properties);
  await context.call("apigateway", "PutGatewayResponse", {
    restApiId,
    responseType,
    ...given("statusCode", text(properties, "StatusCode")),
    ...given("responseParameters", textMap(properties, "ResponseParameters")),
    ...given("responseTemplates", textMap(properties, "ResponseTemplates")),
  });
  const id = [restApiId, responseType].join("|");
  return { status: "SUCCESS", physicalId: id, attributes: { Id: id } };
}
