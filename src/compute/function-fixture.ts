/** For compute's tests: functions written on the spot, and one compute that runs them. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCompute } from "./compute.ts";
import type { Compute, ComputeOptions, FunctionSpec, Invocation, InvocationResult, ReplyStream } from "./contract.ts";

export interface Trial {
  readonly compute: Compute;
  readonly directory: string;
  /** The messages of every log line so far, in order. */
  readonly messages: string[];
  readonly warnings: string[];
  /** A function of these files. */
  define(files: Readonly<Record<string, string>>, changes?: Partial<FunctionSpec>): Promise<FunctionSpec>;
  invoke(spec: FunctionSpec, event?: unknown, changes?: Partial<Invocation>): Promise<TrialResult>;
  stream(spec: FunctionSpec, reply: ReplyStream, event?: unknown): Promise<InvocationResult>;
  close(): Promise<void>;
}

export interface TrialResult extends InvocationResult {
  readonly json: unknown;
  readonly requestId: string;
  readonly tail: string;
}

/** Opens a compute in a directory of its own. */
export async function openTrial(options: Partial<ComputeOptions> = {}): Promise<Trial> {
  const directory = await mkdtemp(path.join(tmpdir(), "seatrial-compute-"));
  const messages: string[] = [];
  const warnings: string[] = [];
  const compute = createCompute({
    directory: path.join(directory, "compute"),
    now: () => Date.UTC(2026, 10, 21),
    randomHex: (length) => randomBytes(length).toString("hex").slice(0, length),
    warn: (sentence) => warnings.push(sentence),
    ...options,
  });
  const log = (_stream: string, lines: readonly { message: string }[]): void => {
    for (const line of lines) messages.push(line.message);
  };

  function invocation(event: unknown, changes: Partial<Invocation>): Invocation {
    return {
      requestId: randomUUID(),
      payload: Buffer.from(JSON.stringify(event)),
      invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:trial:live",
      credentials: { accessKeyId: "ASIATRIAL", secretAccessKey: "secret", sessionToken: "token" },
      endpointUrl: "http://127.0.0.1:4566",
      ...changes,
    };
  }

  return {
    compute,
    directory,
    messages,
    warnings,
    async define(files, changes = {}) {
      const id = randomUUID();
      const codeDirectory = path.join(directory, "code", id);
      for (const [name, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(codeDirectory, name)), { recursive: true });
        await writeFile(path.join(codeDirectory, name), text, { mode: 0o755 });
      }
      return {
        id,
        functionName: "trial",
        functionVersion: "$LATEST",
        functionArn: "arn:aws:lambda:eu-west-1:000000000000:function:trial",
        runtime: "nodejs20.x",
        handler: "index.handler",
        architecture: "x86_64",
        codeDirectory,
        layerDirectories: [],
        environment: {},
        memoryMegabytes: 256,
        timeoutMs: 10_000,
        ephemeralStorageMegabytes: 512,
        region: "eu-west-1",
        logGroup: "/aws/lambda/trial",
        ...changes,
      };
    },
    async invoke(spec, event = {}, changes = {}) {
      const given = invocation(event, changes);
      const result = await compute.invoke(spec, given, log);
      const json: unknown = JSON.parse(Buffer.from(result.payload).toString());
      return { ...result, json, requestId: given.requestId, tail: Buffer.from(result.logTail).toString() };
    },
    stream: (spec, reply, event = {}) => compute.invokeStreaming(spec, invocation(event, {}), log, reply),
    async close() {
      await compute.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
