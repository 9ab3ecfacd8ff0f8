/**
 * The members of a template's sections: parameters, resources, outputs and rules as CloudFormation lets them be written.
 */
import { attempt, nullValue, raise, TemplateError } from "./template-error.ts";
import type { Refuse } from "./template-error.ts";
import { isList, isObject, own, scalarText } from "./value.ts";
import type { Json, JsonObject } from "./value.ts";

/** A member of the Parameters section ("Parameters" of the user guide); the constraints as text or number. */
export interface ParameterDeclaration {
  readonly type: string;
  readonly defaultValue: string | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
  readonly constraintDescription: string | undefined;
  readonly description: string | undefined;
  readonly noEcho: boolean;
}

export const DELETION_POLICIES = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"] as const;
export type DeletionPolicy = (typeof DELETION_POLICIES)[number];

/** A member of the Resources section ("Resource attribute reference"). */
export interface ResourceDeclaration {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly deletionPolicy: DeletionPolicy | undefined;
  readonly updateReplacePolicy: DeletionPolicy | undefined;
  readonly updatePolicy: JsonObject | undefined;
  readonly creationPolicy: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  /** For `AWS::CloudFormation::CustomResource` and modules: the version of the type. */
  readonly version: string | undefined;
}

/** A member of the Outputs section. */
export interface OutputDeclaration {
  readonly value: Json;
  readonly description: string | undefined;
  readonly condition: string | undefined;
  /** The export's name, a string or a function. */
  readonly exportName: Json | undefined;
}

/** A member of the Rules section. */
export interface RuleDeclaration {
  readonly condition: Json | undefined;
  readonly assertions: readonly { readonly assert: Json; readonly description: string | undefined }[];
}

const PARAMETER_KEYS = new Set([
  "AllowedPattern",
  "AllowedValues",
  "ConstraintDescription",
  "Default",
  "Description",
  "MaxLength",
  "MaxValue",
  "MinLength",
  "MinValue",
  "NoEcho",
  "Type",
]);

/** Reads one parameter. Tells `refuse` what is wrong, and reads on where that returns. */
export function readParameter(name: string, value: Json, refuse: Refuse = raise): ParameterDeclaration {
  const path = ["Parameters", name];
  if (!isObject(value)) {
    refuse(new TemplateError("Template format error: Any Parameters member must be an object.", { path }));
    return readParameter(name, { Type: "String" }, refuse);
  }
  if (!/^[A-Za-z0-9]{1,255}$/.test(name))
    refuse(new TemplateError(`Template format error: Parameter name ${name} is non alphanumeric.`, { path }));
  const type = own(value, "Type");
  if (typeof type !== "string") {
    refuse(new TemplateError(`Template format error: Every Parameters object must contain a Type member.`, { path }));
  }
  const unknown = Object.keys(value).find((key) => !PARAMETER_KEYS.has(key));
  if (unknown !== undefined) {
    refuse(new TemplateError(`Invalid template parameter property '${unknown}'`, { path: [...path, unknown] }));
  }
  const allowed = own(value, "AllowedValues");
  if (allowed !== undefined && !isList(allowed)) {
    const words = `Template format error: AllowedValues of parameter ${name} must be a list.`;
    refuse(new TemplateError(words, { path: [...path, "AllowedValues"] }));
  }
  const noEcho = own(value, "NoEcho");
  const orNone = <T>(work: () => T | undefined): T | undefined => attempt(refuse, undefined, work);
  return {
    type: typeof type === "string" ? type : "String",
    defaultValue: orNone(() => readDefault(name, own(value, "Default"))),
    allowedValues: isList(allowed) ? orNone(() => allowed.map((item) => text(name, "AllowedValues", item))) : undefined,
    allowedPattern: orNone(() => optionalText(name, value, "AllowedPattern")),
    minLength: orNone(() => optionalNumber(name, value, "MinLength")),
    maxLength: orNone(() => optionalNumber(name, value, "MaxLength")),
    minValue: orNone(() => optionalNumber(name, value, "MinValue")),
    maxValue: orNone(() => optionalNumber(name, value, "MaxValue")),
    constraintDescription: orNone(() => optionalText(name, value, "ConstraintDescription")),
    description: orNone(() => optionalText(name, value, "Description")),
    noEcho: noEcho === true || (typeof noEcho === "string" && noEcho.toLowerCase() === "true"),
  };
}

function readDefault(name: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (isList(value) || isObject(value) || value === null) {
    throw new TemplateError("Template format error: Every Default member must be a string.", {
      path: ["Parameters", name, "Default"],
    });
  }
  return String(value);
}

function text(name: string, key: string, value: Json | undefined): string {
  const read = scalarText(value);
  if (read === undefined)
    throw new TemplateError(`Template format error: Every ${key} member must be a string.`, {
      path: ["Parameters", name, key],
    });
  return read;
}

function optionalText(name: string, value: JsonObject, key: string): string | undefined {
  const member = own(value, key);
  return member === undefined ? undefined : text(name, key, member);
}

function optionalNumber(name: string, value: JsonObject, key: string): number | undefined {
  const member = optionalText(name, value, key);
  if (member === undefined) return undefined;
  const number = Number(member);
  if (member.trim() === "" || Number.isNaN(number)) {
    throw new TemplateError(`Template format error: ${key} of parameter ${name} must be a number.`, {
      path: ["Parameters", name, key],
    });
  }
  return number;
}

const RESOURCE_KEYS = new Set([
  "Condition",
  "CreationPolicy",
  "DeletionPolicy",
  "DependsOn",
  "Description",
  "Metadata",
  "Properties",
  "Type",
  "UpdatePolicy",
  "UpdateReplacePolicy",
  "Version",
]);

/** Attributes that only a resource of the SAM transform has. */
const SAM_RESOURCE_KEYS = new Set(["Connectors", "IgnoreGlobals"]);

/**
 * Reads one resource. Tells `refuse` what is wrong, and reads on where that returns; a resource without a type has the
 * type "" then.
 */
export function readResource(name: string, value: Json, refuse: Refuse = raise): ResourceDeclaration {
  const path = ["Resources", name];
  if (!isObject(value)) {
    refuse(new TemplateError(`Template format error: [/Resources/${name}] resource definition is malformed`, { path }));
    return readResource(name, { Type: "" }, () => undefined);
  }
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) {
    refuse(new TemplateError(`Template format error: Resource name ${name} is non alphanumeric.`, { path }));
  }
  const written = own(value, "Type");
  const type = typeof written === "string" ? written : "";
  if (type === "") {
    const words = `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`;
    refuse(new TemplateError(words, { path }));
  }
  const unknown = Object.keys(value).find(
    (key) =>
      !RESOURCE_KEYS.has(key) && !key.startsWith("Fn::") && !(SAM_RESOURCE_KEYS.has(key) && type.startsWith("AWS::")),
  );
  if (unknown !== undefined) {
    refuse(new TemplateError(`Invalid template resource property '${unknown}'`, { path: [...path, unknown] }));
  }
  const orNone = <T>(work: () => T | undefined): T | undefined => attempt(refuse, undefined, work);
  return {
    type,
    properties: orNone(() => objectMember(value, "Properties", path)) ?? {},
    dependsOn: orNone(() => readDependsOn(own(value, "DependsOn"), path)) ?? [],
    condition: orNone(() => readConditionName(own(value, "Condition"), path)),
    deletionPolicy: orNone(() => readDeletionPolicy("DeletionPolicy", own(value, "DeletionPolicy"), name)),
    updateReplacePolicy: orNone(() =>
      readDeletionPolicy("UpdateReplacePolicy", own(value, "UpdateReplacePolicy"), name),
    ),
    updatePolicy: orNone(() => objectMember(value, "UpdatePolicy", path)),
    creationPolicy: orNone(() => objectMember(value, "CreationPolicy", path)),
    metadata: orNone(() => objectMember(value, "Metadata", path)),
    version: scalarText(own(value, "Version")),
  };
}

function objectMember(value: JsonObject, key: string, path: readonly string[]): JsonObject | undefined {
  const member = own(value, key);
  if (member === undefined) return undefined;
  if (member === null) throw nullValue([...path, key]);
  if (!isObject(member)) {
    throw new TemplateError(`Template format error: Any ${key} member must be an object.`, { path: [...path, key] });
  }
  return member;
}

function readDependsOn(value: Json | undefined, path: readonly string[]): readonly string[] {
  if (value === undefined) return [];
  return (isList(value) ? value : [value]).map((item) => {
    if (typeof item === "string") return item;
    throw new TemplateError("Template format error: DependsOn must be a string or list of strings.", {
      path: [...path, "DependsOn"],
    });
  });
}

function readConditionName(value: Json | undefined, path: readonly string[]): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new TemplateError(`Template format error: Every Condition member must be a string.`, {
    path: [...path, "Condition"],
  });
}

function readDeletionPolicy(key: string, value: Json | undefined, name: string): DeletionPolicy | undefined {
  if (value === undefined) return undefined;
  const path = ["Resources", name, key];
  if (typeof value !== "string")
    throw new TemplateError(`Template format error: Every ${key} member must be a string.`, { path });
  const known = DELETION_POLICIES.find((policy) => policy === value);
  if (known === undefined || (key === "UpdateReplacePolicy" && known === "RetainExceptOnCreate")) {
    throw new TemplateError(`Template error: Unrecognized ${key} ${value} for resource ${name}`, { path });
  }
  return known;
}

/** Reads one output. Raises TemplateError. */
export function readOutput(name: string, value: Json): OutputDeclaration {
  const path = ["Outputs", name];
  if (!/^[A-Za-z0-9]{1,255}$/.test(name))
    throw new TemplateError(`Template format error: Output name ${name} is non alphanumeric.`, { path });
  if (!isObject(value))
    throw new TemplateError("Template format error: Any Outputs member must be an object.", { path });
  const output = own(value, "Value");
  if (output === null) throw nullValue([...path, "Value"]);
  if (output === undefined) {
    throw new TemplateError(`Template format error: Every Outputs member must contain a Value object`, { path });
  }
  const unknown = Object.keys(value).find((key) => !["Value", "Description", "Export", "Condition"].includes(key));
  if (unknown !== undefined)
    throw new TemplateError(`Invalid template output property '${unknown}'`, { path: [...path, unknown] });
  if (isList(output))
    throw new TemplateError(
      `Template format error: The Value field of every Outputs member must evaluate to a String.`,
      { path },
    );
  const exported = own(value, "Export");
  const exportName = isObject(exported) ? own(exported, "Name") : undefined;
  if (exported !== undefined && (exportName === undefined || exportName === null)) {
    throw new TemplateError(
      `Template format error: Output ${name} is malformed. The Export field must contain a Name.`,
      { path },
    );
  }
  const description = own(value, "Description");
  if (description !== undefined && typeof description !== "string") {
    throw new TemplateError("Template format error: Every Description member must be a string.", { path });
  }
  if (description !== undefined && Buffer.byteLength(description) > 1024) {
    throw new TemplateError("Template format error: 'Description' length is greater than 1024.", { path });
  }
  return {
    value: output,
    description,
    condition: readConditionName(own(value, "Condition"), path),
    exportName,
  };
}

/** Reads one rule. Raises TemplateError. */
export function readRule(name: string, value: Json): RuleDeclaration {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) {
    throw new TemplateError(`Template format error: Rule name ${name} is non alphanumeric.`, { path: ["Rules", name] });
  }
  const assertions = isObject(value) ? own(value, "Assertions") : undefined;
  if (!isObject(value) || !isList(assertions) || assertions.length === 0) {
    throw new TemplateError(`Template format error: Rule ${name} must contain a list of Assertions.`, {
      path: ["Rules", name],
    });
  }
  return {
    condition: own(value, "RuleCondition"),
    assertions: assertions.map((item) => {
      const assert = isObject(item) ? own(item, "Assert") : undefined;
      if (!isObject(item) || assert === undefined)
        throw new TemplateError(
          `Template format error: Every Assertions member of rule ${name} must contain an Assert.`,
        );
      return { assert, description: scalarText(own(item, "AssertDescription")) };
    }),
  };
}
