/** AWS Lambda: functions, their versions, aliases and layers, who may invoke them, and what happens when somebody does. */
import type { Compute } from "../../compute/contract.ts";
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { codeDoor } from "./code-link.ts";
import { deadlines } from "./deadlines.ts";
import { createEngine } from "./engine.ts";
import { operations } from "./operations.ts";
import { resourcePolicy } from "./permission.ts";
import { resources } from "./resources.ts";
import type { Sdk } from "./sdk.ts";
import { urlDoor } from "./url-door.ts";

/** The service of one cloud. `compute` runs the code; it is closed with the service. */
export function lambda({ compute }: { readonly compute: Compute }) {
  const engine = createEngine(compute);
  return defineService<Sdk>()({
    name: "lambda",
    operations: operations(engine),
    access,
    judged: true,
    resourcePolicy,
    deadlines: deadlines(engine),
    resources,
    doors: [codeDoor, urlDoor(engine)],
    start: (context) => engine.codes.sweep(context),
    close: () => engine.close(),
  });
}
