/** AppSpec files of Lambda deployments, text → plan ("AppSpec file structure for AWS Lambda deployments"). */
import { parse } from "yaml";
import { DeploymentFault } from "./errors.ts";
import type { Plan } from "./state.ts";

const FUNCTION = "AWS::Lambda::Function";
const HOOKS = ["BeforeAllowTraffic", "AfterAllowTraffic"] as const;
const BAD =
  "The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration.";

type Mapping = Readonly<Record<string, unknown>>;

/** Raises DeploymentFault: INVALID_REVISION for what is no AppSpec file, INVALID_LAMBDA_CONFIGURATION for one that says nothing sensible. */
export function readAppspec(text: string): Plan {
  const document = parsed(text);
  const version = member(document, "version");
  if (version !== 0 && version !== "0" && version !== "0.0") {
    const shown = typeof version === "string" || typeof version === "number" ? String(version) : "";
    throw new DeploymentFault(
      "INVALID_REVISION",
      `The deployment failed because an invalid version value (${shown}) was entered in the application specification file. Make sure your AppSpec file specifies "0.0" as the version, and then try again.`,
    );
  }
  return { ...resourceOf(member(document, "resources")), hooks: hooksOf(member(document, "hooks")) };
}

function parsed(text: string): Mapping {
  if (text.trim() === "") {
    throw new DeploymentFault(
      "INVALID_REVISION",
      "The deployment failed because the application specification file was empty. Make sure your AppSpec file defines a valid deployment, and then try again.",
    );
  }
  let document: unknown;
  try {
    // JSON is YAML.
    document = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new DeploymentFault(
      "INVALID_REVISION",
      `The deployment failed because the AppSpec file is not valid JSON or YAML. ${why}`,
    );
  }
  return isMapping(document) ? document : bad("The AppSpec file must be a mapping.");
}

function resourceOf(resources: unknown): Omit<Plan, "hooks"> {
  if (!Array.isArray(resources) || resources.length === 0) bad("The Resources section is missing or empty.");
  const entries = resources.flatMap((item: unknown) =>
    isMapping(item) ? Object.entries(item) : bad("Each of Resources must be a mapping."),
  );
  const [first] = entries;
  if (first === undefined || entries.length > 1) bad("The Resources section must specify exactly one Lambda function.");
  const [name, resource] = first;
  if (!isMapping(resource)) bad(`The resource ${name} has no Type and Properties.`);
  const type = member(resource, "type");
  if (type !== FUNCTION) bad(`The Type of the resource ${name} must be ${FUNCTION}.`);
  const properties = member(resource, "properties");
  if (!isMapping(properties)) bad(`The resource ${name} has no Properties.`);
  const [functionName, alias, currentVersion, targetVersion] = ["Name", "Alias", "CurrentVersion", "TargetVersion"].map(
    (key) => scalar(member(properties, key), `The property ${key} of the resource ${name} is missing.`),
  );
  if (functionName === undefined || alias === undefined || currentVersion === undefined || targetVersion === undefined)
    return bad("");
  for (const version of [currentVersion, targetVersion]) {
    if (!/^\d+$/.test(version)) bad(`The version ${version} of the resource ${name} is not a published version.`);
  }
  if (currentVersion === targetVersion) bad("The CurrentVersion and the TargetVersion must not be the same.");
  return { functionName, alias, currentVersion, targetVersion };
}

function hooksOf(hooks: unknown): Plan["hooks"] {
  if (hooks === undefined || hooks === null) return {};
  if (!Array.isArray(hooks)) bad("The Hooks section must be a list.");
  const found: Record<string, string> = {};
  for (const item of hooks) {
    if (!isMapping(item)) bad("Each of Hooks must be a mapping.");
    for (const [name, target] of Object.entries(item)) {
      if (!HOOKS.some((known) => known === name))
        bad(`The lifecycle event ${name} is not valid. Lambda deployments have ${HOOKS.join(" and ")}.`);
      if (Object.hasOwn(found, name)) bad(`The lifecycle event ${name} is specified more than once.`);
      found[name] = scalar(target, `The lifecycle event ${name} has no Lambda function.`);
    }
  }
  return found;
}

/** Keys are taken in both of the forms that AWS's pages have: `Resources` and `resources`. */
function member(mapping: Mapping, name: string): unknown {
  const key = Object.keys(mapping).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : mapping[key];
}

function scalar(value: unknown, otherwise: string): string {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : bad(otherwise);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bad(detail: string): never {
  throw new DeploymentFault("INVALID_LAMBDA_CONFIGURATION", `${BAD} ${detail}`);
}

/** The AppSpec file of a plan, as CodeDeploy writes those of its rollbacks. */
export function writeAppspec({ functionName, alias, currentVersion, targetVersion, hooks }: Plan): string {
  const Properties = { Name: functionName, Alias: alias, CurrentVersion: currentVersion, TargetVersion: targetVersion };
  const name = functionName.split(":").at(-1) ?? functionName;
  return JSON.stringify({
    version: "0.0",
    Resources: [{ [name]: { Type: FUNCTION, Properties } }],
    Hooks: Object.entries(hooks).map(([event, target]) => ({ [event]: target })),
  });
}
