/**
 * The API that a template does not write down: events without an API of their own get one, and every path that an event
 * names is noted in the definitions of the APIs that have none of their own.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { isTruthy } from "../property-table.ts";
import { Dict, dictFromTemplate, isTrue, py27 } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { KeyOrder } from "../python/key-order.ts";
import { str, unicode } from "../python/text.ts";
import type { Text } from "../python/text.ts";
import { DocumentFault, EventFault, invalidEvent, invalidResource } from "../sam-error.ts";
import type { SamFault } from "../sam-error.ts";
import type { TemplateResources } from "../template-resources.ts";
import type { DefinitionEditor } from "./definition-editor.ts";
import { PathConditions } from "./path-conditions.ts";

/** The template as far as implicit APIs change it. */
export interface ImplicitScope {
  readonly resources: TemplateResources;
  /** The properties of each API. */
  readonly apis: Map<string, Dict>;
  readonly conditions: Map<string, Json>;
  /** The order of each function's events. */
  readonly eventOrders: Map<string, KeyOrder>;
  readonly globals: JsonObject;
}

/** A kind of API that can be implicit. */
export interface ImplicitKind {
  readonly id: string;
  readonly type: string;
  readonly eventType: string;
  /** The event's property that names its API. */
  readonly reference: string;
  readonly skeleton: () => Dict;
  /** The implicit API's further properties. */
  readonly properties: Readonly<Record<string, string>>;
  readonly isValid: (definition: Data | undefined) => boolean;
  readonly edit: (definition: Data | undefined) => DefinitionEditor;
  readonly result: (editor: DefinitionEditor) => Dict;
  /** Whether an event's Properties must be a map where they are written; else an event with empty ones is left alone. */
  readonly needsProperties: boolean;
  /** Completes an event's properties. */
  readonly complete: (properties: JsonObject) => JsonObject;
  /** What more an event says about its API. Raises SamFault. */
  readonly note?: (
    event: { readonly id: string; readonly properties: JsonObject; readonly condition: Json | undefined },
    apiId: string,
    api: Dict,
  ) => void;
}

const CALLERS = ["AWS::Serverless::Function", "AWS::Serverless::StateMachine"];

/** Adds the implicit API of a kind and the paths of all events. Raises DocumentFault. */
export function addImplicitApi(kind: ImplicitKind, scope: ImplicitScope): void {
  const { resources, apis } = scope;
  const [written, writtenProperties] = [resources.get(kind.id), apis.get(kind.id)];
  const properties = py27();
  for (const [name, value] of Object.entries(kind.properties)) properties.set(name, str(value));
  properties.set("DefinitionBody", kind.skeleton()).set("__MANAGE_SWAGGER", true);
  resources.set(kind.id, { Type: kind.type });
  apis.set(kind.id, properties);
  const paths = new PathConditions(kind.id);
  const faults: SamFault[] = [];
  for (const [id, resource] of resources.entries()) {
    const type = own(resource, "Type");
    if (typeof type !== "string" || !CALLERS.includes(type)) continue;
    try {
      addEvents(kind, scope, id, resource, paths);
    } catch (error) {
      if (!(error instanceof EventFault)) throw error;
      faults.push(invalidResource(id, error.message, error.path));
    }
  }
  const implicit = resources.get(kind.id);
  if (implicit !== undefined) resources.set(kind.id, { ...implicit, ...paths.attributes(scope.conditions) });
  conditionPaths(kind, scope, paths);
  const body = apis.get(kind.id)?.get("DefinitionBody");
  const used = body instanceof Dict ? body.get("paths") : undefined;
  if (!isTrue(used)) restore(kind.id, scope, written, writtenProperties);
  if (faults.length > 0) throw new DocumentFault(faults);
}

function restore(
  id: string,
  { resources, apis }: ImplicitScope,
  written: JsonObject | undefined,
  properties: Dict | undefined,
): void {
  if (written === undefined) {
    resources.delete(id);
    apis.delete(id);
    return;
  }
  resources.set(id, written);
  if (properties === undefined) apis.delete(id);
  else apis.set(id, properties);
}

function addEvents(
  kind: ImplicitKind,
  scope: ImplicitScope,
  id: string,
  resource: JsonObject,
  paths: PathConditions,
): void {
  const properties = own(resource, "Properties");
  const events = isObject(properties) ? own(properties, "Events") : undefined;
  if (!isObject(properties) || !isObject(events)) return;
  const order = scope.eventOrders.get(id) ?? orderOf(Object.keys(events));
  const ours = orderOf(
    order.keys().flatMap(({ text }) => {
      const event = own(events, text);
      return isObject(event) && own(event, "Type") === kind.eventType ? [text] : [];
    }),
  );
  const changed = new Map(Object.entries(events));
  for (const { text } of ours.keys()) {
    const event = own(events, text);
    if (!isObject(event)) continue;
    const completed = addEvent(kind, scope, { id: text, event, caller: resource, callerProperties: properties }, paths);
    if (completed !== undefined) changed.set(text, { ...event, Properties: completed });
  }
  if (ours.keys().length === 0) return;
  order.merge(ours.keys());
  scope.eventOrders.set(id, order);
  scope.resources.set(id, { ...resource, Properties: { ...properties, Events: Object.fromEntries(changed) } });
}

/** Keys in the order of a dictionary of Python 2.7. */
export function orderOf(keys: readonly string[]): KeyOrder {
  const order = new KeyOrder();
  for (const key of keys) order.add(unicode(key));
  return order;
}

interface CallerEvent {
  readonly id: string;
  readonly event: JsonObject;
  readonly caller: JsonObject;
  readonly callerProperties: JsonObject;
}

function addEvent(
  kind: ImplicitKind,
  scope: ImplicitScope,
  { id, event, caller, callerProperties }: CallerEvent,
  paths: PathConditions,
): JsonObject | undefined {
  const written = own(event, "Properties") ?? (kind.needsProperties ? null : {});
  const isAbsent = kind.needsProperties ? !Object.hasOwn(event, "Properties") : !isTruthy(written);
  if (isAbsent && !kind.needsProperties) return undefined;
  if (!isAbsent && !isObject(written)) throw invalidEvent(id, "Properties should be a map.");
  const given = isObject(written) ? written : {};
  if (own(given, kind.reference) === undefined) addTags(kind, scope, caller, callerProperties);
  const properties = kind.complete(
    Object.hasOwn(given, kind.reference) ? given : { ...given, [kind.reference]: { Ref: kind.id } },
  );
  const { apiId, path, method } = checkEvent(kind, id, properties);
  paths.add(apiId, path.text, method.text, caller);
  addPath(kind, scope, id, apiId, path, method);
  const api = scope.apis.get(apiId);
  if (api !== undefined) kind.note?.({ id, properties, condition: own(caller, "Condition") }, apiId, api);
  return properties;
}

/** The implicit API gets the tags of the functions that propagate theirs. */
function addTags(kind: ImplicitKind, scope: ImplicitScope, caller: JsonObject, properties: JsonObject): void {
  const api = scope.apis.get(kind.id);
  const section = String(own(caller, "Type")).replace("AWS::Serverless::", "");
  const globals = own(scope.globals, section);
  const either = (name: string): Json | undefined => {
    const local = own(properties, name);
    return isTruthy(local) ? local : isObject(globals) ? own(globals, name) : undefined;
  };
  const tags = either("Tags");
  if (api === undefined || !isTruthy(tags) || !isObject(tags) || !isTruthy(either("PropagateTags"))) return;
  const present = api.setDefault("Tags", new Dict("plain"));
  if (present instanceof Dict) present.update(dictFromTemplate(tags));
  api.set("PropagateTags", true);
}

/** The id that names an API: a text, or what a Ref refers to. */
export function apiIdOf(reference: Json | undefined): Json | undefined {
  return isObject(reference) && Object.hasOwn(reference, "Ref") ? own(reference, "Ref") : reference;
}

function checkEvent(
  kind: ImplicitKind,
  id: string,
  properties: JsonObject,
): { readonly apiId: string; readonly path: Text; readonly method: Text } {
  const [path, method] = [own(properties, "Path") ?? null, own(properties, "Method") ?? null];
  if (path === null) throw invalidEvent(id, "Property 'Path' is required.");
  if (method === null) throw invalidEvent(id, "Property 'Method' is required.");
  const text = (value: Json | undefined, name: string): string => {
    if (typeof value === "string") return value;
    throw invalidEvent(id, `Property '${name}' should be a string.`);
  };
  const apiId = text(apiIdOf(own(properties, kind.reference)), kind.reference);
  return { apiId, path: unicode(text(path, "Path")), method: unicode(text(method, "Method")) };
}

function addPath(kind: ImplicitKind, scope: ImplicitScope, id: string, apiId: string, path: Text, method: Text): void {
  const resource = scope.resources.get(apiId);
  const type = resource === undefined ? undefined : own(resource, "Type");
  if (resource === undefined || (type === "AWS::Serverless::HttpApi" && type !== kind.type)) {
    throw invalidEvent(
      id,
      `${kind.reference} must be a valid reference to an '${kind.type}' resource in same template.`,
    );
  }
  const api = scope.apis.get(apiId);
  if (api === undefined || !isTrue(api.get("__MANAGE_SWAGGER")) || !kind.isValid(api.get("DefinitionBody"))) return;
  const editor = kind.edit(api.get("DefinitionBody"));
  editor.addPath(path, method);
  api.set("DefinitionBody", kind.result(editor));
}

/** Makes a path conditional where all that is behind it is. */
function conditionPaths(kind: ImplicitKind, scope: ImplicitScope, paths: PathConditions): void {
  for (const [id, resource] of scope.resources.entries()) {
    const api = scope.apis.get(id);
    if (own(resource, "Type") !== kind.type || api === undefined || !isTrue(api.get("__MANAGE_SWAGGER"))) continue;
    const editor = kind.edit(api.get("DefinitionBody"));
    for (const path of editor.pathNames()) {
      const condition = paths.conditionOf(id, path.text, scope.conditions);
      if (condition !== undefined) editor.makePathConditional(path, condition);
    }
    api.set("DefinitionBody", kind.result(editor));
  }
}
