/**
 * How an import is carried out: each resource is read as it is and taken over, then given the stack's tags. Nothing else of it is changed, and
 * what cannot be taken over gives back what was. It is one deadline, run again where it stood after a kill.
 */
import type { Deadline } from "../../../kernel/deadlines.ts";
import type { ResourceReading, ServiceContext } from "../../../service.ts";
import { batches, dependencyGraph } from "../../../template/graph.ts";
import { isObject, type Json, type JsonObject } from "../../../template/value.ts";
import { UPPER_AND_DIGITS } from "../../../kernel/random.ts";
import { takesTags } from "../begin-apply.ts";
import type { ChangeSetRow, ImportTarget } from "../change-set-state.ts";
import { setResourceStatus, setStackStatus } from "../events.ts";
import { failureReason } from "../failure.ts";
import { generatedName, TOKEN_LENGTH } from "../generated-name.ts";
import { tagsFor } from "../halting.ts";
import type { Prepared } from "../prepared.ts";
import { withReferences } from "../references.ts";
import { resolveObject, scopeOf, templateFor } from "../scope.ts";
import { newOperation } from "../start.ts";
import { operations, resources, stacks, templates, type Operation, type ResourceRow, type StackRow } from "../state.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { identifierMismatch } from "./import-checks.ts";
import { changeSetById } from "./life.ts";

/** Inside a transaction: the stack begins to import. */
export function startImport(
  context: ServiceContext,
  stack: StackRow,
  row: ChangeSetRow,
  prepared: Prepared,
  clientRequestToken: string | undefined,
): void {
  context.table(templates).put([stack.id, prepared.config.templateId], prepared.row);
  setStackStatus(context, stack, "IMPORT_IN_PROGRESS", "User Initiated", clientRequestToken, {
    config: prepared.config,
    changeSetId: row.id,
    failure: undefined,
    updatedAt: context.now,
  });
  const operation: Operation = {
    ...newOperation("UPDATE", { principal: row.principal, clientRequestToken }),
    previous: stack.config,
  };
  context.table(operations).put([stack.id], operation);
  const graph = dependencyGraph(prepared.template.resources, new Map(Object.entries(prepared.config.conditions)));
  const targets = new Map(row.imports.map((target) => [target.logicalId, target]));
  for (const id of batches(graph).flat()) {
    const target = targets.get(id);
    if (target === undefined) continue;
    const resource = asTaken(context, prepared, target, [...(graph.get(id) ?? [])]);
    setResourceStatus(context, stack.id, operation, resource, "IMPORT_IN_PROGRESS", "Resource import started.");
  }
  context.deadlines.set({ name: "import", key: stack.id, due: context.now, payload: { changeSetId: row.id } });
}

type Taken = Omit<ResourceRow, "status" | "reason" | "changedAt">;

function asTaken(
  context: ServiceContext,
  prepared: Prepared,
  { logicalId, type, physicalId }: ImportTarget,
  needs: readonly string[],
): Taken {
  const declaration = prepared.template.resources.get(logicalId);
  return {
    logicalId,
    type,
    physicalId,
    ref: undefined,
    attributes: {},
    properties: {},
    nameToken: context.random.text(TOKEN_LENGTH, UPPER_AND_DIGITS),
    tags: {},
    deletionPolicy: declaration?.deletionPolicy,
    updateReplacePolicy: declaration?.updateReplacePolicy,
    metadata: undefined,
    description: undefined,
    needs,
    imports: [],
  };
}

/** The deadline's payload: which change set, and an update's own memory while a resource is being tagged. */
function payloadOf({ payload }: Deadline): { readonly changeSetId: string; readonly callbackContext: unknown } {
  if (typeof payload !== "object" || payload === null || !("changeSetId" in payload))
    throw new Error("an import that does not say of which change set");
  return {
    changeSetId: String(payload.changeSetId),
    callbackContext: "callbackContext" in payload ? payload.callbackContext : undefined,
  };
}

/** Goes on with an import where it stands. */
export async function runImport(context: ServiceContext, types: TypeRegistry, deadline: Deadline): Promise<void> {
  const { changeSetId, callbackContext } = payloadOf(deadline);
  const stack = context.table(stacks).get(deadline.key);
  const operation = context.table(operations).get(deadline.key);
  const row = changeSetById(context, changeSetId);
  if (stack?.status !== "IMPORT_IN_PROGRESS" || operation === undefined || row === undefined) return;
  const acting = context.as({ principal: operation.principal });
  const run: Run = { context: acting, types, stack, operation };
  const targets = inOrder(context, stack, row.imports);
  for (const target of targets) {
    if (statusOf(run, target) !== "IMPORT_IN_PROGRESS") continue;
    const failure = await takeOver(run, target);
    if (failure !== undefined) {
      context.transact(() => undo(run, targets, target, failure));
      return;
    }
  }
  let memory = callbackContext;
  for (const target of targets) {
    const status = statusOf(run, target);
    if (status !== "IMPORT_COMPLETE" && status !== "UPDATE_IN_PROGRESS") continue;
    const tagged = await tag(run, target, memory);
    memory = undefined;
    if (tagged.status === "IN_PROGRESS") {
      const payload = { changeSetId, callbackContext: tagged.callbackContext };
      context.transact(() =>
        context.deadlines.set({ name: "import", key: stack.id, due: context.now + tagged.callbackDelayMs, payload }),
      );
      return;
    }
    if (tagged.status === "FAILED") {
      context.transact(() => undo(run, targets, target, tagged.reason));
      return;
    }
  }
  context.transact(() => {
    context.table(operations).remove(stack.id);
    setStackStatus(context, stack, "IMPORT_COMPLETE", undefined, operation.clientRequestToken);
  });
}

interface Run {
  readonly context: ServiceContext;
  readonly types: TypeRegistry;
  readonly stack: StackRow;
  readonly operation: Operation;
}

/** Those first that others refer to. */
function inOrder(context: ServiceContext, stack: StackRow, targets: readonly ImportTarget[]): readonly ImportTarget[] {
  const { config } = stack;
  if (config === undefined) throw new Error(`${stack.id} imports after no template`);
  const { resources: declared } = templateFor(context, stack.id, config.templateId);
  const order = batches(dependencyGraph(declared, new Map(Object.entries(config.conditions)))).flat();
  const places = new Map(order.map((id, place) => [id, place]));
  return [...targets].sort((a, b) => (places.get(a.logicalId) ?? 0) - (places.get(b.logicalId) ?? 0));
}

function statusOf({ context, stack }: Run, { logicalId }: ImportTarget): string | undefined {
  return context.table(resources).get(stack.id, logicalId)?.status;
}

/** Reads the resource and writes it down as the stack's. Answers why that cannot be. */
async function takeOver(run: Run, target: ImportTarget): Promise<string | undefined> {
  const { context, stack, operation } = run;
  const { config } = stack;
  const row = context.table(resources).get(stack.id, target.logicalId);
  if (config === undefined || row === undefined) throw new Error(`${target.logicalId} is imported into nothing`);
  const template = templateFor(context, stack.id, config.templateId);
  const declaration = template.resources.get(target.logicalId);
  try {
    const scope = scopeOf(context, stack, config, template);
    const written = resolveObject(declaration?.properties ?? {}, scope);
    const properties = withReferences(written, config.references ?? {});
    const metadata = declaration?.metadata === undefined ? undefined : resolveObject(declaration.metadata, scope);
    const mismatch = identifierMismatch(target, properties);
    if (mismatch !== undefined) return mismatch;
    const reading = await read(run, target);
    if (reading === undefined) {
      const named = Object.values(target.identifiers).join("|");
      return `Resource of type '${target.type}' with identifier '${named}' was not found.`;
    }
    const taken: Taken = {
      ...row,
      physicalId: reading.physicalId,
      ref: reading.ref,
      attributes: asJson(reading.attributes ?? {}),
      properties,
      metadata,
      imports: [...scope.imported],
    };
    context.transact(() =>
      setResourceStatus(context, stack.id, operation, taken, "IMPORT_COMPLETE", "Resource import completed."),
    );
    return undefined;
  } catch (error) {
    return failureReason(error, context.random.uuid(), context.random.uuid());
  }
}

function read(
  { context, types }: Run,
  { type, physicalId, identifiers }: ImportTarget,
): Promise<ResourceReading | undefined> {
  const known = types.get(type);
  if (known?.read === undefined) throw new Error(`${type} cannot be read`);
  return known.read(context, { physicalId, properties: identifiers, attributes: {} });
}

type Tagged =
  | { readonly status: "SUCCESS" }
  | { readonly status: "FAILED"; readonly reason: string }
  | { readonly status: "IN_PROGRESS"; readonly callbackContext: unknown; readonly callbackDelayMs: number };

/** An update that changes nothing but the tags: all else is given as it was read. */
async function tag(run: Run, target: ImportTarget, callbackContext: unknown): Promise<Tagged> {
  const { context, types, stack, operation } = run;
  const row = context.table(resources).get(stack.id, target.logicalId);
  const type = types.get(target.type);
  if (row === undefined || type === undefined) throw new Error(`${target.logicalId} is gone while it is imported`);
  const tags = tagsFor(stack, target.logicalId);
  if (row.status !== "UPDATE_IN_PROGRESS") {
    const reason = "Apply stack-level tags to imported resource if applicable.";
    context.transact(() => setResourceStatus(context, stack.id, operation, row, "UPDATE_IN_PROGRESS", reason));
  }
  try {
    if (takesTags(type)) {
      const live = Object.entries((await read(run, target))?.properties ?? {});
      const properties = Object.fromEntries(live.filter(([key]) => type.properties.includes(key)));
      const requestToken = context.random.uuid();
      const progress = await type.update(context, {
        logicalId: target.logicalId,
        stackId: stack.id,
        stackName: stack.name,
        properties,
        previousProperties: properties,
        physicalId: row.physicalId ?? "",
        attributes: row.attributes,
        tags,
        previousTags: row.tags,
        generatedName: (options = {}) => generatedName(stack.name, target.logicalId, row.nameToken, options),
        ...(callbackContext === undefined ? {} : { callbackContext }),
        retried: callbackContext === undefined && row.status === "UPDATE_IN_PROGRESS",
        type: target.type,
        requestToken,
        stepKey: target.logicalId,
        rollback: false,
        continued: false,
      });
      if (progress.status === "IN_PROGRESS") return progress;
    }
  } catch (error) {
    return { status: "FAILED", reason: failureReason(error, context.random.uuid(), context.random.uuid()) };
  }
  context.transact(() =>
    setResourceStatus(context, stack.id, operation, { ...row, tags: takesTags(type) ? tags : {} }, "UPDATE_COMPLETE"),
  );
  return { status: "SUCCESS" };
}

/** Lets go of what was taken over; the resources themselves stay where they are. Inside a transaction. */
function undo(run: Run, targets: readonly ImportTarget[], failed: ImportTarget, reason: string): void {
  const { context, stack, operation } = run;
  const tell = (target: ImportTarget, status: Parameters<typeof setResourceStatus>[4], why?: string): void => {
    const row = context.table(resources).get(stack.id, target.logicalId);
    if (row !== undefined) setResourceStatus(context, stack.id, operation, row, status, why);
  };
  tell(failed, "IMPORT_FAILED", reason);
  const token = operation.clientRequestToken;
  const why = `The following resource(s) failed to import: [${failed.logicalId}].`;
  const rolling = setStackStatus(context, { ...stack, failure: why }, "IMPORT_ROLLBACK_IN_PROGRESS", why, token, {
    config: operation.previous,
  });
  for (const target of targets) {
    tell(target, "IMPORT_ROLLBACK_IN_PROGRESS");
    tell(target, "IMPORT_ROLLBACK_COMPLETE");
    context.table(resources).remove(stack.id, target.logicalId);
  }
  context.table(operations).remove(stack.id);
  setStackStatus(context, rolling, "IMPORT_ROLLBACK_COMPLETE", undefined, token);
}

function asJson(value: Readonly<Record<string, unknown>>): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(value));
  return isObject(parsed) ? parsed : {};
}
