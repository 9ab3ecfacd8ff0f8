/** Change sets: what an operation would do, kept until somebody has it done (AWS page "Update CloudFormation stacks using change sets"). */
import { AwsError } from "../../../kernel/errors.ts";
import type { Input, Operations, Output, ServiceContext } from "../../../service.ts";
import { changeSets, type ChangeSetRow } from "../change-set-state.ts";
import { changesOf, type Change, type Changes, type Detail } from "../changes.ts";
import { setStackStatus } from "../events.ts";
import { changeSetArn, checkStackName, findStack, invalid, needStack, stackArn, unsupported } from "../names.ts";
import { pageOf } from "../paging.ts";
import { prepare, type Prepared } from "../prepare.ts";
import { actingPrincipal } from "../principal.ts";
import { parseTemplate, rememberTemplate } from "../scope.ts";
import type { Sdk } from "../sdk.ts";
import { newStackRow, startCreate, startUpdate } from "../start.ts";
import { names, type StackRow } from "../state.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { findChangeSet, needChangeSet } from "./change-set-lookup.ts";
import { asCapability, shownParameters } from "./describe.ts";
import { checkUpdatable, previousConfig } from "./stacks.ts";

type ChangeShape = NonNullable<Output<Sdk, "DescribeChangeSet">["Changes"]>[number];
type DetailShape = NonNullable<NonNullable<ChangeShape["ResourceChange"]>["Details"]>[number];

const PAGE = 100;
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";
const NO_CHANGES_TRANSFORMED = "No updates are to be performed.";

export function changeSetOperations(types: TypeRegistry) {
  return {
    async CreateChangeSet(context, input) {
      refuseUnsupported(input);
      const { StackName, ChangeSetName: name, ChangeSetType = "UPDATE" } = input;
      if (ChangeSetType === "IMPORT") throw unsupported("ChangeSetType IMPORT");
      const there = findStack(context, StackName);
      const stack =
        ChangeSetType === "CREATE" ? forCreation(context, there, StackName) : forUpdate(context, there, StackName);
      const known = there === undefined ? undefined : findChangeSet(context, name, there.id);
      if (known !== undefined) {
        if (input.ClientToken !== undefined && known.clientToken === input.ClientToken)
          return { Id: known.id, StackId: known.stackId };
        throw new AwsError(
          "AlreadyExistsException",
          `ChangeSet ${name} cannot be created due to a mismatch with existing attribute: it already exists`,
          { status: 400 },
        );
      }
      const prepared = await prepare(
        context,
        types,
        stack,
        input,
        there === undefined ? undefined : previousConfig(context, there),
        {
          expands: true,
        },
      );
      // Also asks whether the role may be assumed, before anybody relies on it.
      await actingPrincipal(context, input.RoleARN, stack.id);
      const id = changeSetArn(context, name, context.random.uuid());
      context.transact(() => {
        const row = there ?? reviewedStack(context, stack, input, id);
        const verdict =
          prepared.failure === undefined
            ? verdictOn(changesOf(context, types, row, prepared), row, prepared)
            : failedVerdict(prepared.failure);
        context.table(changeSets).put([stack.id, id], {
          ...verdict,
          id,
          name,
          stackId: stack.id,
          stackName: stack.name,
          type: ChangeSetType,
          description: input.Description,
          createdAt: context.now,
          config: prepared.config,
          template: prepared.row,
          roleArn: input.RoleARN,
          onFailure: input.OnStackFailure,
          clientToken: input.ClientToken,
        });
      });
      return { Id: id, StackId: stack.id };
    },

    DescribeChangeSet(context, input) {
      const row = needChangeSet(context, input.ChangeSetName, input.StackName);
      const { items, next } = pageOf(row.changes, input.NextToken, PAGE);
      const withValues = input.IncludePropertyValues === true;
      return {
        ChangeSetName: row.name,
        ChangeSetId: row.id,
        StackId: row.stackId,
        StackName: row.stackName,
        Description: row.description,
        Parameters: row.config.parameters.length === 0 ? undefined : shownParameters(row),
        CreationTime: new Date(row.createdAt),
        ExecutionStatus: row.executionStatus,
        Status: row.status,
        StatusReason: row.reason,
        NotificationARNs: [],
        RollbackConfiguration: {},
        Capabilities: row.config.capabilities.map(asCapability),
        Tags: row.config.tags.map(({ Key, Value }) => ({ Key, Value })),
        Changes: items.map((change) => shownChange(change, withValues)),
        NextToken: next,
        IncludeNestedStacks: false,
        OnStackFailure: row.onFailure,
      };
    },

    async ExecuteChangeSet(context, input) {
      const row = needChangeSet(context, input.ChangeSetName, input.StackName);
      const stack = needStack(context, row.stackId);
      checkExecutable(row);
      const principal = await actingPrincipal(context, row.roleArn ?? stack.roleArn, stack.id);
      context.transact(() => {
        const now = needStack(context, row.stackId);
        checkExecutable(needChangeSet(context, row.id, undefined));
        const prepared = asPrepared(row);
        const options = {
          principal,
          clientRequestToken: input.ClientRequestToken,
          retainExceptOnCreate: input.RetainExceptOnCreate,
          disableRollback: input.DisableRollback,
        };
        // The others were made for a stack that is no more as it was.
        dropOthers(context, row);
        context.table(changeSets).put([stack.id, row.id], { ...row, executionStatus: "EXECUTE_COMPLETE" });
        if (now.status === "REVIEW_IN_PROGRESS") {
          const onFailure = input.DisableRollback === true ? "DO_NOTHING" : (row.onFailure ?? "ROLLBACK");
          startCreate(
            context,
            types,
            { ...now, onFailure, roleArn: row.roleArn, changeSetId: row.id },
            prepared,
            options,
          );
          return;
        }
        checkUpdatable(now);
        startUpdate(context, types, now, prepared, { ...options, roleArn: row.roleArn, changeSetId: row.id });
      });
      return {};
    },

    DeleteChangeSet(context, input) {
      const row = findChangeSet(context, input.ChangeSetName, input.StackName);
      if (row === undefined) {
        if (input.ChangeSetName.startsWith("arn:")) return {};
        needStack(context, input.StackName ?? "", (name) => `Stack [${name}] does not exist`);
        return {};
      }
      if (row.executionStatus === "EXECUTE_IN_PROGRESS") {
        throw new AwsError(
          "InvalidChangeSetStatusException",
          `ChangeSet [${row.id}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
        );
      }
      context.table(changeSets).remove(row.stackId, row.id);
      return {};
    },

    ListChangeSets(context, input) {
      const stack = needStack(context, input.StackName, (name) => `Stack [${name}] does not exist`);
      const rows = [...context.table(changeSets).list([stack.id])].sort((a, b) => a.createdAt - b.createdAt);
      const { items, next } = pageOf(rows, input.NextToken, PAGE);
      return {
        Summaries: items.map((row) => ({
          StackId: row.stackId,
          StackName: row.stackName,
          ChangeSetId: row.id,
          ChangeSetName: row.name,
          ExecutionStatus: row.executionStatus,
          Status: row.status,
          StatusReason: row.reason,
          CreationTime: new Date(row.createdAt),
          Description: row.description,
          IncludeNestedStacks: false,
        })),
        NextToken: next,
      };
    },
  } satisfies Operations<Sdk>;
}

function refuseUnsupported(input: Input<Sdk, "CreateChangeSet">): void {
  if ((input.ResourcesToImport ?? []).length > 0) throw unsupported("ResourcesToImport");
  if (input.ImportExistingResources === true) throw unsupported("ImportExistingResources");
  if (input.IncludeNestedStacks === true) throw unsupported("IncludeNestedStacks");
  if (input.DeploymentMode !== undefined) throw unsupported(`DeploymentMode ${input.DeploymentMode}`);
}

function forCreation(
  context: ServiceContext,
  there: StackRow | undefined,
  name: string,
): Pick<StackRow, "id" | "name"> {
  if (there === undefined) {
    checkStackName(name);
    return { id: stackArn(context, name, context.random.uuid()), name };
  }
  if (there.status === "REVIEW_IN_PROGRESS") return there;
  throw invalid(`Stack [${there.name}] already exists and cannot be created again with the changeSet [CREATE].`);
}

function forUpdate(_context: ServiceContext, there: StackRow | undefined, name: string): StackRow {
  if (there === undefined || there.status === "DELETE_COMPLETE") throw invalid(`Stack [${name}] does not exist`);
  checkUpdatable(there);
  return there;
}

/** A new stack waits in REVIEW_IN_PROGRESS for its first change set to be executed. */
function reviewedStack(
  context: ServiceContext,
  { id, name }: Pick<StackRow, "id" | "name">,
  input: Input<Sdk, "CreateChangeSet">,
  changeSetId: string,
): StackRow {
  if (context.table(names).has(name)) throw new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);
  const row = newStackRow(context, { id, name, roleArn: input.RoleARN, changeSetId });
  return setStackStatus(context, row, "REVIEW_IN_PROGRESS", "User Initiated", input.ClientToken);
}

function verdictOn(
  { changes, isOtherwiseChanged }: Changes,
  stack: StackRow,
  prepared: Prepared,
): Pick<ChangeSetRow, "changes" | "status" | "reason" | "executionStatus"> {
  const isEmpty = changes.length === 0 && !isOtherwiseChanged && stack.status !== "UPDATE_FAILED";
  if (!isEmpty) return { changes, status: "CREATE_COMPLETE", reason: undefined, executionStatus: "AVAILABLE" };
  const reason = prepared.row.processed === undefined ? NO_CHANGES : NO_CHANGES_TRANSFORMED;
  return { changes, status: "FAILED", reason, executionStatus: "UNAVAILABLE" };
}

/** Of a template whose macros came to nothing. */
function failedVerdict(reason: string): ReturnType<typeof verdictOn> {
  return { changes: [], status: "FAILED", reason, executionStatus: "UNAVAILABLE" };
}

function checkExecutable(row: ChangeSetRow): void {
  if (row.executionStatus === "AVAILABLE") return;
  throw new AwsError(
    "InvalidChangeSetStatusException",
    row.status === "FAILED"
      ? `ChangeSet [${row.id}] cannot be executed in its current status of [FAILED]`
      : `ChangeSet [${row.id}] cannot be executed in its current execution status of [${row.executionStatus}]`,
  );
}

function asPrepared({ config, template }: ChangeSetRow): Prepared {
  return { config, row: template, template: rememberTemplate(config.templateId, parseTemplate(template)) };
}

function dropOthers(context: ServiceContext, executed: ChangeSetRow): void {
  const table = context.table(changeSets);
  for (const row of Array.from(table.list([executed.stackId])))
    if (row.id !== executed.id) table.remove(row.stackId, row.id);
}

function shownChange(change: Change, withValues: boolean): ChangeShape {
  const { action, logicalId, physicalId, type, replacement, policyAction, details } = change;
  return {
    Type: "Resource",
    ResourceChange: {
      PolicyAction: policyAction,
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: replacement,
      Scope: [...new Set(details.map(({ attribute }) => attribute))],
      Details: details.map((detail) => shownDetail(detail, withValues)),
    },
  };
}

const CHANGE_TYPES = { Add: "Add", Modify: "Modify", Remove: "Remove" } as const;

function shownDetail(detail: Detail, withValues: boolean): DetailShape {
  const { attribute, name, path, recreation, evaluation, source, causing, kind, before, after } = detail;
  const values = { Path: path, BeforeValue: before, AfterValue: after, AttributeChangeType: CHANGE_TYPES[kind] };
  return {
    Target: { Attribute: attribute, Name: name, RequiresRecreation: recreation, ...(withValues ? values : {}) },
    Evaluation: evaluation,
    ChangeSource: source,
    CausingEntity: causing,
  };
}
