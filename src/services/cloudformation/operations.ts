/** CloudFormation's verbs, put together. */
import { driftOperations } from "./drift/operations.ts";
import { changeSetOperations } from "./operations/change-sets.ts";
import { describeOperations } from "./operations/describe.ts";
import { exportOperations } from "./operations/exports.ts";
import { rollbackOperations } from "./operations/rollback.ts";
import { signalOperations } from "./operations/signals.ts";
import { stackOperations } from "./operations/stacks.ts";
import { templateOperations } from "./operations/templates.ts";
import { stackSetDescribeOperations } from "./stack-sets/describe-operations.ts";
import { stackSetDriftOperations } from "./stack-sets/drift-operations.ts";
import { stackInstanceOperations } from "./stack-sets/instance-operations.ts";
import { stackSetLifeOperations } from "./stack-sets/set-operations.ts";
import type { TypeRegistry } from "./types/registry.ts";

export function operations(types: TypeRegistry) {
  return {
    ...stackOperations(types),
    ...rollbackOperations,
    ...signalOperations,
    ...changeSetOperations(types),
    ...describeOperations,
    ...driftOperations(types),
    ...templateOperations(types),
    ...exportOperations,
    ...stackSetLifeOperations,
    ...stackInstanceOperations,
    ...stackSetDescribeOperations,
    ...stackSetDriftOperations,
  };
}
