/**
 * Parameter mapping (AWS page "Transform API requests and responses for HTTP APIs"): headers, query and path on their way to the integration, headers and
 * status on their way back.
 */
import { isRecord, type ProxyReply } from "../../../languages/proxy/reply.ts";
import { contextVariable } from "./variables.ts";
import type { Visit } from "./visit.ts";

/** Gives what a `$…` expression names, without its dollar; undefined where it has no value. */
type Source = (expression: string) => string | undefined;

/** A value: one expression, a text with expressions in `${…}`, or a text. */
function evaluate(text: string, source: Source): string {
  if (/^\$(request|response|context|stageVariables)(\.|$)/.test(text)) return source(text.slice(1)) ?? "";
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => source(expression) ?? "");
}

/** What a mapping is evaluated over. */
interface Parts {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => string;
}

function sourceOf(visit: Visit, kind: "request" | "response", { headers, body }: Parts): Source {
  return (expression) => {
    const [root = "", part, ...rest] = expression.split(".");
    const name = rest.join(".");
    if (root === "context") return contextVariable(visit, expression.slice("context.".length));
    if (root === "stageVariables") return visit.stage.StageVariables?.[expression.slice("stageVariables.".length)];
    if (root !== kind) return undefined;
    switch (part) {
      case "header":
        return headers[name.toLowerCase()];
      case "querystring": {
        const values = new URLSearchParams(visit.request.query).getAll(name);
        return values.length === 0 ? undefined : values.join(",");
      }
      case "path":
        return name === "" ? visit.rawPath.slice(visit.prefix.length) : visit.pathParameters?.[name];
      case "body":
        return name === "" ? body() : inBody(body(), name);
      case undefined:
      default:
        return undefined;
    }
  };
}

/** A path of names and indexes: `items[0].name`. */
function inBody(text: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else value = isRecord(value) ? value[name ?? ""] : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The request as the integration gets it; `path` where it is overwritten. */
export function mapRequest(visit: Visit, body: Uint8Array): { readonly visit: Visit; readonly path?: string } {
  const { RequestParameters: mappings = {} } = visit.integration ?? {};
  if (Object.keys(mappings).length === 0) return { visit };
  const source = sourceOf(visit, "request", { headers: visit.headers, body: () => Buffer.from(body).toString() });
  const headers = new Map(Object.entries(visit.multiValueHeaders).map(([name, values]) => [name, [...values]]));
  const query = new URLSearchParams(visit.request.query);
  let path: string | undefined;
  for (const [key, text] of Object.entries(mappings)) {
    const value = evaluate(text, source);
    if (key === "overwrite:path") {
      path = value.startsWith("/") ? value : `/${value}`;
      continue;
    }
    const [, verb = "", place, name = ""] = /^(\w+):(header|querystring)\.(.+)$/.exec(key) ?? [];
    if (place === "header") change(headers, verb, name.toLowerCase(), value);
    else if (verb === "remove") query.delete(name);
    else if (verb === "overwrite") query.set(name, value);
    else query.append(name, value);
  }
  const multiValueHeaders = Object.fromEntries(headers);
  const mapped: Visit = {
    ...visit,
    request: { ...visit.request, query: query.toString() },
    multiValueHeaders,
    headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join(",")])),
    ...(path === undefined ? {} : { rawPath: visit.prefix + path }),
  };
  return path === undefined ? { visit: mapped } : { visit: mapped, path };
}

function change(headers: Map<string, string[]>, verb: string, name: string, value: string): void {
  if (verb === "remove") headers.delete(name);
  else if (verb === "overwrite") headers.set(name, [value]);
  else headers.set(name, [...(headers.get(name) ?? []), value]);
}

/** The reply as the caller gets it, by the mapping of its status. */
export function mapReply(visit: Visit, reply: ProxyReply): ProxyReply {
  const mappings = visit.integration?.ResponseParameters?.[String(reply.status)];
  if (mappings === undefined) return reply;
  const joined = Object.fromEntries([...reply.headers].map(([name, values]) => [name, values.join(",")]));
  const source = sourceOf(visit, "response", { headers: joined, body: () => Buffer.from(reply.body).toString() });
  const headers = new Map([...reply.headers].map(([name, values]) => [name, [...values]]));
  let { status } = reply;
  for (const [key, text] of Object.entries(mappings)) {
    const value = evaluate(text, source);
    const [, verb = "", name = ""] = /^(\w+):header\.(.+)$/.exec(key) ?? [];
    if (key !== "overwrite:statuscode") change(headers, verb, name.toLowerCase(), value);
    else if (/^[2-5]\d\d$/.test(value)) status = Number(value);
  }
  return { ...reply, status, headers };
}
