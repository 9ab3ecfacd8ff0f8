/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for AWS CloudFormation"). */
import type { Access } from "../../service.ts";
import { changeSetArn, stackResource } from "./names.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import { stackSetAccess } from "./stack-sets/access.ts";

interface Where {
  readonly account: string;
  readonly region: string;
}
type OnStack = { readonly StackName?: string | undefined };
type OnChangeSet = OnStack & { readonly ChangeSetName: string };

const onStack = (action: string) => ({
  action: `cloudformation:${action}`,
  resource: (input: OnStack, where: Where) => stackResource(where, input.StackName),
});
/** Judged on the stack, which a change set's ARN alone does not name. */
const onChangeSet = (action: string) => ({
  action: `cloudformation:${action}`,
  resource: ({ StackName, ChangeSetName }: OnChangeSet, where: Where) =>
    StackName === undefined && ChangeSetName.startsWith("arn:")
      ? ChangeSetName
      : StackName === undefined
        ? changeSetArn({ partition: "aws", ...where }, ChangeSetName, "*")
        : stackResource(where, StackName),
});
const onAnything = (action: string) => ({ action: `cloudformation:${action}`, resource: () => "*" });

export const access: Access<Sdk, ReturnType<typeof operations>> = {
  CreateStack: onStack("CreateStack"),
  UpdateStack: onStack("UpdateStack"),
  DeleteStack: onStack("DeleteStack"),
  CancelUpdateStack: onStack("CancelUpdateStack"),
  ContinueUpdateRollback: onStack("ContinueUpdateRollback"),
  RollbackStack: onStack("RollbackStack"),
  SignalResource: onStack("SignalResource"),
  UpdateTerminationProtection: onStack("UpdateTerminationProtection"),
  DescribeStacks: onStack("DescribeStacks"),
  ListStacks: onAnything("ListStacks"),
  DescribeStackEvents: onStack("DescribeStackEvents"),
  DescribeStackResource: onStack("DescribeStackResource"),
  DescribeStackResources: onStack("DescribeStackResources"),
  ListStackResources: onStack("ListStackResources"),
  GetTemplate: onStack("GetTemplate"),
  GetTemplateSummary: onStack("GetTemplateSummary"),
  ValidateTemplate: onAnything("ValidateTemplate"),
  CreateChangeSet: onStack("CreateChangeSet"),
  DescribeChangeSet: onChangeSet("DescribeChangeSet"),
  DescribeChangeSetHooks: onChangeSet("DescribeChangeSetHooks"),
  ExecuteChangeSet: onChangeSet("ExecuteChangeSet"),
  DeleteChangeSet: onChangeSet("DeleteChangeSet"),
  ListChangeSets: onStack("ListChangeSets"),
  ListExports: onAnything("ListExports"),
  ListImports: onAnything("ListImports"),
  SetStackPolicy: onStack("SetStackPolicy"),
  GetStackPolicy: onStack("GetStackPolicy"),
  ...stackSetAccess,
  DetectStackDrift: onStack("DetectStackDrift"),
  DescribeStackDriftDetectionStatus: onAnything("DescribeStackDriftDetectionStatus"),
  DetectStackResourceDrift: onStack("DetectStackResourceDrift"),
  DescribeStackResourceDrifts: onStack("DescribeStackResourceDrifts"),
};
