/** A fault becomes a reply: the API's own gateway response for it, or the usual one. */
import { effectiveResponse, errorTypeOf, usualStatus } from "../gateway-responses.ts";
import { contextVariables } from "./context-variables.ts";
import { headerOf, queryValues, type Exchange } from "./exchange.ts";
import type { GatewayFault } from "./fault.ts";
import { addHeader, type Reply } from "./reply.ts";

export function gatewayReply(exchange: Exchange, fault: GatewayFault): Reply {
  const { definition } = exchange.served.snapshot;
  const plainStatus = fault.status ?? usualStatus(fault.type);
  const { response, status } = effectiveResponse(definition, fault.type, plainStatus);
  const variables = {
    ...contextVariables(exchange),
    error: {
      message: fault.words ?? undefined,
      messageString: JSON.stringify(fault.words),
      responseType: fault.type,
      validationErrorString: fault.validation,
    },
  };
  const valueOf = (name: string) => lookUp(variables, name);
  const headers = new Map<string, string[]>();
  const errorType = errorTypeOf(fault.type);
  if (errorType !== undefined) headers.set("x-amzn-ErrorType", [errorType]);
  const { responseTemplates = {}, responseParameters = {}, defaultResponse } = response;
  const [type, template] = templateFor(responseTemplates, headerOf(exchange.incoming, "accept"));
  headers.set("Content-Type", [type]);
  for (const [target, source] of Object.entries(responseParameters)) {
    const name = target.replace(/^gatewayresponse\.header\./, "");
    const value = parameterValue(exchange, source, valueOf);
    if (value !== undefined) addHeader(headers, name, [value]);
  }
  // An authorizer's refusal is told with a capital letter, which no template says.
  const body =
    defaultResponse === true && fault.type === "ACCESS_DENIED"
      ? JSON.stringify({ Message: fault.words })
      : substituted(template, valueOf, exchange.variables);
  return { status, headers, body: Buffer.from(body) };
}

const USUAL_TEMPLATE = '{"message":$context.error.messageString}';

/** The template of the type that the client asks for, else the first. */
function templateFor(
  templates: Readonly<Record<string, string>>,
  accept: string | undefined,
): readonly [string, string] {
  const all = Object.entries(templates);
  const asked = accept?.split(",")[0]?.split(";")[0]?.trim();
  return all.find(([type]) => type === asked) ?? all[0] ?? ["application/json", USUAL_TEMPLATE];
}

/** Gateway responses' templates know variables alone, no directives (AWS page "Gateway responses in API Gateway"). */
function substituted(
  template: string,
  valueOf: (name: string) => string | undefined,
  stageVariables: Readonly<Record<string, string>>,
): string {
  return template
    .replaceAll(/\$context\.([\w.]*\w)/g, (_, name: string) => valueOf(name) ?? "")
    .replaceAll(/\$stageVariables\.(\w+)/g, (_, name: string) => stageVariables[name] ?? "");
}

/** `'text'`, `context.…`, `stageVariables.…`, `method.request.header.…` (and querystring, path). */
function parameterValue(
  { incoming, route, variables }: Exchange,
  source: string,
  valueOf: (name: string) => string | undefined,
): string | undefined {
  if (source.startsWith("'")) return source.slice(1, -1);
  if (source.startsWith("context.")) return valueOf(source.slice("context.".length));
  if (source.startsWith("stageVariables.")) return variables[source.slice("stageVariables.".length)];
  const [, kind, name = ""] =
    /^method\.request\.(header|multivalueheader|querystring|multivaluequerystring|path)\.(.+)$/.exec(source) ?? [];
  switch (kind) {
    case "header":
    case "multivalueheader":
      return headerOf(incoming, name);
    case "querystring":
    case "multivaluequerystring":
      return queryValues(incoming.query)[name]?.at(-1);
    case "path":
      return route?.parameters[name];
    case undefined:
    default:
      return undefined;
  }
}

/** A variable by its dotted name, as text; undefined where it is not there. */
export function lookUp(variables: Readonly<Record<string, unknown>>, name: string): string | undefined {
  let value: unknown = variables;
  for (const part of name.split(".")) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
