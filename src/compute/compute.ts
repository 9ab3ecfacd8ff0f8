/** Compute put together: this machine's offer, the runtimes, the layers and the pool of environments. */
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { UsageError } from "../kernel/errors.ts";
import { locateBootstraps } from "./bootstrap-location.ts";
import { probeOffer } from "./confinement.ts";
import type { Offer } from "./confinement.ts";
import type { Compute, ComputeOptions, FunctionSpec, Invocation, InvocationResult, ReplyStream } from "./contract.ts";
import { Environment } from "./environment.ts";
import { createLayers } from "./layers.ts";
import { createPool } from "./pool.ts";
import type { EnvironmentEvents } from "./pool.ts";
import { realTimers } from "./process-timers.ts";
import { killMarked } from "./runtime-process.ts";
import { createRuntimes } from "./runtimes.ts";

interface Needs {
  readonly offer: Offer;
  readonly layersDirectory: string;
  readonly extensionNotice: string | undefined;
}

/** Opens compute over a directory that it empties first: nothing of an environment outlives the process that ran it. */
export function createCompute(options: ComputeOptions): Compute {
  const { now, randomHex, timers = realTimers, warn = () => {}, isolate = true, aheadMs = () => undefined } = options;
  const {
    idleMs = 5 * 60_000,
    maxEnvironments = 100,
    maxStarting = availableParallelism() * 2,
    queueMs = 60_000,
  } = options;
  const directory = path.resolve(options.directory);
  const environments = path.join(directory, "environments");
  const searchPath = process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  const runtimes = createRuntimes(searchPath);
  const layers = createLayers(path.join(directory, "layers"));
  const pool = createPool({ now, timers, idleMs, maxEnvironments, maxStarting, queueMs });
  const warned = new Set<string>();
  const needs = new Map<string, Needs>();
  let prepared: Promise<Offer> | undefined;

  function warnOnce(sentence: string): void {
    if (warned.has(sentence)) return;
    warned.add(sentence);
    warn(sentence);
  }

  /** The first use ends what a killed predecessor left, empties the directory and finds out what this machine offers. */
  async function prepare(): Promise<Offer> {
    const left = await readdir(environments).catch(() => []);
    // Only names that were made here: a shorter one could be found in anybody's variables.
    killMarked(left.filter((name) => /^[0-9a-f]{32}$/.test(name)).map((name) => `]${name}\0`));
    await rm(directory, { recursive: true, force: true });
    const { offer, missing } = await probeOffer(directory, isolate);
    for (const sentence of missing) warnOnce(sentence);
    return offer;
  }

  /** What a spec's environments need, found out once for each spec. */
  async function findOut(spec: FunctionSpec): Promise<Needs> {
    const checked = await runtimes.check(spec.runtime);
    if (!checked.ok) throw new UsageError(checked.problem);
    if (checked.warning !== undefined) warnOnce(checked.warning);
    if (isForeignExecutable(spec)) {
      warnOnce(
        `The function ${spec.functionName} is for ${spec.architecture}; its executable may not start on this machine (${process.arch}).`,
      );
    }
    prepared ??= prepare();
    const offer = await prepared;
    const layersDirectory = await layers.merge(spec.layerDirectories);
    const found = { offer, layersDirectory, extensionNotice: await noticeOf(layersDirectory) };
    needs.set(spec.id, found);
    return found;
  }

  async function takeOrStart(spec: FunctionSpec, invocation: Invocation): Promise<Environment> {
    const found = needs.get(spec.id) ?? (await findOut(spec));
    return await pool.take(spec, invocation, (events) => makeEnvironment(spec, invocation, events, found));
  }

  function makeEnvironment(
    spec: FunctionSpec,
    invocation: Invocation,
    events: EnvironmentEvents,
    found: Needs,
  ): Environment {
    const name = randomHex(32);
    const bootstraps = locateBootstraps();
    return new Environment({
      ...events,
      ...found,
      spec,
      invocation,
      now,
      aheadMs,
      randomHex,
      timers,
      searchPath,
      logStream: `${new Date(now()).toISOString().slice(0, 10).replaceAll("-", "/")}/[${spec.functionVersion}]${name}`,
      directory: path.join(environments, name),
      command: (optDirectory) => runtimes.command(spec, optDirectory),
      // The bootstraps' package holds the SDK that functions fall back on.
      needed: [path.dirname(process.execPath), bootstraps, ...packageDirectories(bootstraps)],
      runtimeDirectory: path.resolve(bootstraps),
    });
  }

  return {
    async invoke(spec, invocation, log) {
      const environment = pool.takeIdle(spec, invocation) ?? (await takeOrStart(spec, invocation));
      return await environment.invoke(invocation, log, undefined);
    },
    async invokeStreaming(spec, invocation, log, reply) {
      const environment = pool.takeIdle(spec, invocation) ?? (await takeOrStart(spec, invocation));
      return await streamed(await environment.invoke(invocation, log, watched(reply)), reply);
    },
    async retire(id) {
      needs.delete(id);
      await pool.retire(id);
    },
    idleCount: (id) => pool.count("idle", id) + pool.count("finishing", id),
    activeCount: (id) => pool.count("busy", id) + pool.count("starting", id),
    checkRuntime: (runtime) => runtimes.check(runtime),
    async close() {
      await pool.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Node and Python run their functions on any machine, unless these hold native code; an executable is for one only. */
function isForeignExecutable({ runtime, architecture }: FunctionSpec): boolean {
  return /^(provided|go)/.test(runtime) && (architecture === "arm64") !== (process.arch === "arm64");
}

/** Every `node_modules` that the bootstraps' imports may reach. */
function packageDirectories(from: string): string[] {
  const found: string[] = [];
  for (let at = path.resolve(from); path.dirname(at) !== at; at = path.dirname(at))
    found.push(path.join(at, "node_modules"));
  return found.filter((place) => existsSync(place));
}

/** AWS starts what lies in /opt/extensions; Seatrial does not, and says so in the function's log. */
async function noticeOf(layersDirectory: string): Promise<string | undefined> {
  const names = await readdir(path.join(layersDirectory, "extensions")).catch(() => []);
  if (names.length === 0) return undefined;
  return `Seatrial does not run external Lambda extensions: ${names.join(", ")} (of /opt/extensions) not started.`;
}

/** A function that does not stream gives its whole reply at once. */
async function streamed(result: InvocationResult, reply: ReplyStream): Promise<InvocationResult> {
  if (result.functionError !== undefined || result.payload.length === 0) return result;
  reply.start("application/json");
  await reply.write(result.payload);
  return { ...result, payload: new Uint8Array() };
}

/** Nothing of the sink's own trouble (a caller that hung up) may cost the environment anything: the rest is thrown away. */
function watched(reply: ReplyStream): ReplyStream {
  let broken = false;
  return {
    start: (contentType) => reply.start(contentType),
    async write(chunk) {
      if (broken) return;
      try {
        await reply.write(chunk);
      } catch {
        broken = true;
      }
    },
  };
}
