/**
 * JSONPath as API Gateway's mapping templates have it: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `[1:3]`, `[*]`, `.*` and `..name`. Filters and
 * scripts are refused.
 */

/** The path is none, or has a part that is not there; the message names it. */
export class JsonPathSyntaxError extends Error {
  override readonly name = "JsonPathSyntaxError";
}

type Step =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly from?: number; readonly to?: number }
  | { readonly kind: "all" }
  | { readonly kind: "deep"; readonly name: string };

export interface JsonPath {
  readonly steps: readonly Step[];
  /** False where it leads to one place at most: then its value is that place's, else a list of all. */
  readonly isMany: boolean;
}

const PART =
  /\.\.(?<deep>[\w$-]+|\*)|\.(?<name>[^.[\]\s]+)|\[\s*(?:'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"|(?<index>-?\d+)|(?<from>-?\d*):(?<to>-?\d*)|(?<all>\*))\s*\]/y;

/** Raises JsonPathSyntaxError. */
export function parseJsonPath(text: string): JsonPath {
  if (!text.startsWith("$")) throw new JsonPathSyntaxError(`"${text}" is no JSONPath: it must begin with $`);
  const steps: Step[] = [];
  PART.lastIndex = 1;
  for (let at = 1; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const groups = PART.exec(text)?.groups;
    if (groups === undefined) throw new JsonPathSyntaxError(`"${text}" has a part that is not understood at ${at}`);
    steps.push(stepOf(groups));
  }
  return { steps, isMany: steps.some(({ kind }) => kind === "slice" || kind === "all" || kind === "deep") };
}

function stepOf(groups: Readonly<Record<string, string | undefined>>): Step {
  const { deep, name, single, double, index, from, to } = groups;
  if (deep !== undefined) return { kind: "deep", name: deep };
  const quoted = single ?? double;
  if (quoted !== undefined) return { kind: "name", name: quoted.replaceAll(/\\(.)/g, "$1") };
  if (name !== undefined) return name === "*" ? { kind: "all" } : { kind: "name", name };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  if (from === undefined || to === undefined) return { kind: "all" };
  return {
    kind: "slice",
    ...(from === "" ? {} : { from: Number(from) }),
    ...(to === "" ? {} : { to: Number(to) }),
  };
}

/** What stands there; undefined where nothing does. */
export function valueAt(path: JsonPath, root: unknown): unknown {
  let found: unknown[] = [root];
  for (const step of path.steps) found = found.flatMap((value) => step1(step, value));
  return path.isMany ? found : found[0];
}

function step1(step: Step, value: unknown): unknown[] {
  switch (step.kind) {
    case "name":
      return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case "index": {
      if (!Array.isArray(value)) return [];
      const item: unknown = value.at(step.index);
      return item === undefined ? [] : [item];
    }
    case "slice":
      return Array.isArray(value) ? value.slice(step.from, step.to) : [];
    case "all":
      return childrenOf(value);
    case "deep": {
      const here = step.name === "*" ? childrenOf(value) : step1({ kind: "name", name: step.name }, value);
      return [...here, ...childrenOf(value).flatMap((child) => step1(step, child))];
    }
  }
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
