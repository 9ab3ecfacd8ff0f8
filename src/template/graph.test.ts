/** Resources are ordered by what they need, and a circle is named as AWS names it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches, deletionBatches, dependencyGraph } from "./graph.ts";
import { readTemplate } from "./template.ts";

function graphOf(resources: string, conditions: Record<string, boolean> = {}): ReturnType<typeof dependencyGraph> {
  const names = Object.keys(conditions).map((name) => `${name}: !Equals [a, a]`);
  const template = readTemplate(`Conditions: {${names.join(", ")}}\nResources:\n${resources}`);
  return dependencyGraph(template.resources, new Map(Object.entries(conditions)));
}

describe("the graph", () => {
  it("follows DependsOn, Ref, GetAtt and Sub, and deletes in reverse", () => {
    const graph = graphOf(
      [
        "  A: {Type: T, Properties: {x: !Ref B, y: !Sub '${C.Arn} ${AWS::Region}'}}",
        "  B: {Type: T, DependsOn: D}",
        "  C: {Type: T, Properties: {x: [{y: !GetAtt D.Arn}]}}",
        "  D: {Type: T}",
      ].join("\n"),
    );
    expect(batches(graph)).toEqual([["D"], ["B", "C"], ["A"]]);
    expect(deletionBatches(graph)).toEqual([["A"], ["B", "C"], ["D"]]);
  });

  it("leaves out resources whose condition is false, branches not taken, and what depends on them by DependsOn", () => {
    const graph = graphOf(
      "  A: {Type: T, DependsOn: B, Properties: {x: !If [Never, !Ref C, y]}}\n  B: {Type: T, Condition: Never}\n  C: {Type: T}",
      { Never: false },
    );
    expect([...graph].map(([id, wanted]) => [id, [...wanted]])).toEqual([
      ["A", []],
      ["C", []],
    ]);
  });

  it("names the members of a circle, not those that wait for it", () => {
    expect(() =>
      graphOf(
        "  W: {Type: T, DependsOn: B}\n  B: {Type: T, Properties: {x: !Ref A}}\n  A: {Type: T, Properties: {x: !GetAtt B.Arn}}\n  S: {Type: T, DependsOn: S2}\n  S2: {Type: T}",
      ),
    ).toThrow(/^Circular dependency between resources: \[A, B\]$/);
    expect(() => graphOf("  A: {Type: T, DependsOn: A}")).toThrow("Circular dependency between resources: [A]");
  });

  it("puts every resource into exactly one batch, after all that it needs", () => {
    const edges = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 60 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const graph = new Map(Array.from({ length: 20 }, (_, index) => [`R${index}`, new Set<string>()]));
        for (const [from, to] of pairs) if (from > to) graph.get(`R${from}`)?.add(`R${to}`);
        const order = batches(graph).flat();
        expect(new Set(order).size).toBe(20);
        for (const [id, wanted] of graph)
          for (const other of wanted) expect(order.indexOf(other)).toBeLessThan(order.indexOf(id));
      }),
      { numRuns: 50 },
    );
  });
});
