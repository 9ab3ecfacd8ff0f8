/** Change sets: what an operation would do, kept until somebody has it done (AWS page "Update CloudFormation stacks using change sets"). */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { asPrepared, dropOthers } from "../change-sets/making.ts";
import { createChangeSet } from "../change-sets/request.ts";
import { startImport } from "../change-sets/import-run.ts";
import {
  changeSetsOf,
  descendantsOf,
  isActive,
  putChangeSet,
  removeChangeSet,
  removeDescendants,
} from "../change-sets/life.ts";
import { shownChange, shownSummary } from "../change-sets/shown.ts";
import { adoptions, type ChangeSetRow } from "../change-set-state.ts";
import { invalid, needStack } from "../names.ts";
import { pageOf } from "../paging.ts";
import type { Prepared } from "../prepared.ts";
import { actingPrincipal } from "../principal.ts";
import { shownRollbackConfiguration } from "../rollback-triggers/configuration.ts";
import type { Sdk } from "../sdk.ts";
import { startCreate, startUpdate, type OperationOptions } from "../start.ts";
import type { StackRow } from "../state.ts";
import type { TypeRegistry } from "../types/registry.ts";
import { findChangeSet, needChangeSet, planOf } from "./change-set-lookup.ts";
import { asCapability, shownParameters } from "./describe.ts";
import { checkUpdatable } from "./stacks.ts";

const PAGE = 100;

export function changeSetOperations(types: TypeRegistry) {
  return {
    async CreateChangeSet(context, input) {
      return createChangeSet(context, types, input);
    },

    DescribeChangeSet(context, input) {
      const row = needChangeSet(context, input.ChangeSetName, input.StackName);
      const { items, next } = pageOf(planOf(context, row).changes, input.NextToken, PAGE);
      const withValues = input.IncludePropertyValues === true;
      const { config } = row;
      return {
        ...shownSummary(row),
        Parameters: config === undefined || config.parameters.length === 0 ? undefined : shownParameters({ config }),
        NotificationARNs: [],
        RollbackConfiguration: shownRollbackConfiguration(config?.rollback),
        Capabilities: (config?.capabilities ?? []).map(asCapability),
        Tags: config === undefined || config.tags.length === 0 ? undefined : config.tags.map((tag) => ({ ...tag })),
        Changes: items.map((change) => shownChange(change, withValues)),
        NextToken: next,
        OnStackFailure: row.onFailure,
      };
    },

    /** There is nothing here that could register a hook. */
    DescribeChangeSetHooks(context, input) {
      const row = needChangeSet(context, input.ChangeSetName, input.StackName);
      return {
        ChangeSetId: row.id,
        ChangeSetName: row.name,
        Hooks: [],
        Status: row.status === "CREATE_COMPLETE" ? "PLANNED" : row.status === "FAILED" ? "UNAVAILABLE" : "PLANNING",
        NextToken: undefined,
        StackId: row.stackId,
        StackName: row.stackName,
      };
    },

    async ExecuteChangeSet(context, input) {
      const row = needChangeSet(context, input.ChangeSetName, input.StackName);
      const token = input.ClientRequestToken;
      if (token !== undefined && row.executionToken === token) return {};
      checkExecutable(row);
      if (input.DisableRollback !== undefined && row.onFailure !== undefined)
        throw invalid("DisableRollback cannot be specified when OnStackFailure was specified in CreateChangeSet.");
      const stack = needStack(context, row.stackId);
      const principal = await actingPrincipal(context, row.roleArn ?? stack.roleArn, stack.id);
      context.transact(() => {
        const current = needChangeSet(context, row.id, undefined);
        checkExecutable(current);
        const { template } = planOf(context, current);
        if (current.config === undefined) throw new Error(`${row.id} is available and has no configuration`);
        // The others were made for a stack that is no more as it was.
        dropOthers(context, current);
        for (const each of [current, ...descendantsOf(context, current)]) {
          if (each.executionStatus !== "AVAILABLE") continue;
          putChangeSet(context, { ...each, executionStatus: "EXECUTE_IN_PROGRESS", executionToken: token });
        }
        begin(context, types, current, needStack(context, row.stackId), asPrepared(current.config, template), {
          principal,
          clientRequestToken: token,
          retainExceptOnCreate: input.RetainExceptOnCreate,
          disableRollback: input.DisableRollback ?? (row.onFailure === "DO_NOTHING" ? true : undefined),
        });
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
      checkRoot(row);
      if (row.status === "CREATE_PENDING" || row.status === "CREATE_IN_PROGRESS")
        throw wrongStatus(`ChangeSet [${row.id}] cannot be deleted in its current status of [${row.status}]`);
      if (row.executionStatus === "EXECUTE_IN_PROGRESS") {
        throw wrongStatus(
          `ChangeSet [${row.id}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
        );
      }
      removeDescendants(context, row);
      removeChangeSet(context, row);
      return {};
    },

    ListChangeSets(context, input) {
      const stack = needStack(context, input.StackName, (name) => `Stack [${name}] does not exist`);
      const { items, next } = pageOf(changeSetsOf(context, stack.id).filter(isActive), input.NextToken, PAGE);
      return { Summaries: items.map(shownSummary), NextToken: next };
    },
  } satisfies Operations<Sdk>;
}

function wrongStatus(message: string): AwsError {
  return new AwsError("InvalidChangeSetStatusException", message);
}

/** "You must execute or delete change sets for nested stacks from the root change set." */
function checkRoot({ id, rootId }: ChangeSetRow): void {
  if (rootId === undefined) return;
  throw invalid(`ChangeSet [${id}] is of a nested stack: execute or delete its root change set [${rootId}].`);
}

function checkExecutable(row: ChangeSetRow): void {
  checkRoot(row);
  if (row.executionStatus === "AVAILABLE") return;
  throw wrongStatus(
    row.status === "CREATE_COMPLETE"
      ? `ChangeSet [${row.id}] cannot be executed in its current execution status of [${row.executionStatus}]`
      : `ChangeSet [${row.id}] cannot be executed in its current status of [${row.status}]`,
  );
}

/** Sets the stack going as the change set says. Inside a transaction. */
function begin(
  context: ServiceContext,
  types: TypeRegistry,
  row: ChangeSetRow,
  stack: StackRow,
  prepared: Prepared,
  options: OperationOptions,
): void {
  if (row.type === "IMPORT") {
    if (stack.status !== "REVIEW_IN_PROGRESS") checkUpdatable(stack);
    startImport(context, stack, row, prepared, options.clientRequestToken);
    return;
  }
  for (const target of row.imports) context.table(adoptions).put([stack.id, target.logicalId], target);
  if (stack.status === "REVIEW_IN_PROGRESS") {
    const onFailure = options.disableRollback === true ? "DO_NOTHING" : (row.onFailure ?? "ROLLBACK");
    const reviewed = { ...stack, onFailure, roleArn: row.roleArn, changeSetId: row.id };
    startCreate(context, types, reviewed, prepared, options);
  } else {
    checkUpdatable(stack);
    startUpdate(context, types, stack, prepared, { ...options, roleArn: row.roleArn, changeSetId: row.id });
  }
}
