/**
 * AWS::CloudFormation::StackSet: a stack set as a resource, with its instances. One operation follows the other; the end of each wakes the
 * resource's step.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import { choice, requiredText } from "../../../resource.ts";
import type { Progress, ResourceRequest, ServiceContext } from "../../../service.ts";
import { fromService, ResourceFailure } from "../failure.ts";
import { findStackSet } from "../stack-sets/names.ts";
import { unfinished, watchedOperation } from "../stack-sets/operation.ts";
import {
  declaredInstances,
  instancePlan,
  preferencesFor,
  tagsFor,
  type PlannedOperation,
} from "../stack-sets/resource-plan.ts";
import { setInput } from "../stack-sets/resource-input.ts";
import { readStackSet } from "../stack-sets/resource-reading.ts";
import { stackSetOperations, stackSetResults } from "../stack-sets/state.ts";
import { watchWithStep } from "../watchers.ts";
import type { EngineFacts, EngineType } from "./registry.ts";

/** Nobody asks again by the clock: an operation's end wakes the step. */
const UNTIL_WOKEN_MS = 400 * 24 * 3600 * 1000;

/** Those whose change is an UpdateStackSet; the stack's own tags count too. */
const OF_THE_SET = [
  "AdministrationRoleARN",
  "Capabilities",
  "Description",
  "ExecutionRoleName",
  "ManagedExecution",
  "Parameters",
  "Tags",
  "TemplateBody",
  "TemplateURL",
];

export const stackSet: EngineType = {
  properties: [
    ...OF_THE_SET,
    "AutoDeployment",
    "CallAs",
    "OperationPreferences",
    "PermissionModel",
    "StackInstancesGroup",
    "StackSetName",
  ],
  required: ["PermissionModel", "StackSetName"],
  replaceOn: ["CallAs", "PermissionModel", "StackSetName"],
  nameProperty: "StackSetName",
  identifiers: ["StackSetId"],
  writeOnly: ["CallAs", "OperationPreferences", "StackInstancesGroup", "TemplateURL"],
  read: readStackSet,

  async create(context, request) {
    const under = stateOf(request.callbackContext);
    if (under !== undefined) return run(context, request, under);
    const { properties, requestToken } = request;
    const after = await declaredInstances(context, properties);
    const { StackSetId = "" } = await asService(
      context.call("cloudformation", "CreateStackSet", {
        StackSetName: requiredText(properties, "StackSetName"),
        ...setInput(request),
        PermissionModel: choice<"SELF_MANAGED" | "SERVICE_MANAGED">(properties, "PermissionModel"),
        ClientRequestToken: requestToken,
      }),
    );
    return run(context, request, { id: StackSetId, plan: instancePlan([], after), at: 0, operationId: undefined });
  },

  async update(context, request) {
    const under = stateOf(request.callbackContext);
    if (under !== undefined) return run(context, request, under);
    const { properties, previousProperties, physicalId: id } = request;
    const isChanged =
      OF_THE_SET.some((name) => JSON.stringify(properties[name]) !== JSON.stringify(previousProperties[name])) ||
      JSON.stringify(tagsFor(properties, request.tags)) !==
        JSON.stringify(tagsFor(previousProperties, request.previousTags));
    const before = await declaredInstances(context, previousProperties);
    const instances = instancePlan(before, await declaredInstances(context, properties));
    const set: PlannedOperation = { work: "set", accounts: [], regions: [], overrides: [] };
    const plan = isChanged ? [set, ...instances] : instances;
    return run(context, request, { id, plan, at: 0, operationId: undefined });
  },

  async delete(context, request) {
    const { physicalId: id } = request;
    if (findStackSet(context, id)?.status !== "ACTIVE") return { status: "SUCCESS" };
    let under = stateOf(request.callbackContext);
    if (under === undefined) {
      const plan = instancePlan(await declaredInstances(context, request.properties), []);
      under = { id, plan, at: 0, operationId: undefined };
    }
    const progress = await run(context, request, under);
    if (progress.status === "IN_PROGRESS") return progress;
    await asService(context.call("cloudformation", "DeleteStackSet", { StackSetName: id }));
    return { status: "SUCCESS" };
  },
};

/** What the resource remembers between two operations. */
interface State {
  readonly id: string;
  readonly plan: readonly PlannedOperation[];
  /** Which of the plan is at work. */
  readonly at: number;
  /** Absent while it could not be begun. */
  readonly operationId: string | undefined;
}

type Request = ResourceRequest & EngineFacts;

/** Goes through the plan until an operation has to be waited for. */
async function run(context: ServiceContext, request: Request, state: State): Promise<Progress> {
  const { id, plan } = state;
  let { at, operationId } = state;
  for (let planned = plan[at]; planned !== undefined; planned = plan[at]) {
    operationId ??= await start(context, request, id, planned, `${request.requestToken}-${at}`);
    if (context.transact(() => waitsFor(context, request, id, operationId)))
      return waiting({ id, plan, at, operationId });
    if (operationId === undefined) continue;
    failIfFailed(context, id, operationId);
    at++;
    operationId = undefined;
  }
  return { status: "SUCCESS", physicalId: id, attributes: { StackSetId: id } };
}

function waiting(state: State): Extract<Progress, { status: "IN_PROGRESS" }> {
  return {
    status: "IN_PROGRESS",
    physicalId: state.id,
    callbackContext: state,
    callbackDelayMs: UNTIL_WOKEN_MS,
  };
}

/** True when the operation, or where it could not be begun another one of the set, is at work: its end wakes the step. */
function waitsFor(context: ServiceContext, request: Request, id: string, operationId: string | undefined): boolean {
  const busy = unfinished(context, id).find((operation) => operationId === undefined || operation.id === operationId);
  if (busy === undefined) return false;
  watchWithStep(context, watchedOperation(id, busy.id), request.stackId, request.stepKey);
  return true;
}

function failIfFailed(context: ServiceContext, id: string, operationId: string): void {
  const operation = context.table(stackSetOperations).get(id, operationId);
  if (operation?.status === "SUCCEEDED") return;
  const reasons = new Set(
    [...context.table(stackSetResults).list([id, operationId])].flatMap(({ status, reason }) =>
      status === "FAILED" && reason !== undefined ? [reason] : [],
    ),
  );
  throw new ResourceFailure(
    `Stack set operation [${operationId}] was unexpectedly stopped or failed. status reason(s): [${[...reasons].join(", ")}]`,
    id,
  );
}

/** Begins an operation; undefined while another one is in the way. */
async function start(
  context: ServiceContext,
  request: Request,
  StackSetName: string,
  planned: PlannedOperation,
  OperationId: string,
): Promise<string | undefined> {
  const { properties } = request;
  const Regions = [...planned.regions];
  const where = { StackSetName, OperationId, Regions, DeploymentTargets: { Accounts: [...planned.accounts] } };
  const OperationPreferences = preferencesFor(properties, planned.regions);
  const ParameterOverrides = planned.overrides.map(({ key, text: value }) => ({
    ParameterKey: key,
    ParameterValue: value,
  }));
  try {
    switch (planned.work) {
      case "set": {
        const input = {
          StackSetName,
          OperationId,
          ...setInput(request),
          OperationPreferences: preferencesFor(properties, undefined),
        };
        await context.call("cloudformation", "UpdateStackSet", input);
        break;
      }
      case "create":
        await context.call("cloudformation", "CreateStackInstances", {
          ...where,
          OperationPreferences,
          ParameterOverrides,
        });
        break;
      case "update":
        await context.call("cloudformation", "UpdateStackInstances", {
          ...where,
          OperationPreferences,
          ParameterOverrides,
        });
        break;
      case "delete":
        await context.call("cloudformation", "DeleteStackInstances", {
          ...where,
          OperationPreferences,
          RetainStacks: false,
        });
    }
  } catch (error) {
    if (isAwsError(error, "OperationInProgressException")) return undefined;
    // An earlier attempt has begun it.
    const isBegun = context.table(stackSetOperations).has(StackSetName, OperationId);
    if (!isBegun) throw fromService("cloudformation", error);
  }
  return OperationId;
}

/** An error is known for CloudFormation's own answer. */
async function asService<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fromService("cloudformation", error);
  }
}

function stateOf(callbackContext: unknown): State | undefined {
  if (typeof callbackContext !== "object" || callbackContext === null || !("plan" in callbackContext)) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `waiting` has remembered
  return callbackContext as State;
}
