/** Resource types, their properties and attributes against what AWS publishes of them. */
import { attributeFaults, attributesOf } from "../../template/schema/attributes.ts";
import type { Fault } from "../../template/schema/fault.ts";
import { faultsOf } from "../../template/schema/faults.ts";
import type { ResourceSchema } from "../../template/schema/resource-schema.ts";
import { closest, keysAt, typeAt } from "../../template/schema/vocabulary.ts";
import type { RuleId } from "../rules.ts";
import { SAM_TYPES } from "./sam.ts";
import type { CheckedResource, TemplateView } from "./view.ts";

const RULE_OF: Readonly<Record<Fault["kind"], RuleId>> = {
  required: "property-required",
  extraneous: "property-unknown",
  readOnly: "property-read-only",
  type: "property-type",
  enum: "property-value",
  length: "property-value",
  pattern: "property-value",
  range: "property-value",
  items: "property-value",
  alternatives: "property-type",
};

/** The namespaces of types that anybody may publish; the catalogue has AWS's own. */
const OTHERS = /^(?!AWS::|Alexa::)|::MODULE$/;

/** Types of AWS that are no resource types of the registry. */
const WITHOUT_SCHEMA = new Set(["AWS::CloudFormation::CustomResource", "AWS::CDK::Metadata"]);

/** What the schemas say of the resources, but for the places that another check has spoken of, better. */
export function checkProperties(view: TemplateView): void {
  for (const resource of view.resources.values()) {
    const { type } = resource;
    // SAM's own types have SAM's own checks.
    if (type === "" || type.startsWith(SAM_TYPES) || OTHERS.test(type) || WITHOUT_SCHEMA.has(type)) continue;
    const schema = view.around.catalogue.get(resource.type);
    if (schema === undefined) unknownType(view, resource);
    else checkResource(view, resource, schema);
  }
  if (!view.isWhole) return;
  for (const { path, message, type, attribute } of attributeFaults(view.processed, view.around.catalogue)) {
    const schema = view.around.catalogue.get(type);
    const names = schema === undefined ? [] : attributesOf(schema);
    const near = closest(attribute, names);
    view.document.remark({
      rule: "template-reference",
      path: view.sourcePath(path),
      message,
      advice:
        near !== undefined ? `Write ${near} instead.` : names.length > 0 ? `${type} has ${listed(names)}.` : undefined,
    });
  }
}

function checkResource(view: TemplateView, resource: CheckedResource, schema: ResourceSchema): void {
  const properties = resource.properties;
  for (const fault of faultsOf(schema, properties, { form: "written" })) {
    if (view.told.has(resource.id, fault.kind === "required" ? [...fault.path, fault.key ?? ""] : fault.path)) continue;
    view.remark(resource, {
      rule: RULE_OF[fault.kind],
      // SAM leaves a policy's name as it is where it knows no such policy; AWS may know one that is newer than SAM's list.
      severity: fault.path[0] === "ManagedPolicyArns" && !view.written.resources.has(resource.id) ? "warning" : "error",
      path: fault.path,
      message: `${resource.type} ${resource.id}: ${fault.message.split("\n").join("; ")}`,
      advice: adviceOf(fault, schema),
    });
  }
}

function adviceOf(fault: Fault, schema: ResourceSchema): string | undefined {
  switch (fault.kind) {
    case "required":
      return `Write ${fault.key ?? "it"} as well.`;
    case "extraneous": {
      const keys = keysAt(schema, fault.path.slice(0, -1)) ?? [];
      const near = closest(fault.key ?? "", keys);
      if (near !== undefined) return `Write ${near} instead of ${fault.key ?? ""}.`;
      return keys.length > 0 ? `Write one of ${listed(keys)}, or take it away.` : undefined;
    }
    case "readOnly":
      return "Take it away: it is what Fn::GetAtt answers.";
    case "enum":
      return fault.allowed === undefined ? undefined : `Write one of ${listed(fault.allowed.map(String))}.`;
    case "type":
    case "alternatives":
    case "pattern": {
      const type = typeAt(schema, fault.path);
      const pattern = type !== undefined && "pattern" in type ? type.pattern : undefined;
      return pattern === undefined ? undefined : `Write a text that matches ${pattern}.`;
    }
    case "length":
    case "range":
    case "items":
      return undefined;
  }
}

function listed(names: readonly string[]): string {
  const most = 12;
  return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")}, …`;
}

function unknownType(view: TemplateView, { id, type }: CheckedResource): void {
  const near = closest(type, view.around.catalogue.names());
  view.document.remark({
    rule: "resource-type",
    path: view.sourcePath(["Resources", id, "Type"]),
    message: `Template format error: Unrecognized resource types: [${type}]`,
    advice: near === undefined ? undefined : `Write ${near} instead.`,
  });
}
