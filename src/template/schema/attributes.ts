/** Fn::GetAtt against the schemas: does the resource's type have such an attribute? */
import { functionCall, getAttTarget, subArgument, subParts } from "../intrinsics.ts";
import type { ResourceDeclaration } from "../sections.ts";
import type { Template } from "../template.ts";
import { TemplateError } from "../template-error.ts";
import { isList, isObject } from "../value.ts";
import type { Json, Path } from "../value.ts";
import type { ResourceSchema, SchemaCatalogue } from "./resource-schema.ts";

/** The names that Fn::GetAtt may ask of a type. */
export function attributesOf(schema: ResourceSchema): readonly string[] {
  return Object.keys(schema.attributes);
}

/** Types whose attributes are what somebody else says: custom resources, nested stacks, products, modules. */
export function hasOpenAttributes(type: string): boolean {
  return (
    type.startsWith("Custom::") ||
    type.endsWith("::MODULE") ||
    type === "AWS::CloudFormation::CustomResource" ||
    type === "AWS::CloudFormation::Stack" ||
    type === "AWS::ServiceCatalog::CloudFormationProvisionedProduct"
  );
}

/** True when Fn::GetAtt of the type gives `attribute`, or may: a member of an attribute that is an object or a map. */
export function supportsAttribute(schema: ResourceSchema, attribute: string): boolean {
  if (Object.hasOwn(schema.attributes, attribute)) return true;
  for (let dot = attribute.lastIndexOf("."); dot > 0; dot = attribute.lastIndexOf(".", dot - 1)) {
    const whole = attribute.slice(0, dot);
    if (Object.hasOwn(schema.attributes, whole)) {
      const { type } = schema.attributes[whole] ?? { type: "string" };
      return type === "map" || type === "json" || type === "ref" || type === "union";
    }
  }
  return false;
}

/** A Fn::GetAtt, or a `${Resource.Attribute}`, of an attribute that the type does not have. */
export interface AttributeFault {
  /** In the template's source. */
  readonly path: Path;
  readonly logicalId: string;
  readonly type: string;
  readonly attribute: string;
  readonly message: string;
}

/** Every such mention in the template's resources and outputs; attributes that are functions themselves are not known. */
export function attributeFaults(template: Template, catalogue: SchemaCatalogue): readonly AttributeFault[] {
  const found: AttributeFault[] = [];
  const see = (logicalId: string, attribute: string, path: Path): void => {
    const fault = attributeFault(template.resources.get(logicalId), logicalId, attribute, catalogue);
    if (fault !== undefined) found.push({ ...fault, path });
  };
  for (const section of ["Resources", "Outputs"]) {
    const value = Object.hasOwn(template.source, section) ? template.source[section] : undefined;
    if (value !== undefined) eachAttribute(value, [section], see);
  }
  return found;
}

/** Raises TemplateError for the first of them. */
export function checkAttributes(template: Template, catalogue: SchemaCatalogue): void {
  const [first] = attributeFaults(template, catalogue);
  if (first !== undefined) throw new TemplateError(first.message, { path: first.path });
}

function attributeFault(
  declaration: ResourceDeclaration | undefined,
  logicalId: string,
  attribute: string,
  catalogue: SchemaCatalogue,
): Omit<AttributeFault, "path"> | undefined {
  if (declaration === undefined || hasOpenAttributes(declaration.type)) return undefined;
  const schema = catalogue.get(declaration.type);
  if (schema === undefined || supportsAttribute(schema, attribute)) return undefined;
  const message = `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`;
  return { logicalId, type: declaration.type, attribute, message };
}

function eachAttribute(value: Json, path: Path, see: (logicalId: string, attribute: string, path: Path) => void): void {
  if (isList(value)) {
    for (const [index, item] of value.entries()) eachAttribute(item, [...path, index], see);
    return;
  }
  if (!isObject(value)) return;
  const call = functionCall(value);
  if (call?.name === "Fn::GetAtt") {
    const target = getAttTarget(call.argument);
    if (typeof target?.attribute === "string") see(target.id, target.attribute, path);
  }
  const sub = call?.name === "Fn::Sub" ? subArgument(call.argument) : undefined;
  if (sub !== undefined) {
    for (const part of subParts(sub.text)) {
      if (part.kind === "text" || Object.hasOwn(sub.names, part.name) || part.name.includes("::")) continue;
      const dot = part.name.indexOf(".");
      if (dot > 0) see(part.name.slice(0, dot), part.name.slice(dot + 1), path);
    }
  }
  for (const [key, item] of Object.entries(value)) eachAttribute(item, [...path, key], see);
}
