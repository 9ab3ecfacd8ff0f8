/**
 * What Systems Manager's Parameter Store has for a template: for its parameters of the SSM types, and for `{{resolve:ssm:…}}`. Asked for with
 * the caller's powers, never inside a transaction.
 */
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import type { BoundParameter } from "../../template/parameters.ts";
import type { ParameterDeclaration } from "../../template/sections.ts";
import type { Json } from "../../template/value.ts";
import { invalid } from "./names.ts";
import { availabilityZones } from "./scope.ts";

export interface StoredParameter {
  readonly value: string;
  readonly type: string;
}

/** "GetParameters": so many names at a time. */
const MOST_NAMES = 10;

/**
 * The parameters by the text that asks for them (`/name` or `/name:3`); those that are not there are missing. Raises ValidationError when the
 * caller may not read one.
 */
export async function storedParameters(
  context: Pick<ServiceContext, "call" | "random">,
  names: Iterable<string>,
  options: { readonly decrypted?: boolean } = {},
): Promise<ReadonlyMap<string, StoredParameter>> {
  const wanted = [...new Set(names)];
  const found = new Map<string, StoredParameter>();
  for (let at = 0; at < wanted.length; at += MOST_NAMES) {
    const Names = wanted.slice(at, at + MOST_NAMES);
    for (const { Name = "", Selector = "", Value, Type = "String" } of await ask(context, Names, options)) {
      if (Value !== undefined) found.set(`${Name}${Selector}`, { value: Value, type: Type });
    }
  }
  return found;
}

async function ask(
  context: Pick<ServiceContext, "call" | "random">,
  Names: string[],
  { decrypted = false }: { readonly decrypted?: boolean },
) {
  try {
    const { Parameters = [] } = await context.call("ssm", "GetParameters", { Names, WithDecryption: decrypted });
    return Parameters;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // A name that no parameter can have is one that is not there.
    if (isAwsError(error, "ValidationException")) return [];
    const { message, code } = error;
    throw invalid(
      `${message} (Service: AWSSimpleSystemsManagement; Status Code: 400; Error Code: ${code}; Request ID: ${context.random.uuid()}; Proxy: null)`,
    );
  }
}

/** A bound parameter with what the parameter store has for it. */
export interface ResolvedParameter extends BoundParameter {
  /** What DescribeStacks shows as ResolvedValue. */
  readonly resolved?: string;
}

/**
 * The parameters of the types `AWS::SSM::Parameter::Value<…>` with what their names stand for now. Raises ValidationError for what is not
 * there, is encrypted, or is a list where none is wanted.
 */
export async function resolveStored(
  context: ServiceContext,
  bound: ReadonlyMap<string, BoundParameter>,
): Promise<ReadonlyMap<string, ResolvedParameter>> {
  const wanted = [...bound.values()].flatMap(({ ssm }) => ssm ?? []);
  if (wanted.length === 0) return bound;
  const found = await storedParameters(
    context,
    wanted.map(({ name }) => name),
  );
  refuse(
    wanted.filter(({ name }) => !found.has(name)),
    (names) => `Unable to fetch parameters [${names}] from parameter store for this account.`,
  );
  refuse(
    wanted.filter(({ name }) => found.get(name)?.type === "SecureString"),
    (names) => `Parameters [${names}] referenced by template have types not supported by CloudFormation.`,
  );
  refuse(
    wanted.filter(({ name, list }) => (found.get(name)?.type === "StringList") !== list),
    (names) => `Types for SSM parameters [${names}] defined in CFN template and SSM are incompatible`,
  );
  const resolved = new Map<string, ResolvedParameter>(bound);
  for (const [key, parameter] of bound) {
    const stored = parameter.ssm === undefined ? undefined : found.get(parameter.ssm.name)?.value;
    if (stored === undefined) continue;
    // A list's items lose the space around them; a text is taken as it is.
    const items = stored.split(",").map((item) => item.trim());
    const isList = parameter.ssm?.list === true;
    resolved.set(key, { ...parameter, value: isList ? items : stored, resolved: isList ? items.join(",") : stored });
  }
  return resolved;
}

function refuse(wrong: readonly { readonly name: string }[], words: (names: string) => string): void {
  if (wrong.length > 0) throw invalid(words([...new Set(wrong.map(({ name }) => name))].join(", ")));
}

/** What an id of these types looks like; what looks otherwise is certainly not there. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  "AWS::EC2::Image::Id": /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  "AWS::EC2::Instance::Id": /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  "AWS::EC2::SecurityGroup::Id": /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  "AWS::EC2::Subnet::Id": /^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  "AWS::EC2::VPC::Id": /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  "AWS::EC2::Volume::Id": /^vol-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  "AWS::Route53::HostedZone::Id": /^Z[A-Z0-9]{1,31}$/,
};

/**
 * Why a value that names something of the account's cannot be: undefined when all are there, as far as can be seen (there is no EC2 and no
 * Route 53, so that of their ids only the form is looked at). In AWS's words ("AWS-specific parameter types").
 */
export async function absentValue(
  context: ServiceContext,
  bound: ReadonlyMap<string, ResolvedParameter>,
  declarations: ReadonlyMap<string, ParameterDeclaration>,
): Promise<string | undefined> {
  const named = [...bound].flatMap(([key, { value }]) => {
    const item = itemType(declarations.get(key)?.type ?? "");
    return (Array.isArray(value) ? value : [value]).map((one: Json) => ({ key, item, value: String(one) }));
  });
  const names = named.filter(({ item }) => item === "AWS::SSM::Parameter::Name").map(({ value }) => value);
  const stored = names.length === 0 ? new Map() : await storedParameters(context, names);
  const zones = availabilityZones(context.region);
  const absent = named.find(({ item, value }) => {
    if (item === "AWS::SSM::Parameter::Name") return !stored.has(value);
    if (item === "AWS::EC2::AvailabilityZone::Name") return !zones.includes(value);
    return SHAPES[item]?.test(value) === false;
  });
  if (absent === undefined) return undefined;
  return `Parameter validation failed: parameter value ${absent.value} for parameter name ${absent.key} does not exist`;
}

/** The type of one item: of a list's, and of what Parameter Store has. */
function itemType(type: string): string {
  const inner = /^(?:List|AWS::SSM::Parameter::Value)<(.+)>$/.exec(type)?.[1];
  return inner === undefined ? type : itemType(inner);
}
