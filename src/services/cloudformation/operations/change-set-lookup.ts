/** A change set by its ARN, or by its name and its stack. */
import { AwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { changeSets, type ChangeSetRow } from "../change-set-state.ts";
import { findStack, invalid, needStack } from "../names.ts";
import type { TemplateRow } from "../state.ts";

/** Undefined when there is none of that name. Raises ValidationError for a name without a stack. */
export function findChangeSet(
  context: ServiceContext,
  nameOrId: string,
  stackName: string | undefined,
): ChangeSetRow | undefined {
  const table = context.table(changeSets);
  if (nameOrId.startsWith("arn:")) {
    for (const row of table.list()) if (row.id === nameOrId) return row;
    return undefined;
  }
  if (stackName === undefined)
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  const stack = findStack(context, stackName);
  if (stack === undefined) return undefined;
  for (const row of table.list([stack.id])) if (row.name === nameOrId) return row;
  return undefined;
}

/** Raises ChangeSetNotFoundException, and ValidationError where not even the stack is there. */
export function needChangeSet(context: ServiceContext, nameOrId: string, stackName: string | undefined): ChangeSetRow {
  const found = findChangeSet(context, nameOrId, stackName);
  if (found !== undefined) return found;
  if (stackName !== undefined && !nameOrId.startsWith("arn:"))
    needStack(context, stackName, (name) => `Stack [${name}] does not exist`);
  throw new AwsError("ChangeSetNotFoundException", `ChangeSet [${nameOrId}] does not exist`);
}

/** The template of a change set, for GetTemplate. */
export function changeSetTemplate(
  context: ServiceContext,
  nameOrId: string,
  stackName: string | undefined,
): TemplateRow {
  return needChangeSet(context, nameOrId, stackName).template;
}
