/**
 * Change sets of nested stacks ("Change sets for nested stacks"): each nested stack gets one of its own, under its parent's. What other
 * resources will give its parameters is not known yet.
 */
import { UPPER_AND_DIGITS } from "../../../kernel/random.ts";
import type { ServiceContext } from "../../../service.ts";
import { presentResources } from "../../../template/graph.ts";
import { readTemplate } from "../../../template/template.ts";
import type { ParameterDeclaration } from "../../../template/sections.ts";
import { isList, isObject, type JsonObject } from "../../../template/value.ts";
import { changesOf, type Foresight } from "../changes.ts";
import { changeSetChildren, type ChangeSetRow } from "../change-set-state.ts";
import { STACK_TYPE } from "../events.ts";
import { generatedName, TOKEN_LENGTH } from "../generated-name.ts";
import { asCapability } from "../operations/describe.ts";
import { withTemplateErrors } from "../prepare.ts";
import type { Prepared } from "../prepared.ts";
import { readS3Text } from "../s3-text.ts";
import { nested, resources, stacks, type StackRow } from "../state.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { UNKNOWN } from "./change.ts";
import { changeSetById, hasNoChanges, removeDescendants } from "./life.ts";
import { createChangeSet } from "./request.ts";

/** Makes the change sets of the nested stacks. Answers why the parent's fails as a text, when one of them has failed. */
export async function makeChildren(
  context: ServiceContext,
  types: TypeRegistry,
  parent: Parent,
  make: (changeSetId: string) => Promise<void>,
): Promise<string | NonNullable<Foresight["children"]>> {
  const { stack, row, prepared } = parent;
  // Those of an attempt that was killed.
  context.transact(() => removeDescendants(context, row));
  const present = presentResources(prepared.template.resources, new Map(Object.entries(prepared.config.conditions)));
  const { properties } = changesOf(context, types, stack, prepared);
  const children = new Map<string, { readonly changeSetId: string; readonly isChanged: boolean }>();
  for (const [logicalId, { type }] of present) {
    if (type !== STACK_TYPE) continue;
    const id = await askForChild(context, types, { ...parent, logicalId }, properties.get(logicalId) ?? {});
    if (id === undefined) continue;
    await make(id);
    const child = changeSetById(context, id);
    if (child === undefined) continue;
    if (child.status === "FAILED" && !hasNoChanges(child))
      return `Nested change set ${child.id} was not successfully created: Currently in FAILED.`;
    children.set(logicalId, { changeSetId: child.id, isChanged: !hasNoChanges(child) });
  }
  return children;
}

/** A stack, its change set, and what that one makes the stack from. */
export interface Parent {
  readonly stack: StackRow;
  readonly row: ChangeSetRow;
  readonly prepared: Prepared;
}

async function askForChild(
  context: ServiceContext,
  types: TypeRegistry,
  { stack, row, prepared, logicalId }: Parent & { readonly logicalId: string },
  properties: JsonObject,
): Promise<string | undefined> {
  const url = properties["TemplateURL"];
  // Where its template will be is not known before other resources are there: nothing can be looked into.
  if (typeof url !== "string" || url.includes(UNKNOWN)) return undefined;
  const text = await readS3Text(context, url);
  const { parameters } = await withTemplateErrors(async () => readTemplate(text));
  const physicalId = context.table(resources).get(stack.id, logicalId)?.physicalId;
  const there = physicalId === undefined ? undefined : context.table(stacks).get(physicalId);
  const token = context.random.text(TOKEN_LENGTH, UPPER_AND_DIGITS);
  const name = there?.name ?? generatedName(stack.name, logicalId, token, { maxLength: 128 });
  if (there === undefined) context.transact(() => context.table(nested).put([name], { parentId: stack.id, logicalId }));
  const given = isObject(properties["Parameters"]) ? properties["Parameters"] : {};
  const { Id } = await createChangeSet(
    context,
    types,
    {
      StackName: there?.id ?? name,
      ChangeSetName: generatedName(row.name, logicalId, token, { maxLength: 128 }),
      ChangeSetType: there === undefined ? "CREATE" : "UPDATE",
      Parameters: parametersOf(given, parameters, there),
      Capabilities: prepared.config.capabilities.map(asCapability),
      Tags: tagsOf(properties["Tags"], prepared),
      IncludeNestedStacks: true,
    },
    { id: row.id, rootId: row.rootId ?? row.id, text },
  );
  context.transact(() => context.table(changeSetChildren).put([row.id, Id], logicalId));
  return Id;
}

/**
 * What is not known yet takes part as such, unless the parameter would not have it (a number, one of a few values): then it stays what it was.
 */
function parametersOf(
  given: JsonObject,
  declared: ReadonlyMap<string, ParameterDeclaration>,
  there: StackRow | undefined,
): { ParameterKey: string; ParameterValue?: string; UsePreviousValue?: boolean }[] {
  return Object.entries(given).map(([ParameterKey, value]) => {
    const text = isList(value) ? value.map(String).join(",") : String(value);
    const declaration = declared.get(ParameterKey);
    const isPlain = declaration?.type === "String" && declaration.allowedValues === undefined;
    const was = there?.config?.parameters.some(({ key }) => key === ParameterKey) === true;
    return text.includes(UNKNOWN) && !isPlain && was
      ? { ParameterKey, UsePreviousValue: true }
      : { ParameterKey, ParameterValue: text };
  });
}

function tagsOf(given: unknown, { config }: Prepared): { Key: string; Value: string }[] {
  const tags = new Map(config.tags.map(({ Key, Value }) => [Key, Value]));
  for (const tag of Array.isArray(given) ? given : []) {
    if (typeof tag === "object" && tag !== null && "Key" in tag && "Value" in tag)
      tags.set(String(tag.Key), String(tag.Value));
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
