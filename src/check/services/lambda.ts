/**
 * What Lambda says of a function: its runtime, its environment variables, and SAM's deployment preference ("Lambda runtimes", "Working
 * with Lambda environment variables").
 */
import { closest } from "../../template/schema/vocabulary.ts";
import { isObject, own } from "../../template/value.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import { isPlain, literalsAt, membersAt, propertiesPlace } from "../template/written.ts";
import { SAM_PREFERENCES } from "./codedeploy.ts";

/** Runtimes that are supported, newest first within a language. */
const SUPPORTED =
  "nodejs24.x nodejs22.x python3.14 python3.13 python3.12 python3.11 java25 java21 java17 java11 java8.al2 " +
  "dotnet10 ruby4.0 ruby3.4 ruby3.3 provided.al2023";

/** Runtimes that AWS has deprecated, with the day. When it stops to create and update functions with one is later, and has been put off. */
const DEPRECATED: Readonly<Record<string, string>> = {
  "nodejs20.x": "2026-04-30",
  "nodejs18.x": "2025-09-01",
  "nodejs16.x": "2024-06-12",
  "nodejs14.x": "2023-12-04",
  "nodejs12.x": "2023-03-31",
  "nodejs10.x": "2021-07-30",
  "nodejs8.10": "2020-03-06",
  "nodejs6.10": "2019-08-12",
  "nodejs4.3": "2020-03-05",
  "nodejs4.3-edge": "2020-03-05",
  nodejs: "2016-10-31",
  "python3.10": "2026-10-31",
  "python3.9": "2025-12-15",
  "python3.8": "2024-10-14",
  "python3.7": "2023-12-04",
  "python3.6": "2022-07-18",
  "python2.7": "2021-07-15",
  java8: "2024-01-08",
  "go1.x": "2024-01-08",
  provided: "2024-01-08",
  "provided.al2": "2026-07-31",
  "dotnetcore1.0": "2019-06-27",
  "dotnetcore2.0": "2019-05-30",
  "dotnetcore2.1": "2022-01-05",
  "dotnetcore3.1": "2023-04-03",
  dotnet6: "2024-12-20",
  dotnet8: "2026-11-10",
  "ruby3.2": "2026-03-31",
  "ruby2.7": "2023-12-07",
  "ruby2.5": "2021-07-30",
};

/** What a variable may be called, and the names that Lambda keeps for itself. */
const VARIABLE = /^[a-zA-Z]([a-zA-Z0-9_])+$/;
const RESERVED = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

export function checkLambda(view: TemplateView): void {
  const known = [...SUPPORTED.split(" "), ...Object.keys(DEPRECATED)];
  for (const resource of view.ofType("AWS::Lambda::Function")) {
    for (const { text, path } of literalsAt(propertiesPlace(resource.properties), "Runtime")) {
      const day = Object.hasOwn(DEPRECATED, text) ? DEPRECATED[text] : undefined;
      if (day !== undefined) {
        view.tell(resource, {
          rule: "lambda",
          severity: "warning",
          path,
          message: `The runtime ${text} is deprecated since ${day}: Lambda stops creating and updating functions with it.`,
          advice: `Write ${successor(text)} instead.`,
        });
      } else if (!known.includes(text)) {
        const near = closest(text, known);
        view.tell(resource, {
          rule: "lambda",
          path,
          message: `Value ${text} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${SUPPORTED.split(" ").join(", ")}] or be a valid ARN`,
          advice: near === undefined ? undefined : `Write ${near} instead.`,
        });
      }
    }
    checkVariables(view, resource);
  }
  checkPreferences(view);
}

function checkVariables(view: TemplateView, resource: CheckedResource): void {
  for (const { value, path } of membersAt(propertiesPlace(resource.properties), "Environment", "Variables")) {
    if (!isPlain(value) || !isObject(value)) continue;
    for (const name of Object.keys(value)) {
      const at = { rule: "lambda", path: [...path, name] } as const;
      if (RESERVED.has(name)) {
        view.tell(resource, {
          ...at,
          message: `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${name}`,
          advice: "Take it away: Lambda sets it, or write another name.",
        });
      } else if (!VARIABLE.test(name)) {
        view.tell(resource, {
          ...at,
          message: `Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]: ${name}`,
          advice: "Write a name of two or more letters, digits and underscores that begins with a letter.",
        });
      }
    }
  }
}

/** The newest runtime of the same language. */
function successor(runtime: string): string {
  const language = runtime.startsWith("go") ? "provided" : /^[a-z]+?(?=core|\d|\.|$)/.exec(runtime)?.[0];
  return SUPPORTED.split(" ").find((candidate) => candidate.startsWith(language ?? "provided")) ?? "provided.al2023";
}

/** A Type that is none of SAM's is the name of a configuration of one's own; one that is nearly SAM's is a slip. */
function checkPreferences({ written, document }: TemplateView): void {
  for (const [id, { type, properties }] of written.resources) {
    const preference = own(properties, "DeploymentPreference");
    if (type !== "AWS::Serverless::Function" || preference === undefined) continue;
    for (const { text, path } of literalsAt(propertiesPlace(properties), "DeploymentPreference", "Type")) {
      const near = closest(text, SAM_PREFERENCES);
      if (SAM_PREFERENCES.includes(text) || near === undefined) continue;
      document.remark({
        rule: "codedeploy",
        severity: "warning",
        path: ["Resources", id, "Properties", ...path],
        message: `No deployment preference is called ${text}; SAM takes it for the name of a deployment configuration of your own.`,
        advice: `Write ${near} instead.`,
      });
    }
  }
}
