/**
 * Who may call a GraphQL API: its authorization types, and the permissions for the functions among them.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { expandConnector } from "../connector/connector.ts";
import type { TransformContext } from "../context.ts";
import type { Draft } from "../draft.ts";
import { getAtt, ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { mapOf } from "./graphql-draft.ts";
import type { GraphQlApi } from "./graphql-draft.ts";

/** The members that belong to a type, and AppSync's name for them. */
const CONFIGS: ReadonlyMap<string, readonly [member: string, config: string]> = new Map([
  ["AWS_LAMBDA", ["LambdaAuthorizer", "LambdaAuthorizerConfig"]],
  ["OPENID_CONNECT", ["OpenIDConnect", "OpenIDConnectConfig"]],
  ["AMAZON_COGNITO_USER_POOLS", ["UserPool", "UserPoolConfig"]],
]);

/** The API's properties, and the resources that let it call its authorizers. Raises SamFault. */
export function authentication(
  api: GraphQlApi,
  context: TransformContext,
): { readonly properties: Readonly<Record<string, Json | undefined>>; readonly drafts: readonly Draft[] } {
  const { Additional: additional, ...main } = mapOf(api.properties, "Auth");
  const first = configOf(api.id, main, undefined);
  const others = (isList(additional) ? additional : []).map((authorizer, index) =>
    configOf(api.id, isObject(authorizer) ? authorizer : {}, index),
  );
  const arns = [first, ...others].flatMap((config) => {
    const lambda = own(config, "LambdaAuthorizerConfig");
    const arn = isObject(lambda) ? own(lambda, "AuthorizerUri") : undefined;
    return arn === undefined ? [] : [arn];
  });
  return {
    properties: { ...first, AdditionalAuthenticationProviders: others.length > 0 ? others : undefined },
    drafts: arns.flatMap((arn, index) => connect(api, arn, index + 1, context)),
  };
}

function configOf(id: string, authorizer: JsonObject, index: number | undefined): JsonObject {
  const type = own(authorizer, "Type") ?? "";
  if (Object.keys(authorizer).length > 2) {
    // The original takes the first of the additional ones for the main one here.
    const path = index === undefined || index === 0 ? "'Auth'" : `'Auth.Additional.${index}'`;
    throw invalidResource(id, `${path} has more than one authentication configuration defined.`);
  }
  const names = typeof type === "string" ? CONFIGS.get(type) : undefined;
  if (names === undefined) return { AuthenticationType: type };
  const [member, config] = names;
  const given = own(authorizer, member);
  if (!isObject(given)) throw invalidResource(id, `'${member}' must be defined if type is '${String(type)}'.`);
  const { DefaultAction: action, ...rest } = given;
  const isKept = member !== "UserPool" || index === undefined;
  return {
    AuthenticationType: type,
    [config]: isKept && action !== undefined ? { ...rest, DefaultAction: action } : rest,
  };
}

function connect(api: GraphQlApi, arn: Json, number: number, context: TransformContext): readonly Draft[] {
  const connector = {
    id: `${api.id}ToLambdaAuthConnector${number}`,
    type: "AWS::Serverless::Connector",
    properties: {
      Source: { Type: "AWS::AppSync::GraphQLApi", Arn: ref(api.id), ResourceId: getAtt(api.id, "ApiId") },
      Destination: { Type: "AWS::Lambda::Function", Arn: arn },
      Permissions: ["Write"],
    },
    dependsOn: undefined,
    attributes: {},
  };
  return expandConnector(connector, context).drafts;
}
