/** DetectStackSetDrift, and what it has found of the resources of an instance's stack. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations } from "../../../service.ts";
import { resultsOf } from "../drift/results.ts";
import { shownSummary } from "../drift/shown.ts";
import { pageOf } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { needOperation, needStackInstance, needStackSet, refuseOrganizations } from "./names.ts";
import { startOperation } from "./operation.ts";
import { preferencesOf } from "./request.ts";
import { stackInstances, stackSets } from "./state.ts";

const PAGE = 100;

export const stackSetDriftOperations = {
  /** Of every instance that has a stack. */
  DetectStackSetDrift(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const targets = [...context.table(stackInstances).list([set.id])]
      .filter(({ stackId }) => stackId !== undefined)
      .map(({ account, region }) => ({ account, region }));
    const preferences = preferencesOf(input.OperationPreferences);
    const asked = { id: input.OperationId ?? context.random.uuid(), work: "drift" as const, preferences, targets };
    const row = { ...set, driftOperationId: asked.id };
    context.table(stackSets).put([set.id], row);
    return { OperationId: startOperation(context, row, asked) };
  },

  ListStackInstanceResourceDrifts(context, input) {
    refuseOrganizations(input);
    const set = needStackSet(context, input.StackSetName);
    const { StackInstanceAccount: account, StackInstanceRegion: region } = input;
    const { stackId = "" } = needStackInstance(context, set, account, region);
    if (needOperation(context, set, input.OperationId).work !== "drift") {
      throw new AwsError(
        "OperationNotFoundException",
        `Operation ${input.OperationId} of StackSet ${set.id} is no drift detection`,
      );
    }
    const wanted = input.StackInstanceResourceDriftStatuses;
    const results = stackId === "" ? [] : resultsOf(context.as({ account, region }), stackId);
    const all = results.filter(({ status }) => wanted === undefined || wanted.includes(status));
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults ?? PAGE);
    return {
      Summaries: items.map((result) => shownSummary(stackId, result)),
      NextToken: next,
    };
  },
} satisfies Operations<Sdk>;
