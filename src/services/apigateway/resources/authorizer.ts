/** AWS::ApiGateway::Authorizer. */
import {
  choice,
  given,
  number,
  present,
  requiredText,
  text,
  texts,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import type { Input } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { only, patchesBetween, propertiesOf } from "./members.ts";

type Settings = Omit<Input<Sdk, "CreateAuthorizer">, "restApiId">;

export const authorizer: ResourceType = {
  properties: [
    "AuthType",
    "AuthorizerCredentials",
    "AuthorizerResultTtlInSeconds",
    "AuthorizerUri",
    "IdentitySource",
    "IdentityValidationExpression",
    "Name",
    "ProviderARNs",
    "RestApiId",
    "Type",
  ],
  required: ["Name", "RestApiId", "Type"],
  replaceOn: ["RestApiId"],
  identifiers: ["RestApiId", "AuthorizerId"],
  physicalIdOf: (_, { AuthorizerId = "" }) => AuthorizerId,

  async create(context, { properties, retried }) {
    const restApiId = requiredText(properties, "RestApiId");
    const settings = settingsOf(properties);
    const { items = [] } = retried ? await context.call("apigateway", "GetAuthorizers", { restApiId, limit: 500 }) : {};
    // A name is one authorizer's in its API.
    const earlier = items.find(({ name }) => name === settings.name);
    const { id = "" } = earlier ?? (await context.call("apigateway", "CreateAuthorizer", { restApiId, ...settings }));
    return { status: "SUCCESS", physicalId: id, attributes: { AuthorizerId: id } };
  },

  async update(context, { properties, physicalId: authorizerId }) {
    const restApiId = requiredText(properties, "RestApiId");
    const live = await context.call("apigateway", "GetAuthorizer", { restApiId, authorizerId });
    const wanted = settingsOf(properties);
    const usual = {
      authType: wanted.type === "COGNITO_USER_POOLS" ? "cognito_user_pools" : "custom",
      authorizerResultTtlInSeconds: 300,
    };
    const { providerARNs: _, id: __, ...members } = live;
    const { providerARNs: ___, ...after } = wanted;
    const [had, has] = [live.providerARNs ?? [], wanted.providerARNs ?? []];
    const path = "/providerARNs";
    const patchOperations = [
      // What an authorizer has once is made empty; only its identity source can be taken away.
      ...patchesBetween(only(members, Object.keys(members)), { ...usual, ...after }).map((one) =>
        one.op === "remove" && one.path !== "/identitySource"
          ? { op: "replace" as const, path: one.path, value: "" }
          : one,
      ),
      ...had.filter((one) => !has.includes(one)).map((value) => ({ op: "remove" as const, path, value })),
      ...has.filter((one) => !had.includes(one)).map((value) => ({ op: "add" as const, path, value })),
    ];
    const input = { restApiId, authorizerId, patchOperations };
    if (patchOperations.length > 0) await context.call("apigateway", "UpdateAuthorizer", input);
    return { status: "SUCCESS", physicalId: authorizerId, attributes: { AuthorizerId: authorizerId } };
  },

  delete: (context, { properties, physicalId: authorizerId }) =>
    unlessGone(
      context.call("apigateway", "DeleteAuthorizer", {
        restApiId: requiredText(properties, "RestApiId"),
        authorizerId,
      }),
    ),

  async read(context, { physicalId: authorizerId, properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const asked = context.call("apigateway", "GetAuthorizer", { restApiId, authorizerId });
    const found = await unlessMissing(asked, NOT_FOUND);
    if (found === undefined) return undefined;
    const { id: _, providerARNs, ...members } = found;
    return {
      physicalId: authorizerId,
      properties: present({
        ...propertiesOf(members),
        ProviderARNs: unlessEmpty(providerARNs),
        RestApiId: restApiId,
      }),
      attributes: { AuthorizerId: authorizerId },
    };
  },
};

function settingsOf(properties: Properties): Settings {
  return {
    name: requiredText(properties, "Name"),
    type: choice<Settings["type"]>(properties, "Type") ?? "TOKEN",
    ...given("authType", text(properties, "AuthType")),
    ...given("authorizerCredentials", text(properties, "AuthorizerCredentials")),
    ...given("authorizerResultTtlInSeconds", number(properties, "AuthorizerResultTtlInSeconds")),
    ...given("authorizerUri", text(properties, "AuthorizerUri")),
    ...given("identitySource", text(properties, "IdentitySource")),
    ...given("identityValidationExpression", text(properties, "IdentityValidationExpression")),
    ...given("providerARNs", texts(properties, "ProviderARNs")),
  };
}
