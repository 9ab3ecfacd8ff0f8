/** A change set as DescribeChangeSet and ListChangeSets show it. */
import type { Output } from "../../../service.ts";
import type { ChangeSetRow } from "../change-set-state.ts";
import type { Sdk } from "../sdk.ts";
import type { Change, Detail } from "./change.ts";

type ChangeShape = NonNullable<Output<Sdk, "DescribeChangeSet">["Changes"]>[number];
type DetailShape = NonNullable<NonNullable<ChangeShape["ResourceChange"]>["Details"]>[number];
type SummaryShape = NonNullable<Output<Sdk, "ListChangeSets">["Summaries"]>[number];

/** One resource's change; with the values when they are asked for (IncludePropertyValues). */
export function shownChange(change: Change, withValues: boolean): ChangeShape {
  const { action, logicalId, physicalId, type, replacement, policyAction, details, before, after, changeSetId } =
    change;
  return {
    Type: "Resource",
    ResourceChange: {
      PolicyAction: policyAction,
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: replacement,
      Scope: [...new Set(details.map(({ attribute }) => attribute))],
      Details: shownDetails(details, withValues),
      ChangeSetId: changeSetId,
      ...(withValues ? { BeforeContext: before, AfterContext: after } : {}),
    },
  };
}

/** Without the values, changes at several places in one property are one. */
function shownDetails(details: readonly Detail[], withValues: boolean): DetailShape[] {
  const shown = new Map<string, DetailShape>();
  for (const detail of details) {
    if (detail.valuesOnly && !withValues) continue;
    const shape = shownDetail(detail, withValues);
    shown.set(JSON.stringify(shape), shape);
  }
  return [...shown.values()];
}

function shownDetail(detail: Detail, withValues: boolean): DetailShape {
  const { attribute, name, path, recreation, evaluation, source, causing, kind, before, after } = detail;
  const values = { Path: path, BeforeValue: before, AfterValue: after, AttributeChangeType: kind };
  return {
    Target: { Attribute: attribute, Name: name, RequiresRecreation: recreation, ...(withValues ? values : {}) },
    Evaluation: evaluation,
    ChangeSource: source,
    CausingEntity: causing,
  };
}

/** What both operations tell. */
export function shownSummary(row: ChangeSetRow): SummaryShape {
  return {
    StackId: row.stackId,
    StackName: row.stackName,
    ChangeSetId: row.id,
    ChangeSetName: row.name,
    ExecutionStatus: row.executionStatus,
    Status: row.status,
    StatusReason: row.reason,
    CreationTime: new Date(row.createdAt),
    Description: row.description,
    IncludeNestedStacks: row.includesNested,
    ParentChangeSetId: row.parentId,
    RootChangeSetId: row.rootId,
    ImportExistingResources: row.importsExisting ? true : undefined,
  };
}
