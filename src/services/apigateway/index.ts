/** Amazon API Gateway, REST APIs: what they are, and the way in to what is deployed of them. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { createOperations } from "./operations.ts";
import { resources } from "./resources.ts";
import type { Sdk } from "./sdk.ts";
import { createAuthorizers } from "./serving/keeping.ts";
import { door } from "./serving/door.ts";
import { createMetrics } from "./serving/metrics.ts";
import { createRoles } from "./serving/roles.ts";
import { createServedDeployments } from "./serving/served.ts";
import { createServing } from "./serving/serving.ts";
import { createThrottles } from "./serving/throttles.ts";

/** The service of one cloud. */
export function apigateway() {
  const keeping = {
    deployments: createServedDeployments(),
    roles: createRoles(),
    authorizers: createAuthorizers(),
    throttles: createThrottles(),
    metrics: createMetrics(),
  };
  return defineService<Sdk>()({
    name: "apigateway",
    operations: createOperations(keeping),
    access,
    judged: true,
    deadlines: { metrics: async (context) => keeping.metrics.flush(context) },
    resources,
    doors: [door(createServing(keeping))],
  });
}
