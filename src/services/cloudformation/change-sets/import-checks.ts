/**
 * What may be imported, and what AWS says of what may not ("Import AWS resources into a CloudFormation stack"): the request is refused for
 * what can be seen in it; a resource that is not there, or is another stack's, fails the change set.
 */
import type { ServiceContext } from "../../../service.ts";
import { presentResources } from "../../../template/graph.ts";
import { own, sameJson, scalarText, type JsonObject } from "../../../template/value.ts";
import { changesOf } from "../changes.ts";
import type { ImportRequest, ImportTarget } from "../change-set-state.ts";
import { invalid } from "../names.ts";
import type { Prepared } from "../prepared.ts";
import type { TemplateRequest } from "../template-request.ts";
import { resources, stacks, type StackConfig, type StackRow } from "../state.ts";
import { templateFor } from "../scope.ts";
import type { TypeRegistry } from "../types/registry.ts";

/** What a change set that would import asks of its reader. */
export const IMPORT_REVIEW =
  "Verify that resources and their properties defined in the template match the intended configuration of the resource import to avoid unexpected changes.";

type ImportCall = ImportRequest & Pick<TemplateRequest, "Tags"> & { readonly RoleARN?: string | undefined };

/** What a request wants to import. Raises ValidationError, in AWS's order, where two things are wrong. */
export function importTargets(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  prepared: Prepared,
  request: ImportCall,
): readonly ImportTarget[] {
  const wanted = request.ResourcesToImport ?? [];
  if (wanted.length === 0) return [];
  const declared = presentResources(prepared.template.resources, new Map(Object.entries(prepared.config.conditions)));
  const ids = wanted.map(({ LogicalResourceId = "" }) => LogicalResourceId);
  if (new Set(ids).size !== ids.length) throw invalid("Every resource to import must have unique LogicalResourceId");
  const missing = ids.filter((id) => !declared.has(id));
  if (missing.length > 0) {
    throw invalid(
      `The logical resource ids ${listed(missing)} provided in ResourceToImport do not exist in the template.`,
    );
  }
  const alien = wanted.flatMap(({ ResourceType = "" }) => (canImport(types, ResourceType) ? [] : [ResourceType]));
  if (alien.length > 0) throw invalid(`ResourceTypes ${listed([...new Set(alien)])} are not supported for Import`);
  const targets = wanted.map((entry) =>
    targetOf(context, types, declared.get(entry.LogicalResourceId ?? "")?.type, entry),
  );
  const touched = [
    ...(outputsDiffer(context, stack, prepared) ? ["Outputs"] : []),
    ...(request.RoleARN !== undefined && request.RoleARN !== stack.roleArn ? ["RoleArn"] : []),
    ...(sameTags(stack.config, prepared.config) ? [] : ["Tags"]),
  ];
  if (touched.length > 0) throw invalid(`As part of the import operation, you cannot modify or add ${listed(touched)}`);
  checkChanges(context, types, stack, prepared, targets);
  const unguarded = ids.filter((id) => declared.get(id)?.deletionPolicy === undefined);
  if (unguarded.length > 0) {
    throw invalid(
      `The following resources to import ${listed(unguarded)} must have DeletionPolicy attribute specified in the template.`,
    );
  }
  return targets;
}

function listed(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** A type that can be read, and knows what tells one of its resources from all others. */
function canImport(types: TypeRegistry, type: string): boolean {
  const known = types.get(type);
  return known?.read !== undefined && (known.identifiers ?? []).length > 0;
}

function targetOf(
  context: ServiceContext,
  types: TypeRegistry,
  declaredType: string | undefined,
  {
    LogicalResourceId: logicalId = "",
    ResourceType: name = "",
    ResourceIdentifier = {},
  }: NonNullable<ImportRequest["ResourcesToImport"]>[number],
): ImportTarget {
  const type = types.get(name);
  const keys = type?.identifiers ?? [];
  const given = Object.keys(ResourceIdentifier);
  if (given.length !== keys.length || keys.some((key) => !Object.hasOwn(ResourceIdentifier, key)))
    throw invalid(`Invalid resource identifier for resource type ${name}. Expected ${listed(keys)}`);
  if (name !== declaredType) {
    throw invalid(
      `Resource type of [${logicalId}] passed in ResourceToImport does not match with resource type defined in the template. Resource type in ResourceToImport: ${name}; Resource type in Template: ${declaredType}.`,
    );
  }
  const identifiers = Object.fromEntries(keys.map((key) => [key, ResourceIdentifier[key] ?? ""]));
  const physicalId = type?.physicalIdOf?.(context, identifiers) ?? Object.values(identifiers).join("|");
  return { logicalId, type: name, physicalId, identifiers };
}

function checkChanges(
  context: ServiceContext,
  types: TypeRegistry,
  stack: StackRow,
  prepared: Prepared,
  targets: readonly ImportTarget[],
): void {
  const imports = new Map(targets.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  const { changes } = changesOf(context, types, stack, prepared, { imports });
  const idsOf = (...actions: readonly string[]): readonly string[] =>
    changes
      .filter(({ action, details }) => actions.includes(action) && !isAutomatic(details))
      .map(({ logicalId }) => logicalId);
  const [added, imported] = [idsOf("Add"), idsOf("Import")];
  if (added.length + imported.length === 0)
    throw invalid("The template should contain at least one new resource to import.");
  const own = targets.map(({ logicalId }) => logicalId).filter((id) => !imported.includes(id));
  if (own.length > 0) {
    throw invalid(`Resources ${listed(own)} passed in ResourceToImport are already in a stack and cannot be imported.`);
  }
  if (added.length > 0) throw invalid(`Resources ${listed(added)} is missing from ResourceToImport list`);
  const modified = idsOf("Modify", "Remove");
  if (modified.length > 0) {
    throw invalid(
      `You have modified resources ${listed(modified)} in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`,
    );
  }
}

/** A nested stack of which nothing is known to change. */
function isAutomatic(details: readonly { readonly source: string }[]): boolean {
  return details.length > 0 && details.every(({ source }) => source === "Automatic");
}

function outputsDiffer(context: ServiceContext, stack: StackRow, { template, config }: Prepared): boolean {
  const before = stack.config === undefined ? undefined : templateFor(context, stack.id, stack.config.templateId);
  const present = (outputs: Prepared["template"]["outputs"], conditions: StackConfig["conditions"]) =>
    Object.fromEntries(
      [...outputs]
        .filter(([, { condition }]) => condition === undefined || conditions[condition] !== false)
        .map(([key, { value, exportName }]) => [key, exportName === undefined ? [value] : [value, exportName]]),
    );
  return !sameJson(
    before === undefined ? {} : present(before.outputs, stack.config?.conditions ?? {}),
    present(template.outputs, config.conditions),
  );
}

function sameTags(before: StackConfig | undefined, after: StackConfig): boolean {
  const asRecord = (config: StackConfig | undefined) =>
    Object.fromEntries((config?.tags ?? []).map(({ Key, Value }) => [Key, Value]));
  return sameJson(asRecord(before), asRecord(after));
}

/** Why the resources cannot be taken over, in AWS's words for a change set's StatusReason; undefined when they can. */
export async function importFault(
  context: ServiceContext,
  types: TypeRegistry,
  targets: readonly ImportTarget[],
): Promise<string | undefined> {
  for (const { type, physicalId, identifiers } of targets) {
    const named = Object.values(identifiers).join("|");
    const reading = await types.get(type)?.read?.(context, { physicalId, properties: identifiers, attributes: {} });
    if (reading === undefined) return `Resource of type '${type}' with identifier '${named}' was not found.`;
    const owner = ownerOf(context, type, reading.physicalId);
    if (owner !== undefined) return `${named} already exists in stack ${owner}`;
  }
  return undefined;
}

/** The stack that a resource belongs to. */
export function ownerOf(context: ServiceContext, type: string, physicalId: string): string | undefined {
  for (const [[stackId], row] of context.table(resources).entries()) {
    if (row.physicalId !== physicalId || row.type !== type) continue;
    const isGone = row.status === "DELETE_COMPLETE" || row.status === "DELETE_SKIPPED";
    if (!isGone && context.table(stacks).get(String(stackId))?.status !== "DELETE_COMPLETE") return String(stackId);
  }
  return undefined;
}

/** What the template says that an identifying property is, where it says another thing than the import. */
export function identifierMismatch(target: ImportTarget, properties: JsonObject): string | undefined {
  for (const [key, value] of Object.entries(target.identifiers)) {
    const written = scalarText(own(properties, key));
    if (written !== undefined && written !== value) {
      return `The property ${key} of resource ${target.logicalId} is ${written} in the template, and ${value} in ResourceIdentifier.`;
    }
  }
  return undefined;
}
