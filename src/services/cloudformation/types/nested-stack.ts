/**
 * AWS::CloudFormation::Stack: a stack as a resource of another one ("Embed stacks within other stacks using nested stacks"). Its parent waits
 * for it; after an update it takes old resources away only together with its parent, so that a failed parent can still put all back.
 */
import { AwsError, isAwsError } from "../../../kernel/errors.ts";
import type { Progress, ResourceRequest, ServiceContext } from "../../../service.ts";
import { changeSetById } from "../change-sets/life.ts";
import { changeSetChildren } from "../change-set-state.ts";
import { ResourceFailure } from "../failure.ts";
import { findStack } from "../names.ts";
import { halt } from "../halting.ts";
import { settle, startUpdateRollback } from "../phases.ts";
import { nested, operations, stacks, type StackRow } from "../state.ts";
import { readNestedStack } from "./nested-stack-read.ts";
import type { EngineType } from "./registry.ts";

/** Nobody asks again by the clock: the child's end wakes its parent's step. */
const UNTIL_WOKEN_MS = 400 * 24 * 3600 * 1000;

export const nestedStack: EngineType = {
  properties: ["NotificationARNs", "Parameters", "Tags", "TemplateURL", "TimeoutInMinutes"],
  required: ["TemplateURL"],
  unsupported: ["NotificationARNs"],
  replaceOn: [],
  identifiers: ["StackId"],
  writeOnly: ["TemplateURL"],
  read: readNestedStack,

  async create(context, request) {
    const known = idOf(request.callbackContext);
    if (known !== undefined) return childOf(context, known, "created", ["CREATE_COMPLETE"]);
    const reviewed = reviewedChild(context, request);
    const name = reviewed?.name ?? request.generatedName({ maxLength: 128 });
    const there = request.retried ? findStack(context, name) : undefined;
    if (there !== undefined && there.status !== "REVIEW_IN_PROGRESS")
      return childOf(context, there.id, "created", ["CREATE_COMPLETE"]);
    const { stackId, logicalId } = request;
    const parent = context.table(stacks).get(stackId);
    const keeps =
      context.table(operations).get(stackId)?.disableRollback === true || parent?.onFailure === "DO_NOTHING";
    context.transact(() => context.table(nested).put([name], { parentId: stackId, logicalId }));
    const timeout = request.properties["TimeoutInMinutes"];
    const { StackId } = await context.call("cloudformation", "CreateStack", {
      StackName: name,
      ...templateOf(request, parent),
      OnFailure: keeps ? "DO_NOTHING" : "ROLLBACK",
      RetainExceptOnCreate: parent?.retainExceptOnCreate ?? false,
      ...(timeout === undefined ? {} : { TimeoutInMinutes: Number(timeout) }),
    });
    return childOf(context, StackId ?? "", "created", ["CREATE_COMPLETE"]);
  },

  async update(context, request) {
    const id = request.physicalId;
    const isBegun = idOf(request.callbackContext) !== undefined;
    if (request.rollback) return rollBack(context, id, { isBegun, continued: request.continued });
    const child = findStack(context, id);
    const isUnderWay = child?.status === "UPDATE_IN_PROGRESS";
    if (!isBegun && !isUnderWay) {
      const parent = context.table(stacks).get(request.stackId);
      const link = { parentId: request.stackId, logicalId: request.logicalId };
      context.transact(() => context.table(nested).put([child?.name ?? ""], link));
      try {
        const DisableRollback = context.table(operations).get(request.stackId)?.disableRollback ?? false;
        const RetainExceptOnCreate = parent?.retainExceptOnCreate ?? false;
        const update = { StackName: id, ...templateOf(request, parent), DisableRollback, RetainExceptOnCreate };
        await context.call("cloudformation", "UpdateStack", update);
      } catch (error) {
        context.transact(() => context.table(nested).remove(child?.name ?? ""));
        if (!isAwsError(error) || error.message !== "No updates are to be performed.") throw error;
        return childOf(context, id, "updated", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]);
      }
    }
    return childOf(context, id, "updated", ["UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"]);
  },

  async delete(context, request) {
    const id = request.physicalId;
    const before = context.table(stacks).get(id);
    if (before === undefined || before.status === "DELETE_COMPLETE") return { status: "SUCCESS" };
    if (idOf(request.callbackContext) === undefined) {
      const link = { parentId: request.stackId, logicalId: request.logicalId };
      context.transact(() => context.table(nested).put([before.name], link));
      await context.call("cloudformation", "DeleteStack", { StackName: id });
      context.transact(() => context.table(nested).remove(before.name));
    }
    const now = context.table(stacks).get(id);
    if (now === undefined || now.status === "DELETE_COMPLETE") return { status: "SUCCESS" };
    if (now.status === "DELETE_IN_PROGRESS") return waiting(id);
    throw new ResourceFailure(`Embedded stack ${id} was not successfully deleted: ${now.reason ?? now.status}`);
  },
};

/** The stack that the change set under way has made for this resource, to be reviewed with it. */
function reviewedChild(context: ServiceContext, { stackId, logicalId }: ResourceRequest): StackRow | undefined {
  const executed = context.table(stacks).get(stackId)?.changeSetId;
  if (executed === undefined) return undefined;
  for (const [[, childId], id] of context.table(changeSetChildren).entries([executed])) {
    const child = id === logicalId ? changeSetById(context, String(childId)) : undefined;
    const stack = child === undefined ? undefined : context.table(stacks).get(child.stackId);
    if (stack?.status === "REVIEW_IN_PROGRESS") return stack;
  }
  return undefined;
}

function waiting(id: string): Extract<Progress, { status: "IN_PROGRESS" }> {
  return { status: "IN_PROGRESS", physicalId: id, callbackContext: { id }, callbackDelayMs: UNTIL_WOKEN_MS };
}

/** The child as it is now: at its goal, still on its way, or failed. */
function childOf(context: ServiceContext, id: string, verb: string, goals: readonly string[]): Progress {
  const child = context.table(stacks).get(id);
  if (child === undefined) throw new ResourceFailure(`Embedded stack ${id} does not exist`);
  if (goals.includes(child.status)) return { status: "SUCCESS", physicalId: id, attributes: outputsOf(child) };
  const reason = (child.failure ?? child.reason ?? "").trimEnd();
  // An update that goes back has failed already; whoever undoes the parent waits for it.
  if (verb === "updated" && child.status.startsWith("UPDATE_ROLLBACK_")) {
    // Told as AWS tells it, which looks when the way back has just begun.
    const status = child.status === "UPDATE_ROLLBACK_FAILED" ? child.status : "UPDATE_ROLLBACK_IN_PROGRESS";
    const now = `Currently in ${status} with reason: ${reason}`;
    throw new ResourceFailure(`Embedded stack ${id} was not successfully updated. ${now}`, id);
  }
  if (child.status.endsWith("_IN_PROGRESS")) return waiting(id);
  throw new ResourceFailure(
    `Embedded stack ${id} was not successfully ${verb}: ${reason === "" ? child.status : reason}`,
    id,
  );
}

function outputsOf(child: StackRow): Record<string, string> {
  return Object.fromEntries(child.outputs.map(({ key, value }) => [`Outputs.${key}`, value]));
}

/** Puts a child back that was updated in an update that its parent undoes; one that is on its way back already is waited for. */
function rollBack(
  context: ServiceContext,
  id: string,
  { isBegun, continued }: { readonly isBegun: boolean; readonly continued: boolean },
): Progress {
  if (!isBegun) context.transact(() => sendBack(context, id, continued));
  const child = context.table(stacks).get(id);
  if (child?.status === "UPDATE_ROLLBACK_FAILED" || child?.status === "UPDATE_FAILED") {
    const reason = (child.failure ?? child.reason ?? "").trimEnd();
    throw new ResourceFailure(
      `Embedded stack ${id} was not successfully updated. Currently in ${child.status} with reason: ${reason}`,
      id,
    );
  }
  return childOf(context, id, "rolled back", ["UPDATE_ROLLBACK_COMPLETE", "CREATE_COMPLETE", "UPDATE_COMPLETE"]);
}

function sendBack(context: ServiceContext, id: string, continued: boolean): void {
  const child = context.table(stacks).get(id);
  const operation = context.table(operations).get(id);
  if (child === undefined || operation === undefined) return;
  const freed = { ...operation, heldByParent: false, disableRollback: false, continued };
  const isFailed = child.status === "UPDATE_FAILED" || (continued && child.status === "UPDATE_ROLLBACK_FAILED");
  const isHeld = child.status === "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" && operation.heldByParent;
  if (isFailed || isHeld) startUpdateRollback(context, child, freed, undefined);
  else if (child.status === "UPDATE_IN_PROGRESS")
    settle(context, child, halt(context, child, freed, "Resource update cancelled."));
}

function templateOf({ properties, tags }: ResourceRequest, parent: StackRow | undefined) {
  const given = properties["Parameters"];
  const notifications = properties["NotificationARNs"];
  const parameters = typeof given === "object" && given !== null ? Object.entries(given) : [];
  if (Array.isArray(notifications) && notifications.length > 0) {
    throw new AwsError("ValidationError", "Seatrial's CloudFormation does not support NotificationARNs yet.");
  }
  return {
    TemplateURL: String(properties["TemplateURL"]),
    Parameters: parameters.map(([ParameterKey, value]) => ({ ParameterKey, ParameterValue: textOf(value) })),
    Capabilities: (parent?.config?.capabilities ?? []).filter(isCapability),
    Tags: tagsOf(properties["Tags"], tags),
  };
}

function isCapability(text: string): text is "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | "CAPABILITY_AUTO_EXPAND" {
  return text === "CAPABILITY_IAM" || text === "CAPABILITY_NAMED_IAM" || text === "CAPABILITY_AUTO_EXPAND";
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(",") : String(value);
}

/** The parent's own tags come down; those that CloudFormation makes are made anew. */
function tagsOf(given: unknown, inherited: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  const tags = new Map(Object.entries(inherited).filter(([key]) => !key.startsWith("aws:")));
  for (const tag of Array.isArray(given) ? given : []) {
    if (typeof tag === "object" && tag !== null && "Key" in tag && "Value" in tag)
      tags.set(String(tag.Key), String(tag.Value));
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

function idOf(callbackContext: unknown): string | undefined {
  if (typeof callbackContext !== "object" || callbackContext === null || !("id" in callbackContext)) return undefined;
  return String(callbackContext.id);
}
