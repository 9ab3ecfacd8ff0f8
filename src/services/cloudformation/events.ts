/** What is told of a stack as it goes: its statuses and its resources', each with an event. All of it inside a transaction. */
import type { ServiceContext } from "../../service.ts";
import { followStack } from "./change-sets/life.ts";
import { events, resources, stacks, type EventRow, type Operation, type ResourceRow, type StackRow } from "./state.ts";
import type { ResourceStatus, StackStatus } from "./status.ts";

/** The type that a stack's own events carry. */
export const STACK_TYPE = "AWS::CloudFormation::Stack";

type NewEvent = Omit<EventRow, "sequence" | "id" | "at" | "clientRequestToken" | "properties"> & {
  readonly properties?: string | number | undefined;
};

/** Adds an event to the stack's; answers its number. */
export function addEvent(
  context: ServiceContext,
  stackId: string,
  event: NewEvent,
  clientRequestToken: string | undefined,
): number {
  const table = context.table(events);
  let sequence = 1;
  for (const last of table.list([stackId], { reverse: true, limit: 1 })) sequence = last.sequence + 1;
  const at = context.now;
  table.put([stackId, sequence], {
    ...event,
    sequence,
    at,
    id:
      event.type === STACK_TYPE && event.physicalId === stackId ? context.random.uuid() : eventId(event, at, sequence),
    properties: event.properties,
    clientRequestToken,
  });
  return sequence;
}

/**
 * `LOGICALID-STATUS-TIME`, as AWS forms them. Clients tell events apart by this id alone, and on a clock that stands still two may
 * have the same time: the number counts in as milliseconds.
 */
function eventId(event: NewEvent, at: number, sequence: number): string {
  return `${event.logicalId}-${event.status}-${new Date(at + sequence).toISOString()}`;
}

/** Gives the stack a status, with its event; answers the row. */
export function setStackStatus(
  context: ServiceContext,
  stack: StackRow,
  status: StackStatus,
  reason: string | undefined,
  clientRequestToken: string | undefined,
  change: Partial<StackRow> = {},
): StackRow {
  const row = { ...stack, ...change, status, reason };
  context.table(stacks).put([stack.id], row);
  followStack(context, row);
  addEvent(
    context,
    stack.id,
    { logicalId: stack.name, physicalId: stack.id, type: STACK_TYPE, status, reason },
    clientRequestToken,
  );
  return row;
}

/** Gives a resource a status, with its event; answers the event's number. */
export function setResourceStatus(
  context: ServiceContext,
  stackId: string,
  operation: Operation,
  row: Omit<ResourceRow, "status" | "reason" | "changedAt">,
  status: ResourceStatus,
  reason?: string,
  properties?: string | number,
): number {
  context.table(resources).put([stackId, row.logicalId], { ...row, status, reason, changedAt: context.now });
  return tellOfResource(context, stackId, operation, row, status, reason, properties);
}

/** The event alone, for what is no resource of the stack any more. */
export function tellOfResource(
  context: ServiceContext,
  stackId: string,
  operation: Operation,
  { logicalId, physicalId, type }: Pick<ResourceRow, "logicalId" | "physicalId" | "type">,
  status: ResourceStatus,
  reason?: string,
  properties?: string | number,
): number {
  const event = { logicalId, physicalId: physicalId ?? "", type, status, reason, properties };
  return addEvent(context, stackId, event, operation.clientRequestToken);
}
