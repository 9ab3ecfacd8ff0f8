/** Checks an input against the limits that the models state, before any service sees it, and words the errors as AWS does. */
import { AwsError } from "../kernel/errors.ts";
import type { Claim } from "./claim.ts";
import type { Constraints, Shape, StructureShape } from "./model.ts";
import { refuseForCodeDeploy } from "./validate-codedeploy.ts";
import { validateS3 } from "./validate-s3.ts";
import type { Finding } from "./validation-finding.ts";

/** What of a claim the limits depend on. */
export type Checked = Pick<Claim, "model" | "operation" | "protocol">;

/** Adds what is wrong with `value`, which stands at `path`, to `found`. */
type Check = (value: unknown, path: string, found: Finding[]) => void;

/**
 * Checks required members, lengths, ranges, patterns and enums.
 * Raises ValidationException, ValidationError (Query), or the service's own code, with AWS's sentence: "1 validation
 * error detected: Value 'x' at 'functionName' failed to satisfy constraint: Member must have length …".
 */
export function validate(claim: Checked, input: Record<string, unknown>): void {
  const { model, operation, protocol } = claim;
  if (protocol === "restXml") {
    validateS3(operation, input);
    return;
  }
  if (model.name === "sqs") {
    requireParameters(operation.input, input);
    return;
  }
  const check = checkOf(operation.input);
  if (check === undefined) return;
  const found: Finding[] = [];
  check(input, "", found);
  const [first] = found;
  if (first === undefined) return;
  if (model.name === "codedeploy") refuseForCodeDeploy(first);
  const noun = found.length === 1 ? "error" : "errors";
  throw new AwsError(
    codeOf(claim),
    `${found.length} validation ${noun} detected: ${found.map(({ text }) => text).join("; ")}`,
    {
      status: 400,
    },
  );
}

/** When so many are found, the rest of a list is not looked at: a list of 100,000 bad members deserves no reply of 20 MB. */
const MOST_ERRORS = 100;

/** The code that a service answers invalid input with. */
function codeOf({ model, protocol }: Checked): string {
  if (model.name === "logs") return "InvalidParameterException";
  if (model.name === "apigateway" || model.name === "apigatewayv2") return "BadRequestException";
  // CloudWatch kept its Query code when it learnt JSON and CBOR.
  return protocol === "awsQuery" || model.name === "cloudwatch" ? "ValidationError" : "ValidationException";
}

/** SQS states no limits in its model and has its own words for a missing parameter. */
function requireParameters(shape: StructureShape, input: Record<string, unknown>): void {
  for (const member of shape.members.values()) {
    if (member.required && (input[member.name] === undefined || input[member.name] === null)) {
      throw new AwsError("MissingParameter", `The request must contain the parameter ${member.name}.`, { status: 400 });
    }
  }
}

const checks = new WeakMap<Shape, { readonly check: Check | undefined }>();

/** The check of a shape, or undefined when nothing in it is limited. */
function checkOf(shape: Shape): Check | undefined {
  const known = checks.get(shape);
  if (known !== undefined) return known.check;
  // A shape that contains itself meets this while its own check is being made.
  checks.set(shape, { check: (value, path, found) => checks.get(shape)?.check?.(value, path, found) });
  const check = makeCheck(shape);
  checks.set(shape, { check });
  return check;
}

function makeCheck(shape: Shape): Check | undefined {
  switch (shape.type) {
    case "structure":
    case "union":
      return checkStructure(shape);
    case "list":
      return checkList(shape);
    case "map":
      return checkMap(shape);
    case "string":
    case "number":
    case "blob": {
      const rules = rulesOf(shape);
      if (rules.length === 0) return undefined;
      const hidden = shape.type === "string" && shape.sensitive === true;
      return (value, path, found) => {
        for (const { holds, says } of rules) {
          if (!holds(value)) found.push(sentence(hidden ? undefined : value, path, says));
        }
      };
    }
    case "boolean":
    case "timestamp":
    case "document":
      return undefined;
  }
}

function checkStructure(shape: StructureShape): Check | undefined {
  const members = [...shape.members.values()].map(({ name, required, shape: inner }) => ({
    name,
    required,
    pathName: name.charAt(0).toLowerCase() + name.slice(1),
    check: checkOf(inner),
  }));
  const limited = members.filter(({ required, check }) => required || check !== undefined);
  if (limited.length === 0) return undefined;
  return (value, path, found) => {
    if (typeof value !== "object" || value === null) return;
    for (const { name, required, pathName, check } of limited) {
      const content: unknown = Reflect.get(value, name);
      if (content !== undefined && content !== null) {
        check?.(content, path === "" ? pathName : `${path}.${pathName}`, found);
      } else if (required) {
        const at = path === "" ? pathName : `${path}.${pathName}`;
        const text = `Value null at '${at}' failed to satisfy constraint: Member must not be null`;
        found.push({ path: at, isMissing: true, text });
      }
    }
  };
}

function checkList(shape: Extract<Shape, { type: "list" }>): Check | undefined {
  const rules = rulesOf(shape);
  const item = shape.member.shape;
  const scalar = item.type !== "structure" && item.type !== "union" && item.type !== "list" && item.type !== "map";
  const itemRules = scalar ? rulesOf(item) : [];
  const check = scalar ? undefined : checkOf(item);
  if (rules.length === 0 && itemRules.length === 0 && check === undefined) return undefined;
  return (value, path, found) => {
    if (!Array.isArray(value) || found.length >= MOST_ERRORS) return;
    for (const { holds, says } of rules) if (!holds(value)) found.push(sentence(value, path, says));
    if (value.some((one) => itemRules.some(({ holds }) => !holds(one)))) {
      found.push(sentence(value, path, `Member must satisfy constraint: ${bracketed(itemRules)}`));
    }
    if (check === undefined) return;
    for (const [i, one] of value.entries()) {
      check(one, `${path}.${i + 1}.member`, found);
      if (found.length >= MOST_ERRORS) return;
    }
  };
}

function checkMap(shape: Extract<Shape, { type: "map" }>): Check | undefined {
  const rules = rulesOf(shape);
  const keyRules = rulesOf(shape.key.shape);
  const valueRules = rulesOf(shape.value.shape);
  const content = shape.value.shape;
  const check = valueRules.length > 0 ? undefined : checkOf(content);
  if (rules.length + keyRules.length + valueRules.length === 0 && check === undefined) return undefined;
  return (value, path, found) => {
    if (typeof value !== "object" || value === null) return;
    for (const { holds, says } of rules) if (!holds(value)) found.push(sentence(value, path, says));
    const entries = Object.entries(value);
    if (entries.some(([key]) => keyRules.some(({ holds }) => !holds(key)))) {
      found.push(sentence(value, path, `Map keys must satisfy constraint: ${bracketed(keyRules)}`));
    }
    if (entries.some(([, one]) => valueRules.some(({ holds }) => !holds(one)))) {
      found.push(sentence(value, path, `Map value must satisfy constraint: ${bracketed(valueRules)}`));
    }
    for (const [key, one] of entries) check?.(one, `${path}.${key}.member`, found);
  };
}

/** One limit: the test, and AWS's words for it. */
interface Rule {
  readonly holds: (value: unknown) => boolean;
  readonly says: string;
}

function bracketed(rules: readonly Rule[]): string {
  return `[${[...rules.map(({ says }) => says), "Member must not be null"].join(", ")}]`;
}

function rulesOf(shape: Shape): readonly Rule[] {
  if (!isLimited(shape)) return [];
  const { min, max, pattern, enum: values } = shape;
  const rules: Rule[] = [];
  const what = shape.type === "number" ? "value" : "length";
  if (max !== undefined) {
    rules.push({
      holds: (value) => sizeOf(value) <= max,
      says: `Member must have ${what} less than or equal to ${max}`,
    });
  }
  if (min !== undefined) {
    rules.push({
      holds: (value) => sizeOf(value) >= min,
      says: `Member must have ${what} greater than or equal to ${min}`,
    });
  }
  if (pattern !== undefined) {
    const test = lazyPattern(pattern);
    rules.push({
      holds: (value) => typeof value !== "string" || test().test(value),
      says: `Member must satisfy regular expression pattern: ${pattern}`,
    });
  }
  if (values !== undefined) {
    const set = new Set<unknown>(values);
    rules.push({
      holds: (value) => set.has(value),
      says: `Member must satisfy enum value set: [${values.join(", ")}]`,
    });
  }
  return rules;
}

function isLimited(shape: Shape): shape is Shape & Constraints {
  return shape.type !== "boolean" && shape.type !== "timestamp" && shape.type !== "document";
}

/** Compiled when it is first needed; AWS means the whole text. Unicode classes need the `u` flag, others forbid it. */
function lazyPattern(pattern: string): () => RegExp {
  let compiled: RegExp | undefined;
  return () => (compiled ??= new RegExp(`^(?:${pattern})$`, pattern.includes("\\p{") ? "u" : ""));
}

/** What `min` and `max` speak of: a number itself, a text's or blob's length, a collection's number of members. */
function sizeOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

function sentence(value: unknown, path: string, says: string): Finding {
  const shown = value === undefined ? "Value" : `Value '${inJava(value)}'`;
  return { path, isMissing: false, text: `${shown} at '${path}' failed to satisfy constraint: ${says}` };
}

/** A value as AWS's Java prints it. */
function inJava(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inJava).join(", ")}]`;
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (value instanceof Date) return value.toString();
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, one]) => `${key}=${inJava(one)}`)
      .join(", ")}}`;
  }
  return String(value);
}
