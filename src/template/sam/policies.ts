/**
 * The Policies of a function: managed policies, policy documents, and SAM's policy templates.
 */
import { isList, isObject, onlyEntry, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import policyTemplates from "./policy-templates.json" with { type: "json" };
import { isTruthy } from "./property-table.ts";
import { ifArguments, isIntrinsic, isNoValue, MALFORMED_IF, ref } from "./references.ts";
import { invalidResource, invalidTemplate } from "./sam-error.ts";

/** One entry of Policies, told apart; `raw` is as it is written, a policy template already replaced by its document. */
export interface PolicyEntry {
  readonly kind: "managed" | "document" | "template" | "unknown";
  readonly raw: Json;
}

/** The templates' parameters and documents ("SAM policy templates"). */
const TEMPLATES: JsonObject = policyTemplates;

/** Reads a Policies property. Raises SamFault. */
export function readPolicies(id: string, policies: Json | undefined): readonly PolicyEntry[] {
  if (!isTruthy(policies)) return [];
  return (isList(policies) ? policies : [policies]).map((policy) => {
    const kind = kindOf(policy);
    return kind === "template" ? { kind: "document", raw: fillTemplates(id, policy) } : { kind, raw: policy };
  });
}

/** The properties with every policy template in Policies replaced by its document. Raises SamFault. */
export function withFilledPolicies(id: string, properties: JsonObject): JsonObject {
  const policies = readPolicies(id, own(properties, "Policies"));
  return policies.length === 0 ? properties : { ...properties, Policies: policies.map(({ raw }) => raw) };
}

function kindOf(policy: Json): PolicyEntry["kind"] {
  if (typeof policy === "string") return "managed";
  const branches = ifArguments(policy);
  if (branches === "malformed") throw invalidTemplate(MALFORMED_IF);
  if (branches !== undefined) return kindOfIf(branches);
  if (isIntrinsic(policy)) return "managed";
  if (isObject(policy) && own(policy, "Statement") !== undefined) return "document";
  const [name, ...others] = isObject(policy) ? Object.keys(policy) : [];
  return name !== undefined && others.length === 0 && Object.hasOwn(TEMPLATES, name) ? "template" : "unknown";
}

function kindOfIf(branches: readonly Json[]): PolicyEntry["kind"] {
  const [, whenTrue = null, whenFalse = null] = branches;
  const [first, second] = [kindOf(whenTrue), kindOf(whenFalse)];
  if (first === second || isNoValue(whenFalse)) return first;
  if (isNoValue(whenTrue)) return second;
  throw invalidTemplate(
    "Different policy types within the same Fn::If statement is unsupported. Separate different policy types into different Fn::If statements",
  );
}

/** A policy template, or a Fn::If of two, as documents. */
function fillTemplates(id: string, policy: Json): Json {
  const branches = ifArguments(policy);
  if (branches === undefined || branches === "malformed") return fillTemplate(id, policy);
  const [condition = null, whenTrue = null, whenFalse = null] = branches;
  const fill = (branch: Json): Json => (isNoValue(branch) ? branch : fillTemplate(id, branch));
  return { "Fn::If": [condition, fill(whenTrue), fill(whenFalse)] };
}

function fillTemplate(id: string, policy: Json): Json {
  const [name, values] = isObject(policy) ? (Object.entries(policy)[0] ?? ["", null]) : ["", null];
  const template = own(TEMPLATES, name);
  if (!isObject(template)) throw invalidResource(id, `Template with name '${name}' is not found`);
  if (!isObject(values)) {
    throw invalidResource(id, `Must specify valid parameter values for policy template '${name}'`);
  }
  const parameters = own(template, "Parameters");
  const names = (isList(parameters) ? parameters : []).map(String);
  const missing = names.filter((parameter) => !Object.hasOwn(values, parameter));
  if (missing.length > 0) {
    const list = missing.map((parameter) => `'${parameter}'`).join(", ");
    throw invalidResource(id, `Following required parameters of template '${name}' don't have values: [${list}]`);
  }
  return putValues(own(template, "Definition") ?? {}, values, new Set(names));
}

/** Replaces `{ Ref: Parameter }`; what is put in is not looked at again, since it may name a stack's own parameter. */
function putValues(definition: Json, values: JsonObject, names: ReadonlySet<string>): Json {
  const entry = onlyEntry(definition);
  if (entry !== undefined && entry[0] === "Ref" && typeof entry[1] === "string" && names.has(entry[1])) {
    return own(values, entry[1]) ?? ref(entry[1]);
  }
  if (isList(definition)) return definition.map((item) => putValues(item, values, names));
  if (!isObject(definition)) return definition;
  return Object.fromEntries(Object.entries(definition).map(([key, member]) => [key, putValues(member, values, names)]));
}
