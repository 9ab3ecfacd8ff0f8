/** CloudFormation's verbs, put together. */
import { changeSetOperations } from "./operations/change-sets.ts";
import { describeOperations } from "./operations/describe.ts";
import { exportOperations } from "./operations/exports.ts";
import { stackOperations } from "./operations/stacks.ts";
import { templateOperations } from "./operations/templates.ts";
import type { TypeRegistry } from "./types/registry.ts";

export function operations(types: TypeRegistry) {
  return {
    ...stackOperations(types),
    ...changeSetOperations(types),
    ...describeOperations,
    ...templateOperations,
    ...exportOperations,
  };
}
