/**
 * AWS::Serverless::WebSocketApi: a WebSocket API with its routes, each an integration of a function, and its stage.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { complainOf } from "../api/expect.ts";
import type { Complain } from "../api/expect.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { v2Domain } from "../http-api/v2-domain.ts";
import { isFlag, isMap, isText, isTruthy, oneOf, typed } from "../property-table.ts";
import { fromTemplate } from "../python/dict.ts";
import { isIntrinsic, ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { authorizer, authorizerPermission, checkAuth } from "./websocket-auth.ts";
import { route } from "./websocket-route.ts";

const TAG = "websocketapi:createdBy";
const DEFAULT_STAGE = "default";

export const webSocketApiPlugin: SamPlugin = {
  type: "AWS::Serverless::WebSocketApi",
  table: {
    ApiKeySelectionExpression: typed(isText),
    AccessLogSettings: typed(isMap),
    Auth: typed(isMap),
    DefaultRouteSettings: typed(isMap),
    Description: typed(isText),
    DisableExecuteApiEndpoint: typed(isFlag),
    Domain: typed(isMap),
    DisableSchemaValidation: typed(isFlag),
    FailOnWarnings: typed(isFlag),
    IpAddressType: typed(isText),
    Name: typed(isText),
    PropagateTags: typed(isFlag),
    Routes: typed(isMap, true),
    RouteSettings: typed(isMap),
    RouteSelectionExpression: typed(isText, true),
    StageName: typed(oneOf(isText, isMap)),
    StageVariables: typed(isMap),
    Tags: typed(isMap),
  },
  derived: { Stage: "AWS::ApiGatewayV2::Stage", DomainName: "AWS::ApiGatewayV2::DomainName" },
  rank: 2,
  expand,
};

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id } = resource;
  const complain = complainOf(id);
  const properties = resolved(resource.properties, context);
  const routes = own(properties, "Routes");
  if (!isTruthy(routes) || !isObject(routes)) throw complain("WebSocket API must have at least one route.");
  checkAddress(properties, complain);
  // The original passes no attributes on, not even to the API itself, and shares no record sets with other APIs.
  const passed: JsonObject = {};
  const auth = own(properties, "Auth");
  const authConfig = isTruthy(auth) && isObject(auth) ? auth : undefined;
  const api = makeApi(resource, properties, routes, authConfig, complain);
  const domain = own(properties, "Domain");
  const domains = v2Domain(
    { id, tagName: TAG, passed },
    domain === undefined ? undefined : fromTemplate(domain),
    complain,
    new Map(),
  );
  const stage = makeStage(id, properties, passed);
  const routeDrafts = Object.entries(routes).flatMap(([key, spec]) => {
    const stageName = own(properties, "StageName") ?? DEFAULT_STAGE;
    const authorize = (draft: Draft): void => {
      if (authConfig === undefined) return;
      checkAuth(authConfig, complain);
      if (key === "$connect") draft.set(authorizationOf(id, authConfig));
    };
    const made = route({ id, key, spec, stageName, passed, authorize });
    return [made.route, made.integration, made.permission];
  });
  if (isTruthy(own(properties, "RouteSettings"))) {
    stage.dependsOn = routeDrafts.filter(({ type }) => type === "AWS::ApiGatewayV2::Route").map((made) => made.id);
  }
  const isCustom = own(authConfig ?? {}, "AuthType") === "CUSTOM" && Object.hasOwn(routes, "$connect");
  const authorizers =
    isCustom && authConfig !== undefined
      ? [authorizer(id, authConfig, passed), ...authorizerPermission(id, authConfig, passed)]
      : [];
  const drafts = [api, ...routeDrafts, ...domains, stage, ...authorizers];
  const tags = own(api.properties(), "Tags");
  const ownTags = own(properties, "Tags");
  if (isTruthy(own(properties, "PropagateTags")) && isTruthy(ownTags) && isObject(tags)) {
    for (const draft of drafts) draft.assignTags(tags);
  }
  return { drafts };
}

function resolved(properties: JsonObject, context: TransformContext): JsonObject {
  const changed = ["Auth", "Domain", "Routes"].flatMap((name) => {
    const value = own(properties, name);
    return value === undefined ? [] : [[name, context.withParameters(value)] as const];
  });
  return { ...properties, ...Object.fromEntries(changed) };
}

function checkAddress(properties: JsonObject, complain: Complain): void {
  const address = own(properties, "IpAddressType");
  if (address !== undefined && !isIntrinsic(address) && address !== "ipv4" && address !== "dualstack") {
    throw complain("IpAddressType must be 'ipv4' or 'dualstack'.");
  }
  const domain = own(properties, "Domain");
  if (isObject(domain) && isTruthy(own(domain, "MutualTlsAuthentication"))) {
    throw complain("Mutual TLS domain name association is not supported for Websocket APIs.");
  }
}

function makeApi(
  { id, dependsOn }: SamResource,
  properties: JsonObject,
  routes: JsonObject,
  auth: JsonObject | undefined,
  complain: Complain,
): Draft {
  if (auth !== undefined && !Object.hasOwn(routes, "$connect")) {
    throw complain("Authorization is only available if there is a $connect route.");
  }
  const tags = own(properties, "Tags");
  return new Draft(id, "AWS::ApiGatewayV2::Api", {}, dependsOn).set({
    ApiKeySelectionExpression: own(properties, "ApiKeySelectionExpression"),
    Description: own(properties, "Description"),
    DisableExecuteApiEndpoint: own(properties, "DisableExecuteApiEndpoint"),
    DisableSchemaValidation: own(properties, "DisableSchemaValidation"),
    IpAddressType: own(properties, "IpAddressType"),
    Name: own(properties, "Name") ?? id,
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: own(properties, "RouteSelectionExpression"),
    Tags: { ...(isObject(tags) ? tags : {}), [TAG]: "SAM" },
  });
}

/** What the $connect route says of its caller. */
function authorizationOf(id: string, auth: JsonObject): Readonly<Record<string, Json | undefined>> {
  switch (String(own(auth, "AuthType"))) {
    case "CUSTOM":
      return { AuthorizationType: "CUSTOM", AuthorizerId: ref(`${id}ConnectAuthorizer`) };
    case "AWS_IAM":
      return { AuthorizationType: "AWS_IAM" };
    default:
      return { AuthorizationType: "NONE" };
  }
}

function makeStage(id: string, properties: JsonObject, passed: JsonObject): Draft {
  const name = own(properties, "StageName") ?? DEFAULT_STAGE;
  if (name === "$default") throw invalidResource(id, "Stages cannot be named $default for WebSocket APIs.");
  const prefix = typeof name === "string" ? name : "";
  return new Draft(
    `${id}${prefix === DEFAULT_STAGE ? "Default" : prefix}Stage`,
    "AWS::ApiGatewayV2::Stage",
    passed,
  ).set({
    AccessLogSettings: own(properties, "AccessLogSettings"),
    DefaultRouteSettings: own(properties, "DefaultRouteSettings"),
    RouteSettings: own(properties, "RouteSettings"),
    ApiId: ref(id),
    StageName: name,
    Tags: { [TAG]: "SAM" },
    StageVariables: own(properties, "StageVariables"),
    AutoDeploy: true,
  });
}
