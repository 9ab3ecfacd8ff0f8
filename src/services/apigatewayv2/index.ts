/** Amazon API Gateway v2: HTTP APIs, how they are made and deployed, and what serves their requests. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { operations } from "./operations.ts";
import { resources } from "./resources.ts";
import type { Sdk } from "./sdk.ts";
import { createServing } from "./serve/door.ts";

/** The service of one cloud. */
export function apigatewayv2() {
  const serving = createServing();
  return defineService<Sdk>()({
    name: "apigatewayv2",
    operations: operations(serving),
    access,
    judged: true,
    deadlines: { records: async (context) => serving.records.flush(context) },
    resources,
    doors: [serving.door],
  });
}
