/** AWS Systems Manager: Parameter Store. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { deadlines } from "./deadlines.ts";
import { operations } from "./operations.ts";
import { resources } from "./resources.ts";
import type { Sdk } from "./sdk.ts";
import { resourcePolicy } from "./sharing.ts";

export const ssm = defineService<Sdk>()({
  name: "ssm",
  operations,
  access,
  judged: true,
  resourcePolicy,
  deadlines,
  resources,
});
