/** Amazon CloudWatch: metrics, published and read; alarms on them; dashboards. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { action } from "./alarms/actions.ts";
import { evaluate } from "./alarms/evaluate.ts";
import { suppression } from "./alarms/suppression.ts";
import { deadlines } from "./deadlines.ts";
import * as operations from "./operations.ts";
import { resources } from "./resources.ts";
import type { Sdk } from "./sdk.ts";

export const cloudwatch = defineService<Sdk>()({
  name: "cloudwatch",
  operations,
  access,
  judged: true,
  deadlines: { ...deadlines, evaluate, action, suppression },
  resources,
});
