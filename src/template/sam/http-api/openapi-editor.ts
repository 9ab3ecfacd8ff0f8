/**
 * Edits the definition of an AWS::Serverless::HttpApi: OpenAPI 3.
 */
import { Dict, deepCopy, isTrue, plain, py27, sameData, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { show } from "../python/print.ts";
import type { Text } from "../python/text.ts";
import { str, unicode } from "../python/text.ts";
import { invalidDocument } from "../sam-error.ts";
import {
  ANY_METHOD,
  branches,
  conditional,
  deepGet,
  DefinitionEditor,
  INTEGRATION,
  integrationOf,
  isIntrinsicData,
  isOpenApi3,
  methodDict,
  methodName,
} from "../api/definition-editor.ts";
import { typeName } from "../api/gateway-response.ts";

export const DEFAULT_PATH = "$default";
const TITLE = plain({ Ref: "AWS::StackName" });
const CORS = "x-amazon-apigateway-cors";
const ENDPOINT = "x-amazon-apigateway-endpoint-configuration";

export class OpenApiEditor extends DefinitionEditor {
  securitySchemes: Data;
  #tags: Data;
  #info: Data;

  /** Takes a copy of a definition. Raises DocumentFault for one that is none. */
  constructor(definition: Data | undefined) {
    if (!isOpenApi(definition)) {
      throw invalidDocument(
        "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in 'DefinitionBody'.",
      );
    }
    const doc = definition.deepCopy();
    const paths = doc.get("paths");
    super(doc, paths instanceof Dict ? paths : py27());
    this.securitySchemes = memberOr(doc, py27(), "components", "securitySchemes");
    this.#tags = memberOr(doc, [], "tags");
    this.#info = memberOr(doc, py27(), "info");
  }

  static skeleton(): Dict {
    return py27({ openapi: "3.0.1", info: py27({ version: "1.0", title: deepCopy(TITLE) }), paths: py27() });
  }

  /** Whether a title is the one that the transform gives. */
  static isDefaultTitle(title: Data | undefined): boolean {
    return sameData(title, TITLE);
  }

  /** A copy of the definition as it is now. */
  get openapi(): Dict {
    this.doc.set("paths", this.paths);
    if (isTrue(this.#tags)) this.doc.set("tags", this.#tags);
    if (isTrue(this.securitySchemes)) {
      const components = this.doc.get("components");
      const target = components instanceof Dict && components.size > 0 ? components : py27();
      this.doc.set("components", target.set("securitySchemes", this.securitySchemes));
    }
    if (isTrue(this.#info)) this.doc.set("info", this.#info);
    return this.doc.deepCopy();
  }

  /** Whether every branch of a method calls the function of that id. */
  callsFunction(path: Text, method: Text, functionId: string): boolean {
    if (!this.hasIntegration(path, method)) return false;
    const name = methodName(method).text;
    const definitions = this.pathItems(path.text)
      .flatMap((item) => branches(item.get(name)))
      .map((definition) => methodDict(definition, path.text, name));
    return definitions.every((definition) => {
      const integration = definition.get(INTEGRATION) ?? py27();
      if (!(integration instanceof Dict)) {
        throw invalidDocument(`Value of '${INTEGRATION}' must be a dictionary according to Swagger spec.`);
      }
      const uri = integration.get("uri");
      if (!(uri instanceof Dict)) return false;
      return branches(uri).every((branch) => {
        const arn = branch instanceof Dict ? (textOf(branch.get("Fn::Sub")) ?? "") : "";
        return /([A-Za-z0-9]+)\.Arn/.exec(arn)?.[1] === functionId;
      });
    });
  }

  addLambdaIntegration(path: Text, method: Text, uri: Data, condition: Data | undefined): void {
    const name = methodName(method);
    if (this.hasIntegration(path, name)) return;
    this.addPath(path, name);
    const target = condition === undefined ? uri : conditional(condition, uri);
    for (const item of this.pathItems(path.text)) {
      const there = item.get(name.text) ?? null;
      if (there === null) item.set(name, py27());
      const definition = methodDict(item.get(name.text), path.text, name.text);
      definition.set(
        INTEGRATION,
        py27({ type: "aws_proxy", httpMethod: "POST", payloadFormatVersion: "2.0", uri: target }),
      );
      if (path.text === DEFAULT_PATH && name.text === ANY_METHOD) definition.set("isDefaultRoute", true);
      definition.setDefault("responses", py27());
      if (condition !== undefined) item.set(name, conditional(condition, definition));
    }
  }

  addPathParameters(path: Text, method: Text, names: readonly string[]): void {
    for (const definition of this.definitionsOf(path, method)) {
      const present = definition.setDefault("parameters", []);
      const parameters = Array.isArray(present) ? present : [];
      for (const name of names) {
        const known = parameters.find((item) => item instanceof Dict && textOf(item.get("name")) === name);
        if (known instanceof Dict) known.set("in", str("path")).set("required", true);
        else parameters.push(py27({ name: unicode(name), in: "path", required: true }));
      }
    }
  }

  setPayloadFormatVersion(path: Text, method: Text, version: Data): void {
    for (const definition of this.definitionsOf(path, method)) {
      integrationOf(definition).set("payloadFormatVersion", version);
    }
  }

  /** Gives every method of a path that has no security the default authorizer. */
  setDefaultAuthorizer(path: Text, name: Text, scopes: Data): void {
    for (const item of this.pathItems(path.text)) {
      for (const [method, written] of item.entries()) {
        const normalized = methodName(method).text;
        if (normalized === "parameters" || normalized === "options") continue;
        if (!item.has(normalized)) {
          throw invalidDocument(`Could not find ${normalized} in ${path.text} within DefinitionBody.`);
        }
        for (const branch of branches(written)) {
          const definition = methodDict(branch, path.text, method.text);
          if (!isTrue(definition.get(INTEGRATION)) || isTrue(definition.get("security"))) continue;
          definition.set("security", [new Dict("plain").set(name, scopes)]);
        }
      }
    }
  }

  /** Adds a requirement to the security of a method. */
  addSecurity(path: Text, method: Text, name: Text, scopes: Data): void {
    for (const definition of this.definitionsOf(path, method)) {
      const before = this.securityOf(definition, path.text, method.text);
      definition.set("security", [...before, new Dict("plain").set(name, scopes)]);
    }
  }

  addTags(tags: Dict): void {
    for (const [name, value] of tags.entries()) {
      const present = this.#tags;
      if (!Array.isArray(present)) {
        throw invalidDocument(
          `Tags in OpenApi DefinitionBody needs to be a list. ${show(present)} is a ${typeName(present)} not a list.`,
        );
      }
      const known = present.find((tag) => tag instanceof Dict && textOf(tag.get("name")) === name.text);
      if (known instanceof Dict) known.set("x-amazon-apigateway-tag-value", value);
      else present.push(py27({ name, "x-amazon-apigateway-tag-value": value }));
    }
  }

  disableExecuteApiEndpoint(isDisabled: Data): void {
    const servers = this.doc.get("servers") ?? [py27()];
    for (const server of Array.isArray(servers) ? servers : []) {
      if (!(server instanceof Dict)) {
        throw invalidDocument("Value of 'servers' item must be a dictionary according to Swagger spec.");
      }
      const present = server.get(ENDPOINT);
      const endpoint = present instanceof Dict ? present : new Dict("plain");
      server.set(ENDPOINT, endpoint.set("disableExecuteApiEndpoint", isDisabled));
    }
    this.doc.set("servers", servers);
  }

  setCors(rule: Dict): void {
    const present = this.doc.get(CORS) ?? new Dict("plain");
    if (!(present instanceof Dict)) {
      throw invalidDocument(`Value of '${CORS}' must be a dictionary according to Swagger spec.`);
    }
    const origins = rule.get("AllowOrigins");
    if (origins !== undefined && isIntrinsicData(origins)) {
      const renamed = renameCors(origins);
      if (renamed instanceof Dict) present.update(renamed);
    } else {
      for (const name of ["AllowOrigins", "AllowHeaders", "AllowMethods", "ExposeHeaders"]) {
        const value = rule.get(name);
        if (isTrue(value)) present.set(lowerFirst(name), value);
      }
      const age = rule.get("MaxAge") ?? null;
      if (age !== null) present.set("maxAge", age);
      if (rule.get("AllowCredentials") === true) present.set("allowCredentials", true);
    }
    this.doc.set(CORS, present);
  }

  setDescription(description: Data): void {
    if (this.#info instanceof Dict && !isTrue(this.#info.get("description")))
      this.#info.set("description", description);
  }

  setTitle(title: Data): void {
    if (this.#info instanceof Dict && OpenApiEditor.isDefaultTitle(this.#info.get("title"))) {
      this.#info.set("title", title);
    }
  }
}

/** Whether data is a definition that can be edited. */
export function isOpenApi(data: Data | undefined): data is Dict {
  return (
    data instanceof Dict &&
    data.get("paths") instanceof Dict &&
    isTrue(data.get("openapi")) &&
    isOpenApi3(data.get("openapi"))
  );
}

function memberOr(doc: Dict, otherwise: Data, ...path: readonly string[]): Data {
  const found = deepGet(doc, ...path);
  if (found instanceof Error) throw invalidDocument(`Invalid OpenApi document: ${found.message}`);
  return isTrue(found) ? found : otherwise;
}

const CORS_NAMES = ["AllowOrigins", "AllowHeaders", "AllowMethods", "ExposeHeaders", "MaxAge", "AllowCredentials"];

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** SAM's names as a definition has them, wherever they stand in a function. */
function renameCors(data: Data): Data {
  const renamed = (text: string): string =>
    CORS_NAMES.reduce((changed, name) => changed.replaceAll(name, lowerFirst(name)), text);
  if (data instanceof Dict) {
    const made = new Dict("plain");
    for (const [key, value] of data.entries()) made.set(key.map(renamed), renameCors(value));
    return made;
  }
  if (Array.isArray(data)) return data.map(renameCors);
  const text = textOf(data);
  return text === undefined ? data : str(renamed(text));
}

/** A path with `*` for its parameters, as a permission's ARN has it. */
export function httpPathPattern(path: string): string {
  return path.replace(/\{([a-zA-Z0-9._-]+|proxy\+)\}/g, "*");
}
