/**
 * How a change set is asked for. What is wrong with the request, and with a template that has no transforms, is told at the call; all else
 * fails the change set later (making.ts).
 */
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, ServiceContext } from "../../../service.ts";
import { bindParameters } from "../../../template/parameters.ts";
import { readTemplate } from "../../../template/template.ts";
import { setStackStatus } from "../events.ts";
import { changeSetPlans, type ChangeSetPlan } from "../change-set-state.ts";
import { changeSetArn, checkStackName, findStack, invalid, stackArn, unsupported } from "../names.ts";
import { findChangeSet } from "../operations/change-set-lookup.ts";
import { checkUpdatable } from "../operations/stacks.ts";
import {
  givenParameters,
  prepare,
  previousConfig,
  refuseUnsupported,
  templateText,
  withTemplateErrors,
} from "../prepare.ts";
import type { Prepared, PreviousConfig } from "../prepared.ts";
import { actingPrincipal } from "../principal.ts";
import { rollbackConfiguration } from "../rollback-triggers/configuration.ts";
import type { Sdk } from "../sdk.ts";
import { newStackRow } from "../start.ts";
import { names, type StackRow } from "../state.ts";
import { isTransformed } from "../transforms/apply.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { importTargets } from "./import-checks.ts";
import { putChangeSet } from "./life.ts";

export type ChangeSetRequest = Input<Sdk, "CreateChangeSet">;

/** The change set of the stack around a nested one. */
export interface ParentChangeSet {
  readonly id: string;
  readonly rootId: string;
  /** The nested stack's template, which was read already. */
  readonly text: string;
}

/** Takes a request for a change set, which is then made by a deadline that is due now. Raises as CreateChangeSet does. */
export async function createChangeSet(
  context: ServiceContext,
  types: TypeRegistry,
  input: ChangeSetRequest,
  parent?: ParentChangeSet,
): Promise<{ readonly Id: string; readonly StackId: string }> {
  refuseRequest(input);
  const { StackName, ChangeSetName: name, ChangeSetType: type = "UPDATE" } = input;
  const there = findStack(context, StackName);
  const stack = stackFor(context, there, input);
  const known = there === undefined ? undefined : findChangeSet(context, name, there.id);
  if (known !== undefined && !known.executionStatus.startsWith("EXECUTE_")) {
    if (input.ClientToken !== undefined && known.clientToken === input.ClientToken)
      return { Id: known.id, StackId: known.stackId };
    throw new AwsError(
      "AlreadyExistsException",
      `ChangeSet ${name} cannot be created due to a mismatch with existing attribute: it already exists`,
      {
        status: 400,
      },
    );
  }
  const previous = there === undefined ? undefined : previousConfig(context, there);
  const text = parent?.text ?? (await templateText(context, input, previous));
  const prepared = await preparedNow(context, types, stack, input, previous, text);
  // Also asks whether the role may be assumed, before anybody relies on it.
  const principal = await actingPrincipal(context, input.RoleARN ?? there?.roleArn, stack.id);
  const imports =
    prepared === undefined ? [] : importTargets(context, types, there ?? asUnmade(stack), prepared, input);
  const id = changeSetArn(context, name, context.random.uuid());
  context.transact(() => {
    if (there === undefined) reviewedStack(context, stack, input, id);
    const { Parameters, Capabilities, Tags, ResourceTypes, ResourcesToImport, RollbackConfiguration } = input;
    const plan: ChangeSetPlan = {
      template: prepared?.row ?? { original: text, processed: undefined },
      changes: [],
      request:
        prepared === undefined
          ? { Parameters, Capabilities, Tags, ResourceTypes, ResourcesToImport, RollbackConfiguration }
          : undefined,
    };
    context.table(changeSetPlans).put([id], plan);
    putChangeSet(context, {
      id,
      name,
      stackId: stack.id,
      stackName: stack.name,
      type,
      description: input.Description,
      status: "CREATE_PENDING",
      reason: undefined,
      executionStatus: "UNAVAILABLE",
      createdAt: context.now,
      config: prepared?.config,
      roleArn: input.RoleARN,
      onFailure: input.OnStackFailure,
      clientToken: input.ClientToken,
      executionToken: undefined,
      principal,
      includesNested: input.IncludeNestedStacks === true,
      importsExisting: input.ImportExistingResources === true,
      imports,
      parentId: parent?.id,
      rootId: parent?.rootId,
    });
    if (parent === undefined) context.deadlines.set({ name: "changeSet", key: id, due: context.now });
  });
  return { Id: id, StackId: stack.id };
}

function refuseRequest(input: ChangeSetRequest): void {
  refuseUnsupported(input);
  const { ChangeSetType: type = "UPDATE", ResourcesToImport = [], OnStackFailure, DeploymentMode } = input;
  if (DeploymentMode !== undefined) throw unsupported(`DeploymentMode ${DeploymentMode}`);
  if (type === "IMPORT" && input.ImportExistingResources === true)
    throw invalid("ImportExistingResources cannot be specified when ChangeSetType is IMPORT.");
  if (type === "IMPORT" && ResourcesToImport.length === 0)
    throw invalid("Must Provide at least one resource to import");
  if (type !== "IMPORT" && ResourcesToImport.length > 0)
    throw invalid("ResourcesToImport can only be specified when ChangeSetType is IMPORT.");
  if (type === "IMPORT" && input.IncludeNestedStacks === true)
    throw invalid("IncludeNestedStacks cannot be specified when ChangeSetType is IMPORT.");
  if (OnStackFailure === "DELETE" && type !== "CREATE")
    throw invalid("OnStackFailure DELETE is only valid when ChangeSetType is CREATE.");
}

/** The stack that is meant, which may be new. */
function stackFor(
  context: ServiceContext,
  there: StackRow | undefined,
  { StackName, ChangeSetName, ChangeSetType }: ChangeSetRequest,
): Pick<StackRow, "id" | "name"> {
  const isNew = there === undefined && !StackName.startsWith("arn:");
  if (ChangeSetType === "CREATE" && there !== undefined && there.status !== "REVIEW_IN_PROGRESS") {
    throw invalid(
      `Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`,
    );
  }
  if (isNew && (ChangeSetType === "CREATE" || ChangeSetType === "IMPORT")) {
    checkStackName(StackName);
    return { id: stackArn(context, StackName, context.random.uuid()), name: StackName };
  }
  if (there === undefined || there.status === "DELETE_COMPLETE") throw invalid(`Stack [${StackName}] does not exist`);
  const isReviewed = there.status === "REVIEW_IN_PROGRESS" && ChangeSetType !== undefined && ChangeSetType !== "UPDATE";
  if (!isReviewed) checkUpdatable(there);
  return there;
}

/** Everything that can be said of a template without transforms; of another one, that it can be read and has its parameters. */
async function preparedNow(
  context: ServiceContext,
  types: TypeRegistry,
  stack: Pick<StackRow, "id" | "name">,
  input: ChangeSetRequest,
  previous: PreviousConfig | undefined,
  text: string,
): Promise<Prepared | undefined> {
  const isLater = await withTemplateErrors(async () => {
    const written = readTemplate(text);
    if (!isTransformed(written)) return false;
    rollbackConfiguration(input.RollbackConfiguration, undefined);
    bindParameters(written.parameters, givenParameters(written, input, previous));
    return true;
  });
  return isLater ? undefined : prepare(context, types, stack, input, previous, { expands: true, text });
}

/** A new stack waits in REVIEW_IN_PROGRESS for its first change set to be executed. */
function reviewedStack(
  context: ServiceContext,
  { id, name }: Pick<StackRow, "id" | "name">,
  input: ChangeSetRequest,
  changeSetId: string,
): void {
  if (context.table(names).has(name)) throw new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);
  const row = newStackRow(context, { id, name, roleArn: input.RoleARN, changeSetId });
  setStackStatus(context, row, "REVIEW_IN_PROGRESS", "User Initiated", input.ClientToken);
}

/** A stack that nothing was made of yet, to compare with. */
function asUnmade({ id, name }: Pick<StackRow, "id" | "name">): StackRow {
  return {
    id,
    name,
    status: "REVIEW_IN_PROGRESS",
    reason: undefined,
    failure: undefined,
    createdAt: 0,
    updatedAt: undefined,
    deletedAt: undefined,
    config: undefined,
    outputs: [],
    onFailure: "ROLLBACK",
    retainExceptOnCreate: false,
    timeoutMinutes: undefined,
    terminationProtection: false,
    deletionMode: undefined,
    roleArn: undefined,
    changeSetId: undefined,
    parentId: undefined,
    parentLogicalId: undefined,
    rootId: undefined,
  };
}
