/** What there is to see of stacks: themselves, their events, their resources. */
import type { Operations, Output, ServiceContext } from "../../../service.ts";
import { resourceDriftInformation, stackDriftInformation } from "../drift/results.ts";
import { findStack, inBrackets, invalid, needStack } from "../names.ts";
import { pageOf, readToken, writeToken } from "../paging.ts";
import { shownRollbackConfiguration } from "../rollback-triggers/configuration.ts";
import type { Sdk } from "../sdk.ts";
import { events, resources, stacks, type EventRow, type ResourceRow, type StackRow } from "../state.ts";

type StackShape = NonNullable<Output<Sdk, "DescribeStacks">["Stacks"]>[number];
type EventShape = NonNullable<Output<Sdk, "DescribeStackEvents">["StackEvents"]>[number];

/** DescribeStacks and ListStacks and ListStackResources give this many at a time, as AWS does. */
const PAGE = 100;

export const describeOperations = {
  DescribeStacks(context, input) {
    if (input.StackName !== undefined)
      return { Stacks: [shownStack(context, needStack(context, input.StackName))], NextToken: undefined };
    const live = newestFirst(context).filter(({ status }) => status !== "DELETE_COMPLETE");
    const { items, next } = pageOf(live, input.NextToken, PAGE);
    return { Stacks: items.map((stack) => shownStack(context, stack)), NextToken: next };
  },

  ListStacks(context, input) {
    const wanted = input.StackStatusFilter;
    const filtered = newestFirst(context).filter(
      ({ status }) => wanted === undefined || wanted.length === 0 || wanted.includes(status),
    );
    const { items, next } = pageOf(filtered, input.NextToken, PAGE);
    return {
      StackSummaries: items.map((stack) => ({
        StackId: stack.id,
        StackName: stack.name,
        TemplateDescription: stack.config?.description,
        CreationTime: new Date(stack.createdAt),
        LastUpdatedTime: dateOf(stack.updatedAt),
        DeletionTime: dateOf(stack.deletedAt),
        StackStatus: stack.status,
        StackStatusReason: stack.reason,
        ParentId: stack.parentId,
        RootId: stack.rootId,
        DriftInformation: stackDriftInformation(context, stack),
      })),
      NextToken: next,
    };
  },

  DescribeStackEvents(context, input) {
    const stack = needStack(context, input.StackName, inBrackets);
    const table = context.table(events);
    const after = input.NextToken === undefined ? {} : { after: [readToken(input.NextToken)] };
    const rows = [...table.list([stack.id], { reverse: true, limit: PAGE + 1, ...after })];
    const page = rows.slice(0, PAGE);
    const last = page.at(-1);
    const propertiesOf = ({ properties }: EventRow): string | undefined =>
      typeof properties === "number" ? asText(table.get(stack.id, properties)?.properties) : properties;
    return {
      StackEvents: page.map((row) => shownEvent(stack, row, propertiesOf(row))),
      NextToken: rows.length > PAGE && last !== undefined ? writeToken(last.sequence) : undefined,
    };
  },

  DescribeStackResource(context, input) {
    const stack = needStack(context, input.StackName, (name) => `Stack '${name}' does not exist`);
    const row = context.table(resources).get(stack.id, input.LogicalResourceId);
    if (row === undefined) throw invalid(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
    return {
      StackResourceDetail: {
        ...shownResource(row),
        StackName: stack.name,
        StackId: stack.id,
        LastUpdatedTimestamp: new Date(row.changedAt),
        Description: row.description,
        Metadata: JSON.stringify(row.metadata ?? {}),
        DriftInformation: resourceDriftInformation(context, stack.id, row),
      },
    };
  },

  DescribeStackResources(context, input) {
    const { StackName, PhysicalResourceId, LogicalResourceId } = input;
    if (StackName !== undefined && PhysicalResourceId !== undefined) {
      throw invalid("Both StackName and PhysicalResourceId cannot be specified");
    }
    const stack = StackName === undefined ? stackOf(context, PhysicalResourceId) : needStack(context, StackName);
    const rows = [...context.table(resources).list([stack.id])].filter(
      ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
    );
    if (rows.length === 0 && LogicalResourceId !== undefined) {
      throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    return {
      StackResources: rows.slice(0, PAGE).map((row) => ({
        ...shownResource(row),
        StackName: stack.name,
        StackId: stack.id,
        Timestamp: new Date(row.changedAt),
        Description: row.description,
        DriftInformation: resourceDriftInformation(context, stack.id, row),
      })),
    };
  },

  ListStackResources(context, input) {
    const stack = needStack(context, input.StackName);
    const { items, next } = pageOf([...context.table(resources).list([stack.id])], input.NextToken, PAGE);
    return {
      StackResourceSummaries: items.map((row) => ({
        ...shownResource(row),
        LastUpdatedTimestamp: new Date(row.changedAt),
        DriftInformation: resourceDriftInformation(context, stack.id, row),
      })),
      NextToken: next,
    };
  },
} satisfies Operations<Sdk>;

function stackOf(context: ServiceContext, physicalId: string | undefined): StackRow {
  if (physicalId === undefined) throw invalid("Either StackName or PhysicalResourceId must be specified");
  for (const [[stackId], row] of context.table(resources).entries()) {
    if (row.physicalId !== physicalId || row.status === "DELETE_COMPLETE") continue;
    const stack = findStack(context, String(stackId));
    if (stack !== undefined) return stack;
  }
  throw invalid(`Stack for ${physicalId} does not exist`);
}

function newestFirst(context: ServiceContext): StackRow[] {
  return [...context.table(stacks).list()].sort((a, b) => b.createdAt - a.createdAt);
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

function asText(properties: string | number | undefined): string | undefined {
  return typeof properties === "string" ? properties : undefined;
}

/** Parameters as they are shown: what NoEcho hides is stars. */
export function shownParameters(stack: Pick<StackRow, "config">): NonNullable<StackShape["Parameters"]> {
  return (stack.config?.parameters ?? []).map(({ key, text, noEcho, resolved }) => ({
    ParameterKey: key,
    ParameterValue: noEcho ? "****" : text,
    ResolvedValue: noEcho && resolved !== undefined ? "****" : resolved,
  }));
}

function shownStack(context: ServiceContext, stack: StackRow): StackShape {
  const { config } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: config?.description,
    Parameters: config === undefined || config.parameters.length === 0 ? undefined : shownParameters(stack),
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: dateOf(stack.updatedAt),
    DeletionTime: dateOf(stack.deletedAt),
    RollbackConfiguration: shownRollbackConfiguration(config?.rollback),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.onFailure === "DO_NOTHING",
    NotificationARNs: [],
    TimeoutInMinutes: stack.timeoutMinutes,
    Capabilities:
      config === undefined || config.capabilities.length === 0 ? undefined : config.capabilities.map(asCapability),
    Outputs:
      stack.outputs.length === 0
        ? undefined
        : stack.outputs.map(({ key, value, description, exportName }) => ({
            OutputKey: key,
            OutputValue: value,
            Description: description,
            ExportName: exportName,
          })),
    RoleARN: stack.roleArn,
    Tags: (config?.tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
    EnableTerminationProtection: stack.terminationProtection,
    ParentId: stack.parentId,
    RootId: stack.rootId,
    DriftInformation: stackDriftInformation(context, stack),
    RetainExceptOnCreate: stack.retainExceptOnCreate ? true : undefined,
    DeletionMode: stack.deletionMode === "FORCE_DELETE_STACK" ? "FORCE_DELETE_STACK" : undefined,
  };
}

/** A capability of the request, which the wire has held to the model's three. */
export function asCapability(capability: string): "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | "CAPABILITY_AUTO_EXPAND" {
  if (capability === "CAPABILITY_IAM" || capability === "CAPABILITY_NAMED_IAM") return capability;
  return "CAPABILITY_AUTO_EXPAND";
}

function shownEvent(stack: StackRow, row: EventRow, properties: string | undefined): EventShape {
  return {
    StackId: stack.id,
    EventId: row.id,
    StackName: stack.name,
    LogicalResourceId: row.logicalId,
    PhysicalResourceId: row.physicalId,
    ResourceType: row.type,
    Timestamp: new Date(row.at),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- AWS sends REVIEW_IN_PROGRESS here too, which its model has forgotten
    ResourceStatus: row.status as EventShape["ResourceStatus"],
    ResourceStatusReason: row.reason,
    ResourceProperties: properties,
    ClientRequestToken: row.clientRequestToken,
  };
}

function shownResource({ logicalId, physicalId, type, status, reason }: ResourceRow) {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: status,
    ResourceStatusReason: reason,
  };
}
