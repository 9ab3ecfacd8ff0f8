/** AWS::ApiGateway::Method: a method with its responses, its integration and the integration's responses. */
import { isAwsError } from "../../../kernel/errors.ts";
import {
  flag,
  given,
  number,
  present,
  requiredText,
  structure,
  structures,
  text,
  textMap,
  texts,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { Input, Output, ResourceContext, ResourceType } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { membersOf, only, patchesBetween, propertiesOf, type Members } from "./members.ts";

type Live = Output<Sdk, "GetMethod">;

interface Place {
  readonly restApiId: string;
  readonly resourceId: string;
  readonly httpMethod: string;
}

export const method: ResourceType = {
  properties: [
    "ApiKeyRequired",
    "AuthorizationScopes",
    "AuthorizationType",
    "AuthorizerId",
    "HttpMethod",
    "Integration",
    "MethodResponses",
    "OperationName",
    "RequestModels",
    "RequestParameters",
    "RequestValidatorId",
    "ResourceId",
    "RestApiId",
  ],
  unsupported: ["Integration.IntegrationTarget"],
  required: ["HttpMethod", "ResourceId", "RestApiId"],
  replaceOn: ["HttpMethod", "ResourceId", "RestApiId"],
  identifiers: ["RestApiId", "ResourceId", "HttpMethod"],
  physicalIdOf: (_, { RestApiId = "", ResourceId = "", HttpMethod = "" }) =>
    [RestApiId, ResourceId, HttpMethod].join("|"),

  async create(context, { properties, retried }) {
    const place = placeOf(properties);
    const wanted = { authorizationType: "NONE", ...settingsOf(properties) };
    await context.call("apigateway", "PutMethod", { ...place, ...wanted }).catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
    });
    try {
      await settle(context, place, properties);
    } catch (error) {
      // A method of which a part was refused was not made.
      await unlessGone(context.call("apigateway", "DeleteMethod", place));
      throw error;
    }
    return { status: "SUCCESS", physicalId: physicalId(place) };
  },

  async update(context, { properties }) {
    const place = placeOf(properties);
    await settle(context, place, properties);
    return { status: "SUCCESS", physicalId: physicalId(place) };
  },

  delete: (context, { properties }) => unlessGone(context.call("apigateway", "DeleteMethod", placeOf(properties))),

  async read(context, { physicalId: id, properties }) {
    const [restApiId = "", resourceId = "", httpMethod = ""] = id.split("|");
    const found = await unlessMissing(
      context.call("apigateway", "GetMethod", { restApiId, resourceId, httpMethod }),
      NOT_FOUND,
    );
    if (found === undefined) return undefined;
    const { methodResponses, methodIntegration, ...settings } = found;
    return {
      physicalId: id,
      properties: present({
        ...propertiesOf(settings),
        RestApiId: restApiId,
        ResourceId: resourceId,
        Integration: methodIntegration && shownIntegration(methodIntegration, structure(properties, "Integration")),
        MethodResponses: methodResponses && Object.values(methodResponses).map(propertiesOf),
      }),
    };
  },
};

function placeOf(properties: Properties): Place {
  return {
    restApiId: requiredText(properties, "RestApiId"),
    resourceId: requiredText(properties, "ResourceId"),
    httpMethod: requiredText(properties, "HttpMethod"),
  };
}

const physicalId = ({ restApiId, resourceId, httpMethod }: Place): string =>
  [restApiId, resourceId, httpMethod].join("|");

function settingsOf(properties: Properties) {
  const members = membersOf<{ requestParameters?: Record<string, boolean> }>(properties);
  return {
    ...given("authorizationType", text(properties, "AuthorizationType")),
    ...given("apiKeyRequired", flag(properties, "ApiKeyRequired")),
    ...given("authorizationScopes", texts(properties, "AuthorizationScopes")),
    ...given("authorizerId", text(properties, "AuthorizerId")),
    ...given("operationName", text(properties, "OperationName")),
    ...given("requestModels", textMap(properties, "RequestModels")),
    ...given("requestParameters", members.requestParameters),
    ...given("requestValidatorId", text(properties, "RequestValidatorId")),
  };
}

const USUAL = { authorizationType: "NONE", apiKeyRequired: false };
const NAMES = [
  "authorizationType",
  "apiKeyRequired",
  "authorizerId",
  "operationName",
  "requestModels",
  "requestParameters",
  "requestValidatorId",
];
const MAPS = ["requestModels", "requestParameters"];

/** Makes the method what the template says. Responses go last: an integration's refer to them. */
async function settle(context: ResourceContext, place: Place, properties: Properties): Promise<void> {
  const live = await context.call("apigateway", "GetMethod", place);
  await settleSettings(context, place, live, { ...USUAL, ...settingsOf(properties) });
  const wanted = new Map(
    structures(properties, "MethodResponses").map((one) => [requiredText(one, "StatusCode"), one]),
  );
  for (const [statusCode, response] of wanted) await settleResponse(context, place, live, statusCode, response);
  await settleIntegration(context, place, live, properties);
  for (const statusCode of Object.keys(live.methodResponses ?? {})) {
    if (!wanted.has(statusCode)) await context.call("apigateway", "DeleteMethodResponse", { ...place, statusCode });
  }
}

async function settleSettings(context: ResourceContext, place: Place, live: Live, wanted: Members): Promise<void> {
  const { authorizationScopes: before = [] } = live;
  const scopes: readonly unknown[] = Array.isArray(wanted["authorizationScopes"]) ? wanted["authorizationScopes"] : [];
  const emptyMaps = Object.fromEntries(MAPS.map((name) => [name, {}]));
  const changed = patchesBetween(only({ ...live }, NAMES), { ...emptyMaps, ...only(wanted, NAMES) });
  const patchOperations = [
    ...before
      .filter((one) => !scopes.includes(one))
      .map((value) => ({ op: "remove" as const, path: "/authorizationScopes", value })),
    // What a method has once cannot be taken away, only made empty.
    ...changed.map((one) =>
      one.op === "remove" && !MAPS.some((name) => one.path?.startsWith(`/${name}/`))
        ? { op: "replace" as const, path: one.path, value: "" }
        : one,
    ),
    ...scopes
      .filter((one) => !before.includes(String(one)))
      .map((one) => ({ op: "add" as const, path: "/authorizationScopes", value: String(one) })),
  ];
  if (patchOperations.length > 0) await context.call("apigateway", "UpdateMethod", { ...place, patchOperations });
}

async function settleResponse(
  context: ResourceContext,
  place: Place,
  live: Live,
  statusCode: string,
  response: Properties,
): Promise<void> {
  const wanted = membersOf<Partial<Input<Sdk, "PutMethodResponse">>>(response);
  const before = live.methodResponses?.[statusCode];
  if (before === undefined) {
    await context.call("apigateway", "PutMethodResponse", { ...place, ...wanted, statusCode });
    return;
  }
  const { responseModels = {}, responseParameters = {} } = wanted;
  const patchOperations = patchesBetween(
    { responseModels: before.responseModels, responseParameters: before.responseParameters },
    { responseModels, responseParameters },
  );
  const input = { ...place, statusCode, patchOperations };
  if (patchOperations.length > 0) await context.call("apigateway", "UpdateMethodResponse", input);
}

async function settleIntegration(
  context: ResourceContext,
  place: Place,
  live: Live,
  properties: Properties,
): Promise<void> {
  const integration = structure(properties, "Integration");
  if (integration === undefined) {
    if (live.methodIntegration !== undefined) await context.call("apigateway", "DeleteIntegration", place);
    return;
  }
  const { IntegrationResponses: _, IntegrationHttpMethod, TimeoutInMillis, ...rest } = integration;
  await context.call("apigateway", "PutIntegration", {
    ...place,
    ...membersOf<Pick<Input<Sdk, "PutIntegration">, "type">>(rest),
    ...given("timeoutInMillis", number({ TimeoutInMillis }, "TimeoutInMillis")),
    ...given("integrationHttpMethod", text({ IntegrationHttpMethod }, "IntegrationHttpMethod")),
  });
  for (const response of structures(integration, "IntegrationResponses")) {
    await context.call("apigateway", "PutIntegrationResponse", {
      ...place,
      ...membersOf<Pick<Input<Sdk, "PutIntegrationResponse">, "statusCode">>(response),
    });
  }
}

/** What API Gateway filled in by itself is not shown where the template does not say it. */
function shownIntegration(live: NonNullable<Live["methodIntegration"]>, written: Properties = {}) {
  const { httpMethod, integrationResponses, cacheNamespace, cacheKeyParameters, ...rest } = live;
  return {
    ...propertiesOf(rest),
    IntegrationHttpMethod: httpMethod,
    CacheNamespace: written["CacheNamespace"] === undefined ? undefined : cacheNamespace,
    CacheKeyParameters: unlessEmpty(cacheKeyParameters),
    IntegrationResponses: integrationResponses && Object.values(integrationResponses).map(propertiesOf),
  };
}
