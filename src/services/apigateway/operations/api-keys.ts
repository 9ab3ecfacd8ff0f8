/** API keys: made, found by their names, changed and taken away. Their values are shown to those who ask for them. */
import { LOWER_AND_DIGITS } from "../../../kernel/random.ts";
import type { Input, Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { patched, replaced, type Patchable, type PatchOperation } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { apiKeys, keyPlans, keyValues, planKeys, stages, type ApiKeyRow } from "../state.ts";

/** AWS page "API Gateway API key file format". */
const LEAST_VALUE = 20;
const MOST_VALUE = 128;
const MOST_NAME = 1024;
const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function keyOf(context: ServiceContext, id: string): ApiKeyRow {
  return context.table(apiKeys).get(id) ?? notFound("Invalid API Key identifier specified");
}

/** As it is shown: without its value, but for those who ask for it. */
export function shownKey(
  { createdAt, updatedAt, value, ...row }: ApiKeyRow,
  includeValue: boolean,
): Output<Sdk, "GetApiKey"> {
  const shown = { ...row, createdDate: new Date(createdAt), lastUpdatedDate: new Date(updatedAt) };
  return includeValue ? { ...shown, value } : shown;
}

type NewKey = Omit<Input<Sdk, "CreateApiKey">, "stageKeys" | "generateDistinctId">;

/** Makes a key; inside a transaction. Raises BadRequestException, ConflictException. */
export function newKey(context: ServiceContext, given: NewKey, stageKeys: readonly string[] = []): ApiKeyRow {
  const value = given.value ?? context.random.text(40, ALPHANUMERIC);
  if (value.length < LEAST_VALUE) badRequest(`API Key value should be at least ${LEAST_VALUE} characters`);
  if (value.length > MOST_VALUE) badRequest(`API Key value should be at most ${MOST_VALUE} characters`);
  if (context.table(keyValues).has(value)) conflict("API Key already exists");
  const row: ApiKeyRow = {
    id: context.random.text(10, LOWER_AND_DIGITS),
    value,
    name: given.name,
    description: given.description,
    customerId: given.customerId,
    enabled: given.enabled ?? false,
    createdAt: context.now,
    updatedAt: context.now,
    stageKeys: [...stageKeys],
    tags: given.tags ?? {},
  };
  put(context, row);
  return row;
}

function put(context: ServiceContext, row: ApiKeyRow): void {
  // What has become empty is as if it had never been said.
  for (const name of ["customerId", "description", "name"] as const) if (row[name] === "") delete row[name];
  if ((row.name ?? "").length > MOST_NAME) badRequest(`API Key name should be at most ${MOST_NAME} characters`);
  context.table(apiKeys).put([row.id], row);
  context.table(keyValues).put([row.value], row.id);
}

/** `API/STAGE`, of a stage that is there. */
function stageKey(context: ServiceContext, apiId: string, stageName: string): string {
  if (!context.table(stages).has(apiId, stageName)) badRequest("Invalid stage identifier specified");
  return `${apiId}/${stageName}`;
}

const PATCHABLE: Patchable = {
  "/name": replaced(),
  "/description": replaced(),
  "/customerId": replaced(),
  "/enabled": replaced("boolean"),
};

/** Stages are added and removed by their value, `API/STAGE`; all else as in other things. */
function patchedKey(context: ServiceContext, key: ApiKeyRow, operations: readonly PatchOperation[]): ApiKeyRow {
  let row = key;
  for (const operation of operations) {
    const { op, path, value = "" } = operation;
    if (path !== "/stages" || (op !== "add" && op !== "remove")) {
      row = patched(row, [operation], PATCHABLE);
      continue;
    }
    const others = (row.stageKeys ?? []).filter((stage) => stage !== value);
    const [apiId = "", stageName = ""] = value.split("/");
    row = { ...row, stageKeys: op === "add" ? [...others, stageKey(context, apiId, stageName)] : others };
  }
  return row;
}

export const apiKeyOperations = {
  CreateApiKey(context, { stageKeys = [], generateDistinctId: _, ...given }) {
    // Which stages a key is for is for its usage plans to say: those named here are only remembered, as on AWS since there are usage plans.
    const named = stageKeys.map(({ restApiId = "", stageName = "" }) => stageKey(context, restApiId, stageName));
    return shownKey(newKey(context, given, named), true);
  },

  GetApiKey: (context, { apiKey, includeValue }) => shownKey(keyOf(context, apiKey), includeValue === true),

  GetApiKeys(context, { nameQuery, customerId, includeValues, ...page }) {
    const wanted = [...context.table(apiKeys).list()].filter(
      (row) =>
        (nameQuery === undefined || (row.name ?? "").startsWith(nameQuery)) &&
        (customerId === undefined || row.customerId === customerId),
    );
    const { items, position } = pageOf(wanted, page);
    return { items: items.map((row) => shownKey(row, includeValues === true)), position };
  },

  UpdateApiKey(context, { apiKey, patchOperations = [] }) {
    const row = { ...patchedKey(context, keyOf(context, apiKey), patchOperations), updatedAt: context.now };
    put(context, row);
    return shownKey(row, false);
  },

  DeleteApiKey(context, { apiKey }) {
    const { id, value } = keyOf(context, apiKey);
    for (const [key] of context.table(keyPlans).entries([id])) {
      context.table(planKeys).remove(String(key.at(-1)), id);
      context.table(keyPlans).remove(...key);
    }
    context.table(keyValues).remove(value);
    context.table(apiKeys).remove(id);
    return {};
  },
} satisfies Operations<Sdk>;
