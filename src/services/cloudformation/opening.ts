/**
 * What comes between the answer to CreateStack or UpdateStack and the first resource, where there is anything: the macros of the account are
 * called, the rollback triggers are looked at. A deadline that is due now, run again after a kill; meanwhile the stack is IN_PROGRESS, and may be
 * cancelled or deleted.
 */
import { isAwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { setStackStatus } from "./events.ts";
import { stoppedWords } from "./failure.ts";
import { openings, type Opening } from "./opening-state.ts";
import { planApply, settle } from "./phases.ts";
import { planPhase } from "./plan.ts";
import { prepare, previousConfig } from "./prepare.ts";
import type { Prepared } from "./prepared.ts";
import { triggerFault } from "./rollback-triggers/monitoring.ts";
import { operations, stacks, templates, type Operation, type StackRow } from "./state.ts";
import { typeChange } from "./type-change.ts";
import type { TypeRegistry } from "./types/registry.ts";

/** AWS's reason of the second event of a stack whose template had transforms. */
const TRANSFORMED = "Transformation succeeded";

/** Inside a transaction: sets the operation going, now or when its opening is over. */
export function openOperation(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  operation: Operation,
  { failure, later, isTransformed }: Prepared,
): void {
  if (failure !== undefined) {
    failAtOnce(context, stack, operation, failure);
    return;
  }
  const watches = (operation.monitoring?.triggers.length ?? 0) > 0;
  const row = isTransformed === true ? tellTransformed(context, stack, operation) : stack;
  if (later === undefined && !watches) {
    planApply(context, types, row, operation);
    return;
  }
  const opening: Opening = { id: context.random.uuid(), transform: later };
  context.table(openings).put([stack.id], opening);
  context.deadlines.set({ name: "opening", key: stack.id, due: context.now });
  // Nothing ends while it is open.
  settle(context, row, { ...planPhase(context, stack.id, operation, []), open: 1 });
}

/** What the deadline does. */
export async function runOpening(context: ServiceContext, types: TypeRegistry, stackId: string): Promise<void> {
  const opening = context.table(openings).get(stackId);
  const stack = context.table(stacks).get(stackId);
  const operation = context.table(operations).get(stackId);
  if (opening === undefined || stack === undefined || operation === undefined) return;
  const prepared = await transformed(context, types, stack, opening);
  const fault =
    typeof prepared === "string"
      ? prepared
      : (prepared?.failure ??
        (await triggerFault(context.as({ principal: operation.principal }), operation.monitoring?.triggers ?? [])));
  context.transact(() => {
    // Cancelled or deleted meanwhile, it is nobody's any more.
    if (context.table(openings).get(stackId)?.id !== opening.id) return;
    context.table(openings).remove(stackId);
    const now = context.table(stacks).get(stackId);
    const current = context.table(operations).get(stackId);
    if (now === undefined || current === undefined) return;
    goOn(context, types, now, { ...current, open: 0 }, typeof prepared === "string" ? undefined : prepared, fault);
  });
}

/** The preparation that the answer did not wait for; why there is none as a text. */
async function transformed(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  { transform }: Opening,
): Promise<Prepared | string | undefined> {
  if (transform === undefined) return undefined;
  const { asker, text, request } = transform;
  const previous = stack.status === "UPDATE_IN_PROGRESS" ? previousConfig(context, stack) : undefined;
  try {
    return await prepare(context.as({ principal: asker }), types, stack, request, previous, { text });
  } catch (error) {
    if (isAwsError(error)) return error.message;
    throw error;
  }
}

function goOn(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  operation: Operation,
  prepared: Prepared | undefined,
  fault: string | undefined,
): void {
  const failure = fault ?? (prepared === undefined ? undefined : typeChange(context, stack, prepared.template));
  if (failure !== undefined) {
    failAtOnce(context, stack, operation, failure);
    return;
  }
  if (prepared === undefined) {
    planApply(context, types, stack, operation);
    return;
  }
  context.table(templates).put([stack.id, prepared.config.templateId], prepared.row);
  const row = tellTransformed(context, { ...stack, config: prepared.config }, operation);
  planApply(context, types, row, operation);
}

function tellTransformed(context: ServiceContext, stack: StackRow, { clientRequestToken }: Operation): StackRow {
  return setStackStatus(context, stack, stack.status, TRANSFORMED, clientRequestToken);
}

/** An operation of which nothing can be laid out. */
function failAtOnce(context: ServiceContext, stack: StackRow, operation: Operation, reason: string): void {
  const haltReason = stoppedWords(operation.kind, reason);
  settle(context, stack, { ...planPhase(context, stack.id, operation, []), halted: true, haltReason });
}
