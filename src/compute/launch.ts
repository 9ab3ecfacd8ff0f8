/** What an environment's process is started with: the command line, the variables, the directories. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { canCoverOpt, confine, taskRoot } from "./confinement.ts";
import type { Offer } from "./confinement.ts";
import type { FunctionSpec, Invocation } from "./contract.ts";
import type { ProcessPlan } from "./runtime-process.ts";
import type { RuntimeCommand } from "./runtimes.ts";
import { variablesOf } from "./variables.ts";

/** Where an environment stands on this machine. */
export interface Site {
  readonly spec: FunctionSpec;
  readonly logStream: string;
  /** The environment's own; removed at its end. */
  readonly directory: string;
  /** The merged layers, on disk. */
  readonly layersDirectory: string;
  /** Directories that the command needs, wherever they lie. */
  readonly needed: readonly string[];
  readonly runtimeDirectory: string;
  readonly offer: Offer;
  /** The one that it is started for: the role's session and the endpoint stay these. */
  readonly invocation: Invocation;
  readonly searchPath: string;
}

/** Where the process will see its layers. */
export function optDirectoryOf({ offer, needed, layersDirectory }: Site): string {
  return canCoverOpt(offer, needed) ? "/opt" : layersDirectory;
}

/** Makes the environment's directory, and says how to start the runtime on the Runtime API's port. */
export function planProcess(
  site: Site,
  command: RuntimeCommand,
  port: number,
  aheadMs: number | undefined,
): Omit<ProcessPlan, "readers"> {
  const { spec, offer, invocation, layersDirectory, needed, logStream, runtimeDirectory, searchPath } = site;
  const temporaryDirectory = path.join(site.directory, "tmp");
  mkdirSync(temporaryDirectory, { recursive: true });
  const line = confine(offer, {
    command: command.command,
    arguments: command.arguments,
    codeDirectory: spec.codeDirectory,
    optDirectory: layersDirectory,
    temporaryDirectory,
    temporaryMegabytes: spec.ephemeralStorageMegabytes,
    memoryMegabytes: spec.memoryMegabytes,
    needed,
  });
  const variables = variablesOf({
    spec,
    command,
    logStream,
    runtimeDirectory,
    searchPath,
    optDirectory: optDirectoryOf(site),
    runtimeApi: `127.0.0.1:${port}`,
    credentials: invocation.credentials,
    endpointUrl: invocation.endpointUrl,
    taskRoot: taskRoot(offer, spec.codeDirectory),
    ...(offer.unshare === undefined ? { temporaryDirectory } : {}),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  });
  return { ...line, variables, directory: spec.codeDirectory, framed: command.framed };
}
