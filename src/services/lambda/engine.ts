/** Runs invocations: what every way in (Invoke, function URLs, asynchronous events) shares from the choice of a version to the log. */
import type { Compute, FunctionSpec, Invocation, InvocationResult, ReplyStream } from "../../compute/contract.ts";
import { AwsError, isAwsError, UsageError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { createCodeStore, type CodeStore } from "./code-store.ts";
import { createSlots, type Slot } from "./concurrency.ts";
import { resolve, versionRow, type Found } from "./functions.ts";
import { createLogWriter, type InvocationLog } from "./invocation-log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { functionArn, versionText } from "./names.ts";
import { createExecutionRoles, type ExecutionRoles } from "./role.ts";
import type { VersionRow } from "./state.ts";

export interface InvocationRequest {
  readonly requestId: string;
  readonly payload: Uint8Array;
  readonly clientContext?: string | undefined;
  readonly traceHeader?: string | undefined;
}

export interface Ran {
  readonly result: InvocationResult;
  /** `$LATEST` or a number. */
  readonly executedVersion: string;
  /** Settles when its log lines and its metrics are written, which nobody who waits for the reply has to wait for. */
  readonly written: Promise<void>;
}

export interface Engine {
  readonly compute: Compute;
  readonly codes: CodeStore;
  readonly sessions: ExecutionRoles;
  readonly metrics: Metrics;
  /** The version that an invocation would run: an alias with two is asked anew each time. Raises ResourceNotFoundException. */
  choose(found: Found): VersionRow;
  /**
   * Runs `version`. What the function does wrong is in the result. Raises TooManyRequestsException, AccessDeniedException,
   * InvalidRuntimeException.
   */
  run(found: Found, version: VersionRow, request: InvocationRequest, reply?: ReplyStream): Promise<Ran>;
  /** The tracing header of a request that brought none. */
  newTrace(context: ServiceContext): string;
  /** After a change: environments of this id are not used again. */
  retire(environmentId: string): void;
  close(): Promise<void>;
}

export function createEngine(compute: Compute): Engine {
  const codes = createCodeStore();
  const sessions = createExecutionRoles();
  const slots = createSlots();
  const logs = createLogWriter();
  const metrics = createMetrics();
  /** By environment id, which changes with everything that is in a spec. */
  const specs = new Map<string, FunctionSpec>();
  const writing = new Set<Promise<void>>();

  async function specOf(context: ServiceContext, row: VersionRow): Promise<FunctionSpec> {
    const known = specs.get(row.environmentId);
    if (known !== undefined) return known;
    const { applicationLogLevel, systemLogLevel } = row;
    const spec: FunctionSpec = {
      id: row.environmentId,
      functionName: row.functionName,
      functionVersion: versionText(row.version),
      functionArn: functionArn(context, row.functionName),
      runtime: row.runtime,
      handler: row.handler,
      architecture: row.architecture,
      codeDirectory: await codes.directory(context, row.codeHash),
      layerDirectories: await Promise.all(row.layers.map(({ codeHash }) => codes.directory(context, codeHash))),
      environment: row.environment ?? {},
      memoryMegabytes: row.memoryMegabytes,
      timeoutMs: row.timeoutSeconds * 1000,
      ephemeralStorageMegabytes: row.ephemeralStorageMegabytes,
      region: context.region,
      logGroup: row.logGroup,
      tracing: row.tracing,
      logFormat: row.logFormat,
      ...(applicationLogLevel === undefined ? {} : { applicationLogLevel }),
      ...(systemLogLevel === undefined ? {} : { systemLogLevel }),
    };
    specs.set(row.environmentId, spec);
    return spec;
  }

  function take({ context, row, name, qualifier }: Found): Slot {
    try {
      return slots.take(context, row);
    } catch (error) {
      const nothing = { throttled: true, failed: false, durationMs: 0, concurrent: 0 };
      metrics.record(context, { at: context.now, functionName: name, qualifier, ...nothing });
      throw error;
    }
  }

  async function run(found: Found, version: VersionRow, request: InvocationRequest, reply?: ReplyStream): Promise<Ran> {
    const { context, name, qualifier } = found;
    const slot = take(found);
    let log: InvocationLog;
    let result: InvocationResult;
    try {
      const session = await sessions.of(context, name, version.role);
      log = logs.open({ context, principal: session.principal, group: version.logGroup });
      const invocation: Invocation = {
        requestId: request.requestId,
        payload: request.payload,
        invokedFunctionArn: functionArn(context, name, qualifier),
        ...(request.clientContext === undefined ? {} : { clientContext: request.clientContext }),
        traceHeader: request.traceHeader ?? newTrace(context),
        credentials: session.credentials,
        endpointUrl: context.endpointUrl,
      };
      const spec = await specOf(context, version);
      result =
        reply === undefined
          ? await compute.invoke(spec, invocation, log.sink)
          : await compute.invokeStreaming(spec, invocation, log.sink, reply);
    } catch (error) {
      slot.free();
      throw asAwsError(error);
    }
    const executedVersion = versionText(version.version);
    const aliased = qualifier !== undefined && qualifier !== executedVersion;
    // Before the reply, because it is one transaction with the invocation's journal entry.
    metrics.record(context, {
      at: context.now,
      functionName: name,
      qualifier,
      executedVersion: aliased ? executedVersion : undefined,
      throttled: false,
      failed: result.functionError !== undefined,
      durationMs: Math.round(result.durationMs * 100) / 100,
      concurrent: slot.concurrent,
    });
    const written = afterReply(async () => {
      await log.written();
      slot.free();
    });
    writing.add(written);
    void written.finally(() => writing.delete(written));
    return { result, executedVersion, written };
  }

  return {
    compute,
    codes,
    sessions,
    metrics,
    choose(found) {
      const { version, alias } = resolve(found);
      if (alias?.additional === undefined) return version;
      const { additional } = alias;
      const { account, region, random } = found.context;
      const chance = random.fraction(`${account}/${region}/${found.name}:${alias.name}`);
      return chance < additional.weight ? versionRow(found.context, found.name, additional.version) : version;
    },
    run,
    newTrace,
    retire(environmentId) {
      specs.delete(environmentId);
      void compute.retire(environmentId);
    },
    async close() {
      await compute.close();
      // What was under way has ended by that, and leaves its last lines.
      await afterReply(() => Promise.resolve());
      await Promise.all(writing);
      await logs.settled();
    },
  };
}

/** Does `work` when the event loop comes round again: by then the reply is on its way. */
function afterReply(work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    setImmediate(() => void work().then(resolve, reject));
  });
}

/** AWS traces every invocation, sampled or not (AWS page "Concepts": tracing header). */
function newTrace({ now, random }: ServiceContext): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, "0")}-${random.hex(24)};Parent=${random.hex(16)};Sampled=0`;
}

function asAwsError(error: unknown): unknown {
  if (isAwsError(error) || !(error instanceof UsageError)) return error;
  return new AwsError("InvalidRuntimeException", error.message, { status: 502 });
}
