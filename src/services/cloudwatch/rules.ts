/** What PutMetricData takes (AWS page "PutMetricData"), read into what is added up. */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../kernel/errors.ts";
import type { Published } from "./aggregate.ts";

const MOST_DATA = 1000;
const MOST_VALUES = 150;
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;
const LARGEST = 2 ** 360;

export type DatumGiven = { readonly [K in keyof MetricDatum]: MetricDatum[K] };

/** Raises InvalidParameterValueException. */
export function invalidValue(message: string): never {
  throw new AwsError("InvalidParameterValueException", message);
}

/** Raises InvalidParameterCombinationException. */
export function invalidCombination(message: string): never {
  throw new AwsError("InvalidParameterCombinationException", message);
}

/** Raises MissingRequiredParameterException. */
export function missing(message: string): never {
  throw new AwsError("MissingRequiredParameterException", message);
}

/** Raises ValidationError, which callers that speak JSON see as ValidationException. */
export function validation(message: string): never {
  throw new AwsError("ValidationError", message, { status: 400 });
}

/** Raises InvalidParameterValueException for more data than one call takes. */
export function checkAmount(data: readonly unknown[]): void {
  if (data.length > MOST_DATA) {
    invalidValue(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
  }
}

/** What `datum`, which stands at `path` (`MetricData.member.1`), brings. Raises CloudWatch's errors for what is wrong with it. */
export function readDatum(datum: DatumGiven, path: string, now: number): Published {
  checkTime(datum.Timestamp, path, now);
  checkDimensions(datum, path);
  if (datum.StorageResolution !== undefined && datum.StorageResolution !== 1 && datum.StorageResolution !== 60) {
    invalidValue(`The parameter ${path}.StorageResolution must be 1 or 60.`);
  }
  const { Value, Values, Counts, StatisticValues } = datum;
  exclude(path, [
    ["Value", Value],
    ["Values", Values],
    ["StatisticValues", StatisticValues],
  ]);
  if (Value !== undefined) {
    checkNumber(Value, `${path}.Value`);
    return { kind: "values", values: [Value], counts: [1] };
  }
  if (Values !== undefined) return readValues(Values, Counts, path);
  if (StatisticValues === undefined) missing("At least one of the parameters must be specified.");
  const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
  for (const [name, value] of Object.entries({ SampleCount, Sum, Minimum, Maximum })) {
    checkNumber(value, `${path}.StatisticValues.${name}`);
  }
  if (SampleCount < 0)
    invalidValue(`The parameter ${path}.StatisticValues.SampleCount must be greater than or equal to 0.`);
  if (Maximum < Minimum) {
    invalidCombination(
      `The parameter ${path}.StatisticValues.Maximum must be greater than ${path}.StatisticValues.Minimum.`,
    );
  }
  return { kind: "set", count: SampleCount, sum: Sum, min: Minimum, max: Maximum };
}

function readValues(values: readonly number[], counts: readonly number[] | undefined, path: string): Published {
  if (values.length > MOST_VALUES) {
    invalidValue(`The collection ${path}.Values must not have a size greater than ${MOST_VALUES}.`);
  }
  if (counts !== undefined && counts.length !== values.length) {
    invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  for (const [index, value] of values.entries()) checkNumber(value, `${path}.Values.member.${index + 1}`);
  for (const [index, count] of (counts ?? []).entries()) {
    checkNumber(count, `${path}.Counts.member.${index + 1}`);
    if (count < 0) invalidValue(`The value ${count} for parameter ${path}.Counts.member.${index + 1} is invalid.`);
  }
  return { kind: "values", values, counts: counts ?? values.map(() => 1) };
}

function exclude(path: string, given: readonly (readonly [name: string, value: unknown])[]): void {
  const [first, second] = given.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (first === undefined || second === undefined) return;
  invalidCombination(
    `The parameters ${path}.${first} and ${path}.${second} are mutually exclusive and you have specified both.`,
  );
}

function checkNumber(value: number, name: string): void {
  if (Number.isFinite(value) && Math.abs(value) <= LARGEST) return;
  const written = value === Infinity ? "Infinity" : value === -Infinity ? "-Infinity" : String(value);
  invalidValue(`The value ${written} for parameter ${name} is invalid.`);
}

function checkTime(timestamp: Date | undefined, path: string, now: number): void {
  if (timestamp === undefined) return;
  const time = timestamp.getTime();
  if (time < now - OLDEST_MS) {
    invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two weeks in the past.`);
  }
  if (time > now + NEWEST_MS) {
    invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two hours in the future.`);
  }
}

function checkDimensions({ Dimensions = [] }: DatumGiven, path: string): void {
  const names = new Set(Dimensions.map(({ Name }) => Name));
  if (names.size < Dimensions.length)
    invalidValue(`The parameter ${path}.Dimensions has the same name more than once.`);
}
