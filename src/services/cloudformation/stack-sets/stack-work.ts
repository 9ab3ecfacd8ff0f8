/** Makes, changes and deletes an instance's stack, as the execution role in its account and region. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { Principal, ServiceContext } from "../../../service.ts";
import { STACK_TYPE } from "../events.ts";
import { events, names, stacks, type StackRow } from "../state.ts";
import { isInProgress, UPDATABLE } from "../status.ts";
import type { ParameterValue, StackSetConfig } from "./state.ts";
import type { Job, Outcome } from "./job.ts";

/** Looks at a stack that was asked for something: at its goal, still on its way, or failed. */
export function settledStack(context: ServiceContext, job: Job): Outcome {
  const stack = stackOf(context, job, job.result.stackId);
  if (job.operation.work !== "delete") return settled(context, job, stack, ["CREATE_COMPLETE", "UPDATE_COMPLETE"]);
  if (stack === undefined || stack.status === "DELETE_COMPLETE") return { type: "done", stackId: undefined };
  return settled(context, job, stack, []);
}

/** Brings the stack to what the stack set and the instance's own parameters say. Raises what CreateStack and UpdateStack raise. */
export async function applyStack(context: ServiceContext, as: Principal, job: Job): Promise<Outcome> {
  const { result, instance } = job;
  const asked = result.attempted ? askedBefore(context, job) : undefined;
  if (asked !== undefined) return asked;
  const stack = stackOf(context, job, instance.stackId);
  if (stack === undefined || stack.status === "DELETE_COMPLETE") return createStack(context, as, job);
  if (result.stage === "clearing") return settled(context, job, stack, []);
  if (UPDATABLE.has(stack.status) || isInProgress(stack.status)) return updateStack(context, as, job, stack.id);
  // What has failed to come about cannot be updated: it is taken away and made anew.
  return startDelete(context, as, job, stack.id, "clearing");
}

/** Deletes the stack. Raises what DeleteStack raises. */
export async function deleteStack(context: ServiceContext, as: Principal, job: Job): Promise<Outcome> {
  const stack = stackOf(context, job, job.instance.stackId);
  if (stack === undefined || stack.status === "DELETE_COMPLETE") return { type: "done", stackId: undefined };
  return startDelete(context, as, job, stack.id, "settling");
}

function stackOf(context: ServiceContext, { result }: Job, id: string | undefined): StackRow | undefined {
  const { account, region } = result;
  return id === undefined ? undefined : context.table(stacks, { account, region }).get(id);
}

/** What tells this operation's request from all others, for a second attempt after a kill; 128 characters at most. */
function tokenOf({ operation, result }: Job, verb: "apply" | "delete"): string {
  return `${operation.id.slice(0, 80)}-${result.stackName.slice(-36)}-${verb}`;
}

/** The stack that an earlier attempt has made or set going without that being recorded: its last event, ended or not, bears the token. */
function askedBefore(context: ServiceContext, job: Job): Outcome | undefined {
  const { account, region, stackName } = job.result;
  const made = context.table(names, { account, region }).get(stackName);
  if (made !== undefined) return { type: "waits", stage: "settling", stackId: made };
  const stackId = job.instance.stackId;
  if (stackId === undefined) return undefined;
  const [last] = context.table(events, { account, region }).list([stackId], { reverse: true, limit: 1 });
  if (last?.clientRequestToken === tokenOf(job, "apply")) return { type: "waits", stage: "settling", stackId };
  return last?.clientRequestToken === tokenOf(job, "delete")
    ? { type: "waits", stage: "clearing", stackId }
    : undefined;
}

/** At its goal, still on its way, or failed. */
function settled(context: ServiceContext, job: Job, stack: StackRow | undefined, goals: readonly string[]): Outcome {
  const stackId = job.result.stackId ?? job.instance.stackId;
  if (stack === undefined) return { type: "failed", reason: `Stack ${stackId} does not exist` };
  if (goals.includes(stack.status)) return { type: "done", stackId: stack.id };
  if (isInProgress(stack.status)) return { type: "waits", stage: stageOf(job), stackId: stack.id };
  return { type: "failed", reason: failureOf(context, job, stack), stackId: stack.id };
}

function stageOf({ result: { stage } }: Job): "clearing" | "settling" {
  return stage === "clearing" ? "clearing" : "settling";
}

/** The first resource that failed since the stack's operation began, in the form in which stack sets tell it. */
function failureOf(context: ServiceContext, { result: { account, region } }: Job, stack: StackRow): string {
  let reason: string | undefined;
  for (const event of context.table(events, { account, region }).list([stack.id], { reverse: true })) {
    const isStacks = event.type === STACK_TYPE && event.physicalId === stack.id;
    if (isStacks && event.reason === "User Initiated") break;
    if (isStacks || !event.status.endsWith("_FAILED") || event.reason?.endsWith(" cancelled") === true) continue;
    reason = `ResourceLogicalId:${event.logicalId}, ResourceType:${event.type}, ResourceStatusReason:${event.reason ?? ""}.`;
  }
  return reason ?? stack.failure ?? stack.reason ?? `Stack ${stack.id} is in ${stack.status} status`;
}

async function createStack(context: ServiceContext, as: Principal, job: Job): Promise<Outcome> {
  const { account, region, stackName: StackName } = job.result;
  const ClientRequestToken = tokenOf(job, "apply");
  const request = { StackName, ...templateOf(job.config, job.instance.overrides), ClientRequestToken };
  const { StackId = "" } = await context.call("cloudformation", "CreateStack", request, { as, account, region });
  return { type: "waits", stage: "settling", stackId: StackId };
}

async function updateStack(context: ServiceContext, as: Principal, job: Job, StackName: string): Promise<Outcome> {
  const { account, region } = job.result;
  const ClientRequestToken = tokenOf(job, "apply");
  const request = { StackName, ...templateOf(job.config, job.instance.overrides), ClientRequestToken };
  try {
    await context.call("cloudformation", "UpdateStack", request, { as, account, region });
  } catch (error) {
    if (isAwsError(error) && error.message === "No updates are to be performed.")
      return { type: "done", stackId: StackName, reason: error.message };
    throw error;
  }
  return { type: "waits", stage: "settling", stackId: StackName };
}

async function startDelete(
  context: ServiceContext,
  as: Principal,
  job: Job,
  stackId: string,
  stage: "clearing" | "settling",
): Promise<Outcome> {
  const { account, region } = job.result;
  const request = { StackName: stackId, ClientRequestToken: tokenOf(job, "delete") };
  await context.call("cloudformation", "DeleteStack", request, { as, account, region });
  return { type: "waits", stage, stackId };
}

function templateOf(config: StackSetConfig, overrides: readonly ParameterValue[]) {
  const own = new Map(overrides.map(({ key, text }) => [key, text]));
  return {
    TemplateBody: config.template,
    Parameters: config.parameters.map(({ key, text }) => ({
      ParameterKey: key,
      ParameterValue: own.get(key) ?? text,
    })),
    Capabilities: config.capabilities.filter(isCapability),
    Tags: config.tags.map(({ Key, Value }) => ({ Key, Value })),
  };
}

function isCapability(text: string): text is "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | "CAPABILITY_AUTO_EXPAND" {
  return text === "CAPABILITY_IAM" || text === "CAPABILITY_NAMED_IAM" || text === "CAPABILITY_AUTO_EXPAND";
}
