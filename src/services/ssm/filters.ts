/** The filters of DescribeParameters and GetParametersByPath (AWS page "ParameterStringFilter"). */
import type { Input } from "../../service.ts";
import { invalid, refuse } from "./errors.ts";
import { canonical, isBelow, pathPrefix } from "./names.ts";
import type { Sdk } from "./sdk.ts";
import type { Parameter, Version } from "./state.ts";

export type ParameterFilter = NonNullable<Input<Sdk, "DescribeParameters">["ParameterFilters"]>[number];

/** What a filter looks at. */
export interface Filtered {
  readonly parameter: Parameter;
  readonly version: Version;
}

export type Test = (filtered: Filtered) => boolean;

const TYPES = ["String", "StringList", "SecureString"];
const TIERS = ["Standard", "Advanced", "Intelligent-Tiering"];

/** All filters of a DescribeParameters as one test. Raises InvalidFilterKey, InvalidFilterOption and InvalidFilterValue. */
export function describeTest(filters: readonly ParameterFilter[]): Test {
  refuseRepeated(filters);
  const tests = filters.map((filter) => {
    if (filter.Key === "Label") wrongKey(filter.Key, "Path, Name, Type, KeyId, Tier");
    return testOf(filter);
  });
  return (filtered) => tests.every((test) => test(filtered));
}

/** Those of GetParametersByPath but for Label, whose values come back: they choose the version. */
export function pathTest(filters: readonly ParameterFilter[]): { readonly test: Test; readonly labels?: string[] } {
  refuseRepeated(filters);
  const tests: Test[] = [];
  let labels: string[] | undefined;
  for (const filter of filters) {
    switch (filter.Key) {
      case "Label":
        if ((filter.Option ?? "Equals") !== "Equals") wrongOption(filter.Option, "Equals");
        labels = valuesOf(filter);
        break;
      case "Type":
      case "KeyId":
        tests.push(testOf(filter));
        break;
      default:
        wrongKey(filter.Key, "Type, KeyId");
    }
  }
  const test: Test = (filtered) => tests.every((one) => one(filtered));
  return labels === undefined ? { test } : { test, labels };
}

function testOf(filter: ParameterFilter): Test {
  const { Key: key, Option: option } = filter;
  switch (key) {
    case "Path":
      return pathFilter(filter);
    case "Name":
      return textTest(filter, ({ parameter }) => parameter.name);
    case "Type":
      checkValues(filter, TYPES);
      return textTest(filter, ({ version }) => version.type);
    case "Tier":
      checkValues(filter, TIERS);
      return textTest(filter, ({ version }) => version.tier);
    case "KeyId":
      return textTest(filter, ({ version }) => version.keyId);
    case "DataType":
      return textTest(filter, ({ version }) => version.dataType);
    default: {
      // The wire lets nothing else through.
      const tag = key.slice("tag:".length);
      // Without values it asks for the tag alone.
      if (filter.Values === undefined && (option ?? "Equals") === "Equals") {
        return ({ parameter }) => parameter.tags[tag] !== undefined;
      }
      return textTest(filter, ({ parameter }) => parameter.tags[tag]);
    }
  }
}

function textTest(filter: ParameterFilter, textOf: (filtered: Filtered) => string | undefined): Test {
  const values = valuesOf(filter);
  const isName = filter.Key === "Name";
  const compare = comparison(filter.Option, isName);
  // A name of one part is the same with a slash before it and without.
  const wanted = isName && filter.Option !== "Contains" ? values.map((value) => value.replace(/^\//, "")) : values;
  return (filtered) => {
    const found = textOf(filtered);
    if (found === undefined) return false;
    const text = isName && filter.Option !== "Contains" ? found.replace(/^\//, "") : found;
    return wanted.some((value) => compare(text, value));
  };
}

function comparison(option: string | undefined, isName: boolean): (text: string, value: string) => boolean {
  switch (option) {
    case undefined:
    case "Equals":
      return (text, value) => text === value;
    case "BeginsWith":
      return (text, value) => text.startsWith(value);
    default:
      if (option === "Contains" && isName) return (text, value) => text.includes(value);
      return wrongOption(option, isName ? "Contains, BeginsWith, Equals" : "BeginsWith, Equals");
  }
}

function pathFilter(filter: ParameterFilter): Test {
  const option = filter.Option ?? "OneLevel";
  if (option !== "OneLevel" && option !== "Recursive") wrongOption(option, "Recursive, OneLevel");
  const values = valuesOf(filter);
  if (values.some((value) => /^\/(aws|ssm)/i.test(value))) {
    invalid(
      'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.',
    );
  }
  const prefixes = values.map(pathPrefix);
  return ({ parameter }) => prefixes.some((prefix) => isBelow(parameter.name, prefix, option === "Recursive"));
}

/** The older `Filters`: names by their beginning, types and keys as they are. */
export function oldTest(filters: NonNullable<Input<Sdk, "DescribeParameters">["Filters"]>): Test {
  const tests = filters.map(({ Key, Values }): Test => {
    switch (Key) {
      case "Name": {
        const beginnings = Values.map((value) => canonical(value));
        return ({ parameter }) => beginnings.some((beginning) => parameter.name.startsWith(beginning));
      }
      case "Type":
        return ({ version }) => Values.includes(version.type);
      case "KeyId":
        return ({ version }) => version.keyId !== undefined && Values.includes(version.keyId);
    }
  });
  return (filtered) => tests.every((test) => test(filtered));
}

function valuesOf({ Key, Values }: ParameterFilter): string[] {
  if (Values !== undefined && Values.length > 0) return Values;
  return refuse("InvalidFilterValue", `The following filter values are missing : null for filter key ${Key}.`);
}

function checkValues(filter: ParameterFilter, allowed: readonly string[]): void {
  if ((filter.Option ?? "Equals") !== "Equals") return;
  const wrong = valuesOf(filter).find((value) => !allowed.includes(value));
  if (wrong === undefined) return;
  refuse(
    "InvalidFilterOption",
    `The following filter value is not valid: ${wrong}. Valid values include: [${allowed.join(", ")}].`,
  );
}

function refuseRepeated(filters: readonly ParameterFilter[]): void {
  const keys = filters.map(({ Key }) => Key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated === undefined) return;
  refuse(
    "InvalidFilterKey",
    `The following filter is duplicated in the request: ${repeated}. A request can contain only one occurrence of a specific filter.`,
  );
}

function wrongKey(key: string, valid: string): never {
  refuse("InvalidFilterKey", `The following filter key is not valid: ${key}. Valid filter keys include: [${valid}].`);
}

function wrongOption(option: string | undefined, valid: string): never {
  refuse(
    "InvalidFilterOption",
    `The following filter option is not valid: ${option}. Valid options include: [${valid}].`,
  );
}
