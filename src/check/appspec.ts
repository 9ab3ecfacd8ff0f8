/** AppSpec files ("AppSpec file structure" of the CodeDeploy user guide): Lambda's whole, ECS's and servers' lightly. */
import { closest } from "../template/schema/vocabulary.ts";
import { isList, isObject, own, scalarText } from "../template/value.ts";
import type { Json, JsonObject, Path } from "../template/value.ts";
import type { CheckedDocument } from "./document.ts";

const LAMBDA = "AWS::Lambda::Function";
const ECS = "AWS::ECS::Service";
const LAMBDA_PROPERTIES = ["Name", "Alias", "CurrentVersion", "TargetVersion"];
const LAMBDA_HOOKS = ["BeforeAllowTraffic", "AfterAllowTraffic"];
const ECS_HOOKS = ["BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic"];
const SERVER_HOOKS = [
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
  "BeforeBlockTraffic",
  "BlockTraffic",
  "AfterBlockTraffic",
  "BeforeAllowTraffic",
  "AllowTraffic",
  "AfterAllowTraffic",
];

type Tell = (path: Path, message: string, advice?: string) => void;

/** Says what is wrong with an AppSpec file. */
export function checkAppspec(document: CheckedDocument): void {
  const tell: Tell = (path, message, advice) => document.remark({ rule: "appspec", path, message, advice });
  const { value } = document;
  if (!isObject(value)) {
    tell([], "The AppSpec file is no mapping.", "Write version, Resources and Hooks.");
    return;
  }
  const version = scalarText(own(value, "version") ?? own(value, "Version"));
  if (version !== "0" && version !== "0.0") {
    const shown = version === undefined ? "is missing" : `${version} is none`;
    tell(version === undefined ? [] : ["version"], `The version ${shown}; the only one is 0.0.`, "Write version: 0.0.");
  }
  if (Object.hasOwn(value, "os") || Object.hasOwn(value, "files")) checkServer(value, tell);
  else checkResources(value, tell);
}

/** EC2 and servers of one's own: `os`, `files` and `hooks` in small letters. */
function checkServer(value: JsonObject, tell: Tell): void {
  const os = own(value, "os");
  if (os !== "linux" && os !== "windows") tell(["os"], "The os is linux or windows.", "Write os: linux.");
  const hooks = own(value, "hooks");
  if (isObject(hooks)) for (const name of Object.keys(hooks)) checkHookName(name, SERVER_HOOKS, ["hooks", name], tell);
}

function checkResources(value: JsonObject, tell: Tell): void {
  const key = Object.hasOwn(value, "resources") ? "resources" : "Resources";
  const resources = own(value, key);
  if (!isList(resources) || resources.length === 0) {
    const words = "The AppSpec file has no Resources: a list with one resource by its name.";
    tell(resources === undefined ? [] : [key], words, `Write Resources: [{NAME: {Type: ${LAMBDA}, Properties: {…}}}].`);
    return;
  }
  let type: Json | undefined;
  for (const [index, item] of resources.entries()) {
    for (const [name, resource] of isObject(item) ? Object.entries(item) : []) {
      type ??= checkResource(resource, [key, index, name], tell);
    }
    if (!isObject(item))
      tell([key, index], "Each of Resources is a resource by its name.", "Write - NAME: with Type and Properties.");
  }
  const hooks = own(value, "Hooks") ?? own(value, "hooks");
  if (hooks === undefined || hooks === null) return;
  const hooksKey = Object.hasOwn(value, "Hooks") ? "Hooks" : "hooks";
  if (!isList(hooks)) {
    tell([hooksKey], "Hooks is a list of one function for each event.", "Write - BeforeAllowTraffic: FUNCTION.");
    return;
  }
  const names = type === ECS ? ECS_HOOKS : LAMBDA_HOOKS;
  for (const [index, hook] of hooks.entries()) {
    for (const [name, target] of isObject(hook) ? Object.entries(hook) : []) {
      const path = [hooksKey, index, name];
      checkHookName(name, names, path, tell);
      if (typeof target !== "string" || target === "")
        tell(path, `The hook ${name} names no function.`, "Write the function's name or ARN.");
    }
    if (!isObject(hook))
      tell([hooksKey, index], "Each of Hooks is an event with a function.", "Write - BeforeAllowTraffic: FUNCTION.");
  }
}

function checkResource(resource: Json, path: Path, tell: Tell): Json | undefined {
  const type = isObject(resource) ? own(resource, "Type") : undefined;
  if (!isObject(resource) || (type !== LAMBDA && type !== ECS)) {
    const shown = type === undefined ? "has no Type" : `is of Type ${JSON.stringify(type)}`;
    tell(
      [...path, "Type"],
      `A resource of an AppSpec file is ${LAMBDA} or ${ECS}; this one ${shown}.`,
      `Write Type: ${LAMBDA}.`,
    );
    return type;
  }
  const properties = own(resource, "Properties");
  if (!isObject(properties)) {
    tell(path, "The resource has no Properties.", "Write Properties.");
    return type;
  }
  const at = [...path, "Properties"];
  if (type === LAMBDA) checkFunction(properties, at, tell);
  else if (!Object.hasOwn(properties, "TaskDefinition") || !Object.hasOwn(properties, "LoadBalancerInfo")) {
    tell(at, "A service has a TaskDefinition and a LoadBalancerInfo.", "Write both.");
  }
  return type;
}

function checkFunction(properties: JsonObject, at: Path, tell: Tell): void {
  for (const name of LAMBDA_PROPERTIES) {
    const value = own(properties, name);
    const text = scalarText(value);
    if (text === undefined || text === "")
      tell(value === undefined ? at : [...at, name], `The function has no ${name}.`, `Write ${name}.`);
  }
  for (const name of Object.keys(properties)) {
    if (LAMBDA_PROPERTIES.includes(name)) continue;
    const near = closest(name, LAMBDA_PROPERTIES);
    tell(
      [...at, name],
      `A function has no property ${name}.`,
      near === undefined ? "Take it away." : `Write ${near} instead.`,
    );
  }
  const [current, target] = ["CurrentVersion", "TargetVersion"].map((name) => scalarText(own(properties, name)));
  for (const [name, version] of [
    ["CurrentVersion", current],
    ["TargetVersion", target],
  ] as const) {
    if (version !== "$LATEST") continue;
    tell(
      [...at, name],
      `${name} is $LATEST; an alias that shifts traffic points to published versions.`,
      "Write a version's number.",
    );
  }
  if (current !== undefined && current === target && /^\d+$/.test(current)) {
    tell([...at, "TargetVersion"], `CurrentVersion and TargetVersion are both ${current}: there is nothing to deploy.`);
  }
}

function checkHookName(name: string, names: readonly string[], path: Path, tell: Tell): void {
  if (names.includes(name)) return;
  const near = closest(name, names);
  tell(
    path,
    `The lifecycle event ${name} is none of this compute platform.`,
    `Write ${near ?? `one of ${names.join(", ")}`} instead.`,
  );
}
