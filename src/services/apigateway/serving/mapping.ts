/** Mapping templates: `$input`, `$util`, `$context` and `$stageVariables` (AWS page "Mapping template transformations for REST APIs"). */
import { JsonPathSyntaxError, parseJsonPath, valueAt } from "../../../languages/json-path.ts";
import { forgiving, VelocityError } from "../../../languages/velocity.ts";
import { contextVariables } from "./context-variables.ts";
import { queryValues, type Exchange, type Route } from "./exchange.ts";
import { misconfigured } from "./fault.ts";

export interface Overrides {
  readonly requestOverride: {
    readonly header: Record<string, unknown>;
    readonly querystring: Record<string, unknown>;
    readonly path: Record<string, unknown>;
  };
  readonly responseOverride: { status?: unknown; readonly header: Record<string, unknown> };
}

export interface Mapped {
  readonly text: string;
  readonly overrides: Overrides;
}

/** Renders a template over a body. Raises GatewayFault (500) where it fails. */
export function mapped(exchange: Exchange, route: Route, template: string, body: string): Mapped {
  const overrides: Overrides = {
    requestOverride: { header: {}, querystring: {}, path: {} },
    responseOverride: { header: {} },
  };
  try {
    const text = exchange.served.template(template).render({
      input: inputOf(exchange, route, body),
      util: UTIL,
      context: { ...forgivingContext(exchange), ...overrides },
      stageVariables: forgiving(exchange.variables),
    });
    return { text, overrides };
  } catch (error) {
    if (!(error instanceof VelocityError)) throw error;
    exchange.lines.push(`Execution failed due to configuration error: Unable to transform request: ${error.message}`);
    return misconfigured();
  }
}

/** Every variable that there is, so that one which has no value is an empty text. */
function forgivingContext(exchange: Exchange): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ authorizer: {}, ...contextVariables(exchange) })) {
    variables[name] = isObject(value) ? forgiving(value) : (value ?? (name === "authorizer" ? forgiving({}) : ""));
  }
  return variables;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inputOf({ incoming }: Exchange, { parameters }: Route, body: string) {
  let root: unknown;
  let isRead = false;
  const read = (): unknown => {
    // An empty body is an empty object to a template; what is no JSON is a text.
    if (!isRead) root = body === "" ? {} : parsedOr(body);
    isRead = true;
    return root;
  };
  const at = (path: string): unknown => {
    try {
      return valueAt(parseJsonPath(path), read());
    } catch (error) {
      if (error instanceof JsonPathSyntaxError) throw new VelocityError(error.message);
      throw error;
    }
  };
  const header: Record<string, string> = {};
  for (const [name, value] of incoming.headers) header[name] = value;
  const querystring = Object.fromEntries(
    Object.entries(queryValues(incoming.query)).map(([name, all]) => [name, all.at(-1) ?? ""]),
  );
  const params = (name?: string): unknown => {
    if (name === undefined) return { path: { ...parameters }, querystring, header };
    const inHeaders = Object.entries(header).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
    return parameters[name] ?? querystring[name] ?? inHeaders ?? "";
  };
  return {
    body,
    json: (path: string): string => {
      const found = at(path);
      return found === undefined ? '""' : JSON.stringify(found);
    },
    path: (path: string): unknown => at(path) ?? "",
    params,
  };
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const UTIL = {
  escapeJavaScript: (text: unknown): string =>
    String(text)
      .replaceAll("\\", "\\\\")
      .replaceAll("'", "\\'")
      .replaceAll('"', '\\"')
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r")
      .replaceAll("\t", "\\t")
      .replaceAll("/", "\\/"),
  parseJson: (text: string): unknown => parsedOr(text),
  urlEncode: (text: unknown): string => encodeURIComponent(String(text)).replaceAll("%20", "+"),
  urlDecode: (text: unknown): string => decodeURIComponent(String(text).replaceAll("+", " ")),
  base64Encode: (text: unknown): string => Buffer.from(String(text)).toString("base64"),
  base64Decode: (text: unknown): string => Buffer.from(String(text), "base64").toString(),
};
