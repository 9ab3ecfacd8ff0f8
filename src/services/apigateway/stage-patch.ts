/**
 * UpdateStage's patch operations, which have paths of their own: a method's settings lie under `/{path}/{method}/…`, and a canary is promoted by
 * `copy` (AWS page "Promote a canary release").
 */
import { badRequest } from "./errors.ts";
import { anyOp, patched, replaced, segmentsOf, type Patchable, type PatchKind, type PatchOperation } from "./patch.ts";
import type { MethodSetting, StageRow } from "./state.ts";

const PATCHABLE: Patchable = {
  "/description": anyOp(),
  "/deploymentId": { kind: "text", ops: ["replace"] },
  "/variables/*": anyOp(),
  "/tracingEnabled": replaced("boolean"),
  "/cacheClusterEnabled": replaced("boolean"),
  "/cacheClusterSize": replaced(),
  "/accessLogSettings": { kind: "text", ops: ["remove"] },
  "/accessLogSettings/destinationArn": anyOp(),
  "/accessLogSettings/format": anyOp(),
  "/canarySettings": { kind: "text", ops: ["remove"] },
  "/canarySettings/percentTraffic": replaced("number"),
  "/canarySettings/deploymentId": replaced(),
  "/canarySettings/useStageCache": replaced("boolean"),
  "/canarySettings/stageVariableOverrides": { kind: "text", ops: ["remove"] },
  "/canarySettings/stageVariableOverrides/*": anyOp(),
};

/** The end of a setting's path → the member of MethodSetting. */
const SETTINGS: Readonly<Record<string, readonly [member: keyof MethodSetting, kind: PatchKind]>> = {
  "metrics/enabled": ["metricsEnabled", "boolean"],
  "logging/loglevel": ["loggingLevel", "text"],
  "logging/dataTrace": ["dataTraceEnabled", "boolean"],
  "throttling/burstLimit": ["throttlingBurstLimit", "integer"],
  "throttling/rateLimit": ["throttlingRateLimit", "number"],
  "caching/enabled": ["cachingEnabled", "boolean"],
  "caching/ttlInSeconds": ["cacheTtlInSeconds", "integer"],
  "caching/dataEncrypted": ["cacheDataEncrypted", "boolean"],
  "caching/requireAuthorizationForCacheControl": ["requireAuthorizationForCacheControl", "boolean"],
  "caching/unauthorizedCacheControlHeaderStrategy": ["unauthorizedCacheControlHeaderStrategy", "text"],
};

/** What a method has where nobody set anything (AWS page "Stage", methodSettings). */
export const USUAL_SETTING: MethodSetting = {
  metricsEnabled: false,
  loggingLevel: "OFF",
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
};

/** Raises BadRequestException. */
export function patchedStage(stage: StageRow, operations: readonly PatchOperation[] | undefined): StageRow {
  let row = stage;
  for (const operation of operations ?? []) {
    const parts = segmentsOf(operation.path ?? "");
    if (operation.op === "copy") row = copied(row, operation);
    else if (isSetting(parts)) row = withSetting(row, parts, operation);
    else row = patched(row, [operation], PATCHABLE);
  }
  return row;
}

function isSetting(parts: readonly string[]): boolean {
  const [path = "", method = ""] = parts;
  return (path === "*" || path.startsWith("/")) && method !== "" && (parts.length === 4 || parts.length === 2);
}

/** The key under which a method's settings stand: `*` and `*`, or the path with `~1` for its slashes and the method. */
export function settingKey(path: string, method: string): string {
  return `${path.replaceAll("~", "~0").replaceAll("/", "~1")}/${method}`;
}

function withSetting(row: StageRow, parts: readonly string[], { op, path = "", value }: PatchOperation): StageRow {
  const [resource = "", method = "", ...rest] = parts;
  const key = settingKey(resource, method);
  const { [key]: before = USUAL_SETTING, ...others } = row.methodSettings ?? {};
  if (op === "remove" && rest.length === 0) return { ...row, methodSettings: others };
  const [member, kind] = SETTINGS[rest.join("/")] ?? [];
  if (member === undefined || kind === undefined || op === "remove") {
    const places = Object.keys(SETTINGS).map((place) => `/{resourcePath}/{httpMethod}/${place}`);
    return badRequest(
      `Invalid patch path '${path}' specified for op '${op ?? ""}'. Must be one of: [${places.join(", ")}]`,
    );
  }
  const changed = patched(before, [{ op: "replace", path: `/${member}`, value }], { [`/${member}`]: replaced(kind) });
  if (!["OFF", "ERROR", "INFO"].includes(changed.loggingLevel ?? "OFF")) {
    badRequest("Invalid logging level. Must be one of: [OFF, ERROR, INFO]");
  }
  return { ...row, methodSettings: { ...others, [key]: changed } };
}

/** A canary's deployment becomes the stage's, its variables go over the stage's. */
function copied(row: StageRow, { from, path }: PatchOperation): StageRow {
  const { canarySettings, variables } = row;
  if (canarySettings === undefined) badRequest("Invalid patch operation: the stage has no canary to copy from");
  if (from === "/canarySettings/deploymentId" && path === "/deploymentId") {
    return { ...row, deploymentId: canarySettings.deploymentId ?? row.deploymentId };
  }
  if (from === "/canarySettings/stageVariableOverrides" && path === "/variables") {
    return { ...row, variables: { ...variables, ...canarySettings.stageVariableOverrides } };
  }
  return badRequest(`Invalid patch operation: copy from '${from ?? ""}' to '${path ?? ""}' is not supported`);
}
