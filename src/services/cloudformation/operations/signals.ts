/** SignalResource: somebody says that a resource is ready, or is not. */
import type { Operations } from "../../../service.ts";
import { inBrackets, needStack } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { takeSignal } from "../signals.ts";

export const signalOperations = {
  SignalResource(context, { StackName, LogicalResourceId: logicalId, UniqueId: uniqueId, Status: status }) {
    takeSignal(context, needStack(context, StackName, inBrackets), { logicalId, uniqueId, status });
    return {};
  },
} satisfies Operations<Sdk>;
