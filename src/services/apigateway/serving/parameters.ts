/** Parameter mapping (AWS page "Parameter mapping for REST APIs"): where the values of `integration.request.…` and `method.response.…` come from. */
import { parseJsonPath, valueAt } from "../../../languages/json-path.ts";
import { contextVariables } from "./context-variables.ts";
import { headerOf, queryValues, type Exchange, type Route } from "./exchange.ts";
import { lookUp } from "./gateway-reply.ts";

export interface RequestValues {
  readonly header: Record<string, string[]>;
  readonly querystring: Record<string, string[]>;
  readonly path: Record<string, string>;
}

/** What an integration's `requestParameters` set. */
export function requestValues(exchange: Exchange, route: Route): RequestValues {
  const values: RequestValues = { header: {}, querystring: {}, path: {} };
  for (const [target, source] of Object.entries(route.method.methodIntegration?.requestParameters ?? {})) {
    const [, kind, name = ""] = /^integration\.request\.(header|querystring|path)\.(.+)$/.exec(target) ?? [];
    const found = requestValue(exchange, route, source);
    if (found === undefined) continue;
    if (kind === "path") values.path[name] = found.at(-1) ?? "";
    else if (kind === "header" || kind === "querystring") values[kind][name] = found;
  }
  return values;
}

function requestValue(exchange: Exchange, { parameters }: Route, source: string): string[] | undefined {
  const { incoming, variables } = exchange;
  if (source.startsWith("'")) return [source.slice(1, -1)];
  if (source.startsWith("context.")) return asList(lookUp(contextVariables(exchange), source.slice("context.".length)));
  if (source.startsWith("stageVariables.")) return asList(variables[source.slice("stageVariables.".length)]);
  if (source === "method.request.body") return [incoming.body.toString()];
  const [, kind, name = ""] = /^method\.request\.(\w+)\.(.+)$/.exec(source) ?? [];
  switch (kind) {
    case "header":
      return asList(headerOf(incoming, name));
    case "multivalueheader": {
      const all = incoming.headers
        .filter(([key]) => key.toLowerCase() === name.toLowerCase())
        .map(([, value]) => value);
      return all.length === 0 ? undefined : all;
    }
    case "querystring":
      return asList(queryValues(incoming.query)[name]?.at(-1));
    case "multivaluequerystring":
      return queryValues(incoming.query)[name];
    case "path":
      return asList(parameters[name]);
    case "body":
      return asList(inBody(incoming.body.toString(), name));
    case undefined:
    default:
      return undefined;
  }
}

/** What an integration's response gives for `method.response.header.…`. */
export function responseValue(
  exchange: Exchange,
  source: string,
  { headers, body }: { readonly headers: readonly (readonly [string, string])[]; readonly body: string },
): string[] | undefined {
  if (source.startsWith("'")) return [source.slice(1, -1)];
  if (source.startsWith("context.")) return asList(lookUp(contextVariables(exchange), source.slice("context.".length)));
  if (source.startsWith("stageVariables.")) return asList(exchange.variables[source.slice("stageVariables.".length)]);
  if (source === "integration.response.body") return [body];
  const [, kind, name = ""] = /^integration\.response\.(\w+)\.(.+)$/.exec(source) ?? [];
  const named = headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  switch (kind) {
    case "header":
      return asList(named.at(-1));
    case "multivalueheader":
      return named.length === 0 ? undefined : named;
    case "body":
      return asList(inBody(body, name));
    case undefined:
    default:
      return undefined;
  }
}

function asList(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [value];
}

/** A place in a JSON body; undefined where there is none, or no JSON. */
function inBody(body: string, path: string): string | undefined {
  try {
    const found = valueAt(parseJsonPath(path.startsWith("$") ? path : `$.${path}`), JSON.parse(body));
    if (found === undefined || found === null) return undefined;
    return typeof found === "string" ? found : JSON.stringify(found);
  } catch {
    return undefined;
  }
}
