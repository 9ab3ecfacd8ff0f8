/**
 * Judges a statement's conditions against a request (AWS pages "IAM JSON policy elements: Condition operators" and
 * "Set operators for multivalued context keys").
 */
import { globMatches, matchesWildcard } from "../glob.ts";
import { splitArn } from "../arn.ts";
import type { Condition, ConditionOperator } from "./document.ts";
import type { RequestContext } from "./context.ts";
import { parseInstant } from "./instant.ts";
import { ipInRange } from "./ip-range.ts";
import { expandPattern, expandText, hasVariable } from "./variables.ts";
import type { VariableLookup } from "./variables.ts";

/** True when all `conditions` hold. `lookup` fills in policy variables; without it they are plain text. */
export function conditionsHold(
  conditions: readonly Condition[],
  context: RequestContext,
  lookup?: VariableLookup,
): boolean {
  return conditions.every((condition) => conditionHolds(condition, context, lookup));
}

function conditionHolds(condition: Condition, context: RequestContext, lookup: VariableLookup | undefined): boolean {
  const given = context.values(condition.key);
  if (condition.operator === "Null") {
    return condition.values.some((value) => (value.toLowerCase() === "true") === isAbsent(given));
  }
  const { negated, test } = comparisons[condition.operator];
  const holds = (value: string): boolean => {
    const found = condition.values.some((wanted) => test(value, wanted, lookup));
    return negated ? !found : found;
  };
  if (isAbsent(given)) {
    // "ForAllValues also returns true if there are no keys in the request, or if the key value resolves to null."
    if (condition.ifExists || condition.quantifier === "ForAllValues") return true;
    return condition.quantifier === undefined && negated;
  }
  // AWS leaves several values without a set operator undefined; a Not… that lets a forbidden value pass would be unsafe.
  const all = condition.quantifier === "ForAllValues" || (condition.quantifier === undefined && negated);
  return all ? given.every(holds) : given.some(holds);
}

function isAbsent(given: readonly string[] | undefined): given is undefined {
  return given === undefined || given.length === 0;
}

type Test = (given: string, wanted: string, lookup: VariableLookup | undefined) => boolean;

interface Comparison {
  /** True for the `Not…` forms: none of the values may match. */
  readonly negated: boolean;
  readonly test: Test;
}

const stringEquals: Test = (given, wanted, lookup) => given === filled(wanted, lookup);
const stringEqualsIgnoreCase: Test = (given, wanted, lookup) =>
  given.toLowerCase() === filled(wanted, lookup)?.toLowerCase();
const stringLike: Test = (given, wanted, lookup) => {
  if (lookup === undefined || !hasVariable(wanted)) return matchesWildcard(wanted, given);
  const glob = expandPattern(wanted, lookup);
  return glob !== undefined && globMatches(glob, given);
};
/** ArnEquals and ArnLike are the same: "each of the six colon-delimited components of the ARN is checked separately". */
const arnLike: Test = (given, wanted, lookup) => {
  const givenParts = splitArn(given);
  const wantedParts = splitArn(maskColons(wanted));
  if (givenParts === undefined || wantedParts === undefined) return false;
  return wantedParts.every((part, index) => stringLike(givenParts[index] ?? "", unmaskColons(part), lookup));
};
const bool: Test = (given, wanted) =>
  ["true", "false"].includes(wanted.toLowerCase()) && given.toLowerCase() === wanted.toLowerCase();
const binaryEquals: Test = (given, wanted) => Buffer.from(given, "base64").equals(Buffer.from(wanted, "base64"));
const ipAddress: Test = (given, wanted) => ipInRange(given, wanted);

const comparisons: Readonly<Record<Exclude<ConditionOperator, "Null">, Comparison>> = {
  StringEquals: { negated: false, test: stringEquals },
  StringNotEquals: { negated: true, test: stringEquals },
  StringEqualsIgnoreCase: { negated: false, test: stringEqualsIgnoreCase },
  StringNotEqualsIgnoreCase: { negated: true, test: stringEqualsIgnoreCase },
  StringLike: { negated: false, test: stringLike },
  StringNotLike: { negated: true, test: stringLike },
  NumericEquals: { negated: false, test: numeric((given, wanted) => given === wanted) },
  NumericNotEquals: { negated: true, test: numeric((given, wanted) => given === wanted) },
  NumericLessThan: { negated: false, test: numeric((given, wanted) => given < wanted) },
  NumericLessThanEquals: { negated: false, test: numeric((given, wanted) => given <= wanted) },
  NumericGreaterThan: { negated: false, test: numeric((given, wanted) => given > wanted) },
  NumericGreaterThanEquals: { negated: false, test: numeric((given, wanted) => given >= wanted) },
  DateEquals: { negated: false, test: date((given, wanted) => given === wanted) },
  DateNotEquals: { negated: true, test: date((given, wanted) => given === wanted) },
  DateLessThan: { negated: false, test: date((given, wanted) => given < wanted) },
  DateLessThanEquals: { negated: false, test: date((given, wanted) => given <= wanted) },
  DateGreaterThan: { negated: false, test: date((given, wanted) => given > wanted) },
  DateGreaterThanEquals: { negated: false, test: date((given, wanted) => given >= wanted) },
  Bool: { negated: false, test: bool },
  BinaryEquals: { negated: false, test: binaryEquals },
  IpAddress: { negated: false, test: ipAddress },
  NotIpAddress: { negated: true, test: ipAddress },
  ArnEquals: { negated: false, test: arnLike },
  ArnLike: { negated: false, test: arnLike },
  ArnNotEquals: { negated: true, test: arnLike },
  ArnNotLike: { negated: true, test: arnLike },
};

/** A comparison of numbers; text that is no number compares false. */
function numeric(compare: (given: number, wanted: number) => boolean): Test {
  return (given, wanted) => {
    const decimal = /^[+-]?\d+(\.\d+)?$/;
    return decimal.test(given) && decimal.test(wanted) && compare(Number(given), Number(wanted));
  };
}

/** A comparison of points in time; text that is none compares false. */
function date(compare: (given: number, wanted: number) => boolean): Test {
  return (given, wanted) => {
    const instants = [parseInstant(given), parseInstant(wanted)];
    const [givenInstant, wantedInstant] = instants;
    return givenInstant !== undefined && wantedInstant !== undefined && compare(givenInstant, wantedInstant);
  };
}

function filled(wanted: string, lookup: VariableLookup | undefined): string | undefined {
  return lookup === undefined || !hasVariable(wanted) ? wanted : expandText(wanted, lookup);
}

/** A variable's own colons (`${aws:username}`) are none of the ARN's. Newline stands in, which no ARN has. */
function maskColons(pattern: string): string {
  return pattern.replace(/\$\{[^{}]*\}/g, (variable) => variable.replaceAll(":", "\n"));
}

function unmaskColons(part: string): string {
  return part.replaceAll("\n", ":");
}
