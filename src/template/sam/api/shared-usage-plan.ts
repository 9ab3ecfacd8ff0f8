/**
 * The usage plan that several APIs of a template share (`CreateUsagePlan: SHARED`).
 */
import type { Json, JsonObject } from "../../value.ts";
import { own } from "../../value.ts";
import { invalidTemplate } from "../sam-error.ts";

const CONDITION = "SharedUsagePlanCondition";

/** What the APIs that came so far have in common. */
export class SharedUsagePlan {
  readonly apis: string[] = [];
  readonly #stages = new Map<string, string>();
  readonly #conditions = new Set<string>();
  #isUnconditional = false;
  #deletionPolicy: Json | undefined;
  #updateReplacePolicy: Json | undefined;

  /** Takes an API and its stage in. */
  add(api: string, stage: string): void {
    if (!this.apis.includes(api)) this.apis.push(api);
    this.#stages.set(`${api} ${stage}`, stage);
  }

  /** The stages, under the names that a plan and a key have for API and stage. */
  stages(apiName: string, stageName: string): readonly JsonObject[] {
    return [...this.#stages].map(([key, stage]) => ({
      [apiName]: { Ref: key.split(" ")[0] ?? "" },
      [stageName]: { Ref: stage },
    }));
  }

  /** The attributes that the plan has now that an API with these has come; may add a condition. Raises SamFault. */
  attributes(ofApi: JsonObject, conditions: Map<string, Json>, hasConditions: boolean): JsonObject {
    this.#keepDeletion(own(ofApi, "DeletionPolicy"));
    this.#keepUpdateReplace(own(ofApi, "UpdateReplacePolicy"));
    this.#keepCondition(own(ofApi, "Condition"), conditions, hasConditions);
    const isConditional = this.#conditions.size > 0 && !this.#isUnconditional;
    return {
      ...(this.#deletionPolicy === undefined ? {} : { DeletionPolicy: this.#deletionPolicy }),
      ...(this.#updateReplacePolicy === undefined ? {} : { UpdateReplacePolicy: this.#updateReplacePolicy }),
      ...(isConditional ? { Condition: CONDITION } : {}),
    };
  }

  #keepDeletion(policy: Json | undefined): void {
    if (policy === undefined || policy === "" || policy === null) return;
    if (this.#deletionPolicy === undefined || policy === "Retain") this.#deletionPolicy = policy;
  }

  #keepUpdateReplace(policy: Json | undefined): void {
    if (policy === undefined || policy === "" || policy === null) return;
    const isStronger = policy === "Retain" || (policy === "Snapshot" && this.#updateReplacePolicy === "Delete");
    if (this.#updateReplacePolicy === undefined || isStronger) this.#updateReplacePolicy = policy;
  }

  #keepCondition(condition: Json | undefined, conditions: Map<string, Json>, hasConditions: boolean): void {
    if (this.#isUnconditional) return;
    if (typeof condition === "string" && condition !== "") {
      if (this.#conditions.has(condition)) return;
      if (!hasConditions) {
        throw invalidTemplate("Can't have condition without having 'Conditions' section in the template");
      }
      this.#conditions.add(condition);
      const names = [...this.#conditions];
      conditions.set(
        CONDITION,
        names.length > 1 ? { "Fn::Or": names.map((name) => ({ Condition: name })) } : condition,
      );
    } else if (condition === undefined) {
      this.#isUnconditional = true;
      conditions.delete(CONDITION);
    }
  }
}
