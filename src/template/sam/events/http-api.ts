/**
 * The event type HttpApi: a path and method of an HTTP API that call the function.
 */
import { isObject, own } from "../../value.ts";
import type { Json } from "../../value.ts";
import { ANY_METHOD } from "../api/definition-editor.ts";
import { checkAuthorizerTypes } from "../api/event-auth.ts";
import { expectMap, present } from "../api/expect.ts";
import { apiIdOf } from "../api/implicit-api.ts";
import type { TransformContext } from "../context.ts";
import type { Draft } from "../draft.ts";
import { DEFAULT_PATH, httpPathPattern, OpenApiEditor } from "../http-api/openapi-editor.ts";
import { isInteger, isMap, isText, isTruthy, typed } from "../property-table.ts";
import { Dict, dictFromTemplate, fromTemplate, isTrue, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { Text, unicode } from "../python/text.ts";
import { DocumentFault, invalidEvent, invalidResource } from "../sam-error.ts";
import { integrationUri } from "./api.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const httpApiSource: EventSource = {
  type: "HttpApi",
  table: {
    Path: typed(isText),
    Method: typed(isText),
    ApiId: typed(isText),
    Stage: typed(isText),
    Auth: typed(isMap),
    TimeoutInMillis: typed(isInteger),
    RouteSettings: typed(isMap),
    PayloadFormatVersion: typed(isText),
  },
  expand,
};

interface Route {
  readonly event: EventInstance;
  readonly apiId: string;
  readonly api: Dict;
  readonly path: Text;
  readonly method: Text;
}

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const { properties } = event;
  const id = apiIdOf(own(properties, "ApiId"));
  const apiId = typeof id === "string" ? id : "";
  const route: Route = {
    event,
    apiId,
    api: context.apis.get(apiId) ?? dictFromTemplate({}),
    path: unicode(String(own(properties, "Path") ?? "")),
    method: unicode(String(own(properties, "Method") ?? "").toLowerCase()),
  };
  const allow = routePermission(route);
  addIntegration(route, context);
  return allow === undefined ? [] : [allow];
}

/** The permission for the API to call the function; none where its default route has one already. */
function routePermission({ event, apiId, api, path, method }: Route): Draft | undefined {
  const body = api.get("DefinitionBody");
  const editor = isTrue(body) ? editorFor(apiId, body) : undefined;
  const written = path.text.replace(/^(.+)\/$/, "$1");
  const isDefault = written === DEFAULT_PATH;
  if (!isDefault && editor?.callsFunction(unicode(DEFAULT_PATH), unicode(ANY_METHOD), event.target.id) === true) {
    return undefined;
  }
  const pattern = httpPathPattern(isDefault ? "" : written);
  const verb = method.text === "any" || method.text === ANY_METHOD ? "*" : method.text.toUpperCase();
  const route = method.text === "any" && pattern === `/${DEFAULT_PATH}` ? pattern : `/${verb}${pattern}`;
  const arn = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}${route}`;
  const variables = { __ApiId__: own(event.properties, "ApiId") ?? "", __Stage__: "*" };
  return permission(event, "apigateway.amazonaws.com", { arn: { "Fn::Sub": [arn, variables] } });
}

function editorFor(apiId: string, body: Data): OpenApiEditor {
  try {
    return new OpenApiEditor(body);
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    throw invalidResource(apiId, error.message);
  }
}

function addIntegration(route: Route, context: TransformContext): void {
  const { event, api, path, method } = route;
  const body = present(api.get("DefinitionBody"));
  if (body === undefined) return;
  const editor = new OpenApiEditor(body);
  if (isTrue(api.get("__MANAGE_SWAGGER")) && editor.hasIntegration(path, method)) {
    throw invalidEvent(event.relativeId, `API method '${method.text}' defined multiple times for path '${path.text}'.`);
  }
  const condition = own(event.target.attributes, "Condition");
  editor.addLambdaIntegration(
    path,
    method,
    integrationUri(event, context),
    condition === undefined ? undefined : fromTemplate(condition),
  );
  const auth = own(event.properties, "Auth");
  if (isTruthy(auth) && isObject(auth)) addAuth(route, editor, dictFromTemplate(auth));
  const timeout = own(event.properties, "TimeoutInMillis");
  if (isTruthy(timeout)) editor.setTimeout(path, method, fromTemplate(timeout));
  const parameters = [...path.text.matchAll(/\{(.*?)\}/g)].map(([, name]) => name ?? "");
  if (parameters.length > 0) editor.addPathParameters(path, method, parameters);
  const version: Json | undefined = own(event.properties, "PayloadFormatVersion");
  if (isTruthy(version)) editor.setPayloadFormatVersion(path, method, fromTemplate(version));
  api.set("DefinitionBody", editor.openapi);
}

function addAuth({ event, apiId, api, path, method }: Route, editor: OpenApiEditor, auth: Dict): void {
  const refuse = (message: string): Error => invalidEvent(event.relativeId, message);
  const apiAuth = api.has("Auth")
    ? expectMap(api.get("Auth"), "Auth", (message) => invalidResource(apiId, message))
    : new Dict("plain");
  const fallback = apiAuth.get("DefaultAuthorizer");
  const named = auth.get("Authorizer");
  if (!isTrue(named) && !isTrue(fallback)) {
    throw refuse(
      "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.",
    );
  }
  const authorizer = isTrue(named) ? named : (fallback ?? null);
  const name = textOf(authorizer);
  // An empty Auth counts as an empty mapping of authorizers.
  const authorizers = apiAuth.size === 0 ? apiAuth : apiAuth.get("Authorizers");
  const isIam = name === "AWS_IAM" && apiAuth.get("EnableIamAuthorizer") === true;
  const at = `on API method [${method.text}] for path [${path.text}]`;
  if (name === "NONE") {
    if (!isTrue(fallback)) {
      throw refuse(
        `Unable to set Authorizer ${at} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
      );
    }
  } else if (!isIam) {
    checkAuthorizerTypes(event.relativeId, at, authorizer, authorizers);
    const shown = show(authorizer);
    if (!isTrue(authorizers)) {
      throw refuse(
        `Unable to set Authorizer [${shown}] ${at} because the related API does not define any Authorizers.`,
      );
    }
    if (!(authorizers instanceof Dict) || !isTrue(authorizers.get(name ?? ""))) {
      throw refuse(`Unable to set Authorizer [${shown}] ${at} because it wasn't defined in the API's Authorizers.`);
    }
  }
  const scopes = auth.get("AuthorizationScopes");
  if (isTrue(scopes) && !Array.isArray(scopes)) {
    throw refuse(`Unable to set Authorizer ${at} because 'AuthorizationScopes' must be a list of strings.`);
  }
  if (authorizer instanceof Text) addRequirement(editor, path, method, authorizer, authorizers, scopes);
}

function addRequirement(
  editor: OpenApiEditor,
  path: Text,
  method: Text,
  authorizer: Text,
  authorizers: Data | undefined,
  scopes: Data | undefined,
): void {
  const isNamed = authorizer.text !== "NONE" && authorizer.text !== "AWS_IAM";
  const known = isNamed && authorizers instanceof Dict ? authorizers.get(authorizer.text) : undefined;
  const ofAuthorizer = known instanceof Dict ? known.get("AuthorizationScopes") : undefined;
  const effective = isTrue(scopes) ? scopes : ofAuthorizer;
  editor.addSecurity(path, method, authorizer, isNamed && isTrue(effective) ? effective : []);
}
