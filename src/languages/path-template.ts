/**
 * Paths with parameters, `/users/{id}` and `/files/{proxy+}`: which of many a request's path means. A literal part goes before a parameter, a
 * parameter before a greedy one (AWS page "Set up API methods").
 */

interface Node<Target> {
  readonly literals: Map<string, Node<Target>>;
  parameter?: { readonly name: string; readonly node: Node<Target> };
  greedy?: { readonly name: string; readonly target: Target };
  target?: Target;
}

export interface PathMatch<Target> {
  readonly target: Target;
  /** By name, still percent-encoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface PathRouter<Target> {
  add(template: string, target: Target): void;
  /** The most specific template that `path` (percent-encoded) is of; a slash at its end says nothing. */
  find(path: string): PathMatch<Target> | undefined;
}

export function createPathRouter<Target>(): PathRouter<Target> {
  const root = createNode<Target>();
  return {
    add(template, target) {
      let node = root;
      for (const part of partsOf(template)) {
        const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? [];
        if (name === undefined) {
          const next = node.literals.get(part) ?? createNode<Target>();
          node.literals.set(part, next);
          node = next;
        } else if (plus === "+") {
          node.greedy = { name, target };
          return;
        } else {
          node.parameter ??= { name, node: createNode<Target>() };
          ({ node } = node.parameter);
        }
      }
      node.target = target;
    },
    find: (path) => search(root, partsOf(path), 0, {}),
  };
}

function createNode<Target>(): Node<Target> {
  return { literals: new Map() };
}

function partsOf(path: string): string[] {
  const parts = path.split("/");
  if (parts[0] === "") parts.shift();
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function search<Target>(
  node: Node<Target>,
  parts: readonly string[],
  at: number,
  parameters: Readonly<Record<string, string>>,
): PathMatch<Target> | undefined {
  const part = parts[at];
  if (part === undefined) return node.target === undefined ? undefined : { target: node.target, parameters };
  const literal = node.literals.get(part);
  const found = literal && search(literal, parts, at + 1, parameters);
  if (found !== undefined) return found;
  const { parameter, greedy } = node;
  if (parameter !== undefined && part !== "") {
    const taken = search(parameter.node, parts, at + 1, { ...parameters, [parameter.name]: part });
    if (taken !== undefined) return taken;
  }
  if (greedy === undefined) return undefined;
  return { target: greedy.target, parameters: { ...parameters, [greedy.name]: parts.slice(at).join("/") } };
}
