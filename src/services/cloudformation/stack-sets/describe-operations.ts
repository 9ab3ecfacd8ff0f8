/** What there is to see of stack sets. */
import type { Operations } from "../../../service.ts";
import { pageOf } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { needOperation, needStackInstance, needStackSet, refuseOrganizations } from "./names.ts";
import {
  shownInstance,
  shownInstanceSummary,
  shownOperation,
  shownOperationSummary,
  shownResult,
  shownStackSet,
} from "./shown.ts";
import { stackInstances, stackSetOperations, stackSetResults, stackSets, type StackInstanceRow } from "./state.ts";

const PAGE = 100;

export const stackSetDescribeOperations = {
  DescribeStackSet(context, input) {
    refuseOrganizations(input);
    return { StackSet: shownStackSet(context, needStackSet(context, input.StackSetName)) };
  },

  ListStackSets(context, input) {
    refuseOrganizations(input);
    const all = [...context.table(stackSets).list()].filter(
      ({ status }) => input.Status === undefined || input.Status === status,
    );
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults ?? PAGE);
    return {
      Summaries: items.map((set) => {
        const drift = set.status === "ACTIVE" ? shownStackSet(context, set).StackSetDriftDetectionDetails : undefined;
        return {
          StackSetName: set.name,
          StackSetId: set.id,
          Description: set.description,
          Status: set.status,
          PermissionModel: "SELF_MANAGED" as const,
          DriftStatus: drift?.DriftStatus ?? ("NOT_CHECKED" as const),
          LastDriftCheckTimestamp: drift?.LastDriftCheckTimestamp,
          ManagedExecution: { Active: set.managedExecution },
        };
      }),
      NextToken: next,
    };
  },

  DescribeStackInstance(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const instance = needStackInstance(context, set, input.StackInstanceAccount, input.StackInstanceRegion);
    return { StackInstance: shownInstance(context, set, instance) };
  },

  ListStackInstances(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const account = input.StackInstanceAccount;
    const region = input.StackInstanceRegion;
    const wanted = (row: StackInstanceRow): boolean =>
      (region === undefined || row.region === region) &&
      (input.Filters ?? []).every(({ Name, Values }) => {
        switch (Name) {
          case "DETAILED_STATUS":
            return Values === row.detailedStatus;
          case "LAST_OPERATION_ID":
            return Values === row.lastOperationId;
          case "DRIFT_STATUS":
            return Values === row.driftStatus;
          case undefined:
            return true;
        }
      });
    const prefix = account === undefined ? [set.id] : [set.id, account];
    const all = [...context.table(stackInstances).list(prefix)].filter(wanted);
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults ?? PAGE);
    return { Summaries: items.map((row) => shownInstanceSummary(set, row)), NextToken: next };
  },

  DescribeStackSetOperation(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    return { StackSetOperation: shownOperation(context, set, needOperation(context, set, input.OperationId)) };
  },

  ListStackSetOperations(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const all = [...context.table(stackSetOperations).list([set.id])].toSorted(
      (left, right) => right.sequence - left.sequence,
    );
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults ?? PAGE);
    return { Summaries: items.map(shownOperationSummary), NextToken: next };
  },

  ListStackSetOperationResults(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const operation = needOperation(context, set, input.OperationId);
    const all = [...context.table(stackSetResults).list([set.id, operation.id])].filter(({ status }) =>
      (input.Filters ?? []).every(({ Values }) => Values === undefined || Values === status),
    );
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults ?? PAGE);
    return { Summaries: items.map(shownResult), NextToken: next };
  },

  /** Only what belongs to an organization is deployed to by itself. */
  ListStackSetAutoDeploymentTargets(context, input) {
    refuseOrganizations(input);
    needStackSet(context, input.StackSetName);
    return { Summaries: [], NextToken: undefined };
  },
} satisfies Operations<Sdk>;
