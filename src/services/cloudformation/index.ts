/** CloudFormation: stacks made, changed and taken away as their templates say, by resource types that only call the other services. */
import { defineService, type ResourceType } from "../../service.ts";
import type { SchemaCatalogue } from "../../template/schema/resource-schema.ts";
import { access } from "./access.ts";
import { createDeadlines } from "./deadlines.ts";
import { operations } from "./operations.ts";
import { hearAlarm } from "./rollback-triggers.ts";
import type { Sdk } from "./sdk.ts";
import { callbackDoor } from "./types/callback.ts";
import { customResource } from "./types/custom-resource.ts";
import { ownTypes } from "./types/own-types.ts";
import { createRegistry } from "./types/registry.ts";

/** The service, with the resource types that the other services bring. */
export function cloudformation({
  resourceTypes,
  schemas,
}: {
  readonly resourceTypes: ReadonlyMap<string, ResourceType>;
  readonly schemas: SchemaCatalogue;
}) {
  const types = createRegistry(ownTypes, customResource, resourceTypes, schemas);
  return defineService<Sdk>()({
    name: "cloudformation",
    operations: operations(types),
    access,
    deadlines: createDeadlines(types),
    hears: { "CloudWatch Alarm State Change": hearAlarm },
    doors: [callbackDoor],
  });
}
