/** AWS::ApiGatewayV2::Authorizer. */
import type { AuthorizerType } from "@aws-sdk/client-apigatewayv2";
import {
  choice,
  flag,
  given,
  number,
  present,
  requiredText,
  structure,
  text,
  texts,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { unlessNotFound } from "./tags.ts";

export const authorizer: ResourceType = {
  properties: [
    "ApiId",
    "AuthorizerCredentialsArn",
    "AuthorizerPayloadFormatVersion",
    "AuthorizerResultTtlInSeconds",
    "AuthorizerType",
    "AuthorizerUri",
    "EnableSimpleResponses",
    "IdentitySource",
    "JwtConfiguration",
    "Name",
  ],
  required: ["ApiId", "AuthorizerType", "Name"],
  replaceOn: ["ApiId"],
  identifiers: ["AuthorizerId", "ApiId"],
  physicalIdOf: (_, { AuthorizerId = "" }) => AuthorizerId,

  async create(context, { properties }) {
    const input = { ApiId: requiredText(properties, "ApiId"), ...settingsOf(properties) };
    const { AuthorizerId = "" } = await context.call("apigatewayv2", "CreateAuthorizer", input);
    return { status: "SUCCESS", physicalId: AuthorizerId, attributes: { AuthorizerId } };
  },

  async update(context, { physicalId: AuthorizerId, previousProperties, properties }) {
    await context.call("apigatewayv2", "UpdateAuthorizer", {
      ApiId: requiredText(properties, "ApiId"),
      AuthorizerId,
      ...cleared(properties, previousProperties),
      ...settingsOf(properties),
    });
    return { status: "SUCCESS", physicalId: AuthorizerId, attributes: { AuthorizerId } };
  },

  async read(context, { physicalId: AuthorizerId, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const call = context.call("apigatewayv2", "GetAuthorizer", { ApiId, AuthorizerId });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    return {
      physicalId: AuthorizerId,
      properties: present({
        ApiId,
        AuthorizerCredentialsArn: found.AuthorizerCredentialsArn,
        AuthorizerPayloadFormatVersion: found.AuthorizerPayloadFormatVersion,
        AuthorizerResultTtlInSeconds: found.AuthorizerResultTtlInSeconds,
        AuthorizerType: found.AuthorizerType,
        AuthorizerUri: found.AuthorizerUri,
        EnableSimpleResponses: found.EnableSimpleResponses,
        IdentitySource: unlessEmpty(found.IdentitySource),
        JwtConfiguration: found.JwtConfiguration && { ...found.JwtConfiguration },
        Name: found.Name,
      }),
      attributes: { AuthorizerId },
    };
  },

  delete: (context, { physicalId: AuthorizerId, properties }) =>
    unlessNotFound(
      context.call("apigatewayv2", "DeleteAuthorizer", { ApiId: requiredText(properties, "ApiId"), AuthorizerId }),
    ),
};

function settingsOf(properties: Properties) {
  const jwt = structure(properties, "JwtConfiguration");
  return {
    AuthorizerType: choice<AuthorizerType>(properties, "AuthorizerType") ?? "REQUEST",
    IdentitySource: texts(properties, "IdentitySource") ?? [],
    Name: requiredText(properties, "Name"),
    ...given("AuthorizerCredentialsArn", text(properties, "AuthorizerCredentialsArn")),
    ...given("AuthorizerPayloadFormatVersion", text(properties, "AuthorizerPayloadFormatVersion")),
    ...given("AuthorizerResultTtlInSeconds", number(properties, "AuthorizerResultTtlInSeconds")),
    ...given("AuthorizerUri", text(properties, "AuthorizerUri")),
    ...given("EnableSimpleResponses", flag(properties, "EnableSimpleResponses")),
    ...given(
      "JwtConfiguration",
      jwt && { ...given("Audience", texts(jwt, "Audience")), ...given("Issuer", text(jwt, "Issuer")) },
    ),
  };
}

/** What the template says no more. */
function cleared(properties: Properties, previous: Properties) {
  const gone = (name: string): boolean => previous[name] !== undefined && properties[name] === undefined;
  return {
    ...(gone("AuthorizerCredentialsArn") ? { AuthorizerCredentialsArn: "" } : {}),
    ...(gone("AuthorizerResultTtlInSeconds") ? { AuthorizerResultTtlInSeconds: 0 } : {}),
    ...(gone("EnableSimpleResponses") ? { EnableSimpleResponses: false } : {}),
  };
}
