/** AWS CodeDeploy for Lambda: traffic is shifted from one version to another, watched by alarms and hooks, and taken back when something is wrong. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { deadlines } from "./deadlines.ts";
import { operations } from "./operations.ts";
import { resources } from "./resources.ts";
import { alarmChanged } from "./run/alarms.ts";
import type { Sdk } from "./sdk.ts";
import { updatePolicies } from "./update-policies.ts";

export const codedeploy = defineService<Sdk>()({
  name: "codedeploy",
  operations,
  access,
  judged: true,
  deadlines,
  hears: { "CloudWatch Alarm State Change": alarmChanged },
  resources,
  updatePolicies,
});
