/**
 * What GetTemplateSummary and ValidateTemplate tell of a template: its parameters, types, and the capabilities it needs.
 */
import type { ParameterDeclaration } from "./sections.ts";
import type { Template } from "./template.ts";
import { isList, isObject, own, type Json } from "./value.ts";

/** The capabilities that a caller must acknowledge ("Acknowledging IAM resources in CloudFormation templates"). */
export type Capability = "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | "CAPABILITY_AUTO_EXPAND";

/** A summary; a parameter's default is as it is written. */
export interface TemplateSummary {
  readonly description: string | undefined;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly capabilities: readonly Capability[];
  readonly capabilitiesReason: string | undefined;
  /** Each resource's type, in the order of the template; also of those whose form only a macro knows. */
  readonly resourceTypes: ReadonlyMap<string, string>;
  readonly declaredTransforms: readonly string[];
}

/** The IAM types, and the property that gives each a name of one's own. */
const IAM_TYPES: ReadonlyMap<string, string | undefined> = new Map([
  ["AWS::IAM::AccessKey", undefined],
  ["AWS::IAM::Group", "GroupName"],
  ["AWS::IAM::GroupPolicy", undefined],
  ["AWS::IAM::InstanceProfile", "InstanceProfileName"],
  ["AWS::IAM::ManagedPolicy", "ManagedPolicyName"],
  ["AWS::IAM::Policy", undefined],
  ["AWS::IAM::Role", "RoleName"],
  ["AWS::IAM::RolePolicy", undefined],
  ["AWS::IAM::User", "UserName"],
  ["AWS::IAM::UserPolicy", undefined],
  ["AWS::IAM::UserToGroupAddition", undefined],
]);

/**
 * Summarises a template. The capabilities follow from `expanded`, the template after its transforms where the caller has
 * carried them out: a SAM function without a role needs CAPABILITY_IAM.
 */
export function summarize(template: Template, expanded: Template = template): TemplateSummary {
  const iam = [...expanded.resources.values()].filter(({ type }) => IAM_TYPES.has(type));
  const isNamed = iam.some(({ type, properties }) => {
    const property = IAM_TYPES.get(type);
    return property !== undefined && own(properties, property) !== undefined;
  });
  const transforms = [...new Set([...template.transforms.map(({ name }) => name), ...calledIn(template.source)])];
  const capabilities: Capability[] = [];
  if (iam.length > 0) capabilities.push(isNamed ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM");
  if (transforms.length > 0) capabilities.push("CAPABILITY_AUTO_EXPAND");
  return {
    description: template.description,
    parameters: template.parameters,
    capabilities,
    capabilitiesReason: reason([...new Set(iam.map(({ type }) => type))], transforms),
    resourceTypes: typesOf(template),
    declaredTransforms: transforms,
  };
}

function typesOf({ source }: Template): ReadonlyMap<string, string> {
  const resources = own(source, "Resources");
  return new Map(
    Object.entries(isObject(resources) ? resources : {}).flatMap(([id, resource]): [string, string][] => {
      const type = isObject(resource) ? own(resource, "Type") : undefined;
      return typeof type === "string" ? [[id, type]] : [];
    }),
  );
}

/** The macros that are called inside the template. */
function calledIn(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(calledIn);
  if (!isObject(value)) return [];
  const written = own(value, "Fn::Transform") ?? [];
  const names = (isList(written) ? written : [written]).map((call) => (isObject(call) ? own(call, "Name") : call));
  return [...names.filter((name) => typeof name === "string"), ...Object.values(value).flatMap(calledIn)];
}

function reason(types: readonly string[], transforms: readonly string[]): string | undefined {
  const needing = [...types, ...transforms];
  return needing.length === 0 ? undefined : `The following resource(s) require capabilities: [${needing.join(", ")}]`;
}
