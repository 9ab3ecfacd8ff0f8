/** CloudFormation: stacks made, changed and taken away as their templates say, by resource types that only call the other services. */
import { defineService, type ResourceType, type UpdatePolicy } from "../../service.ts";
import type { SchemaCatalogue } from "../../template/schema/resource-schema.ts";
import { access } from "./access.ts";
import { createDeadlines } from "./deadlines.ts";
import { hears } from "./hears.ts";
import { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import { callbackDoor } from "./types/callback.ts";
import { customResource } from "./types/custom-resource.ts";
import { ownTypes } from "./types/own-types.ts";
import { createRegistry } from "./types/registry.ts";

/** The service, with the resource types that the other services bring. */
export function cloudformation({
  resourceTypes,
  updatePolicies,
  schemas,
}: {
  readonly resourceTypes: ReadonlyMap<string, ResourceType>;
  readonly updatePolicies: ReadonlyMap<string, UpdatePolicy>;
  readonly schemas: SchemaCatalogue;
}) {
  const types = createRegistry(ownTypes, customResource, resourceTypes, schemas);
  return defineService<Sdk>()({
    name: "cloudformation",
    operations: operations(types),
    access,
    deadlines: createDeadlines(types, updatePolicies),
    hears,
    doors: [callbackDoor],
  });
}
