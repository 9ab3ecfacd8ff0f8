/**
 * Files of parameter values, in the forms that the AWS CLI, CodePipeline and SAM CLI take, held against the template that
 * they are for.
 */
import { bindParameters, parameterValues } from "../template/parameters.ts";
import { checkRules } from "../template/rules.ts";
import { closest } from "../template/schema/vocabulary.ts";
import type { Template } from "../template/template.ts";
import { attempt } from "../template/template-error.ts";
import { isList, isObject, own, scalarText } from "../template/value.ts";
import type { JsonObject, Path } from "../template/value.ts";
import type { CheckedDocument } from "./document.ts";
import { partitionOf } from "./template/sam.ts";

/** One value, and where it stands in the file. */
export interface GivenParameter {
  readonly name: string;
  readonly value: string;
  readonly path: Path;
}

/** A file of parameters. */
export interface ParameterFile {
  readonly document: CheckedDocument;
  readonly given: readonly GivenParameter[];
  /** Parameters that keep the value of the stack that is there. */
  readonly kept: ReadonlySet<string>;
}

/** Reads a file of parameters, and says what is wrong with its form. */
export function readParameterFile(document: CheckedDocument): ParameterFile {
  const { value } = document;
  const kept = new Set<string>();
  const given = isList(value)
    ? readList(document, kept)
    : isObject(value)
      ? readConfiguration(document, value)
      : readLines(document);
  const seen = new Set<string>();
  for (const { name, path } of given) {
    if (seen.has(name)) {
      const message = `Parameters: duplicate parameter ${name}`;
      document.remark({ rule: "parameter-file", path, message, advice: "Take one of them away." });
    }
    seen.add(name);
  }
  return { document, given, kept };
}

const ITEM_KEYS = ["ParameterKey", "ParameterValue", "UsePreviousValue", "ResolvedValue"];

/** `[{"ParameterKey": …, "ParameterValue": …}]` or `["Name=Value"]`. */
function readList(document: CheckedDocument, kept: Set<string>): readonly GivenParameter[] {
  const items = isList(document.value) ? document.value : [];
  return items.flatMap((item, index): readonly GivenParameter[] => {
    const path = [index];
    if (typeof item === "string") {
      const at = item.indexOf("=");
      if (at > 0) return [{ name: item.slice(0, at), value: item.slice(at + 1), path }];
      document.remark({ rule: "parameter-file", path, message: `${item} is not of the form Name=Value.` });
      return [];
    }
    const name = isObject(item) ? own(item, "ParameterKey") : undefined;
    if (!isObject(item) || typeof name !== "string") {
      const message = 'Missing required parameter in Parameters: "ParameterKey"';
      document.remark({ rule: "parameter-file", path, message, advice: "Write ParameterKey and ParameterValue." });
      return [];
    }
    for (const key of Object.keys(item)) {
      if (ITEM_KEYS.includes(key)) continue;
      const message = `Unknown parameter in Parameters[${index}]: "${key}", must be one of: ${ITEM_KEYS.join(", ")}`;
      document.remark({ rule: "parameter-file", path: [index, key], message });
    }
    const value = scalarText(own(item, "ParameterValue"));
    if (own(item, "UsePreviousValue") === true) kept.add(name);
    else if (value !== undefined) {
      if (typeof own(item, "ParameterValue") !== "string") notText(document, name, [index, "ParameterValue"]);
      return [{ name, value, path: [index, "ParameterValue"] }];
    } else {
      const message = `Parameter ${name} has no ParameterValue.`;
      document.remark({ rule: "parameter-file", path, message, advice: 'Write "ParameterValue": "…".' });
      kept.add(name);
    }
    return [];
  });
}

/** The AWS CLI validates types before it sends anything. */
function notText(document: CheckedDocument, name: string, path: Path): void {
  const message = `Invalid type for parameter ParameterValue of ${name}: valid types: <class 'str'>`;
  document.remark({ rule: "parameter-file", path, message, advice: "Write the value in quotation marks." });
}

/** `Name=Value` line by line, as `--parameter-overrides $(cat FILE)` has it; `#` and `;` begin a comment. */
function readLines(document: CheckedDocument): readonly GivenParameter[] {
  return document.text.split("\n").flatMap((line): GivenParameter[] => {
    const [, name, value] = /^\s*([A-Za-z0-9]+)\s*=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) return [{ name, value: value.trim(), path: [] }];
    if (/\S/.test(line) && !/^\s*[#;]/.test(line)) {
      document.remark({ rule: "parameter-file", path: [], message: `${line.trim()} is not of the form Name=Value.` });
    }
    return [];
  });
}

/** CodePipeline's template configuration: `{"Parameters": {…}, "Tags": {…}, "StackPolicy": {…}}`. */
function readConfiguration(document: CheckedDocument, value: JsonObject): readonly GivenParameter[] {
  const parameters = own(value, "Parameters");
  if (!isObject(parameters)) return [];
  for (const section of ["Tags", "StackPolicy"]) {
    const member = own(value, section);
    if (member !== undefined && !isObject(member)) {
      document.remark({ rule: "parameter-file", path: [section], message: `${section} must be a map.` });
    }
  }
  return Object.entries(parameters).flatMap(([name, member]): readonly GivenParameter[] => {
    const path = ["Parameters", name];
    const text = scalarText(member);
    if (text !== undefined) return [{ name, value: text, path }];
    // `{"Fn::GetArtifactAtt": …}` and `{"Fn::GetParam": …}` are CodePipeline's own.
    if (isObject(member) && Object.keys(member).some((key) => key.startsWith("Fn::Get"))) {
      return [];
    }
    document.remark({ rule: "parameter-file", path, message: `The value of ${name} must be a string.` });
    return [];
  });
}

/** Holds the values against the template's declarations, as CreateStack does. */
export function checkAgainst({ document, given, kept }: ParameterFile, template: Template, region: string): void {
  const values = new Map(given.map(({ name, value }) => [name, value]));
  for (const { name, path } of given) {
    if (template.parameters.has(name)) continue;
    const near = closest(name, template.parameters.keys());
    const message = `Parameters: [${name}] do not exist in the template`;
    const advice = near === undefined ? "Take it away." : `Write ${near} instead.`;
    document.remark({ rule: "parameter-value", path, message, advice });
  }
  const missing = [...template.parameters].filter(
    ([name, { defaultValue }]) =>
      defaultValue === undefined && !values.has(name) && !kept.has(name) && !isDynamic(document, name),
  );
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(", ");
    const message = `Parameters: [${names}] must have values`;
    document.remark({ rule: "parameter-value", path: [], message, advice: `Give values for ${names}.` });
  }
  for (const { name, value, path } of given) {
    const declaration = template.parameters.get(name);
    if (declaration === undefined) continue;
    attempt(
      ({ message }) => document.remark({ rule: "parameter-value", path, message }),
      undefined,
      () => bindParameters(new Map([[name, declaration]]), new Map([[name, value]])),
    );
  }
  if (missing.length === 0 && kept.size === 0) checkTemplateRules(document, template, values, region);
}

/** A parameter whose value CodePipeline takes from an artifact. */
function isDynamic({ value }: CheckedDocument, name: string): boolean {
  const parameters = isObject(value) ? own(value, "Parameters") : undefined;
  return isObject(parameters) && Object.hasOwn(parameters, name);
}

function checkTemplateRules(
  document: CheckedDocument,
  template: Template,
  values: ReadonlyMap<string, string>,
  region: string,
): void {
  if (template.rules.size === 0) return;
  const silent = (): void => undefined;
  const known = new Map([...values].filter(([name]) => template.parameters.has(name)));
  const bound = attempt(silent, undefined, () => bindParameters(template.parameters, known));
  if (bound === undefined) return;
  const pseudo = {
    accountId: "000000000000",
    region,
    partition: partitionOf(region),
    urlSuffix: region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com",
    stackName: "stack",
    stackId: "stack",
    notificationArns: [],
  };
  attempt(
    ({ message }) => {
      // What the rules cannot be asked here is no fault of the parameters.
      if (message.startsWith("Template constraint")) document.remark({ rule: "template-rule", path: [], message });
    },
    undefined,
    () =>
      checkRules(template.rules, {
        parameters: parameterValues(bound),
        declarations: template.parameters,
        mappings: template.mappings,
        pseudo,
      }),
  );
}

/** Defaults that the template's own constraints do not let pass. */
export function checkDefaults(document: CheckedDocument, template: Template): void {
  for (const [name, declaration] of template.parameters) {
    if (declaration.defaultValue === undefined) continue;
    attempt(
      ({ message }) => document.remark({ rule: "parameter-value", path: ["Parameters", name, "Default"], message }),
      undefined,
      () => bindParameters(new Map([[name, declaration]]), new Map()),
    );
  }
}
