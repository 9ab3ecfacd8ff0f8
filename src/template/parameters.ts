/**
 * Binds what a caller gives for a template's parameters: defaults, types and constraints ("Parameters").
 */
import type { ParameterDeclaration } from "./sections.ts";
import { TemplateError } from "./template-error.ts";
import type { Json } from "./value.ts";

/** A parameter with its value. */
export interface BoundParameter {
  /** The text that was given or is the default; what DescribeStacks shows (as **** with NoEcho, by the caller). */
  readonly text: string;
  /** What Ref answers: a list for the list types. For an SSM parameter, only once it is resolved. */
  readonly value: Json;
  readonly noEcho: boolean;
  /** The name in the parameter store, for the types `AWS::SSM::Parameter::Value<…>`, and whether it is a list. */
  readonly ssm: { readonly name: string; readonly list: boolean } | undefined;
}

/** "Supplied parameter types". */
const SCALAR_TYPES = new Set([
  "String",
  "Number",
  "AWS::EC2::AvailabilityZone::Name",
  "AWS::EC2::Image::Id",
  "AWS::EC2::Instance::Id",
  "AWS::EC2::KeyPair::KeyName",
  "AWS::EC2::SecurityGroup::GroupName",
  "AWS::EC2::SecurityGroup::Id",
  "AWS::EC2::Subnet::Id",
  "AWS::EC2::VPC::Id",
  "AWS::EC2::Volume::Id",
  "AWS::Route53::HostedZone::Id",
  "AWS::SSM::Parameter::Name",
]);

/** "CloudFormation quotas": what a parameter's value may weigh. */
const MOST_VALUE_BYTES = 4096;

/** What a parameter's type comes down to. */
interface TypeShape {
  readonly list: boolean;
  readonly item: string;
  readonly ssm: boolean;
}

function typeShape(type: string): TypeShape | undefined {
  if (type === "CommaDelimitedList") return { list: true, item: "String", ssm: false };
  if (SCALAR_TYPES.has(type)) return { list: false, item: type, ssm: false };
  const list = /^List<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) return SCALAR_TYPES.has(list) ? { list: true, item: list, ssm: false } : undefined;
  const stored = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
  const shape = stored === undefined ? undefined : typeShape(stored);
  return shape === undefined || shape.ssm ? undefined : { ...shape, ssm: true };
}

/** Raises TemplateError when the type of the parameter is none that CloudFormation knows. */
export function checkParameterType(name: string, declaration: ParameterDeclaration): void {
  if (typeShape(declaration.type) === undefined) {
    throw new TemplateError(`Template format error: Unrecognized parameter type: ${declaration.type}`, {
      path: ["Parameters", name, "Type"],
    });
  }
}

/**
 * Binds the given values (as the API has them, all strings) to the declarations.
 * Raises TemplateError: parameters that do not exist, that have no value, or that fail a constraint.
 */
export function bindParameters(
  declarations: ReadonlyMap<string, ParameterDeclaration>,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, BoundParameter> {
  const unknown = [...given.keys()].filter((name) => !declarations.has(name));
  if (unknown.length > 0) throw new TemplateError(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  const missing = [...declarations].filter(
    ([name, { defaultValue }]) => !given.has(name) && defaultValue === undefined,
  );
  if (missing.length > 0)
    throw new TemplateError(`Parameters: [${missing.map(([name]) => name).join(", ")}] must have values`);
  return new Map(
    [...declarations].map(([name, declaration]) => [
      name,
      bindOne(name, declaration, given.get(name) ?? declaration.defaultValue ?? ""),
    ]),
  );
}

function bindOne(name: string, declaration: ParameterDeclaration, text: string): BoundParameter {
  const shape = typeShape(declaration.type);
  if (shape === undefined)
    throw new TemplateError(`Template format error: Unrecognized parameter type: ${declaration.type}`);
  if (Buffer.byteLength(text) > MOST_VALUE_BYTES)
    fail(name, declaration, `must contain at most ${MOST_VALUE_BYTES} bytes`);
  const items = shape.list && !shape.ssm ? splitList(text) : [text];
  for (const item of items) checkOne(name, declaration, item, shape);
  if (!shape.list || shape.ssm) checkPattern(name, declaration, text);
  else for (const item of items) checkPattern(name, declaration, item);
  return {
    text,
    value: shape.list && !shape.ssm ? items : text,
    noEcho: declaration.noEcho,
    ssm: shape.ssm ? { name: text, list: shape.list } : undefined,
  };
}

/** A comma-delimited list; spaces around its items do not count. */
function splitList(text: string): readonly string[] {
  return text === "" ? [] : text.split(",").map((item) => item.trim());
}

function checkOne(name: string, declaration: ParameterDeclaration, value: string, shape: TypeShape): void {
  if (declaration.allowedValues !== undefined && !declaration.allowedValues.includes(value)) {
    fail(name, declaration, "must be one of AllowedValues");
  }
  if (shape.item === "Number" && !shape.ssm) {
    const number = Number(value);
    if (value.trim() === "" || !Number.isFinite(number)) fail(name, declaration, "must be a number");
    if (declaration.minValue !== undefined && number < declaration.minValue) {
      fail(name, declaration, `must be a number not less than ${declaration.minValue}`);
    }
    if (declaration.maxValue !== undefined && number > declaration.maxValue) {
      fail(name, declaration, `must be a number not greater than ${declaration.maxValue}`);
    }
    return;
  }
  if (declaration.minLength !== undefined && value.length < declaration.minLength) {
    fail(name, declaration, `must contain at least ${declaration.minLength} characters`);
  }
  if (declaration.maxLength !== undefined && value.length > declaration.maxLength) {
    fail(name, declaration, `must contain at most ${declaration.maxLength} characters`);
  }
}

function checkPattern(name: string, declaration: ParameterDeclaration, value: string): void {
  if (declaration.allowedPattern === undefined) return;
  if (!javaPattern(name, declaration.allowedPattern).test(value)) {
    fail(name, declaration, `must match pattern ${declaration.allowedPattern}`);
  }
}

/** CloudFormation matches the whole value with Java's regular expressions; what is used of them JavaScript has too. */
function javaPattern(name: string, pattern: string): RegExp {
  const portable = pattern
    .replaceAll("\\p{Alpha}", "[A-Za-z]")
    .replaceAll("\\p{Alnum}", "[A-Za-z0-9]")
    .replaceAll("\\p{Digit}", "[0-9]");
  const cased = portable.startsWith("(?i)") ? portable.slice(4) : portable;
  try {
    return new RegExp(`^(?:${cased.replace(/\\[AZz]/g, "")})$`, cased === portable ? "s" : "si");
  } catch {
    throw new TemplateError(
      `Template error: AllowedPattern of parameter ${name} is not a valid regular expression: ${pattern}`,
      { path: ["Parameters", name, "AllowedPattern"] },
    );
  }
}

function fail(name: string, declaration: ParameterDeclaration, constraint: string): never {
  throw new TemplateError(
    declaration.constraintDescription === undefined
      ? `Parameter '${name}' ${constraint}`
      : `Parameter ${name} failed to satisfy constraint: ${declaration.constraintDescription}`,
    { path: ["Parameters", name] },
  );
}

/** What a Scope wants: names with what Ref answers for them. */
export function parameterValues(bound: ReadonlyMap<string, BoundParameter>): ReadonlyMap<string, Json> {
  return new Map([...bound].map(([name, { value }]) => [name, value]));
}
