/**
 * The usage plan, key and API key that an API's Auth asks for.
 */
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { Dict, isTrue, textOf, toJson } from "../python/dict.ts";
import { ref } from "../references.ts";
import { complainOf, present } from "./expect.ts";

const PROPERTIES = ["CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"];

/** Makes what UsagePlan asks for. Raises SamFault. */
export function usagePlan(
  apiId: string,
  properties: Dict,
  stageId: string,
  passed: JsonObject,
  context: TransformContext,
): readonly Draft[] {
  const auth = properties.get("Auth");
  const plan = auth instanceof Dict ? present(auth.get("UsagePlan")) : undefined;
  if (plan === undefined) return [];
  const complain = complainOf(apiId);
  if (!(plan instanceof Dict)) throw complain("'UsagePlan' must be a dictionary");
  if (!plan.keys().every(({ text }) => PROPERTIES.includes(text))) throw complain("Invalid property for 'UsagePlan'");
  const create = present(plan.get("CreateUsagePlan"));
  if (create === undefined) throw complain("'CreateUsagePlan' is a required field for UsagePlan.");
  switch (textOf(create) ?? "") {
    case "NONE":
      return [];
    case "PER_API":
      return perApi(apiId, plan, stageId, passed);
    case "SHARED":
      return shared(apiId, plan, stageId, passed, context);
    default:
      throw complain("'CreateUsagePlan' accepts one of ['SHARED', 'PER_API', 'NONE'].");
  }
}

function settings(plan: Dict): Readonly<Record<string, Json | undefined>> {
  return Object.fromEntries(
    ["UsagePlanName", "Description", "Quota", "Tags", "Throttle"].map((name) => {
      const value = plan.get(name);
      return [name, isTrue(value) ? toJson(value) : undefined];
    }),
  );
}

function perApi(apiId: string, plan: Dict, stageId: string, passed: JsonObject): readonly Draft[] {
  const made = new Draft(`${apiId}UsagePlan`, "AWS::ApiGateway::UsagePlan", passed, [apiId]).set({
    ApiStages: [{ ApiId: ref(apiId), Stage: ref(stageId) }],
    ...settings(plan),
  });
  const key = new Draft(`${apiId}ApiKey`, "AWS::ApiGateway::ApiKey", passed, [made.id]).set({
    Enabled: true,
    StageKeys: [{ RestApiId: ref(apiId), StageName: ref(stageId) }],
  });
  return [made, key, planKey(`${apiId}UsagePlanKey`, key.id, made.id, passed)];
}

function shared(
  apiId: string,
  plan: Dict,
  stageId: string,
  passed: JsonObject,
  context: TransformContext,
): readonly Draft[] {
  const common = context.sharedUsagePlan;
  common.add(apiId, stageId);
  const attributes = (): JsonObject => common.attributes(passed, context.conditions, context.hasConditions);
  const made = new Draft("ServerlessUsagePlan", "AWS::ApiGateway::UsagePlan", attributes(), [...common.apis]).set({
    ApiStages: common.stages("ApiId", "Stage"),
    ...settings(plan),
  });
  const key = new Draft("ServerlessApiKey", "AWS::ApiGateway::ApiKey", attributes(), [made.id]).set({
    Enabled: true,
    StageKeys: common.stages("RestApiId", "StageName"),
  });
  return [made, key, planKey("ServerlessUsagePlanKey", key.id, made.id, attributes())];
}

function planKey(id: string, keyId: string, planId: string, attributes: JsonObject): Draft {
  return new Draft(id, "AWS::ApiGateway::UsagePlanKey", attributes, [keyId]).set({
    KeyId: ref(keyId),
    KeyType: "API_KEY",
    UsagePlanId: ref(planId),
  });
}
