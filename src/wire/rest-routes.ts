/** REST routing: method, path and query → operation, compiled once per service from the URI patterns of its table. */
import type { OperationModel, ServiceModel } from "./model.ts";
import type { Params } from "./params.ts";

/** Where a REST request leads: the operation and its labels, percent-decoded. */
export interface RouteMatch {
  readonly operation: OperationModel;
  readonly labels: Readonly<Record<string, string>>;
}

interface Condition {
  readonly name: string;
  /** undefined: any value will do. */
  readonly value: string | undefined;
}

type Segment = { readonly literal: string } | { readonly label: string; readonly greedy: boolean };

/** One operation's pattern, taken apart. */
export interface Route {
  readonly operation: OperationModel;
  readonly segments: readonly Segment[];
  readonly conditions: readonly Condition[];
  /** Literal segments and conditions: of two routes that match, the one with more of them is meant. */
  readonly specificity: number;
}

/** Takes `GET /{Key+}?tagging&x-id=GetObjectTagging` apart; `x-id` only tells proxies apart what the rest tells too. */
export function compileRoute(operation: OperationModel, uri: string): Route {
  const [path = "", query = ""] = uri.split("?");
  const segments = splitPath(path).map((part): Segment => {
    if (!part.startsWith("{")) return { literal: part };
    const name = part.slice(1, -1);
    return name.endsWith("+") ? { label: name.slice(0, -1), greedy: true } : { label: name, greedy: false };
  });
  const conditions = query
    .split("&")
    .filter((part) => part !== "" && !part.startsWith("x-id="))
    .map((part): Condition => {
      const [name = "", value] = part.split("=");
      return { name, value };
    });
  const literals = segments.filter((segment) => "literal" in segment).length;
  return { operation, segments, conditions, specificity: literals * 16 + conditions.length };
}

const compiled = new WeakMap<ServiceModel, ReadonlyMap<string, readonly Route[]>>();

function routesOf(model: ServiceModel): ReadonlyMap<string, readonly Route[]> {
  let routes = compiled.get(model);
  if (routes === undefined) {
    const byMethod = new Map<string, Route[]>();
    for (const operation of model.operations.values()) {
      if (operation.http === undefined) continue;
      const list = byMethod.get(operation.http.method) ?? [];
      list.push(compileRoute(operation, operation.http.uri));
      byMethod.set(operation.http.method, list);
    }
    for (const list of byMethod.values()) list.sort((a, b) => b.specificity - a.specificity);
    routes = byMethod;
    compiled.set(model, routes);
  }
  return routes;
}

/**
 * The operation of a REST service that `path` (percent-encoded) and `query` lead to, or undefined when none does.
 * Raises URIError when a label's percent escapes are broken.
 */
export function findRoute(model: ServiceModel, method: string, path: string, query: Params): RouteMatch | undefined {
  const segments = splitPath(path);
  for (const route of routesOf(model).get(method) ?? []) {
    if (matches(route, segments) && conditionsHold(route.conditions, query)) {
      return { operation: route.operation, labels: labelsOf(route, segments) };
    }
  }
  return undefined;
}

/** The parts between the slashes; a slash at the end says nothing (older SDKs send one). */
function splitPath(path: string): readonly string[] {
  const end = path.length > 1 && path.endsWith("/") ? path.length - 1 : path.length;
  return path.slice(1, end).split("/");
}

function matches(route: Route, segments: readonly string[]): boolean {
  const { segments: pattern } = route;
  const last = pattern.at(-1);
  const greedy = last !== undefined && "greedy" in last && last.greedy;
  if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  for (let i = 0; i < pattern.length; i += 1) {
    const expected = pattern[i];
    if (expected === undefined) return false;
    if ("literal" in expected ? expected.literal !== segments[i] : segments[i] === "") return false;
  }
  return true;
}

/** Whether the request's query has everything that a pattern's constant query asks for. */
export function conditionsHold(conditions: readonly Condition[], query: Params): boolean {
  for (const { name, value } of conditions) {
    const given = query.get(name);
    if (given === undefined || (value !== undefined && given[0] !== value)) return false;
  }
  return true;
}

function labelsOf(route: Route, segments: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  route.segments.forEach((segment, i) => {
    if (!("label" in segment)) return;
    const raw = segment.greedy ? segments.slice(i).join("/") : (segments[i] ?? "");
    labels[segment.label] = raw.includes("%") ? decodeURIComponent(raw) : raw;
  });
  return labels;
}
