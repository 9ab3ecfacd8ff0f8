/** Gateway responses: what API Gateway itself answers, as an API has it. One that was not customized is the usual one. */
import type { Operations } from "../../../service.ts";
import { badRequest, notFound } from "../errors.ts";
import { GATEWAY_RESPONSE_TYPES, usualResponse } from "../gateway-responses.ts";
import { anyOp, patched, replaced } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { present } from "../shown.ts";
import { apiOf, definitionOf, edit, type GatewayResponse } from "../state.ts";
import { pageOf } from "../paging.ts";
import { invalidMapping } from "./methods.ts";

const PATCHABLE = {
  "/statusCode": replaced(),
  "/responseParameters/*": anyOp(),
  "/responseTemplates/*": anyOp(),
};

/** AWS page "Gateway responses in API Gateway": headers, from the request, the context, stage variables or a text. */
const SOURCE =
  /^(?:'[^']*'|(?:context|stageVariables)\.\S+|method\.request\.(?:header|querystring|path|multivalueheader|multivaluequerystring)\.\S+)$/;

/** Raises BadRequestException. */
function checked(response: GatewayResponse): GatewayResponse {
  const { statusCode, responseParameters = {} } = response;
  if (statusCode !== undefined && !/^[1-5]\d\d$/.test(statusCode)) badRequest("Invalid status code specified");
  for (const [target, source] of Object.entries(responseParameters)) {
    if (!/^gatewayresponse\.header\.[^\s.]+$/.test(target)) invalidMapping(target);
    if (!SOURCE.test(source)) invalidMapping(source);
  }
  return present({ ...response, defaultResponse: false });
}

export const gatewayResponseOperations = {
  PutGatewayResponse(context, { restApiId, responseType, ...given }) {
    apiOf(context, restApiId);
    return edit(context, restApiId, (definition) => {
      const usual = usualResponse(responseType);
      const {
        statusCode = usual.statusCode,
        responseParameters = {},
        responseTemplates = usual.responseTemplates,
      } = given;
      const response = checked({ responseType, statusCode, responseParameters, responseTemplates });
      definition.gatewayResponses[responseType] = response;
      return response;
    });
  },

  GetGatewayResponse: (context, { restApiId, responseType }) =>
    definitionOf(context, restApiId).gatewayResponses[responseType] ?? usualResponse(responseType),

  GetGatewayResponses(context, { restApiId, position, limit }) {
    const { gatewayResponses } = definitionOf(context, restApiId);
    const all = GATEWAY_RESPONSE_TYPES.map((type) => gatewayResponses[type] ?? usualResponse(type));
    return pageOf(all, { position, limit });
  },

  UpdateGatewayResponse: (context, { restApiId, responseType, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const before = definition.gatewayResponses[responseType] ?? usualResponse(responseType);
      const response = checked(patched(before, patchOperations, PATCHABLE));
      definition.gatewayResponses[responseType] = response;
      return response;
    }),

  DeleteGatewayResponse: (context, { restApiId, responseType }) =>
    edit(context, restApiId, (definition) => {
      if (definition.gatewayResponses[responseType] === undefined) {
        notFound("Gateway response type not defined on api");
      }
      delete definition.gatewayResponses[responseType];
      return {};
    }),
} satisfies Operations<Sdk>;
