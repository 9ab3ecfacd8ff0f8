/**
 * How the making of a resource begins: what its template comes to now, what has to be done for it, and the events that say so. Inside a
 * transaction.
 */
import { isAwsError } from "../../kernel/errors.ts";
import { UPPER_AND_DIGITS } from "../../kernel/random.ts";
import type { ServiceContext } from "../../service.ts";
import { differences } from "../../template/diff.ts";
import type { ResourceDeclaration } from "../../template/sections.ts";
import { TemplateError } from "../../template/template-error.ts";
import { sameJson, type JsonObject } from "../../template/value.ts";
import { adoptions } from "./change-set-state.ts";
import { setResourceStatus, STACK_TYPE } from "./events.ts";
import { TOKEN_LENGTH } from "./generated-name.ts";
import { tagsFor } from "./halting.ts";
import { templateFor, maskedScope, resolveObject, scopeOf, type StackScope } from "./scope.ts";
import { withReferences } from "./references.ts";
import { policyDenial } from "./stack-policy.ts";
import { forgetSignals } from "./signals.ts";
import type { Stage, Beginning, Ended } from "./stage.ts";
import { befores, policies, resources, type ResourceRow, type Step, type Work } from "./state.ts";
import { propertyFaults, writtenFaults } from "./types/property-check.ts";
import type { EngineType } from "./types/registry.ts";

/** What the template says of a resource now. */
interface Wanted {
  readonly declaration: ResourceDeclaration;
  readonly scope: StackScope;
  readonly properties: JsonObject;
  readonly metadata: JsonObject | undefined;
  readonly updatePolicy?: JsonObject | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Begins to make a resource as the template wants it. */
export function beginApply(stage: Stage): Beginning {
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
  const written = writtenFaults(type, declaration, logicalId, config);
  if (written !== undefined) return failEarly(stage, there, declaration, {}, written);
  const scope = scopeOf(context, stack, config, template);
  let wanted: Wanted;
  try {
    if (stage.late instanceof Error) throw stage.late;
    const written = resolveObject(declaration.properties, scope);
    const properties = withReferences(written, { ...config.references, ...stage.late });
    const { metadata: note, updatePolicy: policy } = declaration;
    const metadata = note === undefined ? undefined : resolveObject(note, scope);
    const updatePolicy = policy === undefined ? undefined : resolveObject(policy, scope);
    wanted = { declaration, scope, properties, metadata, updatePolicy, tags: tagsFor(stack, logicalId) };
  } catch (error) {
    if (!(error instanceof TemplateError) && !isAwsError(error)) throw error;
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
  const changed = new Set(differences(there.properties, wanted.properties).map(({ path }) => String(path[0])));
  if (type.replaceOn.some((property) => changed.has(property))) return "replace";
  // What is in a nested stack's template cannot be seen from here: the nested stack looks for itself.
  if (changed.size > 0 || there.status.endsWith("_FAILED") || there.type === STACK_TYPE) return "update";
  return takesTags(type) && !sameJson({ ...there.tags }, { ...wanted.tags }) ? "update" : "none";
}

/** Types with a Tags property propagate the stack's tags. */
export function takesTags(type: EngineType): boolean {
  return type.properties.includes("Tags") || type.properties.includes("HostedZoneTags");
}

/**
 * A new one beside the old one would have the same name in the same place: what it must be in (a filter's group, an alias's function) is
 * required and create-only like the name.
 */
function keepsItsName(type: EngineType, there: ResourceRow, { properties }: Wanted): boolean {
  const { nameProperty, required = [], replaceOn } = type;
  if (nameProperty === undefined) return false;
  const isKept = (name: string): boolean => differences(pick(there, name), pick({ properties }, name)).length === 0;
  const places = required.filter((name) => replaceOn.includes(name));
  return properties[nameProperty] !== undefined && [nameProperty, ...places].every(isKept);
}

function pick({ properties }: Pick<ResourceRow, "properties">, name: string): JsonObject {
  const value = properties[name];
  return value === undefined ? {} : { [name]: value };
}

function beginCreate(stage: Stage, row: ResourceRow | undefined, wanted: Wanted): Beginning {
  const { context, stack, operation, step } = stage;
  const isAdopted = context.table(adoptions).has(stack.id, step.logicalId);
  const nameToken = newNameToken(context);
  forgetSignals(context, stack.id, step.logicalId);
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
    isAdopted ? "IMPORT_IN_PROGRESS" : "CREATE_IN_PROGRESS",
    isAdopted ? "Resource import started." : undefined,
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
  const { config } = stack;
  if (config === undefined) return JSON.stringify(properties);
  const masked = resolveObject(declaration.properties, maskedScope(scope, config));
  return JSON.stringify(withReferences(masked, config.references ?? {}));
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
      updatePolicy: wanted.updatePolicy,
      imports: [...wanted.scope.imported],
      physicalId,
      callbackContext: undefined,
      woken: false,
      propertiesAt,
    },
  };
}
