/** Parameter policies: what may be written, and when each is due (AWS page "Assigning parameter policies in Parameter Store"). Pure. */
import { invalid, refuse } from "./errors.ts";
import type { ParameterPolicy } from "./state.ts";

const MOST_POLICIES = 10;

const HOUR_MS = 3_600_000;
const UNITS: ReadonlyMap<string, number> = new Map([
  ["hours", HOUR_MS],
  ["days", 24 * HOUR_MS],
]);
/** What a policy says how long before or after something it is due by. */
const AMOUNTS = { ExpirationNotification: "Before", NoChangeNotification: "After" } as const;
/** ISO_INSTANT or ISO_OFFSET_DATE_TIME, whose offset may have seconds. */
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})(?::(\d{2}))?$/;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON array that PutParameter is given; `[{}]` and `[]` mean none. Raises ValidationException, PoliciesLimitExceededException,
 * InvalidPolicyTypeException, InvalidPolicyAttributeException and IncompatiblePolicyException.
 */
export function parsePolicies(text: string): ParameterPolicy[] {
  const given = readArray(text);
  const policies = given.filter((policy) => Object.keys(policy).length > 0);
  if (policies.length > MOST_POLICIES) {
    refuse(
      "PoliciesLimitExceededException",
      `Number of policies attached to a parameter cannot exceed ${MOST_POLICIES}`,
    );
  }
  const read = policies.map(readPolicy);
  const count = (type: ParameterPolicy["type"]) => read.filter((policy) => policy.type === type).length;
  if (count("Expiration") > 1) refuse("IncompatiblePolicyException", "There can be only one expiration policy");
  if (count("ExpirationNotification") > 0 && count("Expiration") === 0) {
    refuse("IncompatiblePolicyException", "Expiration notification policies are missing expiration policy");
  }
  return read;
}

function readArray(text: string): Fields[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value) && value.every(isFields)) return value;
  return invalid(`Invalid policies input: ${text}.`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readPolicy(policy: Fields): ParameterPolicy {
  const type = policy["Type"];
  if (type !== "Expiration" && type !== "ExpirationNotification" && type !== "NoChangeNotification") {
    return refuse("InvalidPolicyTypeException", `Policy type ${String(type)} is not supported.`);
  }
  if (policy["Version"] !== "1.0") badAttribute("Unsupported policy version.");
  const attributes = policy["Attributes"];
  if (!isFields(attributes)) return badAttribute("Mandatory policy attribute Attributes is missing.");
  if (type === "Expiration") expirationOf(attributes);
  else periodOf(type, attributes);
  return { text: JSON.stringify(policy), type, status: "Pending" };
}

function expirationOf(attributes: Fields): number {
  const given = attributes["Timestamp"];
  if (given === undefined) badAttribute("A valid Expiration policy must have an attribute of Timestamp.");
  const match = typeof given === "string" ? TIMESTAMP.exec(given) : null;
  const [, local = "", offset = "", offsetSeconds = "0"] = match ?? [];
  const time = Date.parse(`${local}${offset}`);
  if (match === null || Number.isNaN(time)) return badAttribute("Invalid timestamp format");
  return time - (offset.startsWith("-") ? -1 : 1) * Number(offsetSeconds) * 1000;
}

function periodOf(type: keyof typeof AMOUNTS, attributes: Fields): number {
  const name = AMOUNTS[type];
  const amount = attributes[name];
  const unit = attributes["Unit"];
  if (amount === undefined) badAttribute(`Mandatory policy attribute ${name} is missing.`);
  if (unit === undefined) badAttribute("Mandatory policy attribute Unit is missing.");
  if (!/^[1-9]\d{0,8}$/.test(String(amount))) badAttribute(`Attribute ${name} must be a positive integer.`);
  const unitMs = typeof unit === "string" ? UNITS.get(unit.toLowerCase()) : undefined;
  if (unitMs === undefined) return badAttribute("Supported time units: DAYS HOURS");
  return Number(amount) * unitMs;
}

function badAttribute(message: string): never {
  refuse("InvalidPolicyAttributeException", message);
}

/** When a policy among `all` is due, in epoch milliseconds, for a parameter that was last modified at `modifiedAt`. */
export function dueOf(policy: ParameterPolicy, all: readonly ParameterPolicy[], modifiedAt: number): number {
  const attributes = attributesOf(policy);
  switch (policy.type) {
    case "Expiration":
      return expirationOf(attributes);
    case "ExpirationNotification": {
      const expiration = all.find(({ type }) => type === "Expiration");
      if (expiration === undefined) throw new Error("a notification of an expiration that there is none of");
      return expirationOf(attributesOf(expiration)) - periodOf(policy.type, attributes);
    }
    case "NoChangeNotification":
      return modifiedAt + periodOf(policy.type, attributes);
  }
}

function attributesOf({ text }: ParameterPolicy): Fields {
  // The text is what readPolicy has written.
  const { Attributes }: { Attributes: Fields } = JSON.parse(text);
  return Attributes;
}

/** The policies that a new version has when none are given with it: all go on, and the time without a change begins again. */
export function carriedOver(policies: readonly ParameterPolicy[]): ParameterPolicy[] {
  return policies.map((policy) => (policy.type === "NoChangeNotification" ? { ...policy, status: "Pending" } : policy));
}
