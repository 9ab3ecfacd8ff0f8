/**
 * DeploymentPreference: the CodeDeploy application, role and deployment groups that shift traffic to a new version.
 */
import { functionCall } from "../intrinsics.ts";
import { isList, isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { combinedConditions } from "./combined-conditions.ts";
import { Draft, tagList } from "./draft.ts";
import { trustPolicy } from "./policy-document.ts";
import { isTruthy } from "./property-table.ts";
import { getAtt, ifArguments, isIntrinsic, isNoValue, MALFORMED_IF, ref } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

const APPLICATION = "ServerlessDeploymentApplication";
const ROLE = "CodeDeployServiceRole";
const CONDITION = "ServerlessCodeDeployCondition";

/** The configurations that CodeDeploy has for Lambda under `CodeDeployDefault.Lambda…`. */
const PREDEFINED = new Set([
  "Canary10Percent5Minutes",
  "Canary10Percent10Minutes",
  "Canary10Percent15Minutes",
  "Canary10Percent30Minutes",
  "Linear10PercentEvery1Minute",
  "Linear10PercentEvery2Minutes",
  "Linear10PercentEvery3Minutes",
  "Linear10PercentEvery10Minutes",
  "AllAtOnce",
]);

/** One function's preference; a disabled one only says that it is there. */
type Preference =
  | { readonly kind: "disabled" }
  | {
      readonly kind: "enabled";
      readonly type: Json;
      readonly hooks: JsonObject;
      readonly alarms: Json | undefined;
      readonly role: Json | undefined;
      readonly triggers: Json | undefined;
      readonly condition: string | undefined;
      readonly tags: JsonObject | undefined;
    };

/** The preferences of every function of a template. */
export class DeploymentPreferences {
  readonly #partition: string;
  readonly #preferences = new Map<string, Preference>();

  constructor(partition: string) {
    this.#partition = partition;
  }

  /** Takes up a function's preference, parameters put in; answers whether it is enabled. Raises SamFault. */
  add(id: string, preference: JsonObject, condition: Json | undefined, tags: JsonObject | undefined): boolean {
    const enabled = own(preference, "Enabled") ?? true;
    if (!isTruthy(enabled) || enabled === "false" || enabled === "False") {
      this.#preferences.set(id, { kind: "disabled" });
      return false;
    }
    const type = own(preference, "Type");
    if (type === undefined) throw invalidResource(id, "'DeploymentPreference' is missing required Property 'Type'");
    const hooks = own(preference, "Hooks") ?? {};
    if (!isObject(hooks)) throw invalidResource(id, "'Hooks' property of 'DeploymentPreference' must be a dictionary");
    const isPassed = own(preference, "PassthroughCondition") === true && typeof condition === "string";
    this.#preferences.set(id, {
      kind: "enabled",
      type,
      hooks,
      alarms: own(preference, "Alarms"),
      role: own(preference, "Role"),
      triggers: own(preference, "TriggerConfigurations"),
      condition: isPassed ? condition : undefined,
      tags,
    });
    return true;
  }

  /** The UpdatePolicy of a function's alias. */
  updatePolicy(id: string): JsonObject {
    const preference = this.#preferences.get(id);
    const hooks = preference?.kind === "enabled" ? preference.hooks : {};
    return {
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: ref(APPLICATION),
        DeploymentGroupName: ref(`${id}DeploymentGroup`),
        ...hook("BeforeAllowTrafficHook", own(hooks, "PreTraffic")),
        ...hook("AfterAllowTrafficHook", own(hooks, "PostTraffic")),
      },
    };
  }

  /** What is made for all functions: the application and, unless each names its own, the role; and new conditions. */
  shared(): { readonly drafts: readonly Draft[]; readonly conditions: ReadonlyMap<string, Json> } {
    const enabled = this.#enabled();
    if (enabled.length === 0) return { drafts: [], conditions: new Map() };
    const conditions = [...new Set(enabled.flatMap(([, { condition }]) => condition ?? []))];
    const isConditional = enabled.every(([, { condition }]) => condition !== undefined);
    const [only] = conditions;
    const attributes: JsonObject = isConditional
      ? { Condition: conditions.length > 1 ? CONDITION : (only ?? CONDITION) }
      : {};
    const tags = this.#mergedTags();
    const application = new Draft(APPLICATION, "AWS::CodeDeploy::Application", attributes).set({
      ComputePlatform: "Lambda",
      Tags: tags,
    });
    const drafts = [application];
    if (!enabled.every(([, { role }]) => isTruthy(role))) drafts.push(this.#role(attributes, tags));
    return { drafts, conditions: isConditional ? combinedConditions(conditions, CONDITION) : new Map() };
  }

  /** The functions whose preference is enabled, in the order in which they came. */
  functions(): readonly string[] {
    return this.#enabled().map(([id]) => id);
  }

  /** The deployment group of one function. Raises SamFault. */
  deploymentGroup(id: string): Draft {
    const preference = this.#preferences.get(id);
    if (preference?.kind !== "enabled") throw invalidResource(id, "'DeploymentPreference' is not enabled");
    const attributes: JsonObject = preference.condition === undefined ? {} : { Condition: preference.condition };
    return new Draft(`${id}DeploymentGroup`, "AWS::CodeDeploy::DeploymentGroup", attributes).set({
      AlarmConfiguration: alarmConfiguration(id, preference.alarms),
      ApplicationName: ref(APPLICATION),
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
      },
      DeploymentConfigName: configName(preference.type),
      DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
      ServiceRoleArn: isTruthy(preference.role) ? preference.role : getAtt(ROLE, "Arn"),
      TriggerConfigurations: isTruthy(preference.triggers) ? preference.triggers : undefined,
      Tags: preference.tags === undefined ? undefined : tagList(preference.tags),
    });
  }

  #enabled(): readonly (readonly [string, Extract<Preference, { kind: "enabled" }>])[] {
    return [...this.#preferences].flatMap(([id, preference]) =>
      preference.kind === "enabled" ? [[id, preference] as const] : [],
    );
  }

  #mergedTags(): readonly Json[] | undefined {
    const tags = Object.fromEntries(this.#enabled().flatMap(([, preference]) => Object.entries(preference.tags ?? {})));
    return Object.keys(tags).length === 0 ? undefined : tagList(tags);
  }

  #role(attributes: JsonObject, tags: readonly Json[] | undefined): Draft {
    const isIso = this.#partition === "aws-iso" || this.#partition === "aws-iso-b";
    const policy = isIso ? "AWSCodeDeployRoleForLambdaLimited" : "AWSCodeDeployRoleForLambda";
    return new Draft(ROLE, "AWS::IAM::Role", attributes).set({
      AssumeRolePolicyDocument: trustPolicy("codedeploy.amazonaws.com"),
      ManagedPolicyArns: [`arn:${this.#partition}:iam::aws:policy/service-role/${policy}`],
      Tags: tags,
    });
  }
}

function hook(name: string, value: Json | undefined): JsonObject {
  // `PreTraffic: !Ref` of nothing is no hook.
  const isNone = value === undefined || value === null || (isObject(value) && own(value, "Ref") === null);
  return isNone ? {} : { [name]: value };
}

function alarmConfiguration(id: string, alarms: Json | undefined): Json | undefined {
  if (!isTruthy(alarms) || isNoValue(alarms)) return undefined;
  const branches = ifArguments(alarms);
  if (branches === undefined) return alarmList(id, alarms);
  if (branches === "malformed") throw invalidResource(id, MALFORMED_IF);
  const [condition = null, whenTrue = null, whenFalse = null] = branches;
  return { "Fn::If": [condition, alarmList(id, whenTrue), alarmList(id, whenFalse)] };
}

function alarmList(id: string, alarms: Json): JsonObject {
  if (!isList(alarms)) throw invalidResource(id, "Alarms must be a list");
  if (alarms.length === 0 || isNoValue(alarms[0])) return {};
  return { Enabled: true, Alarms: alarms.map((Name) => ({ Name })) };
}

/** A predefined configuration by its full name, wherever in a function it stands. */
function configName(value: Json, inside?: string): Json {
  if (isList(value)) return value.map((item) => configName(item));
  if (isObject(value) && isIntrinsic(value)) {
    const name = functionCall(value)?.name;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, configName(member, name)]));
  }
  if (typeof value !== "string" || !PREDEFINED.has(value)) return value;
  const sub: Json = ["CodeDeployDefault.Lambda${ConfigName}", { ConfigName: value }];
  return inside === "Fn::Sub" ? sub : { "Fn::Sub": sub };
}
