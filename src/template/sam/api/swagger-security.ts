/**
 * Who may call which method of a Swagger definition: authorizers and API keys, an API's default and a method's own.
 */
import { Dict, isTrue, py27, sameData } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { str, Text } from "../python/text.ts";
import { invalidDocument, invalidTemplate } from "../sam-error.ts";
import { mustBeDict } from "./definition-editor.ts";
import type { SwaggerEditor } from "./swagger-editor.ts";

/** An authorizer's place in a definition. */
export interface SecurityScheme {
  readonly scopes: Data | undefined;
  swagger(): Dict;
}

/** Authorizers by name; the name is the template's text or the transform's own. */
export type SecuritySchemes = ReadonlyMap<string, { readonly name: Text; readonly scheme: SecurityScheme }>;

export function addAuthorizers(editor: SwaggerEditor, authorizers: SecuritySchemes): void {
  if (!isTrue(editor.securityDefinitions)) editor.securityDefinitions = py27();
  const definitions = mustBeSecurity(editor);
  for (const { name, scheme } of authorizers.values()) definitions.set(name, scheme.swagger());
}

function mustBeSecurity(editor: SwaggerEditor): Dict {
  if (editor.securityDefinitions instanceof Dict) return editor.securityDefinitions;
  throw invalidTemplate("securityDefinitions must be a dictionary.");
}

export function addApiKeyDefinition(editor: SwaggerEditor): void {
  const definitions = mustBeSecurity(editor);
  if (definitions.has("api_key")) return;
  definitions.update(py27({ api_key: py27({ type: "apiKey", name: "x-api-key", in: "header" }) }));
}

function addIamDefinition(editor: SwaggerEditor): void {
  const definitions = mustBeSecurity(editor);
  if (definitions.has("AWS_IAM")) return;
  const iam = py27({
    "x-amazon-apigateway-authtype": "awsSigv4",
    type: "apiKey",
    name: "Authorization",
    in: "header",
  });
  definitions.update(py27({ AWS_IAM: iam }));
}

/** Gives every method of a path the default authorizer, unless it names another or `NONE`. */
export function setDefaultAuthorizer(
  editor: SwaggerEditor,
  path: Text,
  name: Text,
  authorizers: SecuritySchemes,
  isForPreflight: boolean,
): void {
  const known = new Set(["AWS_IAM", ...authorizers.keys()]);
  for (const [method, definition] of editor.methods(path)) {
    if (!isForPreflight && method.text === "options") continue;
    const [others, own] = split(existing(definition, path, method), known, path, method);
    const none = others.findIndex((security) => security.has("NONE"));
    const security =
      none >= 0
        ? others.filter((_, index) => index !== none)
        : [...others, ...(own.length > 0 ? own : [py27Of(name, authorizers.get(name.text)?.scheme.scopes ?? [])])];
    if (security.length === 0) continue;
    setSecurity(editor, definition, security);
  }
}

function setSecurity(editor: SwaggerEditor, definition: Dict, security: readonly Data[]): void {
  definition.set("security", [...security]);
  const [first] = security;
  if (first instanceof Dict && first.has("AWS_IAM")) addIamDefinition(editor);
}

function py27Of(name: Text, value: Data): Dict {
  return py27().set(name, value);
}

function existing(definition: Dict, path: Text, method: Text): readonly Data[] {
  const security = definition.has("security") ? definition.get("security") : [];
  if (Array.isArray(security)) return security;
  throw invalidDocument(`Type of security for path ${path.text} method ${method.text} must be a list`);
}

/** The requirements that name none of `names`, and those that do. */
function split(
  security: readonly Data[],
  names: ReadonlySet<string>,
  path: Text,
  method: Text,
): readonly [readonly Dict[], readonly Dict[]] {
  const others: Dict[] = [];
  const own: Dict[] = [];
  for (const data of security) {
    const requirement = mustBeDict(
      data,
      `${show(data)} in Security for path ${path.text} method ${method.text} is not a valid dictionary.`,
    );
    if (requirement.keys().some(({ text }) => names.has(text))) own.push(requirement);
    else others.push(requirement);
  }
  return [others, own];
}

const API_KEY_NAMES: ReadonlySet<string> = new Set(["api_key", "api_key_false"]);

/** Requires an API key of every method of a path, unless it says that it needs none. */
export function setDefaultApiKey(editor: SwaggerEditor, path: Text, isForPreflight: boolean): void {
  for (const [method, definition] of editor.methods(path)) {
    const before = existing(definition, path, method);
    const [others, own] = split(before, API_KEY_NAMES, path, method);
    const needsNone = own.some((requirement) => requirement.has("api_key_false"));
    const isExempt = method.text === "options" && !isForPreflight;
    const security: Data[] = isExempt || needsNone ? [...others] : [...others, py27({ api_key: [] })];
    if (!sameData(security, [...before])) definition.set("security", security);
  }
}

/** Sets the authorizer and API key that an event names. */
export function setMethodAuth(editor: SwaggerEditor, path: Text, method: Text, auth: Dict, api: Dict): void {
  const authorizer = auth.get("Authorizer");
  const apiAuth = api.get("Auth");
  if (isTrue(authorizer)) {
    const known = apiAuth instanceof Dict ? apiAuth.get("Authorizers") : undefined;
    setMethodAuthorizer(editor, path, method, authorizer, known, auth.get("AuthorizationScopes"));
  }
  const needsKey = auth.get("ApiKeyRequired");
  if (needsKey !== undefined && needsKey !== null) setMethodApiKey(editor, path, method, isTrue(needsKey));
}

function setMethodAuthorizer(
  editor: SwaggerEditor,
  path: Text,
  method: Text,
  authorizer: Data,
  authorizers: Data | undefined,
  scopes: Data | undefined,
): void {
  // What is no text has been refused by the event.
  const name = authorizer instanceof Text ? authorizer : str("NONE");
  const { text } = name;
  for (const definition of editor.definitionsOf(path, method)) {
    const requirement = py27Of(name, []);
    const before = existing(definition, path, method);
    if (text !== "NONE" && authorizers instanceof Dict && authorizers.size > 0) {
      const known = authorizers.get(text) ?? py27();
      if (!(known instanceof Dict)) throw invalidDocument(`Type of authorizer '${text}' must be a dictionary`);
      const own = scopes ?? known.get("AuthorizationScopes") ?? null;
      if ((authorizers.get(text) ?? null) !== null && own !== null) requirement.set(text, own);
    }
    setSecurity(editor, definition, [...before, requirement]);
  }
}

function setMethodApiKey(editor: SwaggerEditor, path: Text, method: Text, needsKey: boolean): void {
  for (const definition of editor.definitionsOf(path, method)) {
    if (needsKey) addApiKeyDefinition(editor);
    const before = existing(definition, path, method);
    definition.set("security", [...before, py27({ [needsKey ? "api_key" : "api_key_false"]: [] })]);
  }
}
