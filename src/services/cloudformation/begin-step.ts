/**
 * How a step begins: what the resource's template comes to now, what has to be done for it, and the events that say so. Each function
 * runs inside a transaction and answers the work, or undefined when the step is over already.
 */
import { UPPER_AND_DIGITS } from "../../kernel/random.ts";
import type { ServiceContext } from "../../service.ts";
import { differences } from "../../template/diff.ts";
import { TemplateError } from "../../template/template-error.ts";
import type { ResourceDeclaration } from "../../template/sections.ts";
import { sameJson, type JsonObject } from "../../template/value.ts";
import { setResourceStatus, tellOfResource } from "./events.ts";
import { TOKEN_LENGTH } from "./generated-name.ts";
import { keepLeftover, tagsFor } from "./phases.ts";
import { maskedScope, resolveObject, scopeOf, templateFor, type StackScope } from "./scope.ts";
import { policyDenial } from "./stack-policy.ts";
import {
  befores,
  leftovers,
  policies,
  resources,
  type Operation,
  type ResourceRow,
  type StackRow,
  type Step,
  type Work,
} from "./state.ts";
import { propertyFaults, writtenFaults, type EngineType, type TypeRegistry } from "./types/registry.ts";

/** The step is over before any handler was called. */
export type Ended =
  | { readonly ended: "done" }
  | { readonly ended: "failed"; readonly verb: "create" | "update" | "delete" };
export type Beginning = { readonly work: Work } | Ended;

export interface Stage {
  readonly context: ServiceContext;
  readonly types: TypeRegistry;
  readonly stack: StackRow;
  readonly operation: Operation;
  readonly step: Step;
}

/** Begins a step of any kind. */
export function beginStep(stage: Stage): Beginning {
  switch (stage.step.kind) {
    case "apply":
      return beginApply(stage);
    case "restore":
      return beginRestore(stage);
    case "delete":
      return beginDelete(stage);
  }
}

/** What the template says of a resource now. */
interface Wanted {
  readonly declaration: ResourceDeclaration;
  readonly scope: StackScope;
  readonly properties: JsonObject;
  readonly metadata: JsonObject | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

function beginApply(stage: Stage): Beginning {
  const { context, types, stack, operation, step } = stage;
  const { logicalId } = step;
  const config = stack.config;
  const template = config === undefined ? undefined : templateFor(context, stack.id, config.templateId);
  const declaration = template?.resources.get(logicalId);
  if (config === undefined || template === undefined || declaration === undefined) {
    throw new Error(`${logicalId} is not in the template of ${stack.id}`);
  }
  const type = types.get(declaration.type);
  if (type === undefined) throw new Error(`there is no resource type ${declaration.type}`);
  const row = context.table(resources).get(stack.id, logicalId);
  const there = row === undefined || row.physicalId === undefined || row.status === "DELETE_COMPLETE" ? undefined : row;
  const written = writtenFaults(type, declaration, logicalId, config.conditions);
  if (written !== undefined) return failEarly(stage, there, declaration, {}, written);
  const scope = scopeOf(context, stack, config, template);
  let wanted: Wanted;
  try {
    const properties = resolveObject(declaration.properties, scope);
    const metadata = declaration.metadata === undefined ? undefined : resolveObject(declaration.metadata, scope);
    wanted = { declaration, scope, properties, metadata, tags: tagsFor(stack, logicalId) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return failEarly(stage, there, declaration, {}, error.message);
  }
  const faults = propertyFaults(type, declaration.type, logicalId, wanted.properties);
  if (faults !== undefined) return failEarly(stage, there, declaration, wanted.properties, faults);
  if (there === undefined) return beginCreate(stage, row, wanted);

  const action = actionFor(type, there, wanted);
  if (action === "none") return keepAsIs(stage, there, wanted);
  const denial = policyDenial(
    operation.policyDuringUpdate ?? context.table(policies).get(stack.id),
    action === "replace" ? "Update:Replace" : "Update:Modify",
    logicalId,
    there.type,
  );
  if (denial !== undefined) return failEarly(stage, there, declaration, wanted.properties, denial);
  if (action === "replace" && keepsItsName(type, there, wanted)) {
    const reason = `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(wanted.properties[type.nameProperty ?? ""])} and update the stack again.`;
    return failEarly(stage, there, declaration, wanted.properties, reason);
  }
  return beginUpdate(stage, there, wanted, action);
}

/** What has to be done with a resource that is there. */
export function actionFor(
  type: EngineType,
  there: ResourceRow,
  wanted: Pick<Wanted, "declaration" | "properties" | "tags">,
): "none" | "update" | "replace" {
  if (there.type !== wanted.declaration.type) return "replace";
  const changed = new Set(differences(there.properties, wanted.properties).map(({ path }) => String(path[0])));
  if (type.replaceOn.some((property) => changed.has(property))) return "replace";
  if (changed.size > 0 || there.status.endsWith("_FAILED")) return "update";
  return takesTags(type) && !sameJson({ ...there.tags }, { ...wanted.tags }) ? "update" : "none";
}

/** Types with a Tags property propagate the stack's tags. */
export function takesTags(type: EngineType): boolean {
  return type.properties.includes("Tags") || type.properties.includes("HostedZoneTags");
}

function keepsItsName(type: EngineType, there: ResourceRow, { properties, declaration }: Wanted): boolean {
  const { nameProperty } = type;
  if (nameProperty === undefined || there.type !== declaration.type) return false;
  const name = properties[nameProperty];
  return name !== undefined && sameJson(name, there.properties[nameProperty]);
}

function beginCreate(stage: Stage, row: ResourceRow | undefined, wanted: Wanted): Beginning {
  const { context, stack, operation, step } = stage;
  const nameToken = newNameToken(context);
  rememberBefore(stage, undefined, true);
  const created: Omit<ResourceRow, "status" | "reason" | "changedAt"> = {
    logicalId: step.logicalId,
    ...asDeclared(wanted, step),
    type: wanted.declaration.type,
    physicalId: undefined,
    ref: undefined,
    attributes: {},
    properties: wanted.properties,
    nameToken,
    tags: wanted.tags,
    description: row?.description,
  };
  const propertiesAt = setResourceStatus(
    context,
    stack.id,
    operation,
    created,
    "CREATE_IN_PROGRESS",
    undefined,
    shown(stage, wanted),
  );
  return work(stage, "create", wanted, nameToken, propertiesAt);
}

function beginUpdate(stage: Stage, there: ResourceRow, wanted: Wanted, action: "update" | "replace"): Beginning {
  const { context, stack, operation } = stage;
  rememberBefore(stage, there, true);
  const reason =
    action === "replace"
      ? "Requested update requires the creation of a new physical resource; hence creating one."
      : undefined;
  const propertiesAt = setResourceStatus(
    context,
    stack.id,
    operation,
    there,
    "UPDATE_IN_PROGRESS",
    reason,
    shown(stage, wanted),
  );
  const nameToken = action === "replace" ? newNameToken(context) : there.nameToken;
  return work(stage, action, wanted, nameToken, propertiesAt, action === "update" ? there.physicalId : undefined);
}

/** Nothing to do outside; what only CloudFormation keeps (metadata, policies, order) is taken over. */
function keepAsIs(stage: Stage, there: ResourceRow, wanted: Wanted): Beginning {
  const { context, stack, operation, step } = stage;
  const declared = asDeclared(wanted, step);
  const next = { ...there, ...declared };
  const isVisible =
    !sameJson(there.metadata, declared.metadata) ||
    there.deletionPolicy !== declared.deletionPolicy ||
    there.updateReplacePolicy !== declared.updateReplacePolicy;
  if (isVisible) {
    rememberBefore(stage, there, false);
    const at = setResourceStatus(
      context,
      stack.id,
      operation,
      there,
      "UPDATE_IN_PROGRESS",
      undefined,
      shown(stage, wanted),
    );
    setResourceStatus(context, stack.id, operation, next, "UPDATE_COMPLETE", undefined, at);
  } else if (!sameJson([...there.needs], [...declared.needs]) || !sameJson([...there.imports], [...declared.imports])) {
    context.table(resources).put([stack.id, there.logicalId], next);
  }
  return { ended: "done" };
}

function asDeclared({ declaration, metadata, scope }: Wanted, step: Step) {
  const { deletionPolicy, updateReplacePolicy } = declaration;
  return { deletionPolicy, updateReplacePolicy, metadata, needs: step.needs, imports: [...scope.imported] };
}

/** No handler is called: the resource fails with `reason`. */
function failEarly(
  stage: Stage,
  there: ResourceRow | undefined,
  declaration: ResourceDeclaration,
  properties: JsonObject,
  reason: string,
): Ended {
  const { context, stack, operation, step } = stage;
  const verb = there === undefined ? "create" : "update";
  rememberBefore(stage, there, false);
  const row: Omit<ResourceRow, "status" | "reason" | "changedAt"> = there ?? {
    logicalId: step.logicalId,
    type: declaration.type,
    physicalId: undefined,
    ref: undefined,
    attributes: {},
    properties,
    nameToken: "",
    tags: {},
    deletionPolicy: declaration.deletionPolicy,
    updateReplacePolicy: declaration.updateReplacePolicy,
    metadata: undefined,
    description: undefined,
    needs: step.needs,
    imports: [],
  };
  const at = setResourceStatus(
    context,
    stack.id,
    operation,
    row,
    verb === "create" ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS",
    undefined,
    JSON.stringify(properties),
  );
  setResourceStatus(
    context,
    stack.id,
    operation,
    row,
    verb === "create" ? "CREATE_FAILED" : "UPDATE_FAILED",
    reason,
    at,
  );
  return { ended: "failed", verb };
}

/** Keeps how the resource was before the operation, once: an update that goes on after a failed one goes back as far. */
function rememberBefore(
  { context, stack, operation, step }: Stage,
  row: ResourceRow | undefined,
  touched: boolean,
): void {
  if (operation.kind !== "UPDATE") return;
  const table = context.table(befores);
  const known = table.get(stack.id, step.logicalId);
  if (known === undefined) table.put([stack.id, step.logicalId], { row, touched });
  else if (touched && !known.touched) table.put([stack.id, step.logicalId], { ...known, touched });
}

function shown({ stack }: Stage, { scope, declaration, properties }: Wanted): string {
  const masked = stack.config === undefined ? scope : maskedScope(scope, stack.config);
  return JSON.stringify(masked === scope ? properties : resolveObject(declaration.properties, masked));
}

function newNameToken(context: ServiceContext): string {
  return context.random.text(TOKEN_LENGTH, UPPER_AND_DIGITS);
}

function work(
  { context }: Stage,
  action: Work["action"],
  wanted: Wanted,
  nameToken: string,
  propertiesAt: number | undefined,
  physicalId?: string,
): Beginning {
  return {
    work: {
      action,
      type: wanted.declaration.type,
      requestToken: context.random.uuid(),
      nameToken,
      properties: wanted.properties,
      metadata: wanted.metadata,
      imports: [...wanted.scope.imported],
      physicalId,
      callbackContext: undefined,
      woken: false,
      propertiesAt,
    },
  };
}

/** Back to how the resource was: by an update where it is still the same one, else by taking the old one up again. */
function beginRestore(stage: Stage): Beginning {
  const { context, stack, operation, step } = stage;
  const before = context.table(befores).get(stack.id, step.logicalId);
  const now = context.table(resources).get(stack.id, step.logicalId);
  if (before?.row === undefined) return { ended: "done" };
  const old = before.row;
  const isReplaced = now !== undefined && (now.physicalId !== old.physicalId || now.type !== old.type);
  if (now !== undefined && before.touched && !isReplaced && !isUnchanged(old, now)) {
    const text = JSON.stringify(old.properties);
    const propertiesAt = setResourceStatus(context, stack.id, operation, now, "UPDATE_IN_PROGRESS", undefined, text);
    return {
      work: {
        action: "update",
        type: old.type,
        requestToken: context.random.uuid(),
        nameToken: old.nameToken,
        properties: old.properties,
        metadata: old.metadata,
        imports: old.imports,
        physicalId: old.physicalId,
        callbackContext: undefined,
        woken: false,
        propertiesAt,
      },
    };
  }
  if (isReplaced) keepLeftover(context, stack.id, now, undefined);
  for (const leftover of [...context.table(leftovers).list([stack.id, old.logicalId])]) {
    if (leftover.physicalId !== old.physicalId) continue;
    context.table(leftovers).remove(stack.id, old.logicalId, leftover.nameToken);
  }
  restoreRow(stage, old);
  return { ended: "done" };
}

/** A replacement failed before it took the old one's place: the old one was never touched. */
function isUnchanged(old: ResourceRow, now: ResourceRow): boolean {
  return sameJson(now.properties, old.properties) && sameJson({ ...now.tags }, { ...old.tags });
}

/** The row as it was, told as a completed update; the resource is not the operation's any more. */
export function restoreRow(
  { context, stack, operation }: Pick<Stage, "context" | "stack" | "operation">,
  old: ResourceRow,
): void {
  const status = "UPDATE_COMPLETE";
  setResourceStatus(context, stack.id, operation, old, status, undefined, JSON.stringify(old.properties));
  context.table(befores).remove(stack.id, old.logicalId);
}

function beginDelete(stage: Stage): Beginning {
  const { context, stack, operation, step } = stage;
  const { leftover } = step;
  const row = leftover === undefined ? context.table(resources).get(stack.id, step.logicalId) : undefined;
  const target = leftover ?? row;
  if (target === undefined) return { ended: "done" };
  if (target.physicalId === undefined) {
    finishDelete(stage);
    return { ended: "done" };
  }
  if (row !== undefined ? isRetained(operation, row) : leftover?.policy === "Retain") {
    if (row === undefined) tellOfResource(context, stack.id, operation, target, "DELETE_SKIPPED");
    else {
      setResourceStatus(context, stack.id, operation, row, "DELETE_SKIPPED");
      if (operation.phase === "cleanup") context.table(resources).remove(stack.id, row.logicalId);
    }
    return { ended: "done" };
  }
  if ((row?.deletionPolicy ?? leftover?.policy) === "Snapshot") {
    const reason = `Seatrial cannot make snapshots: change the DeletionPolicy Snapshot of ${target.logicalId} to Retain or Delete.`;
    if (row === undefined) tellOfResource(context, stack.id, operation, target, "DELETE_FAILED", reason);
    else setResourceStatus(context, stack.id, operation, row, "DELETE_FAILED", reason);
    return { ended: "failed", verb: "delete" };
  }
  const text = JSON.stringify(target.properties);
  const propertiesAt =
    row === undefined
      ? tellOfResource(context, stack.id, operation, target, "DELETE_IN_PROGRESS", undefined, text)
      : setResourceStatus(context, stack.id, operation, row, "DELETE_IN_PROGRESS", undefined, text);
  return {
    work: {
      action: "delete",
      type: target.type,
      requestToken: context.random.uuid(),
      nameToken: target.nameToken,
      properties: target.properties,
      metadata: undefined,
      imports: [],
      physicalId: target.physicalId,
      callbackContext: undefined,
      woken: false,
      propertiesAt,
    },
  };
}

/** AWS page "DeletionPolicy attribute": what each policy means when a stack goes, and when its creation is rolled back. */
function isRetained(operation: Operation, row: ResourceRow): boolean {
  if (operation.retain.includes(row.logicalId)) return true;
  const isRollback = operation.phase === "rollback" || operation.ending === "rollback";
  switch (row.deletionPolicy) {
    case "Retain":
      return !(isRollback && operation.retainExceptOnCreate);
    case "RetainExceptOnCreate":
      return !isRollback;
    default:
      return false;
  }
}

/** The resource is gone. What a living stack has no more leaves its list too. */
export function finishDelete({ context, stack, operation, step }: Omit<Stage, "types">, propertiesAt?: number): void {
  const { leftover } = step;
  if (leftover !== undefined) {
    tellOfResource(context, stack.id, operation, leftover, "DELETE_COMPLETE", undefined, propertiesAt);
    context.table(leftovers).remove(stack.id, leftover.logicalId, leftover.nameToken);
    return;
  }
  const row = context.table(resources).get(stack.id, step.logicalId);
  if (row === undefined) return;
  setResourceStatus(context, stack.id, operation, row, "DELETE_COMPLETE", undefined, propertiesAt);
  if (operation.phase === "cleanup") context.table(resources).remove(stack.id, step.logicalId);
}
