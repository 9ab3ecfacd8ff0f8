/**
 * What other resources of the same stack put on a resource, and so is no drift of it: policies that are resources of their own, and
 * memberships ("Considerations when detecting drift", resources that are attached to others). Only within one stack, as on AWS.
 */
import { isList, isObject, type Json, type JsonObject } from "../../../template/value.ts";
import type { Physical } from "../state.ts";

/** By type of holder: the list of holders in a policy's properties, and the property that names a single one. */
const HOLDERS: Readonly<Record<string, { readonly list: string; readonly name: string }>> = {
  "AWS::IAM::Role": { list: "Roles", name: "RoleName" },
  "AWS::IAM::User": { list: "Users", name: "UserName" },
  "AWS::IAM::Group": { list: "Groups", name: "GroupName" },
};

const INLINE_POLICIES: ReadonlySet<string> = new Set([
  "AWS::IAM::Policy",
  "AWS::IAM::RolePolicy",
  "AWS::IAM::UserPolicy",
  "AWS::IAM::GroupPolicy",
]);

/** The live properties without what others have put there and the template of the resource itself does not say. They are only listed when it matters. */
export function withoutAttached(
  resource: Physical,
  expected: JsonObject,
  actual: JsonObject,
  listOthers: () => readonly Physical[],
): JsonObject {
  const holder = HOLDERS[resource.type];
  const name = resource.physicalId;
  if (name === undefined) return actual;
  if (resource.type === "AWS::IAM::ManagedPolicy") return withoutHolders(name, expected, actual, listOthers());
  if (holder === undefined) return actual;
  const others = listOthers();
  const isOn = (other: Physical): boolean =>
    has(other.properties[holder.list], name) || other.properties[holder.name] === name;
  const policies = others.filter((other) => INLINE_POLICIES.has(other.type) && isOn(other));
  const managed = others.filter((other) => other.type === "AWS::IAM::ManagedPolicy" && isOn(other));
  const groups = others.filter((other) => other.type === "AWS::IAM::UserToGroupAddition" && isOn(other));
  return {
    ...actual,
    ...less(
      actual,
      expected,
      "Policies",
      policies.map(({ properties }) => properties["PolicyName"]),
    ),
    ...less(
      actual,
      expected,
      "ManagedPolicyArns",
      managed.map(({ physicalId }) => physicalId),
    ),
    ...(resource.type === "AWS::IAM::User"
      ? less(
          actual,
          expected,
          "Groups",
          groups.map(({ properties }) => properties["GroupName"]),
        )
      : {}),
  };
}

/** A managed policy is also attached by the `ManagedPolicyArns` of roles, users and groups. */
function withoutHolders(
  arn: string,
  expected: JsonObject,
  actual: JsonObject,
  others: readonly Physical[],
): JsonObject {
  let live = actual;
  for (const [type, { list }] of Object.entries(HOLDERS)) {
    const names = others
      .filter((other) => other.type === type && has(other.properties["ManagedPolicyArns"], arn))
      .map(({ physicalId }) => physicalId);
    live = { ...live, ...less(live, expected, list, names) };
  }
  return live;
}

/** The list `name` of `actual` without these, but with what `expected` has itself. */
function less(
  actual: JsonObject,
  expected: JsonObject,
  name: string,
  attached: readonly (Json | undefined)[],
): JsonObject {
  const list = actual[name];
  if (!isList(list) || attached.length === 0) return {};
  const own = expected[name];
  const kept = list.filter((item) => {
    const label = labelOf(item);
    return !attached.includes(label) || (isList(own) && own.some((one) => labelOf(one) === label));
  });
  return { [name]: kept };
}

/** An inline policy by its name; what is a name or an ARN by itself. */
function labelOf(item: Json): Json | undefined {
  return isObject(item) ? item["PolicyName"] : item;
}

function has(list: Json | undefined, name: string): boolean {
  return isList(list) && list.includes(name);
}
