/**
 * What a template says of its resources beside their properties, checked before anything is made ("Resource attribute reference"): policies
 * of creation, update and deletion.
 */
import { DurationSyntaxError, parseDuration } from "../../languages/duration.ts";
import { functionCall } from "../../template/intrinsics.ts";
import type { ResourceDeclaration } from "../../template/sections.ts";
import type { Template } from "../../template/template.ts";
import { isObject, own, scalarText, type Json, type JsonObject } from "../../template/value.ts";
import { invalid, unsupported } from "./names.ts";

/** The one update policy that the types here know, of an alias. */
export const ALIAS_DEPLOYMENT = "CodeDeployLambdaAliasUpdate";
const ALIAS = "AWS::Lambda::Alias";
/** "CreationPolicy attribute": a signal is waited for five minutes unless told, and twelve hours at most. */
const LONGEST_MS = 12 * 3600 * 1000;

/** Raises ValidationError for what CloudFormation would not take, and for what needs something that is not there. */
export function checkResourceAttributes({ resources, hooks }: Pick<Template, "resources" | "hooks">): void {
  if (Object.keys(hooks).length > 0) throw unsupported("the Hooks section");
  for (const [id, declaration] of resources) {
    checkSnapshots(declaration);
    if (declaration.creationPolicy !== undefined) checkCreationPolicy(id, declaration.creationPolicy);
    if (declaration.updatePolicy !== undefined) checkUpdatePolicy(id, declaration.type, declaration.updatePolicy);
  }
}

/** "DeletionPolicy attribute": only what keeps volumes, databases and caches can be snapshotted; none of that is here. */
function checkSnapshots({ type, deletionPolicy, updateReplacePolicy }: ResourceDeclaration): void {
  if (deletionPolicy === "Snapshot")
    throw invalid(`Template error: resource type ${type} does not support deletion policy Snapshot`);
  if (updateReplacePolicy === "Snapshot")
    throw invalid(`Template error: resource type ${type} does not support update replace policy Snapshot`);
}

/** CloudFormation looks at the policy of each resource, and waits only for those of the types that are signalled. */
function checkCreationPolicy(id: string, policy: JsonObject): void {
  for (const [key, value] of Object.entries(policy)) {
    if (key === "AutoScalingCreationPolicy") throw unsupported(`the AutoScalingCreationPolicy of ${id}`);
    if (key === "StartFleet") throw unsupported(`the StartFleet of ${id}`);
    if (key !== "ResourceSignal" || !isObject(value)) throw malformed("CreationPolicy", id, key);
    const unknown = Object.keys(value).find((member) => member !== "Count" && member !== "Timeout");
    if (unknown !== undefined) throw malformed("CreationPolicy", id, unknown);
    const [count, timeout] = [own(value, "Count"), own(value, "Timeout")];
    if (isWritten(count) && readCount(count) === undefined) throw malformed("CreationPolicy", id, "Count");
    if (isWritten(timeout) && readTimeout(timeout) === undefined) throw malformed("CreationPolicy", id, "Timeout");
  }
}

/** There as a value, not as a function that gives it later. */
function isWritten(value: Json | undefined): value is Json {
  return value !== undefined && functionCall(value) === undefined;
}

function malformed(policy: string, id: string, key: string): Error {
  return invalid(`Template format error: Invalid ${policy} of resource ${id}: ${key}`);
}

/** How many signals; undefined for what is no positive whole number. */
export function readCount(value: Json): number | undefined {
  const count = Number(scalarText(value));
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

/** Milliseconds of `PT#H#M#S`; undefined for what is none, or longer than twelve hours. */
export function readTimeout(value: Json): number | undefined {
  const text = scalarText(value) ?? "";
  if (!text.startsWith("PT")) return undefined;
  try {
    const timeoutMs = parseDuration(text);
    return timeoutMs <= LONGEST_MS ? timeoutMs : undefined;
  } catch (error) {
    if (error instanceof DurationSyntaxError) return undefined;
    throw error;
  }
}

function checkUpdatePolicy(id: string, type: string, policy: JsonObject): void {
  for (const [key, value] of Object.entries(policy)) {
    if (key !== ALIAS_DEPLOYMENT || type !== ALIAS) throw unsupported(`the UpdatePolicy ${key} of ${id} (${type})`);
    if (!isObject(value)) throw malformed("UpdatePolicy", id, key);
    const known = ["AfterAllowTrafficHook", "ApplicationName", "BeforeAllowTrafficHook", "DeploymentGroupName"];
    const unknown = Object.keys(value).find((member) => !known.includes(member));
    if (unknown !== undefined) throw malformed("UpdatePolicy", id, unknown);
    for (const required of ["ApplicationName", "DeploymentGroupName"])
      if (own(value, required) === undefined) throw malformed("UpdatePolicy", id, `${required} is required`);
  }
}
