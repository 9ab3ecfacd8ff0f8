/** Integrations and their responses: what stands behind a method. */
import type { Operations } from "../../../service.ts";
import { badRequest, notFound, unsupported } from "../errors.ts";
import { anyOp, members, patched, replaced, type Patchable } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { present } from "../shown.ts";
import {
  definitionOf,
  edit,
  integrationOf,
  methodOf,
  type Integration,
  type IntegrationResponse,
  type Method,
} from "../state.ts";
import { invalidMapping } from "./methods.ts";

const INTEGRATION: Patchable = {
  "/cacheKeyParameters/*": members,
  "/cacheNamespace": replaced(),
  "/connectionId": replaced(),
  "/connectionType": replaced(),
  "/contentHandling": replaced(),
  "/credentials": replaced(),
  "/httpMethod": replaced(),
  "/passthroughBehavior": replaced(),
  "/requestParameters/*": anyOp(),
  "/requestTemplates/*": anyOp(),
  "/timeoutInMillis": replaced("integer"),
  "/tlsConfig/insecureSkipVerification": replaced("boolean"),
  "/uri": replaced(),
};

const RESPONSE: Patchable = {
  "/contentHandling": replaced(),
  "/responseParameters/*": anyOp(),
  "/responseTemplates/*": anyOp(),
  "/selectionPattern": replaced(),
};

const STATIC = /^'[^']*'$/;
const PASSTHROUGH = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];
const CONVERSIONS = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];

/** Raises BadRequestException for what AWS refuses, NotImplemented for what this cloud cannot do. */
function checked(method: Method, given: Integration): Integration {
  // Said without a value: there is none any more.
  const integration: Integration = {
    ...given,
    contentHandling: unlessBlank(given.contentHandling),
    credentials: given.credentials === "" ? undefined : given.credentials,
  };
  const {
    type,
    uri = "",
    connectionType,
    passthroughBehavior = "",
    timeoutInMillis = 29_000,
    contentHandling,
  } = integration;
  if (connectionType === "VPC_LINK") unsupported("VPC links", "there are no VPCs");
  if (integration.responseTransferMode === "STREAM")
    unsupported("responseTransferMode STREAM", "responses are sent whole");
  if (integration.integrationTarget !== undefined) unsupported("integrationTarget", "there are no VPC links");
  if (type !== "MOCK") {
    if ((integration.httpMethod ?? "") === "") badRequest("Enumeration value for HttpMethod must be non-empty");
    checkUri(type ?? "", uri);
  }
  if (!PASSTHROUGH.includes(passthroughBehavior)) {
    badRequest(`Invalid passthrough behavior specified. Valid values are: [${PASSTHROUGH.join(", ")}]`);
  }
  if (contentHandling !== undefined && !CONVERSIONS.includes(contentHandling)) {
    badRequest(`Invalid content handling strategy specified. Valid values are: [${CONVERSIONS.join(", ")}]`);
  }
  if (timeoutInMillis < 50 || timeoutInMillis > 29_000) badRequest("Timeout should be between 50 ms and 29000 ms");
  for (const [target, source] of Object.entries(integration.requestParameters ?? {})) {
    if (!/^integration\.request\.(?:header|querystring|path)\.\S+$/.test(target)) invalidMapping(target);
    checkSource(source, method);
  }
  return integration;
}

/** A patch may say an empty text for nothing. */
function unlessBlank<Text extends string>(given: Text | undefined): Text | undefined {
  return given === undefined || given.length === 0 ? undefined : given;
}

/** Raises BadRequestException. Stage variables may stand anywhere. */
function checkUri(type: string, uri: string): void {
  if (type === "HTTP" || type === "HTTP_PROXY") {
    if (!/^(?:https?:\/\/|\$\{stageVariables\.)\S+$/.test(uri)) badRequest("Invalid HTTP endpoint specified for URI");
    return;
  }
  if (!uri.startsWith("arn:")) badRequest("Invalid ARN specified in the request");
  const [, service = ""] = /^arn:[^:]*:apigateway:[^:]*:([^:]+):(?:path|action)\/./.exec(uri) ?? [];
  if (service === "") badRequest("AWS ARN for integration must contain path or action");
  if (type === "AWS_PROXY" && !["lambda", "firehose"].includes(service)) {
    badRequest(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    );
  }
}

function checkSource(source: string, { requestParameters = {} }: Method): void {
  if (STATIC.test(source) || /^(?:context|stageVariables|method\.request\.body)(?:\.\S+)?$/.test(source)) return;
  const [, kind = "", name = ""] = /^method\.request\.(\w+)\.(\S+)$/.exec(source) ?? [];
  const place = `method.request.${kind.replace(/^multivalue/, "")}.${name}`;
  if (name === "" || (requestParameters[source] === undefined && requestParameters[place] === undefined)) {
    invalidMapping(source);
  }
}

function checkedResponse(method: Method, response: IntegrationResponse): IntegrationResponse {
  const { statusCode = "", responseParameters = {} } = response;
  const declared = method.methodResponses?.[statusCode];
  for (const [target, source] of Object.entries(responseParameters)) {
    if (declared?.responseParameters?.[target] === undefined) invalidMapping(target);
    const isKnown =
      STATIC.test(source) ||
      /^(?:context|stageVariables|integration\.response\.(?:header|body|multivalueheader))(?:\.\S+)?$/.test(source);
    if (!isKnown) invalidMapping(source);
  }
  return { ...response, contentHandling: unlessBlank(response.contentHandling) };
}

function responseOf({ integrationResponses = {} }: Integration, statusCode: string): IntegrationResponse {
  return integrationResponses[statusCode] ?? notFound("Invalid Integration response status code specified");
}

export const integrationOperations = {
  PutIntegration: (context, { restApiId, resourceId, httpMethod, integrationHttpMethod, ...given }) =>
    edit(context, restApiId, (definition) => {
      const method = methodOf(definition, resourceId, httpMethod);
      const integration = checked(method, {
        ...given,
        httpMethod: integrationHttpMethod,
        passthroughBehavior: given.passthroughBehavior ?? "WHEN_NO_MATCH",
        timeoutInMillis: given.timeoutInMillis ?? 29_000,
        cacheNamespace: given.cacheNamespace ?? resourceId,
        cacheKeyParameters: given.cacheKeyParameters ?? [],
      });
      method.methodIntegration = present(integration);
      return method.methodIntegration;
    }),

  GetIntegration: (context, { restApiId, resourceId, httpMethod }) =>
    integrationOf(definitionOf(context, restApiId), resourceId, httpMethod),

  UpdateIntegration: (context, { restApiId, resourceId, httpMethod, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const method = methodOf(definition, resourceId, httpMethod);
      const before = integrationOf(definition, resourceId, httpMethod);
      const isMock = before.type === "MOCK";
      for (const { path } of patchOperations ?? []) {
        if (isMock && (path === "/uri" || path === "/httpMethod")) {
          badRequest(`Invalid patch path '${path}' specified for op 'replace': a MOCK integration has none`);
        }
      }
      method.methodIntegration = present(checked(method, patched(before, patchOperations, INTEGRATION)));
      return method.methodIntegration;
    }),

  DeleteIntegration: (context, { restApiId, resourceId, httpMethod }) =>
    edit(context, restApiId, (definition) => {
      integrationOf(definition, resourceId, httpMethod);
      delete methodOf(definition, resourceId, httpMethod).methodIntegration;
      return {};
    }),

  PutIntegrationResponse: (context, { restApiId, resourceId, httpMethod, ...given }) =>
    edit(context, restApiId, (definition) => {
      const integration = integrationOf(definition, resourceId, httpMethod);
      const method = methodOf(definition, resourceId, httpMethod);
      if (method.methodResponses?.[given.statusCode] === undefined) notFound("Invalid Response status code specified");
      const response = present(checkedResponse(method, given));
      integration.integrationResponses = { ...integration.integrationResponses, [given.statusCode]: response };
      return response;
    }),

  GetIntegrationResponse: (context, { restApiId, resourceId, httpMethod, statusCode }) =>
    responseOf(integrationOf(definitionOf(context, restApiId), resourceId, httpMethod), statusCode),

  UpdateIntegrationResponse: (context, { restApiId, resourceId, httpMethod, statusCode, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const integration = integrationOf(definition, resourceId, httpMethod);
      const changed = patched(responseOf(integration, statusCode), patchOperations, RESPONSE);
      const response = present(checkedResponse(methodOf(definition, resourceId, httpMethod), changed));
      integration.integrationResponses = { ...integration.integrationResponses, [statusCode]: response };
      return response;
    }),

  DeleteIntegrationResponse: (context, { restApiId, resourceId, httpMethod, statusCode }) =>
    edit(context, restApiId, (definition) => {
      const integration = integrationOf(definition, resourceId, httpMethod);
      responseOf(integration, statusCode);
      const { [statusCode]: _, ...rest } = integration.integrationResponses ?? {};
      integration.integrationResponses = Object.keys(rest).length === 0 ? undefined : rest;
      return {};
    }),
} satisfies Operations<Sdk>;
