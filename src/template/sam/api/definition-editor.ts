/**
 * What editing a Swagger and an OpenAPI definition have in common: paths, methods, and the `Fn::If` around either.
 */
import { Dict, py27, isTrue, plain, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { print } from "../python/print.ts";
import { str } from "../python/text.ts";
import type { Text } from "../python/text.ts";
import { invalidDocument } from "../sam-error.ts";

export const INTEGRATION = "x-amazon-apigateway-integration";
export const ANY_METHOD = "x-amazon-apigateway-any-method";

/** A method's name and one of its definitions. */
export type Method = readonly [name: Text, definition: Dict];

/** A mapping with one key that is a function's name, or `Condition`. */
export function isIntrinsicData(data: Data | undefined): boolean {
  if (!(data instanceof Dict) || data.size !== 1) return false;
  const name = data.keys()[0]?.text ?? "";
  return name === "Ref" || name === "Condition" || name.startsWith("Fn::");
}

/** `{ Ref: "AWS::NoValue" }`. */
export function isNoValueData(data: Data | undefined): boolean {
  return data instanceof Dict && data.size === 1 && textOf(data.get("Ref")) === "AWS::NoValue";
}

/** `{ "Fn::If": [condition, data, AWS::NoValue] }`. */
export function conditional(condition: Data, data: Data): Dict {
  return plain({ "Fn::If": [condition, data, plain({ Ref: "AWS::NoValue" })] });
}

/** The branches of a Fn::If that are something; any other data alone. Raises DocumentFault. */
export function branches(data: Data | undefined): readonly Data[] {
  if (!(data instanceof Dict) || !data.has("Fn::If")) return [data ?? null];
  const argument = data.get("Fn::If");
  if (!Array.isArray(argument)) throw invalidDocument("Value of Fn::If must be a list.");
  return argument.slice(1).filter((branch) => !isNoValueData(branch));
}

/** `any` and methods in capitals as a definition has them. */
export function methodName(method: Text): Text {
  const lower = method.map((name) => name.toLowerCase());
  return lower.text === "any" ? str(ANY_METHOD) : lower;
}

export function isOpenApi3(version: Data | undefined): boolean {
  return version !== undefined && /^3(\.\d)(\.\d)?\n?$/.test(print(version));
}

/** The data as a dictionary. Raises DocumentFault. */
export function mustBeDict(data: Data | undefined, message: string): Dict {
  if (data instanceof Dict) return data;
  throw invalidDocument(message);
}

export function pathItemDict(item: Data | undefined, path: string): Dict {
  return mustBeDict(item, `Value of '${path}' path must be a dictionary according to Swagger spec.`);
}

export function methodDict(definition: Data | undefined, path: string, method: string): Dict {
  return mustBeDict(definition, `Definition of method '${method}' for path '${path}' should be a map.`);
}

/** A definition at work: a copy of what was given; ask for the result when done. */
export class DefinitionEditor {
  protected readonly doc: Dict;
  readonly paths: Dict;

  constructor(doc: Dict, paths: Dict) {
    this.doc = doc;
    this.paths = paths;
  }

  pathNames(): readonly Text[] {
    return this.paths.keys();
  }

  /** The dictionaries that a path stands for, one for each branch of its Fn::If. */
  pathItems(path: string): readonly Dict[] {
    return branches(this.paths.get(path)).map((item) => pathItemDict(item, path));
  }

  makePathConditional(path: Text, condition: Data): void {
    this.paths.set(path, conditional(condition, this.paths.get(path.text) ?? null));
  }

  /** Adds path and method where they are not there. */
  addPath(path: Text, method: Text): void {
    const item = this.paths.setDefault(path, py27());
    if (!(item instanceof Dict)) pathItemDict(item, path.text);
    for (const branch of branches(item)) pathItemDict(branch, path.text).setDefault(methodName(method), py27());
  }

  #hasPath(path: string, method: string): boolean {
    return (
      this.paths.has(path) && branches(this.paths.get(path)).every((item) => item instanceof Dict && item.has(method))
    );
  }

  /** Whether every branch of the path has the method with an integration. */
  hasIntegration(path: Text, method: Text): boolean {
    const name = methodName(method).text;
    if (!this.#hasPath(path.text, name)) return false;
    return this.pathItems(path.text).every((item) => {
      const definition = item.get(name);
      return (
        definition instanceof Dict &&
        branches(definition).some((branch) => isTrue(methodDict(branch, path.text, name).get(INTEGRATION)))
      );
    });
  }

  /** The definitions of one method that have an integration. */
  definitionsOf(path: Text, method: Text): readonly Dict[] {
    const name = methodName(method).text;
    return this.pathItems(path.text)
      .flatMap((item) => branches(item.get(name)))
      .map((definition) => methodDict(definition, path.text, method.text))
      .filter((definition) => isTrue(definition.get(INTEGRATION)));
  }

  /** Every method of a path that has an integration; members of these names are no methods. */
  methodsOf(path: Text, notMethods: ReadonlySet<string>): readonly Method[] {
    return this.pathItems(path.text).flatMap((item) =>
      item
        .entries()
        .filter(([name]) => !notMethods.has(name.text))
        .flatMap(([name, method]) =>
          branches(method)
            .map((branch) => methodDict(branch, path.text, name.text))
            .filter((definition) => isTrue(definition.get(INTEGRATION)))
            .map((definition) => [methodName(name), definition] as const),
        ),
    );
  }

  setTimeout(path: Text, method: Text, milliseconds: Data): void {
    for (const definition of this.definitionsOf(path, method)) {
      integrationOf(definition).set("timeoutInMillis", milliseconds);
    }
  }

  /** The list that a method's `security` is. Raises DocumentFault. */
  protected securityOf(definition: Dict, path: string, method: string): readonly Data[] {
    const security = definition.has("security") ? definition.get("security") : [];
    if (Array.isArray(security)) return security;
    throw invalidDocument(`Type of security for path ${path} method ${method} must be a list`);
  }
}

/** A method's integration, empty where it has none. */
export function integrationOf(definition: Dict): Dict {
  const integration = definition.get(INTEGRATION);
  if (integration instanceof Dict) return integration;
  const empty = py27();
  definition.set(INTEGRATION, empty);
  return empty;
}

/** What stands at a path of members; `Error` says at which member there is no mapping. */
export function deepGet(data: Data | undefined, ...path: readonly string[]): Data | undefined | Error {
  let found = data;
  for (const [index, member] of path.entries()) {
    if (found === undefined || found === null) return undefined;
    if (!(found instanceof Dict)) return notAMap(path.slice(0, index));
    found = found.get(member);
  }
  return found;
}

/** Sets what stands at a path of members, making mappings on the way; answers what is wrong. */
export function deepSet(dict: Data, value: Data, ...path: readonly string[]): Error | undefined {
  let at: Data = dict;
  for (const [index, member] of path.entries()) {
    if (!(at instanceof Dict)) return notAMap(path.slice(0, index));
    if (index === path.length - 1) at.set(member, value);
    else at = at.setDefault(member, new Dict("plain"));
  }
  return undefined;
}

function notAMap(path: readonly string[]): Error {
  return new Error(path.length > 0 ? `The value of '${path.join(".")}' should be a map` : "It should be a map");
}
