/** What time does to deployments. */
import type { DeadlineHandler } from "../../service.ts";
import { begin } from "./run/begin.ts";
import { hook, hookTimeout } from "./run/hook.ts";
import { shift } from "./run/shift.ts";

export const deadlines: Readonly<Record<string, DeadlineHandler>> = {
  begin,
  hook,
  "hook-timeout": hookTimeout,
  shift,
};
