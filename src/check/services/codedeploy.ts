/** CodeDeploy's deployment configurations and groups ("Working with deployment configurations in CodeDeploy" and its API reference). */
import { closest } from "../../template/schema/vocabulary.ts";
import { isObject } from "../../template/value.ts";
import { branches, isCall, itemsOf, literalsAt, membersAt, propertiesPlace, referenced } from "../template/written.ts";
import type { Place } from "../template/written.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import type { Remark } from "../document.ts";

type Platform = "Server" | "Lambda" | "ECS";

type Tell = (path: Remark["path"], message: string, advice?: string, severity?: "warning") => void;

const LINEAR_AND_CANARY = [
  "Canary10Percent5Minutes",
  "Canary10Percent10Minutes",
  "Canary10Percent15Minutes",
  "Canary10Percent30Minutes",
  "Linear10PercentEvery1Minute",
  "Linear10PercentEvery2Minutes",
  "Linear10PercentEvery3Minutes",
  "Linear10PercentEvery10Minutes",
  "AllAtOnce",
];

/** "Predefined deployment configurations", by compute platform. */
const PREDEFINED: Readonly<Record<Platform, readonly string[]>> = {
  Server: ["AllAtOnce", "HalfAtATime", "OneAtATime"].map((name) => `CodeDeployDefault.${name}`),
  Lambda: LINEAR_AND_CANARY.map((name) => `CodeDeployDefault.Lambda${name}`),
  ECS: [
    "Linear10PercentEvery1Minutes",
    "Linear10PercentEvery3Minutes",
    "Canary10Percent5Minutes",
    "Canary10Percent15Minutes",
    "AllAtOnce",
  ].map((name) => `CodeDeployDefault.ECS${name}`),
};

/** What SAM's DeploymentPreference may have as its Type, besides the name of a configuration of one's own. */
export const SAM_PREFERENCES: readonly string[] = LINEAR_AND_CANARY;

export function checkCodeDeploy(view: TemplateView): void {
  for (const resource of view.ofType("AWS::CodeDeploy::DeploymentConfig")) {
    checkConfiguration(propertiesPlace(resource.properties), teller(view, resource));
  }
  for (const resource of view.ofType("AWS::CodeDeploy::DeploymentGroup")) {
    checkGroup(propertiesPlace(resource.properties), platformOf(view, resource), teller(view, resource));
  }
}

function teller(view: TemplateView, resource: CheckedResource): Tell {
  return (path, message, advice, severity) =>
    view.tell(resource, { rule: "codedeploy", path, message, advice, severity: severity ?? "error" });
}

/** The compute platform of a group's application, where the template has it. */
export function platformOf(view: TemplateView, group: CheckedResource): Platform | undefined {
  const [name] = membersAt(propertiesPlace(group.properties), "ApplicationName");
  const application = view.resource(referenced(name?.value), "AWS::CodeDeploy::Application");
  return application === undefined ? undefined : platformAt(propertiesPlace(application.properties));
}

function platformAt(properties: Place): Platform | undefined {
  const [found] = membersAt(properties, "ComputePlatform");
  if (found === undefined) return "Server";
  return (["Server", "Lambda", "ECS"] as const).find((platform) => platform === found.value);
}

function checkConfiguration(properties: Place, tell: Tell): void {
  const [routing] = membersAt(properties, "TrafficRoutingConfig");
  const [hosts] = membersAt(properties, "MinimumHealthyHosts");
  const platform = platformAt(properties);
  const isWritten = membersAt(properties, "ComputePlatform").length > 0;
  if (routing !== undefined) {
    if (platform === "Server") {
      const reason = isWritten ? "is Server" : "is not written, which means Server";
      tell(
        [...properties.path, isWritten ? "ComputePlatform" : "TrafficRoutingConfig", ...(isWritten ? [] : ["Type"])],
        `The ComputePlatform ${reason}; TrafficRoutingConfig is for Lambda and ECS deployments.`,
        "Write ComputePlatform: Lambda.",
      );
    }
    checkRouting(routing, tell);
  } else if (platform === "Lambda" || platform === "ECS") {
    tell(
      properties.path,
      `A ${platform} deployment configuration needs a TrafficRoutingConfig.`,
      "Write TrafficRoutingConfig.",
    );
  }
  if (hosts !== undefined && (routing !== undefined || platform === "Lambda" || platform === "ECS")) {
    tell(
      hosts.path,
      `MinimumHealthyHosts is for Server deployments; a deployment that routes traffic, to Lambda functions or ECS tasks, has no hosts.`,
      "Take MinimumHealthyHosts away.",
    );
  }
  if (hosts === undefined && routing === undefined && platform === "Server") {
    tell(properties.path, "A Server deployment configuration needs MinimumHealthyHosts.", "Write MinimumHealthyHosts.");
  }
  for (const { text, path } of literalsAt(properties, "DeploymentConfigName")) {
    if (!text.startsWith("CodeDeployDefault.")) continue;
    tell(path, `The name ${text} is one of CodeDeploy's own.`, "Write another name.");
  }
}

const TIMINGS = {
  TimeBasedCanary: { interval: "CanaryInterval", percentage: "CanaryPercentage" },
  TimeBasedLinear: { interval: "LinearInterval", percentage: "LinearPercentage" },
} as const;

/** "TrafficRoutingConfig": a type, and the member of that name with its interval and percentage. */
function checkRouting(routing: Place, tell: Tell): void {
  if (!isObject(routing.value) || isCall(routing.value)) return;
  const [type] = literalsAt(routing, "Type");
  const timing = type?.text === "TimeBasedCanary" || type?.text === "TimeBasedLinear" ? type.text : undefined;
  if (type !== undefined && timing === undefined && type.text !== "AllAtOnce") {
    const types = ["AllAtOnce", "TimeBasedCanary", "TimeBasedLinear"];
    const near = closest(type.text, types);
    tell(
      type.path,
      `The traffic routing type ${type.text} is none.`,
      near === undefined ? `Write one of ${types.join(", ")}.` : `Write ${near} instead.`,
    );
  }
  for (const name of ["Interval", "Percentage"] as const) {
    if (!Object.hasOwn(routing.value, name)) continue;
    const value = membersAt(routing, name)[0]?.value;
    const shown = value === undefined || isCall(value) ? "…" : JSON.stringify(value);
    const inside = timing === undefined ? undefined : TIMINGS[timing][name === "Interval" ? "interval" : "percentage"];
    tell(
      [...routing.path, name],
      `TrafficRoutingConfig has no property ${name}.`,
      timing === undefined
        ? `Take ${name} away: ${type?.text === "AllAtOnce" ? "AllAtOnce shifts all traffic at once" : "it belongs to TimeBasedCanary or TimeBasedLinear"}.`
        : `Write ${timing}: {${inside ?? ""}: ${shown}} instead.`,
    );
  }
  for (const other of ["TimeBasedCanary", "TimeBasedLinear"] as const) {
    const [member] = membersAt(routing, other);
    if (type === undefined) continue;
    if (member !== undefined && other !== timing) {
      tell(
        member.path,
        `Type is ${type.text}, to which ${other} does not belong.`,
        `Take ${other} away, or write Type: ${other}.`,
      );
    }
    const isMisplaced = ["Interval", "Percentage"].some(
      (name) => isObject(routing.value) && Object.hasOwn(routing.value, name),
    );
    if (member === undefined && other === timing && !isMisplaced) {
      const { interval, percentage } = TIMINGS[other];
      tell(
        routing.path,
        `Type is ${other}, and ${other} is missing.`,
        `Write ${other}: {${interval}: …, ${percentage}: …}.`,
      );
    }
    if (member !== undefined && other === timing) checkTiming(member, other, tell);
  }
}

/** "CodeDeploy quotas": traffic shifts over two days at the most. */
const MOST_MINUTES = 2880;

function checkTiming(member: Place, kind: keyof typeof TIMINGS, tell: Tell): void {
  const { interval, percentage } = TIMINGS[kind];
  for (const { text, path } of literalsAt(member, percentage)) {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > 99) {
      tell(
        path,
        `${percentage} is a whole number from 1 to 99, not ${text}.`,
        kind === "TimeBasedCanary" || value !== 100 ? undefined : "Write Type: AllAtOnce to shift all traffic at once.",
      );
    }
  }
  for (const { text, path } of literalsAt(member, interval)) {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > MOST_MINUTES) {
      tell(path, `${interval} is a whole number of minutes from 1 to ${MOST_MINUTES}, not ${text}.`);
    }
  }
}

function checkGroup(properties: Place, platform: Platform | undefined, tell: Tell): void {
  const { value } = properties;
  if (isObject(value) && Object.hasOwn(value, "DeploymentConfig")) {
    tell(
      [...properties.path, "DeploymentConfig"],
      "A deployment group has no property DeploymentConfig.",
      "Write DeploymentConfigName instead.",
    );
  }
  for (const { text, path } of [
    ...literalsAt(properties, "DeploymentConfigName"),
    ...literalsAt(properties, "DeploymentConfig"),
  ]) {
    if (text.startsWith("CodeDeployDefault.")) checkPredefined(text, path, platform, tell);
  }
  checkStyle(properties, platform, tell);
  checkAlarms(properties, tell);
  checkRollback(properties, tell);
}

function checkPredefined(name: string, path: Remark["path"], platform: Platform | undefined, tell: Tell): void {
  const all = Object.values(PREDEFINED).flat();
  if (!all.includes(name)) {
    const near = closest(name, all);
    const advice = near === undefined ? undefined : `Write ${near} instead.`;
    tell(path, `No deployment configuration found for name: ${name}`, advice);
  } else if (platform !== undefined && !PREDEFINED[platform].includes(name)) {
    const advice = `Write one of ${PREDEFINED[platform].join(", ")}.`;
    tell(
      path,
      `The deployment configuration ${name} is not for the compute platform ${platform} of the application.`,
      advice,
    );
  }
}

const STYLE = "{DeploymentType: BLUE_GREEN, DeploymentOption: WITH_TRAFFIC_CONTROL}";

function checkStyle(properties: Place, platform: Platform | undefined, tell: Tell): void {
  const isShifting = platform === "Lambda" || platform === "ECS";
  const styles = membersAt(properties, "DeploymentStyle");
  if (styles.length === 0 && isShifting) {
    const message = `A deployment group of the ${platform} compute platform deploys blue/green with traffic control; without DeploymentStyle it would be IN_PLACE.`;
    tell(properties.path, message, `Write DeploymentStyle: ${STYLE}.`, "warning");
  }
  for (const style of styles) {
    if (isCall(style.value)) continue;
    if (!isObject(style.value)) {
      const message = `DeploymentStyle is an object, not ${JSON.stringify(style.value)}.`;
      tell(style.path, message, `Write DeploymentStyle: ${STYLE} instead.`);
      continue;
    }
    const [type] = membersAt(style, "DeploymentType");
    const [option] = membersAt(style, "DeploymentOption");
    if (type === undefined || option === undefined) {
      tell(
        style.path,
        "Deployment type or deployment option cannot be null or empty",
        `Write DeploymentStyle: ${STYLE}.`,
      );
    }
    if (!isShifting) continue;
    for (const [found, wanted] of [
      [type, "BLUE_GREEN"],
      [option, "WITH_TRAFFIC_CONTROL"],
    ] as const) {
      if (found === undefined || isCall(found.value) || found.value === wanted) continue;
      const message = `A deployment to ${platform} can only be BLUE_GREEN, WITH_TRAFFIC_CONTROL, not ${JSON.stringify(found.value)}.`;
      tell(found.path, message, `Write ${wanted} instead.`);
    }
  }
}

function checkAlarms(properties: Place, tell: Tell): void {
  for (const alarms of membersAt(properties, "AlarmConfiguration", "Alarms")) {
    const names = itemsOf(alarms).filter(({ value }) => typeof value === "string");
    const [first] = names;
    if (first === undefined) continue;
    tell(
      first.path,
      `Each of Alarms is an object with a Name, not ${JSON.stringify(first.value)}.`,
      `Write Alarms: [${names.map(({ value }) => `{Name: ${String(value)}}`).join(", ")}] instead.`,
    );
    for (const { path } of names.slice(1)) tell(path, "Each of Alarms is an object with a Name.", undefined);
  }
}

const EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];

function checkRollback(properties: Place, tell: Tell): void {
  for (const events of membersAt(properties, "AutoRollbackConfiguration", "Events")) {
    for (const place of itemsOf(events)) {
      for (const { value, path } of branches(place)) {
        if (typeof value !== "string" || EVENTS.includes(value)) continue;
        const near = closest(value, EVENTS);
        const advice = near === undefined ? `Write one of ${EVENTS.join(", ")}.` : `Write ${near} instead.`;
        tell(path, `The auto-rollback event ${value} is none.`, advice);
      }
    }
  }
}
