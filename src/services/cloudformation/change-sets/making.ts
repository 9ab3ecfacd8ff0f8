/**
 * How a change set is made, after it was asked for: transforms, look-ups and nested stacks are worked on here, and what is wrong with them
 * fails the change set.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { changesOf, type Changes } from "../changes.ts";
import { changeSetPlans, changeSets, type ChangeSetPlan, type ChangeSetRow } from "../change-set-state.ts";
import { findChangeSet, planOf } from "../operations/change-set-lookup.ts";
import { prepare, previousConfig } from "../prepare.ts";
import type { Prepared } from "../prepared.ts";
import { parseTemplate, rememberTemplate } from "../scope.ts";
import { stacks, type StackRow } from "../state.ts";
import { typeChange } from "../type-change.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { existingResources } from "./existing.ts";
import { IMPORT_REVIEW, importFault, importTargets } from "./import-checks.ts";
import { isActive, NO_CHANGES, NO_CHANGES_TRANSFORMED, putChangeSet, removeChangeSet } from "./life.ts";
import { makeChildren } from "./nested.ts";

/** Does what the request asked for. Run again after a kill, it begins anew. */
export async function makeChangeSet(context: ServiceContext, types: TypeRegistry, id: string): Promise<void> {
  const row = changeOfState(context, id, (found) => ({ ...found, status: "CREATE_IN_PROGRESS" }));
  const stack = row === undefined ? undefined : context.table(stacks).get(row.stackId);
  if (row === undefined || stack === undefined) return;
  try {
    const made = await make(context.as({ principal: row.principal }), types, stack, row);
    context.transact(() => {
      const ended = changeOfState(context, id, (found) => ({ ...found, ...made.ending }), made.ending.executionStatus);
      const plan = ended === undefined ? undefined : context.table(changeSetPlans).get(id);
      if (plan !== undefined)
        context
          .table(changeSetPlans)
          .put([id], { template: made.prepared.row, changes: made.changes, request: undefined });
    });
  } catch (error) {
    const reason = isAwsError(error) ? error.message : "Internal Failure";
    context.transact(() => changeOfState(context, id, (found) => ({ ...found, status: "FAILED", reason })));
    if (!isAwsError(error)) throw error;
  }
}

/** Writes a change set that is still being made; one that was made obsolete meanwhile stays so. */
function changeOfState(
  context: ServiceContext,
  id: string,
  change: (row: ChangeSetRow) => ChangeSetRow,
  executionStatus?: ChangeSetRow["executionStatus"],
): ChangeSetRow | undefined {
  return context.transact(() => {
    const row = findChangeSet(context, id, undefined);
    if (row === undefined || (row.status !== "CREATE_PENDING" && row.status !== "CREATE_IN_PROGRESS")) return undefined;
    const isObsolete = row.executionStatus === "OBSOLETE";
    return putChangeSet(context, {
      ...change(row),
      executionStatus: isObsolete ? "OBSOLETE" : (executionStatus ?? row.executionStatus),
    });
  });
}

interface Made {
  readonly prepared: Prepared;
  readonly changes: Changes["changes"];
  readonly ending: Pick<ChangeSetRow, "config" | "imports" | "status" | "reason" | "executionStatus">;
}

async function make(context: ServiceContext, types: TypeRegistry, stack: StackRow, row: ChangeSetRow): Promise<Made> {
  const later = await preparedLater(context, types, stack, row);
  const { prepared } = later;
  const existing =
    row.importsExisting && prepared.failure === undefined
      ? await existingResources(context, types, stack, prepared)
      : later.imports;
  const imports = typeof existing === "string" ? [] : existing;
  const failed = (reason: string): Made => ({
    prepared,
    changes: [],
    ending: { config: prepared.config, imports, status: "FAILED", reason, executionStatus: "UNAVAILABLE" },
  });
  if (prepared.failure !== undefined) return failed(prepared.failure);
  if (typeof existing === "string") return failed(existing);
  const fault = row.importsExisting ? undefined : await importFault(context, types, imports);
  if (fault !== undefined) return failed(fault);
  const taken = new Map(imports.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  const children = row.includesNested
    ? await makeChildren(context, types, { stack, row, prepared }, (child) => makeChangeSet(context, types, child))
    : undefined;
  if (typeof children === "string") return failed(children);
  const otherType = typeChange(context, stack, prepared.template);
  if (otherType !== undefined) return failed(otherType);
  const foresight = { imports: taken, ...(children === undefined ? {} : { children }) };
  const { changes, isOtherwiseChanged } = changesOf(context, types, stack, prepared, foresight);
  if (changes.length === 0 && !isOtherwiseChanged && stack.status !== "UPDATE_FAILED")
    return failed(prepared.row.processed === undefined ? NO_CHANGES : NO_CHANGES_TRANSFORMED);
  const reason = row.type === "IMPORT" ? IMPORT_REVIEW : undefined;
  return {
    prepared,
    changes,
    ending: { config: prepared.config, imports, status: "CREATE_COMPLETE", reason, executionStatus: "AVAILABLE" },
  };
}

async function preparedLater(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  row: ChangeSetRow,
): Promise<{ readonly prepared: Prepared; readonly imports: ChangeSetRow["imports"] }> {
  const { template, request } = planOf(context, row);
  const { config } = row;
  if (config !== undefined) return { prepared: asPrepared(config, template), imports: row.imports };
  const prepared = await prepare(context, types, stack, request ?? {}, previousConfig(context, stack), {
    expands: true,
    text: template.original,
  });
  if (prepared.failure !== undefined) return { prepared, imports: [] };
  return { prepared, imports: importTargets(context, types, stack, prepared, request ?? {}) };
}

/** A change set's configuration and template, as operations are given them. */
export function asPrepared(config: NonNullable<ChangeSetRow["config"]>, template: ChangeSetPlan["template"]): Prepared {
  return { config, row: template, template: rememberTemplate(config.templateId, parseTemplate(template)) };
}

/** Takes away the change sets that a stack still has beside one. */
export function dropOthers(context: ServiceContext, executed: ChangeSetRow): void {
  for (const row of Array.from(context.table(changeSets).list([executed.stackId]))) {
    if (row.id !== executed.id && isActive(row)) removeChangeSet(context, row);
  }
}
