/** The environment variables of a function (AWS's page "Defined runtime environment variables"). */
import path from "node:path";
import type { FunctionSpec, RoleCredentials } from "./contract.ts";
import type { RuntimeCommand } from "./runtimes.ts";

export interface Surroundings {
  readonly spec: FunctionSpec;
  readonly command: RuntimeCommand;
  readonly runtimeApi: string;
  readonly logStream: string;
  readonly credentials: RoleCredentials;
  readonly endpointUrl: string;
  /** As the process sees them. */
  readonly taskRoot: string;
  readonly optDirectory: string;
  readonly runtimeDirectory: string;
  /** Set where `/tmp` is not the environment's own. */
  readonly temporaryDirectory?: string;
  /** This machine's PATH: the one thing that a function gets of it. */
  readonly searchPath: string;
  /** How far the cloud's clock is ahead; the runtimes that are ours take it from here until the first invocation tells anew. */
  readonly aheadMs?: number;
}

/** Defaults that a function may replace, then its own variables, then what AWS reserves. */
export function variablesOf(surroundings: Surroundings): Record<string, string> {
  return { ...replaceable(surroundings), ...surroundings.spec.environment, ...reserved(surroundings) };
}

function replaceable({
  spec,
  command,
  taskRoot,
  optDirectory,
  temporaryDirectory,
  endpointUrl,
  searchPath,
  runtimeDirectory,
}: Surroundings): Record<string, string> {
  const opt = (...names: string[]): string => path.join(optDirectory, ...names);
  const major = /^nodejs(\d+)/.exec(spec.runtime)?.[1];
  const node = {
    NODE_PATH: [
      ...(major === undefined ? [] : [opt("nodejs", `node${major}`, "node_modules")]),
      opt("nodejs", "node_modules"),
      // As on AWS, a file of the function's own is found by its bare name too: inline code has cfn-response so.
      taskRoot,
    ].join(":"),
  };
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: [
      ...(command.interpreterDirectory === undefined ? [] : [command.interpreterDirectory]),
      searchPath,
      opt("bin"),
    ].join(":"),
    LD_LIBRARY_PATH: [taskRoot, path.join(taskRoot, "lib"), opt("lib")].join(":"),
    ...(spec.runtime.startsWith("nodejs") ? node : {}),
    ...(spec.runtime.startsWith("python") ? { PYTHONPATH: runtimeDirectory } : {}),
    ...(temporaryDirectory === undefined ? {} : { TMPDIR: temporaryDirectory }),
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
  };
}

function reserved({
  spec,
  command,
  runtimeApi,
  logStream,
  credentials,
  taskRoot,
  runtimeDirectory,
  aheadMs,
}: Surroundings): Record<string, string> {
  const json = spec.logFormat === "JSON";
  return {
    ...command.variables,
    _HANDLER: spec.handler,
    AWS_REGION: spec.region,
    AWS_DEFAULT_REGION: spec.region,
    ...(spec.runtime.startsWith("provided") ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: spec.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: spec.functionVersion,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: spec.logFormat ?? "Text",
    ...(json ? { AWS_LAMBDA_LOG_LEVEL: spec.applicationLogLevel ?? "INFO" } : {}),
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeDirectory,
    ...(command.framed && aheadMs !== undefined ? { SEATRIAL_CLOCK_AHEAD_MS: String(aheadMs) } : {}),
    ...(command.framed ? { _LAMBDA_TELEMETRY_LOG_FD: "3" } : {}),
  };
}
