/** CloudFormation: stacks made, changed and taken away as their templates say, by resource types that only call the other services. */
import { defineService, type ResourceType } from "../../service.ts";
import { access } from "./access.ts";
import { createDeadlines } from "./deadlines.ts";
import { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import { callbackDoor } from "./types/callback.ts";
import { customResource } from "./types/custom-resource.ts";
import { nestedStack } from "./types/nested-stack.ts";
import { createRegistry, type EngineType } from "./types/registry.ts";
import { waitCondition, waitConditionHandle } from "./types/wait-condition.ts";

const OWN_TYPES: ReadonlyMap<string, EngineType> = new Map([
  ["AWS::CloudFormation::CustomResource", customResource],
  ["AWS::CloudFormation::Stack", nestedStack],
  ["AWS::CloudFormation::WaitCondition", waitCondition],
  ["AWS::CloudFormation::WaitConditionHandle", waitConditionHandle],
]);

/** The service, with the resource types that the other services bring. */
export function cloudformation({ resourceTypes }: { readonly resourceTypes: ReadonlyMap<string, ResourceType> }) {
  const types = createRegistry(OWN_TYPES, customResource, resourceTypes);
  return defineService<Sdk>()({
    name: "cloudformation",
    operations: operations(types),
    access,
    deadlines: createDeadlines(types),
    doors: [callbackDoor],
  });
}
