/** Amazon API Gateway v2: HTTP APIs, how they are made and deployed, and what serves their requests. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";

/** The service of one cloud. */
export function apigatewayv2() {
  return defineService<Sdk>()({
    name: "apigatewayv2",
    operations,
    access,
    judged: true,
  });
}
