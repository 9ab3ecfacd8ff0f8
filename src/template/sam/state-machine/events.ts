/**
 * The Events of a state machine: what starts an execution.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { SamResource, TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { linkedApi } from "../events/api.ts";
import { deadLetter, given, ruleState, targetId } from "../events/event-bridge-rule.ts";
import { eventsInOrder } from "../events/function-events.ts";
import { readEvent } from "../events/read-event.ts";
import { schedule, SCHEDULE_V2_PROPERTIES } from "../events/schedule-v2.ts";
import { inlinePolicy, trustPolicy } from "../policy-document.ts";
import { isFlag, isMap, isText, isTruthy, strict, typed } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { getAtt, ref } from "../references.ts";
import { addApiIntegration } from "./api-event.ts";
import type { MachineEvent } from "./machine-event.ts";

interface MachineEventType {
  readonly table: PropertyTable;
  readonly isApi?: boolean;
  expand(event: MachineEvent, context: TransformContext): readonly Draft[];
}

const RULE: MachineEventType = {
  table: {
    EventBusName: typed(isText),
    RuleName: typed(isText),
    Pattern: typed(isMap),
    Input: typed(isText),
    InputPath: typed(isText),
    DeadLetterConfig: typed(isMap),
    RetryPolicy: typed(isMap),
    State: typed(isText),
    Target: strict(isMap),
    InputTransformer: typed(isMap),
  },
  expand: expandRule,
};

const TYPES: ReadonlyMap<string, MachineEventType> = new Map<string, MachineEventType>([
  [
    "Schedule",
    {
      table: {
        Schedule: typed(isText, true),
        Input: typed(isText),
        Enabled: typed(isFlag),
        State: typed(isText),
        Name: typed(isText),
        Description: typed(isText),
        DeadLetterConfig: typed(isMap),
        RetryPolicy: typed(isMap),
        Target: strict(isMap),
        RoleArn: strict(isText),
      },
      expand: expandSchedule,
    },
  ],
  ["CloudWatchEvent", RULE],
  ["EventBridgeRule", RULE],
  [
    "Api",
    {
      table: {
        Path: typed(isText, true),
        Method: typed(isText, true),
        RestApiId: typed(isText, true),
        Stage: typed(isText),
        Auth: typed(isMap),
        UnescapeMappingTemplate: strict(isFlag),
      },
      isApi: true,
      expand: (event, context) => {
        const role = startRole(event, "apigateway.amazonaws.com");
        addApiIntegration(event, role, context);
        return [role];
      },
    },
  ],
  [
    "ScheduleV2",
    {
      table: SCHEDULE_V2_PROPERTIES,
      expand: ({ id, properties, target }) =>
        schedule(
          { id, properties, attributes: target.passThrough(), targetArn: ref(target.id) },
          startPolicy(id, target),
        ),
    },
  ],
]);

/** Checks the events before the state machine is expanded. Raises SamFault. */
export function checkStateMachineEvents({ id, properties }: SamResource, context: TransformContext): void {
  const events = own(properties, "Events");
  if (!isObject(events)) return;
  for (const [relativeId, event] of eventsInOrder(id, events, context)) {
    const read = readEvent(id, relativeId, event, TYPES);
    if (read.type.isApi === true) linkedApi({ relativeId, properties: read.properties }, context);
  }
}

/** Expands the events. Raises SamFault. */
export function expandStateMachineEvents(
  { id, properties }: SamResource,
  target: Draft,
  context: TransformContext,
): readonly Draft[] {
  const events = own(properties, "Events");
  if (!isObject(events)) return [];
  const permissionsBoundary = own(properties, "PermissionsBoundary");
  return eventsInOrder(id, events, context).flatMap(([relativeId, written]) => {
    const { type, properties: read } = readEvent(id, relativeId, written, TYPES);
    return type.expand({ id: id + relativeId, relativeId, properties: read, target, permissionsBoundary }, context);
  });
}

function startPolicy(id: string, target: Draft): JsonObject {
  return inlinePolicy(`${id}StartExecutionPolicy`, [
    { Action: "states:StartExecution", Effect: "Allow", Resource: ref(target.id) },
  ]);
}

/** The role with which a service starts the state machine. */
function startRole({ id, target, permissionsBoundary }: MachineEvent, service: string): Draft {
  const roleId = `${id}Role`;
  return new Draft(roleId, "AWS::IAM::Role", target.passThrough()).set({
    AssumeRolePolicyDocument: trustPolicy(service),
    Policies: [startPolicy(roleId, target)],
    PermissionsBoundary: isTruthy(permissionsBoundary) ? permissionsBoundary : undefined,
  });
}

function targetIdOf({ id, properties }: MachineEvent): Json {
  const target = own(properties, "Target");
  return (isObject(target) ? own(target, "Id") : undefined) ?? targetId(id, "StepFunctionsTarget");
}

function expandSchedule(event: MachineEvent): readonly Draft[] {
  const { id, properties, target } = event;
  const state = ruleState(event);
  const roleArn = own(properties, "RoleArn");
  const role = roleArn === undefined ? startRole(event, "events.amazonaws.com") : undefined;
  const queue = deadLetter({ id, properties, target: { attributes: target.passThrough() } });
  const rule = new Draft(id, "AWS::Events::Rule", target.passThrough()).set({
    ...given(properties, "Description", "Name"),
    ScheduleExpression: own(properties, "Schedule"),
    State: state,
    Targets: [
      {
        Arn: ref(target.id),
        Id: targetIdOf(event),
        RoleArn: role === undefined ? (roleArn ?? "") : getAtt(role.id, "Arn"),
        ...given(properties, "Input"),
        ...queue.config,
        ...given(properties, "RetryPolicy"),
      },
    ],
  });
  return [rule, ...(role === undefined ? [] : [role]), ...queue.drafts];
}

function expandRule(event: MachineEvent): readonly Draft[] {
  const { id, properties, target } = event;
  const role = startRole(event, "events.amazonaws.com");
  const queue = deadLetter({ id, properties, target: { attributes: target.passThrough() } });
  const state = own(properties, "State");
  const rule = new Draft(id, "AWS::Events::Rule", target.passThrough()).set({
    EventBusName: own(properties, "EventBusName"),
    EventPattern: own(properties, "Pattern"),
    Name: own(properties, "RuleName"),
    State: isTruthy(state) ? state : undefined,
    Targets: [
      {
        Arn: ref(target.id),
        Id: targetIdOf(event),
        RoleArn: getAtt(role.id, "Arn"),
        ...given(properties, "Input", "InputPath"),
        ...queue.config,
        ...given(properties, "RetryPolicy", "InputTransformer"),
      },
    ],
  });
  return [rule, role, ...queue.drafts];
}
