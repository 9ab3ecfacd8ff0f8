/**
 * The event type Api: a path and method of a REST API that call the function.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { isIntrinsicData } from "../api/definition-editor.ts";
import { expectMap, present } from "../api/expect.ts";
import { apiIdOf } from "../api/implicit-api.ts";
import { mergeDefinition } from "../api/merge-definition.ts";
import { setEventAuth } from "../api/event-auth.ts";
import { requestParameters } from "../api/request-parameters.ts";
import { pathPattern, SwaggerEditor } from "../api/swagger-editor.ts";
import type { TransformContext } from "../context.ts";
import type { Draft } from "../draft.ts";
import { isArray, isInteger, isMap, isText, isTruthy, typed } from "../property-table.ts";
import { Dict, dictFromTemplate, fromTemplate, isTrue, py27 } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { str, Text, unicode } from "../python/text.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const apiSource: EventSource = {
  type: "Api",
  table: {
    Path: typed(isText, true),
    Method: typed(isText, true),
    RestApiId: typed(isText, true),
    Stage: typed(isText),
    Auth: typed(isMap),
    RequestModel: typed(isMap),
    RequestParameters: typed(isArray),
    TimeoutInMillis: typed(isInteger),
    ResponseTransferMode: typed(isText),
  },
  check: (event, context) => {
    linkedApi(event, context);
  },
  expand,
};

/** The API that an event is about. */
export interface LinkedApi {
  readonly id: string;
  readonly properties: Dict;
  /** The stage's name where it is known, else a word that stands for it. */
  readonly stage: Text;
}

/** Finds the API of an event; undefined where it is named by a function other than Ref. Raises SamFault. */
export function linkedApi(
  event: Pick<EventInstance, "relativeId" | "properties">,
  context: TransformContext,
): LinkedApi | undefined {
  const id = apiIdOf(own(event.properties, "RestApiId"));
  if (typeof id !== "string") return undefined;
  const resource = context.written.get(id);
  if (resource === undefined) {
    throw invalidEvent(
      event.relativeId,
      "RestApiId property of Api event must reference a valid resource in the same template.",
    );
  }
  const properties = context.apis.get(id) ?? otherProperties(id, resource);
  const name = properties.get("StageName");
  if (!(name instanceof Text)) return { id, properties, stage: str("Stage") };
  if (name.text === "") throw invalidResource(id, "StageName cannot be empty.");
  return { id, properties, stage: name };
}

/** The properties of an API that is no SAM resource; events do not change it. */
function otherProperties(id: string, resource: JsonObject): Dict {
  const properties = own(resource, "Properties") ?? {};
  if (isObject(properties)) return dictFromTemplate(properties);
  throw invalidResource(id, "Attribute 'Properties' should be a map.");
}

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const { properties } = event;
  const api = linkedApi(event, context);
  const path = unicode(String(own(properties, "Path")));
  const method = unicode(String(own(properties, "Method")).toLowerCase());
  const drafts = [apiPermission(event, path, method, api?.stage.text ?? "AllStages", context)];
  if (api === undefined) {
    throw invalidEvent(
      event.relativeId,
      "RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.",
    );
  }
  const isMerged = isTrue(api.properties.get("MergeDefinitions"));
  if (isTrue(api.properties.get("__MANAGE_SWAGGER")) || isMerged) {
    addIntegration({ event, api, path, method, isMerged }, context);
  }
  overrideAuth({ event, api, path, method, isMerged }, context);
  return drafts;
}

function apiPermission(
  event: EventInstance,
  path: Text,
  method: Text,
  stage: string,
  context: TransformContext,
): Draft {
  const pattern = pathPattern(path.text.replace(/^(.+)\/$/, "$1"));
  const verb = method.text === "any" ? "*" : method.text.toUpperCase();
  const arn = `arn:${context.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${verb}${pattern}`;
  const variables = { __ApiId__: own(event.properties, "RestApiId") ?? "", __Stage__: "*" };
  return permission(event, "apigateway.amazonaws.com", { arn: { "Fn::Sub": [arn, variables] } }, stage);
}

interface Route {
  readonly event: EventInstance;
  readonly api: LinkedApi;
  readonly path: Text;
  readonly method: Text;
  readonly isMerged: boolean;
}

function addIntegration(route: Route, context: TransformContext): void {
  const { event, api, path, method } = route;
  const body = present(api.properties.get("DefinitionBody"));
  if (body === undefined) return;
  const editor = new SwaggerEditor(route.isMerged ? SwaggerEditor.skeleton() : body);
  if (editor.hasIntegration(path, method)) {
    throw invalidEvent(event.relativeId, `API method "${method.text}" defined multiple times for path "${path.text}".`);
  }
  const auth = dataOf(event, "Auth");
  const eventComplain = (message: string): Error => invalidEvent(event.relativeId, message);
  if (isTrue(auth) && !(auth instanceof Dict)) throw eventComplain("Property 'Auth' should be a map.");
  const apiAuth = api.properties.get("Auth");
  const transferMode = own(event.properties, "ResponseTransferMode");
  const condition = own(event.target.attributes, "Condition");
  editor.addLambdaIntegration(path, method, {
    uri: integrationUri(event, context, transferMode),
    methodAuth: auth instanceof Dict ? auth : py27(),
    apiAuth: isTrue(apiAuth) ? expectMap(apiAuth, "Auth", (message) => invalidResource(api.id, message)) : py27(),
    condition: condition === undefined ? undefined : fromTemplate(condition),
    responseTransferMode: typeof transferMode === "string" ? transferMode : undefined,
    partition: context.partition,
  });
  if (auth instanceof Dict && auth.size > 0) setEventAuth({ ...route, event: event.relativeId, auth, editor }, context);
  const timeout = own(event.properties, "TimeoutInMillis");
  if (isTruthy(timeout)) editor.setTimeout(path, method, fromTemplate(timeout));
  addModel(route, editor);
  const parameters = own(event.properties, "RequestParameters");
  if (isTruthy(parameters)) {
    // A mapping that is let through as a function counts as its keys.
    const list = isList(parameters) ? parameters : isObject(parameters) ? Object.keys(parameters) : [];
    editor.addRequestParameters(path, method, requestParameters(event.relativeId, list));
  }
  const definition =
    route.isMerged && body instanceof Dict ? mergeDefinition(api.id, body, editor, path, method) : editor.swagger;
  api.properties.set("DefinitionBody", definition);
}

function dataOf(event: EventInstance, property: string): Data | undefined {
  const value = own(event.properties, property);
  return value === undefined ? undefined : fromTemplate(value);
}

/** What API Gateway calls: the function or its alias. */
export function integrationUri(event: EventInstance, context: TransformContext, transferMode?: Json): Dict {
  const isStreamed = transferMode === "RESPONSE_STREAM";
  const [version, invocation] = isStreamed
    ? ["2021-11-15", "response-streaming-invocations"]
    : ["2015-03-31", "invocations"];
  const target = event.target.arn;
  const isFunction = isObject(target) && Object.hasOwn(target, "Fn::GetAtt");
  const name = isFunction ? `${event.functionId}.Arn` : textRef(target);
  const partition = event.type === "HttpApi" ? "${AWS::Partition}" : context.partition;
  const arn = `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/${version}/functions/\${${name}}/${invocation}`;
  return py27({ "Fn::Sub": new Text(arn, isFunction && context.scope.isPython27) });
}

function textRef(target: Json): string {
  const id = isObject(target) ? own(target, "Ref") : undefined;
  return typeof id === "string" ? id : "";
}

function addModel({ event, api, path, method }: Route, editor: SwaggerEditor): void {
  const written = dataOf(event, "RequestModel");
  if (!isTrue(written)) return;
  const request = expectMap(written, "RequestModel", (message) => invalidEvent(event.relativeId, message));
  const model = request.get("Model");
  if (!isTrue(model)) return;
  const name = show(model);
  const refuse = (reason: string): never => {
    throw invalidEvent(
      event.relativeId,
      `Unable to set RequestModel [${name}] on API method [${method.text}] for path [${path.text}] because ${reason}`,
    );
  };
  const models = api.properties.get("Models");
  if (!isTrue(models)) refuse("the related API does not define any Models.");
  if (!isIntrinsicData(models) && !(models instanceof Dict))
    refuse("the related API Models defined is of invalid type.");
  if (!(model instanceof Text)) return refuse("the related API does not contain valid Models.");
  if (!(models instanceof Dict) || !isTrue(models.get(name))) refuse("it wasn't defined in the API's Models.");
  editor.addRequestModel(path, method, model, request.get("Required"));
  const [body, parameters] = [present(request.get("ValidateBody")), present(request.get("ValidateParameters"))];
  if (body === undefined && parameters === undefined) return;
  const [validatesBody, validatesParameters] = [body ?? false, parameters ?? false];
  if (typeof validatesBody !== "boolean" || typeof validatesParameters !== "boolean") {
    throw invalidEvent(
      event.relativeId,
      `Unable to set Validator to RequestModel [${name}] on API method [${method.text}] for path [${path.text}] ValidateBody and ValidateParameters must be a boolean type, strings or intrinsics are not supported.`,
    );
  }
  editor.addRequestValidator(path, method, validatesBody, validatesParameters);
}

/** An event may say that its Auth counts although the API's definition is written by hand. */
function overrideAuth(route: Route, context: TransformContext): void {
  const { event, api } = route;
  const body = api.properties.get("DefinitionBody");
  const auth = dataOf(event, "Auth");
  if (!isTrue(body) || !(auth instanceof Dict) || !isTrue(auth.get("OverrideApiAuth"))) return;
  if (!["Authorizer", "ApiKeyRequired", "ResourcePolicy"].some((name) => isTrue(auth.get(name)))) {
    throw invalidEvent(
      event.relativeId,
      "Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth property.",
    );
  }
  const editor = new SwaggerEditor(body);
  setEventAuth({ ...route, event: event.relativeId, auth, editor }, context);
  api.properties.set("DefinitionBody", editor.swagger);
}
