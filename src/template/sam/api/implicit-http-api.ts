/**
 * The implicit HTTP API, `ServerlessHttpApi`.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { isOpenApi, OpenApiEditor } from "../http-api/openapi-editor.ts";
import { isTruthy } from "../property-table.ts";
import { Dict, dictFromTemplate, fromTemplate, plain, py27 } from "../python/dict.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import { ANY_METHOD, conditional } from "./definition-editor.ts";
import type { ImplicitKind } from "./implicit-api.ts";

export const implicitHttpApi: ImplicitKind = {
  id: "ServerlessHttpApi",
  type: "AWS::Serverless::HttpApi",
  eventType: "HttpApi",
  reference: "ApiId",
  skeleton: OpenApiEditor.skeleton,
  properties: {},
  isValid: isOpenApi,
  edit: (definition) => new OpenApiEditor(definition),
  result: (editor) => (editor instanceof OpenApiEditor ? editor.openapi : py27()),
  needsProperties: true,
  complete: (properties) => {
    const isRoute = isTruthy(own(properties, "Path") ?? "") || isTruthy(own(properties, "Method") ?? "");
    return isRoute ? properties : { ...properties, Path: "$default", Method: ANY_METHOD };
  },
  note: addRouteSettings,
};

/** An event's RouteSettings are the API's. */
function addRouteSettings(
  event: { readonly id: string; readonly properties: JsonObject; readonly condition: Json | undefined },
  apiId: string,
  api: Dict,
): void {
  const { id, properties, condition } = event;
  if (!Object.hasOwn(properties, "RouteSettings")) return;
  const settings = own(properties, "RouteSettings") ?? null;
  const [path, method] = [String(own(properties, "Path")), String(own(properties, "Method"))];
  const route = method === ANY_METHOD ? path : `${method.toUpperCase()} ${path}`;
  const ofApi = api.get("RouteSettings") ?? new Dict("plain");
  if (!(ofApi instanceof Dict)) throw invalidResource(apiId, "Property 'RouteSettings' should be a map.");
  const given = isTruthy(condition) ? conditional(fromTemplate(condition), fromTemplate(settings)) : undefined;
  if (given === undefined && !isObject(settings)) {
    throw invalidEvent(id, "Property 'RouteSettings' should be a map.");
  }
  const present = ofApi.setDefault(route, plain({}));
  if (present instanceof Dict) present.update(given ?? dictFromTemplate(isObject(settings) ? settings : {}));
  api.set("RouteSettings", ofApi);
}
