/** For the tests: what is tried of a resource type. */
import type { JsonObject } from "../../../template/value.ts";
import type { TestCloud } from "../../../testing/cloud.ts";

/** A type's story, told in property sets. Every property that the type has stands in one of them or in `untried`. */
export interface TypeCase {
  /** Further resources of the stack that it leans on, the same throughout. */
  readonly beside?: Readonly<Record<string, { readonly Type: string; readonly [attribute: string]: unknown }>>;
  readonly first: JsonObject;
  /** Another one of the same physical id; why there is none where every change needs a new one. */
  readonly changed: JsonObject | string;
  /** One that needs a new physical resource; why there is none where nothing does. */
  readonly replaced: JsonObject | string;
  /** Properties that no set has, with why. */
  readonly untried?: Readonly<Record<string, string>>;
  /** Attributes of AWS's schema that the type does not give, with why. */
  readonly notGiven?: Readonly<Record<string, string>>;
  /** True for what is nothing outside of its stack. */
  readonly isInside?: boolean;
  /** What has to happen while the stack is worked on. */
  meanwhile?(cloud: TestCloud, stackName: string): Promise<void>;
}

export type TypeCases = Readonly<Record<string, TypeCase>>;

/** A bucket that is there before each story, with zips in it. */
export const MATERIALS = "materials";

export const ref = (id: string) => ({ Ref: id });
export const attribute = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });

/** A policy document that allows one thing. */
export function allowing(action: string): JsonObject {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] };
}

/** A trust policy for a service. */
export function trusting(service: string): JsonObject {
  const Statement = [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }];
  return { Version: "2012-10-17", Statement };
}

export const tags = (...names: readonly string[]) => names.map((Key) => ({ Key, Value: `${Key}-value` }));
