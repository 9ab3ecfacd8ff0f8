/** What each operation on stack sets needs to be allowed (AWS page "Actions, resources, and condition keys for AWS CloudFormation"). */
import type { Access } from "../../../service.ts";
import type { Sdk } from "../sdk.ts";
import type { stackSetDescribeOperations } from "./describe-operations.ts";
import type { stackInstanceOperations } from "./instance-operations.ts";
import type { stackSetDriftOperations } from "./drift-operations.ts";
import { stackSetResource } from "./names.ts";
import type { stackSetLifeOperations } from "./set-operations.ts";

interface Where {
  readonly account: string;
  readonly region: string;
}

const onStackSet = (action: string) => ({
  action: `cloudformation:${action}`,
  resource: ({ StackSetName }: { readonly StackSetName: string }, where: Where) =>
    stackSetResource(where, StackSetName),
});

type StackSetOperations = typeof stackSetLifeOperations &
  typeof stackInstanceOperations &
  typeof stackSetDriftOperations &
  typeof stackSetDescribeOperations;

export const stackSetAccess: Access<Sdk, StackSetOperations> = {
  CreateStackSet: { action: "cloudformation:CreateStackSet", resource: () => "*" },
  ListStackSets: { action: "cloudformation:ListStackSets", resource: () => "*" },
  DescribeStackSet: onStackSet("DescribeStackSet"),
  DeleteStackSet: onStackSet("DeleteStackSet"),
  ListStackInstances: onStackSet("ListStackInstances"),
  ListStackSetOperations: onStackSet("ListStackSetOperations"),
  ListStackSetOperationResults: onStackSet("ListStackSetOperationResults"),
  DescribeStackSetOperation: onStackSet("DescribeStackSetOperation"),
  DescribeStackInstance: onStackSet("DescribeStackInstance"),
  UpdateStackSet: onStackSet("UpdateStackSet"),
  CreateStackInstances: onStackSet("CreateStackInstances"),
  UpdateStackInstances: onStackSet("UpdateStackInstances"),
  DeleteStackInstances: onStackSet("DeleteStackInstances"),
  ImportStacksToStackSet: onStackSet("ImportStacksToStackSet"),
  DetectStackSetDrift: onStackSet("DetectStackSetDrift"),
  ListStackInstanceResourceDrifts: onStackSet("ListStackInstanceResourceDrifts"),
  StopStackSetOperation: onStackSet("StopStackSetOperation"),
  ListStackSetAutoDeploymentTargets: onStackSet("ListStackSetAutoDeploymentTargets"),
};
