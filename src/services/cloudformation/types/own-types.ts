/** The resource types that CloudFormation itself brings. */
import { customResource } from "./custom-resource.ts";
import { macro } from "./macro.ts";
import { nestedStack } from "./nested-stack.ts";
import type { EngineType } from "./registry.ts";
import { stackSet } from "./stack-set.ts";
import { waitCondition, waitConditionHandle } from "./wait-condition.ts";

export const ownTypes: ReadonlyMap<string, EngineType> = new Map([
  ["AWS::CloudFormation::CustomResource", customResource],
  ["AWS::CloudFormation::Macro", macro],
  ["AWS::CloudFormation::Stack", nestedStack],
  ["AWS::CloudFormation::StackSet", stackSet],
  ["AWS::CloudFormation::WaitCondition", waitCondition],
  ["AWS::CloudFormation::WaitConditionHandle", waitConditionHandle],
]);
