/** The room's door: running other people's code as processes. */
export { createCompute } from "./compute.ts";
export { locateBootstraps } from "./bootstrap-location.ts";
export { realTimers } from "./process-timers.ts";
export type {
  Compute,
  ComputeOptions,
  FunctionSpec,
  Invocation,
  InvocationResult,
  LogLevel,
  LogLine,
  LogSink,
  ProcessTimers,
  ReplyStream,
  RoleCredentials,
  RuntimeCheck,
} from "./contract.ts";
