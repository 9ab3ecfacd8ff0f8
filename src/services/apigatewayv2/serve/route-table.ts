/**
 * Which route a request takes (AWS page "Create routes for HTTP APIs", "Routing API requests"): a full match first, the more specific path and then the
 * more specific method before the other; then one with a greedy variable; then `$default`.
 */
import { decodedPath } from "../../../languages/proxy/request.ts";

export interface Routed<Route> {
  readonly route: Route;
  /** Decoded. */
  readonly parameters: Readonly<Record<string, string>> | undefined;
}

export interface RouteTable<Route> {
  /** `path` is still percent-encoded. */
  find(method: string, path: string): Routed<Route> | undefined;
}

interface Pattern<Route> {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly string[];
  readonly isGreedy: boolean;
}

export function createRouteTable<Route extends { readonly RouteKey: string }>(
  routes: readonly Route[],
): RouteTable<Route> {
  /** Those without variables, by their keys. */
  const exact = new Map<string, Routed<Route>>();
  const patterns: Pattern<Route>[] = [];
  for (const route of routes) {
    const [method = "", path = ""] = route.RouteKey.split(" ");
    if (path.includes("{")) {
      const segments = path.slice(1).split("/");
      patterns.push({ route, method, segments, isGreedy: path.endsWith("+}") });
    } else exact.set(route.RouteKey, { route, parameters: undefined });
  }
  patterns.sort(bySpecificity);
  const fallback = exact.get("$default");
  return {
    find(method, path) {
      const decoded = decodedPath(path);
      const found = exact.get(`${method} ${decoded}`) ?? exact.get(`ANY ${decoded}`);
      if (found !== undefined) return found;
      const parts = path.slice(1).split("/");
      for (const pattern of patterns) {
        if (pattern.method !== method && pattern.method !== "ANY") continue;
        const parameters = match(pattern, parts);
        if (parameters !== undefined) return { route: pattern.route, parameters };
      }
      return fallback;
    },
  };
}

function bySpecificity<Route>(a: Pattern<Route>, b: Pattern<Route>): number {
  if (a.isGreedy !== b.isGreedy) return a.isGreedy ? 1 : -1;
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(a.segments[index]) - rank(b.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(a.method === "ANY") - Number(b.method === "ANY");
}

/** A text, then a variable, then the greedy one, then nothing. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (!segment.startsWith("{")) return 0;
  return segment.endsWith("+}") ? 2 : 1;
}

function match<Route>(
  { segments, isGreedy }: Pattern<Route>,
  parts: readonly string[],
): Record<string, string> | undefined {
  if (isGreedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? "";
    if (!segment.startsWith("{")) {
      if (decodedPath(part) !== segment) return undefined;
    } else if (segment.endsWith("+}")) {
      const rest = parts.slice(index).join("/");
      if (rest === "") return undefined;
      parameters[segment.slice(1, -2)] = decodedPath(rest);
    } else {
      if (part === "") return undefined;
      parameters[segment.slice(1, -1)] = decodedPath(part);
    }
  }
  return parameters;
}
