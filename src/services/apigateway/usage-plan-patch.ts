/**
 * UpdateUsagePlan's patch operations: a stage is added and removed by its value, `API:STAGE`, and a method's limits lie under
 * `/apiStages/API:STAGE/throttle/{path}/{method}/…` (AWS page "Patch operations").
 */
import { badRequest } from "./errors.ts";
import { patched, replaced, type Patchable, type PatchOperation } from "./patch.ts";
import type { UsagePlanRow } from "./state.ts";

const removed = { kind: "text" as const, ops: ["remove"] };
const addedOrReplaced = (kind: "text" | "integer" | "number") => ({ kind, ops: ["add", "replace"] });

const PATCHABLE: Patchable = {
  "/name": replaced(),
  "/description": replaced(),
  "/productCode": { kind: "text", ops: ["add", "replace", "remove"] },
  "/quota": removed,
  "/quota/limit": addedOrReplaced("integer"),
  "/quota/offset": addedOrReplaced("integer"),
  "/quota/period": addedOrReplaced("text"),
  "/throttle": removed,
  "/throttle/burstLimit": addedOrReplaced("integer"),
  "/throttle/rateLimit": addedOrReplaced("number"),
};

type ApiStage = NonNullable<UsagePlanRow["apiStages"]>[number];
type Throttle = NonNullable<ApiStage["throttle"]>;

const STAGE = /^\/apiStages(?:\/([^/]+:[^/]+)\/throttle(?:\/(.+))?)?$/;

/** Raises BadRequestException. */
export function patchedPlan(plan: UsagePlanRow, operations: readonly PatchOperation[] | undefined): UsagePlanRow {
  let row = plan;
  for (const operation of operations ?? []) {
    const match = STAGE.exec(operation.path ?? "");
    if (match === null) row = patched(row, [operation], PATCHABLE);
    else if (match[1] === undefined) row = { ...row, apiStages: listed(row.apiStages ?? [], operation) };
    else row = { ...row, apiStages: throttled(row.apiStages ?? [], match[1], match[2], operation) };
  }
  return row;
}

export function stageName({ apiId, stage }: ApiStage): string {
  return `${apiId ?? ""}:${stage ?? ""}`;
}

function listed(stages: readonly ApiStage[], { op, value = "" }: PatchOperation): ApiStage[] {
  const [apiId = "", stage = ""] = value.split(":");
  if (apiId === "" || stage === "") badRequest("Invalid API Stage specified");
  const isThere = stages.some((one) => stageName(one) === value);
  if (op === "add") return isThere ? [...stages] : [...stages, { apiId, stage }];
  if (op !== "remove") {
    return badRequest(`Invalid patch path '/apiStages' specified for op '${op ?? ""}'. Must be one of: [add, remove]`);
  }
  if (!isThere) badRequest("Invalid API Stage specified");
  return stages.filter((one) => stageName(one) !== value);
}

/** `rest` is a method's key and, but for what takes its limits away, the limit's name. */
function throttled(
  stages: readonly ApiStage[],
  name: string,
  rest: string | undefined,
  operation: PatchOperation,
): ApiStage[] {
  if (!stages.some((one) => stageName(one) === name)) badRequest("Invalid API Stage specified");
  return stages.map((one) =>
    stageName(one) === name ? { ...one, throttle: limited(one.throttle ?? {}, rest, operation) } : one,
  );
}

function limited(throttle: Throttle, rest: string | undefined, { op, path = "", value }: PatchOperation): Throttle {
  if (op === "remove") {
    if (rest === undefined) return {};
    const { [methodKey(rest)]: gone, ...others } = throttle;
    return gone === undefined ? badRequest(`Invalid patch path '${path}' specified for op 'remove'`) : others;
  }
  const [, method, member] = /^(.+)\/(rateLimit|burstLimit)$/.exec(rest ?? "") ?? [];
  if ((op !== "add" && op !== "replace") || method === undefined || member === undefined) {
    return badRequest(
      `Invalid patch path '${path}' specified for op '${op ?? ""}'. Must be one of: [/apiStages/{apiId:stage}/throttle/{resourcePath}/{httpMethod}/rateLimit, /apiStages/{apiId:stage}/throttle/{resourcePath}/{httpMethod}/burstLimit]`,
    );
  }
  const limits = { "/rateLimit": replaced("number"), "/burstLimit": replaced("integer") };
  const key = methodKey(method);
  const before = throttle[key] ?? { burstLimit: 0, rateLimit: 0 };
  return { ...throttle, [key]: patched(before, [{ op: "replace", path: `/${member}`, value }], limits) };
}

/** `~1pets/GET`, `/pets/GET` and `~1pets~1GET` are one method: `/pets/GET`. */
function methodKey(text: string): string {
  const read = text.replaceAll("~1", "/").replaceAll("~0", "~");
  return read.startsWith("/") ? read : `/${read}`;
}
