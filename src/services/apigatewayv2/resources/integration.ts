/** AWS::ApiGatewayV2::Integration. */
import type { ConnectionType, IntegrationType } from "@aws-sdk/client-apigatewayv2";
import {
  choice,
  given,
  number,
  present,
  requiredText,
  structure,
  structures,
  text,
  textMap,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { unlessNotFound } from "./tags.ts";

export const integration: ResourceType = {
  properties: [
    "ApiId",
    "ConnectionId",
    "ConnectionType",
    "ContentHandlingStrategy",
    "CredentialsArn",
    "Description",
    "IntegrationMethod",
    "IntegrationSubtype",
    "IntegrationType",
    "IntegrationUri",
    "PassthroughBehavior",
    "PayloadFormatVersion",
    "RequestParameters",
    "RequestTemplates",
    "ResponseParameters",
    "TemplateSelectionExpression",
    "TimeoutInMillis",
    "TlsConfig",
  ],
  required: ["ApiId", "IntegrationType"],
  replaceOn: ["ApiId"],
  identifiers: ["ApiId", "IntegrationId"],
  physicalIdOf: (_, { IntegrationId = "" }) => IntegrationId,

  async create(context, { properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const input = { ApiId, ...settingsOf(properties) };
    const { IntegrationId = "" } = await context.call("apigatewayv2", "CreateIntegration", input);
    return { status: "SUCCESS", physicalId: IntegrationId, attributes: { IntegrationId } };
  },

  async update(context, { physicalId: IntegrationId, previousProperties, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const before = settingsOf(previousProperties);
    const wanted = settingsOf(properties);
    const gone = (map: object = {}, now: object = {}): string[] => Object.keys(map).filter((key) => !(key in now));
    const RequestParameters = {
      ...Object.fromEntries(gone(before.RequestParameters, wanted.RequestParameters).map((key) => [key, ""])),
      ...wanted.RequestParameters,
    };
    const ResponseParameters = {
      ...Object.fromEntries(gone(before.ResponseParameters, wanted.ResponseParameters).map((key) => [key, {}])),
      ...wanted.ResponseParameters,
    };
    await context.call("apigatewayv2", "UpdateIntegration", {
      ApiId,
      IntegrationId,
      ...cleared(properties, previousProperties),
      ...wanted,
      RequestParameters,
      ResponseParameters,
    });
    return { status: "SUCCESS", physicalId: IntegrationId, attributes: { IntegrationId } };
  },

  async read(context, { physicalId: IntegrationId, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const call = context.call("apigatewayv2", "GetIntegration", { ApiId, IntegrationId });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    return {
      physicalId: IntegrationId,
      properties: present({
        ApiId,
        ConnectionType: found.ConnectionType,
        CredentialsArn: found.CredentialsArn,
        Description: found.Description,
        IntegrationMethod: found.IntegrationMethod,
        IntegrationType: found.IntegrationType,
        IntegrationUri: found.IntegrationUri,
        PayloadFormatVersion: found.PayloadFormatVersion,
        RequestParameters: unlessEmpty(found.RequestParameters),
        ResponseParameters: unlessEmpty(shownResponses(found.ResponseParameters)),
        TimeoutInMillis: found.TimeoutInMillis,
        TlsConfig: found.TlsConfig && { ...found.TlsConfig },
      }),
      attributes: { IntegrationId },
    };
  },

  delete: (context, { physicalId: IntegrationId, properties }) =>
    unlessNotFound(
      context.call("apigatewayv2", "DeleteIntegration", { ApiId: requiredText(properties, "ApiId"), IntegrationId }),
    ),
};

function settingsOf(properties: Properties) {
  const tls = structure(properties, "TlsConfig");
  return {
    IntegrationType: choice<IntegrationType>(properties, "IntegrationType") ?? "AWS_PROXY",
    ...given("ConnectionId", text(properties, "ConnectionId")),
    ...given("ConnectionType", choice<ConnectionType>(properties, "ConnectionType")),
    ...given(
      "ContentHandlingStrategy",
      choice<"CONVERT_TO_BINARY" | "CONVERT_TO_TEXT">(properties, "ContentHandlingStrategy"),
    ),
    ...given("CredentialsArn", text(properties, "CredentialsArn")),
    ...given("Description", text(properties, "Description")),
    ...given("IntegrationMethod", text(properties, "IntegrationMethod")),
    ...given("IntegrationSubtype", text(properties, "IntegrationSubtype")),
    ...given("IntegrationUri", text(properties, "IntegrationUri")),
    ...given(
      "PassthroughBehavior",
      choice<"NEVER" | "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES">(properties, "PassthroughBehavior"),
    ),
    ...given("PayloadFormatVersion", text(properties, "PayloadFormatVersion")),
    ...given("RequestParameters", textMap(properties, "RequestParameters")),
    ...given("RequestTemplates", textMap(properties, "RequestTemplates")),
    ...given("ResponseParameters", responsesOf(structure(properties, "ResponseParameters"))),
    ...given("TemplateSelectionExpression", text(properties, "TemplateSelectionExpression")),
    ...given("TimeoutInMillis", number(properties, "TimeoutInMillis")),
    ...given("TlsConfig", tls && { ...given("ServerNameToVerify", text(tls, "ServerNameToVerify")) }),
  };
}

/** What the template says no more, as AWS has it by default. */
function cleared(properties: Properties, previous: Properties) {
  const gone = (name: string): boolean => previous[name] !== undefined && properties[name] === undefined;
  return {
    ...(gone("CredentialsArn") ? { CredentialsArn: "" } : {}),
    ...(gone("Description") ? { Description: "" } : {}),
    ...(gone("PayloadFormatVersion") ? { PayloadFormatVersion: "1.0" } : {}),
    ...(gone("TimeoutInMillis") ? { TimeoutInMillis: 30_000 } : {}),
  };
}

/** A status code's mappings are a list of `{ Destination, Source }` in a template. */
function responsesOf(codes: Properties | undefined): Record<string, Record<string, string>> | undefined {
  if (codes === undefined) return undefined;
  const read = Object.keys(codes).map((code) => {
    const mappings = structures(structure(codes, code) ?? {}, "ResponseParameters");
    const pairs = mappings.map((one) => [requiredText(one, "Destination"), requiredText(one, "Source")] as const);
    return [code, Object.fromEntries(pairs)] as const;
  });
  return Object.fromEntries(read);
}

function shownResponses(codes: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined) {
  if (codes === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(codes).map(([code, mappings]) => [
      code,
      { ResponseParameters: Object.entries(mappings).map(([Destination, Source]) => ({ Destination, Source })) },
    ]),
  );
}
