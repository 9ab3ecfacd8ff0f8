/** A stack's outputs and what it exports to others and takes from them (AWS page "Get exported outputs from a deployed stack"). */
import type { ServiceContext } from "../../service.ts";
import { resolve } from "../../template/evaluate.ts";
import { scalarText } from "../../template/value.ts";
import { ResourceFailure } from "./failure.ts";
import { scopeOf, templateFor } from "./scope.ts";
import { exports, imports, resources, type OutputRow, type StackConfig, type StackRow } from "./state.ts";

/** The outputs as the resources are now, and the exports that they use. Raises TemplateError and ResourceFailure. */
export function resolveOutputs(
  context: ServiceContext,
  stack: StackRow,
  config: StackConfig,
): { readonly outputs: readonly OutputRow[]; readonly imported: ReadonlySet<string> } {
  const template = templateFor(context, stack.id, config.templateId);
  const scope = scopeOf(context, stack, config, template);
  const outputs: OutputRow[] = [];
  for (const [key, { value, description, condition, exportName }] of template.outputs) {
    if (condition !== undefined && config.conditions[condition] === false) continue;
    const resolved = resolve(value, scope);
    if (resolved === undefined) continue;
    const text = scalarText(resolved);
    if (text === undefined) {
      throw new ResourceFailure(
        "Template format error: Output " +
          key +
          " is malformed. The Value field of every Outputs member must evaluate to a String.",
      );
    }
    const name = exportName === undefined ? undefined : scalarText(resolve(exportName, scope));
    if (exportName !== undefined && (name === undefined || name === "")) {
      throw new ResourceFailure(
        `Output ${key} is malformed. The Export field must contain a Name that evaluates to a String.`,
      );
    }
    outputs.push({ key, value: text, description, exportName: name });
  }
  return { outputs, imported: scope.imported };
}

/** Inside a transaction: replaces what the stack exports. Raises ResourceFailure, before anything is written, for what others own or use. */
export function publishExports(context: ServiceContext, stack: StackRow, outputs: readonly OutputRow[]): void {
  const table = context.table(exports);
  const wanted = new Map<string, string>();
  for (const { exportName, value } of outputs) {
    if (exportName === undefined) continue;
    if (wanted.has(exportName)) throw new ResourceFailure(`Duplicate Export names: ${exportName}`);
    wanted.set(exportName, value);
  }
  const before = [...table.list()].filter(({ stackId }) => stackId === stack.id);
  for (const name of wanted.keys()) {
    const there = table.get(name);
    if (there !== undefined && there.stackId !== stack.id) {
      throw new ResourceFailure(`Export with name ${name} is already exported by stack ${there.stackName}.`);
    }
  }
  for (const { name, value } of before) {
    const next = wanted.get(name);
    if (next === value) continue;
    const users = usersOf(context, name);
    if (users.length === 0) continue;
    throw new ResourceFailure(
      `Export ${name} cannot be ${next === undefined ? "deleted" : "updated"} as it is in use by ${users.join(", ")}`,
    );
  }
  for (const { name } of before) table.remove(name);
  for (const [name, value] of wanted) table.put([name], { name, value, stackId: stack.id, stackName: stack.name });
}

/** The names of the stacks that import it. */
export function usersOf(context: ServiceContext, exportName: string): readonly string[] {
  return [...context.table(imports).list([exportName])];
}

/** An export of the stack that another one uses, with why it cannot go; undefined when there is none. */
export function exportInUse(context: ServiceContext, stackId: string): string | undefined {
  for (const { name, stackId: owner } of context.table(exports).list()) {
    if (owner !== stackId) continue;
    const users = usersOf(context, name);
    if (users.length > 0) return `Export ${name} cannot be deleted as it is in use by ${users.join(", ")}`;
  }
  return undefined;
}

/** Inside a transaction: the stack uses these exports too, from now on. */
export function holdImports(context: ServiceContext, stack: StackRow, names: Iterable<string>): void {
  for (const name of names) context.table(imports).put([name, stack.id], stack.name);
}

/** Inside a transaction: lets go of the exports that nothing in the stack uses any more. */
export function settleImports(context: ServiceContext, stack: StackRow, used: ReadonlySet<string>): void {
  const held = new Set(used);
  for (const row of context.table(resources).list([stack.id])) for (const name of row.imports) held.add(name);
  const table = context.table(imports);
  for (const [[name, stackId]] of Array.from(table.entries())) {
    if (name !== undefined && stackId === stack.id && !held.has(String(name))) table.remove(name, stack.id);
  }
  holdImports(context, stack, held);
}

/** Inside a transaction: the stack is gone. */
export function withdrawExports(context: ServiceContext, stackId: string): void {
  const table = context.table(exports);
  for (const { name, stackId: owner } of Array.from(table.list())) if (owner === stackId) table.remove(name);
  const used = context.table(imports);
  for (const [[name, user]] of Array.from(used.entries()))
    if (name !== undefined && user === stackId) used.remove(name, stackId);
}
