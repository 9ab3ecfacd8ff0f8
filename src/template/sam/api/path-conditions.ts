/**
 * Under which conditions the paths of an API are there: those of the functions behind them, where each has one; and what
 * else the implicit API takes over from those functions.
 */
import { own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { combinedConditions } from "../combined-conditions.ts";
import type { Data } from "../python/dict.ts";
import { str, unicode } from "../python/text.ts";

type Condition = string | undefined;

/** What events said, by API. */
export class PathConditions {
  readonly #implicitId: string;
  readonly #paths = new Map<string, Map<string, Map<string, Condition>>>();
  readonly #deletion: Json[] = [];
  readonly #updateReplace: Json[] = [];

  constructor(implicitId: string) {
    this.#implicitId = implicitId;
  }

  /** Notes a method and the resource that is behind it. */
  add(apiId: string, path: string, method: string, caller: JsonObject): void {
    const condition = own(caller, "Condition");
    const paths = this.#paths.get(apiId) ?? new Map<string, Map<string, Condition>>();
    const methods = paths.get(path) ?? new Map<string, Condition>();
    this.#paths.set(apiId, paths.set(path, methods.set(method, typeof condition === "string" ? condition : undefined)));
    if (apiId !== this.#implicitId) return;
    this.#deletion.push(own(caller, "DeletionPolicy") ?? null);
    this.#updateReplace.push(own(caller, "UpdateReplacePolicy") ?? null);
  }

  /** The attributes of the implicit API; adds the condition that they name. */
  attributes(conditions: Map<string, Json>): JsonObject {
    const all = [...(this.#paths.get(this.#implicitId)?.values() ?? [])].flatMap((methods) => [...methods.values()]);
    const condition = combined(all, `${this.#implicitId}Condition`, conditions);
    const strongest = (policies: readonly Json[], order: readonly string[]): Condition =>
      order.find((policy) => policies.includes(policy));
    const deletion = strongest(this.#deletion, ["Retain", "Delete"]);
    const replace = strongest(this.#updateReplace, ["Retain", "Snapshot", "Delete"]);
    return {
      ...(condition === undefined ? {} : { Condition: condition }),
      ...(deletion === undefined ? {} : { DeletionPolicy: deletion }),
      ...(replace === undefined ? {} : { UpdateReplacePolicy: replace }),
    };
  }

  /** The condition of a path, combined from its methods'; undefined when one of them has none. */
  conditionOf(apiId: string, path: string, conditions: Map<string, Json>): Data | undefined {
    const all = [...(this.#paths.get(apiId)?.get(path)?.values() ?? [])];
    const id = path.replaceAll("/", "SLASH").replaceAll("{", "OB").replaceAll("}", "CB");
    const name = `${apiId}${id}PathCondition`;
    const condition = combined(all, name, conditions);
    if (condition === undefined) return undefined;
    // A function's own condition is the template's text; a combined one is named here.
    return condition === name ? str(name) : unicode(condition);
  }
}

function combined(all: readonly Condition[], name: string, conditions: Map<string, Json>): Condition {
  const names = [...new Set(all)].flatMap((condition) => (condition === undefined ? [] : [condition]));
  if (names.length === 0 || all.includes(undefined)) return undefined;
  if (names.length === 1) return names[0];
  for (const [made, condition] of combinedConditions([...names].sort(), name)) conditions.set(made, condition);
  return name;
}
