/**
 * The order in which resources are made and taken away: who depends on whom.
 */
import { mentionsOf } from "./intrinsics.ts";
import type { ResourceDeclaration } from "./sections.ts";
import { TemplateError } from "./template-error.ts";
import type { JsonObject } from "./value.ts";

/** For each resource, the resources that must be there before it, in the order of the template. */
export type DependencyGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** The resources whose condition holds, in the template's order. */
export function presentResources(
  resources: ReadonlyMap<string, ResourceDeclaration>,
  conditions: ReadonlyMap<string, boolean>,
): ReadonlyMap<string, ResourceDeclaration> {
  return new Map(
    [...resources].filter(([, { condition }]) => condition === undefined || conditions.get(condition) !== false),
  );
}

/**
 * The dependencies among the resources whose condition holds: DependsOn, Ref, Fn::GetAtt and Fn::Sub, in the branches of
 * Fn::If that are taken. DependsOn on a resource that is absent by its condition does not count.
 * Raises TemplateError for a circle.
 */
export function dependencyGraph(
  resources: ReadonlyMap<string, ResourceDeclaration>,
  conditions: ReadonlyMap<string, boolean>,
): DependencyGraph {
  const present = presentResources(resources, conditions);
  const graph = new Map<string, ReadonlySet<string>>();
  for (const [id, resource] of present) {
    const wanted = new Set(resource.dependsOn.filter((other) => present.has(other)));
    for (const part of [resource.properties, resource.metadata, resource.updatePolicy, resource.creationPolicy]) {
      for (const other of resourcesNamed(part, conditions, present)) wanted.add(other);
    }
    graph.set(id, wanted);
  }
  batches(graph);
  return graph;
}

function resourcesNamed(
  part: JsonObject | undefined,
  conditions: ReadonlyMap<string, boolean>,
  present: ReadonlyMap<string, ResourceDeclaration>,
): readonly string[] {
  return mentionsOf(part, conditions)
    .filter(({ kind, name }) => kind !== "If" && present.has(name))
    .map(({ name }) => name);
}

/**
 * The resources in batches: each batch depends only on those before it, and its members may be worked on together.
 * Raises TemplateError ("Circular dependency between resources") for a circle.
 */
export function batches(graph: DependencyGraph): readonly (readonly string[])[] {
  const waiting = new Map([...graph].map(([id, wanted]) => [id, wanted.size]));
  const dependents = dependentsOf(graph);
  const order: (readonly string[])[] = [];
  let ready = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  let done = 0;
  while (ready.length > 0) {
    order.push(ready);
    done += ready.length;
    const next: string[] = [];
    for (const id of ready) {
      for (const dependent of dependents.get(id) ?? []) {
        const left = (waiting.get(dependent) ?? 0) - 1;
        waiting.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    ready = next;
  }
  if (done < graph.size) throw circular(graph, waiting);
  return order;
}

/** The same, for deletion: what depends on others goes first. */
export function deletionBatches(graph: DependencyGraph): readonly (readonly string[])[] {
  return batches(dependentsOf(graph));
}

/** The graph turned round: for each resource, those that depend on it. */
export function dependentsOf(graph: DependencyGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const dependents = new Map<string, Set<string>>([...graph.keys()].map((id) => [id, new Set()]));
  for (const [id, wanted] of graph) for (const other of wanted) dependents.get(other)?.add(id);
  return dependents;
}

/** Names those that are in a circle or between two, not those that merely wait for one. */
function circular(graph: DependencyGraph, waiting: ReadonlyMap<string, number>): TemplateError {
  const stuck = new Set([...waiting].filter(([, count]) => count > 0).map(([id]) => id));
  const dependents = dependentsOf(graph);
  const neededBy = new Map(
    [...stuck].map((id) => [id, [...(dependents.get(id) ?? [])].filter((other) => stuck.has(other)).length]),
  );
  // What nothing stuck depends on only waits for the circle: taken away again and again, the circle is left.
  const idle = [...neededBy].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = idle.pop(); id !== undefined; id = idle.pop()) {
    stuck.delete(id);
    for (const other of graph.get(id) ?? []) {
      const left = (neededBy.get(other) ?? 0) - 1;
      neededBy.set(other, left);
      if (left === 0) idle.push(other);
    }
  }
  const ids = [...stuck].sort();
  return new TemplateError(`Circular dependency between resources: [${ids.join(", ")}]`, {
    path: ["Resources", ...ids.slice(0, 1)],
  });
}
