/** A change set by its ARN, or by its name and its stack. */
import { AwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import { changeSetById, changeSetsOf, isActive } from "../change-sets/life.ts";
import { changeSetPlans, type ChangeSetPlan, type ChangeSetRow } from "../change-set-state.ts";
import { findStack, invalid, needStack } from "../names.ts";
import type { TemplateRow } from "../state.ts";

/**
 * Undefined when there is none of that name. An executed change set has its name until another one takes it.
 * Raises ValidationError for a name without a stack.
 */
export function findChangeSet(
  context: ServiceContext,
  nameOrId: string,
  stackName: string | undefined,
): ChangeSetRow | undefined {
  if (nameOrId.startsWith("arn:")) return changeSetById(context, nameOrId);
  if (stackName === undefined)
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  const stack = findStack(context, stackName);
  if (stack === undefined) return undefined;
  const named = changeSetsOf(context, stack.id).filter(({ name }) => name === nameOrId);
  return named.find(isActive) ?? named.at(-1);
}

/** Raises ChangeSetNotFoundException, and ValidationError where not even the stack is there. */
export function needChangeSet(context: ServiceContext, nameOrId: string, stackName: string | undefined): ChangeSetRow {
  const found = findChangeSet(context, nameOrId, stackName);
  if (found !== undefined) return found;
  if (stackName !== undefined && !nameOrId.startsWith("arn:"))
    needStack(context, stackName, (name) => `Stack [${name}] does not exist`);
  throw new AwsError("ChangeSetNotFoundException", `ChangeSet [${nameOrId}] does not exist`);
}

/** The large part of a change set. */
export function planOf(context: ServiceContext, { id }: ChangeSetRow): ChangeSetPlan {
  const plan = context.table(changeSetPlans).get(id);
  if (plan === undefined) throw new Error(`the plan of ${id} is gone`);
  return plan;
}

/** The template of a change set, for GetTemplate. */
export function changeSetTemplate(
  context: ServiceContext,
  nameOrId: string,
  stackName: string | undefined,
): TemplateRow {
  return planOf(context, needChangeSet(context, nameOrId, stackName)).template;
}
