/**
 * One Lambda execution environment: one runtime process, one invocation at a time
 * (AWS's page "Understanding the Lambda execution environment lifecycle").
 *
 *   new ──init──▶ running ──reply──▶ answered ──next──▶ idle ──invoke──▶ running
 *    │              │ timeout, exit, memory    │ no next by the deadline
 *    │ init fails   ▼                          ▼
 *    └─▶ (once more, inside the invocation)   ended
 */
import { rm } from "node:fs/promises";
import type { Invocation, InvocationResult, LogSink, ProcessTimers, ReplyStream } from "./contract.ts";
import { optDirectoryOf, planProcess } from "./launch.ts";
import type { Site } from "./launch.ts";
import { createLogCollector } from "./log-collector.ts";
import type { LogCollector } from "./log-collector.ts";
import { memoryOf } from "./memory.ts";
import { createPlatformLog } from "./platform-log.ts";
import type { Phase, PlatformLog } from "./platform-log.ts";
import { openRuntimeApi } from "./runtime-api.ts";
import type { Exchange, Reply, RuntimeApi } from "./runtime-api.ts";
import type { RuntimeCommand } from "./runtimes.ts";
import { startProcess } from "./runtime-process.ts";
import type { Exit, RuntimeProcess } from "./runtime-process.ts";
import { conclude } from "./verdict.ts";
import type { Happening, Verdict } from "./verdict.ts";

/** AWS's limit for the init phase; what takes longer is done again inside of the invocation. */
const INIT_LIMIT_MS = 10_000;
const MEMORY_WATCH_MS = 100;
/** Ours beside AWS's: how far the cloud's time is ahead of the machine's, by which the deadline is. */
const CLOCK_AHEAD = "Seatrial-Clock-Ahead-Ms";

export interface EnvironmentOptions extends Site {
  readonly command: (optDirectory: string) => Promise<RuntimeCommand>;
  readonly extensionNotice: string | undefined;
  readonly now: () => number;
  readonly aheadMs: () => number | undefined;
  readonly randomHex: (length: number) => string;
  readonly timers: ProcessTimers;
  /** The init phase is over, well or not. */
  readonly onStarted: () => void;
  /** The reply is there, and the runtime has not asked for more yet. */
  readonly onAnswered: () => void;
  /** Ready for another invocation. */
  readonly onIdle: () => void;
  /** Gone for good. Called once. */
  readonly onEnded: () => void;
}

export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #collector: LogCollector;
  readonly #platform: PlatformLog;
  #api: RuntimeApi | undefined;
  #process: RuntimeProcess | undefined;
  #notify: ((happening: Happening) => void) | undefined;
  /** A `next` has come and no invocation was given for it. */
  #ready = false;
  #busy = true;
  /** The process went away while nothing waited for it. */
  #processGone = false;
  #ended = false;
  #outOfMemory = false;
  #peakBytes = 0;
  #sampledAt = 0;
  #cancelLinger: (() => void) | undefined;

  constructor(options: EnvironmentOptions) {
    const { spec, logStream, now, timers } = options;
    this.#options = options;
    this.#collector = createLogCollector({
      logStream,
      now,
      timers,
      json: spec.logFormat === "JSON",
      least: spec.applicationLogLevel ?? "INFO",
    });
    this.#platform = createPlatformLog(
      spec,
      (message) => this.#collector.write(message),
      now,
      () => options.randomHex(16),
    );
  }

  /** The session that its processes have. */
  get expiresAtMs(): number {
    return this.#options.invocation.credentials.expiresAtMs ?? Number.POSITIVE_INFINITY;
  }

  get endpointUrl(): string {
    return this.#options.invocation.endpointUrl;
  }

  /** Runs one invocation; the pool sees to it that there is never a second at the same time. */
  async invoke(invocation: Invocation, log: LogSink, reply: ReplyStream | undefined): Promise<InvocationResult> {
    this.#cancelLinger?.();
    this.#busy = true;
    this.#collector.begin(log);
    const coldStart = this.#api === undefined;
    let init: { ms: number; well: boolean } | undefined;
    if (coldStart) {
      init = await this.#initialize("init", INIT_LIMIT_MS).then(({ ms, verdict }) => ({
        ms,
        well: verdict.kind === "ready",
      }));
      this.#options.onStarted();
    }
    const { spec, timers } = this.#options;
    this.#platform.start(invocation.requestId);
    const begun = timers.monotonicMs();
    const happening = await this.#run(invocation, reply, init?.well !== false);
    const durationMs = timers.monotonicMs() - begun;
    const verdict = conclude(happening, invocation.requestId, spec);
    if (!verdict.alive) this.#process?.kill();
    else this.#sampleMemory();
    return this.#close(invocation, verdict, {
      coldStart,
      durationMs,
      initMs: init?.well === true ? init.ms : undefined,
    });
  }

  /** Ends it; an invocation under way hears of a killed runtime. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelLinger?.();
    this.#process?.kill();
    this.#notify?.({ kind: "exit", exit: { code: null, signal: "SIGKILL" }, outOfMemory: false });
    this.#api?.close();
    this.#collector.flush();
    const gone = this.#process?.exited ?? Promise.resolve();
    void gone.then(() => rm(this.#options.directory, { recursive: true, force: true, maxRetries: 3 })).catch(() => {});
    this.#options.onEnded();
  }

  /** Settles when its process is gone. */
  async gone(): Promise<void> {
    await this.#process?.exited;
    await rm(this.#options.directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }

  /* ---- the phases ------------------------------------------------------------------------------------------------ */

  /** Starts the process and waits for its first `next`. */
  async #initialize(phase: Phase, limitMs: number): Promise<{ ms: number; verdict: Happening }> {
    const { timers } = this.#options;
    const begun = timers.monotonicMs();
    const verdict = await this.#await(
      limitMs,
      () => void this.#launch(phase).catch((error: unknown) => this.#failStart(error)),
    );
    const ms = timers.monotonicMs() - begun;
    if (verdict.kind !== "ready") {
      const { status, errorType } = conclude(verdict, "", this.#options.spec);
      await settleLog();
      this.#platform.initReport(errorType === undefined ? { status } : { status, errorType }, phase, ms);
    } else {
      this.#sampleMemory();
      this.#platform.initReport({ status: "success" }, phase, ms);
    }
    return { ms, verdict };
  }

  #failStart(error: unknown): void {
    const startError = error instanceof Error ? error : new Error(String(error));
    this.#notify?.({ kind: "exit", exit: { code: null, signal: null, startError }, outOfMemory: false });
  }

  /** The invoke phase: where init failed it is done again first, and its time counts against the function's. */
  async #run(invocation: Invocation, reply: ReplyStream | undefined, initialized: boolean): Promise<Happening> {
    const { spec, timers } = this.#options;
    const begun = timers.monotonicMs();
    if (!initialized) {
      await this.#stopProcess();
      if (this.#ended) return { kind: "exit", exit: { code: null, signal: "SIGKILL" }, outOfMemory: false };
      const again = await this.#initialize("invoke", spec.timeoutMs);
      if (again.verdict.kind !== "ready") return again.verdict;
    }
    const left = Math.max(1, spec.timeoutMs - (timers.monotonicMs() - begun));
    const happening = await this.#await(left, (notify) => {
      this.#ready = false;
      this.#api?.deliver(
        this.#exchange(invocation, left, reply, (settled) => notify({ kind: "reply", reply: settled })),
      );
    });
    // What the function wrote before its reply is readable by now.
    await settleLog();
    return happening;
  }

  /** Waits for the first thing that happens, or the time limit. */
  #await(limitMs: number, begin: (notify: (happening: Happening) => void) => void): Promise<Happening> {
    return new Promise((resolve) => {
      const notify = (happening: Happening): void => {
        cancel();
        stopWatching();
        this.#notify = undefined;
        resolve(happening);
      };
      const stopWatching = this.#options.timers.every(MEMORY_WATCH_MS, () => this.#watchMemory());
      const cancel = this.#options.timers.after(limitMs, () => notify({ kind: "timeout" }));
      this.#notify = notify;
      begin(notify);
      if (this.#ended) notify({ kind: "exit", exit: { code: null, signal: "SIGKILL" }, outOfMemory: false });
    });
  }

  #exchange(
    invocation: Invocation,
    leftMs: number,
    reply: ReplyStream | undefined,
    settle: (reply: Reply) => void,
  ): Exchange {
    const { requestId, payload, traceHeader, clientContext, cognitoIdentity } = invocation;
    const aheadMs = this.#options.aheadMs();
    return {
      requestId,
      payload,
      settle,
      ...(reply === undefined ? {} : { reply }),
      headers: {
        "Content-Type": "application/json",
        "Content-Length": payload.length,
        "Lambda-Runtime-Aws-Request-Id": requestId,
        "Lambda-Runtime-Deadline-Ms": Math.floor(this.#options.timers.wallMs() + leftMs),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.invokedFunctionArn,
        ...(aheadMs === undefined ? {} : { [CLOCK_AHEAD]: aheadMs }),
        ...(traceHeader === undefined ? {} : { "Lambda-Runtime-Trace-Id": traceHeader }),
        ...(clientContext === undefined ? {} : { "Lambda-Runtime-Client-Context": headerText(clientContext) }),
        ...(cognitoIdentity === undefined ? {} : { "Lambda-Runtime-Cognito-Identity": headerText(cognitoIdentity) }),
      },
    };
  }

  /** Writes the last lines, makes the result, and lets the environment go idle or end. */
  #close(
    invocation: Invocation,
    verdict: Verdict,
    { coldStart, durationMs, initMs }: { coldStart: boolean; durationMs: number; initMs: number | undefined },
  ): InvocationResult {
    const { spec, logStream } = this.#options;
    const maxMemoryMegabytes = Math.min(spec.memoryMegabytes, Math.ceil(this.#peakBytes / 1_048_576));
    // AWS bills the init phase too, since August 2025.
    const billedMs = Math.ceil(durationMs + (initMs ?? 0));
    if (verdict.problem !== undefined) {
      const time = new Date(this.#options.now()).toISOString();
      this.#platform.problem(
        verdict.status === "timeout"
          ? `${time} ${verdict.problem}\n`
          : `${verdict.problem}\n${verdict.errorType ?? ""}`,
      );
    }
    const optional = {
      ...(initMs === undefined ? {} : { initMs }),
      ...(verdict.errorType === undefined ? {} : { errorType: verdict.errorType }),
    };
    this.#platform.report({
      ...optional,
      requestId: invocation.requestId,
      status: verdict.status,
      durationMs,
      billedMs,
      maxMemoryMegabytes,
      ...(invocation.traceHeader === undefined ? {} : { traceHeader: invocation.traceHeader }),
    });
    this.#collector.flush();
    this.#busy = false;
    if (!verdict.alive || this.#processGone) this.end();
    else if (this.#ready) this.#options.onIdle();
    else {
      this.#linger(Math.max(1000, spec.timeoutMs - durationMs));
      this.#options.onAnswered();
    }
    return {
      ...optional,
      payload: verdict.payload,
      ...(verdict.status === "success" ? {} : { functionError: "Unhandled" }),
      logTail: this.#collector.tail(),
      durationMs,
      billedMs,
      maxMemoryMegabytes,
      timedOut: verdict.status === "timeout",
      coldStart,
      logStream,
    };
  }

  /** The reply is there; a runtime that does not ask for more in what is left of the time is stuck. */
  #linger(leftMs: number): void {
    const cancel = this.#options.timers.after(leftMs, () => this.end());
    this.#cancelLinger = () => {
      cancel();
      this.#cancelLinger = undefined;
    };
  }

  /* ---- the process ------------------------------------------------------------------------------------------------ */

  async #launch(phase: Phase): Promise<void> {
    const { extensionNotice } = this.#options;
    this.#api ??= await openRuntimeApi({
      onNext: () => this.#onNext(),
      onInitError: (error) => this.#notify?.({ kind: "initError", error }),
    });
    const command = await this.#options.command(optDirectoryOf(this.#options));
    if (this.#ended) return this.#api.close();
    this.#platform.initStart(command.version, phase);
    if (extensionNotice !== undefined && phase === "init") this.#platform.problem(extensionNotice);
    const plan = planProcess(this.#options, command, this.#api.port, this.#options.aheadMs());
    this.#outOfMemory = this.#processGone = false;
    const started = startProcess({ ...plan, readers: this.#collector.readers() });
    this.#process = started;
    void started.exited.then((exit) => this.#onExit(started, exit));
  }

  #onNext(): void {
    this.#ready = true;
    if (this.#busy) this.#notify?.({ kind: "ready" });
    else {
      this.#cancelLinger?.();
      this.#options.onIdle();
    }
  }

  #onExit(process: RuntimeProcess, exit: Exit): void {
    if (this.#process !== process) return;
    if (this.#notify !== undefined) this.#notify({ kind: "exit", exit, outOfMemory: this.#outOfMemory });
    else if (this.#busy) this.#processGone = true;
    else this.end();
  }

  async #stopProcess(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    process?.kill();
    await process?.exited;
    this.#api?.reset();
    this.#ready = false;
  }

  #sampleMemory(): void {
    const nowMs = this.#options.timers.monotonicMs();
    // Reading /proc costs as much as a quick invocation; the peak is kept by the kernel and does not run away.
    if (this.#peakBytes > 0 && nowMs - this.#sampledAt < MEMORY_WATCH_MS) return;
    this.#sampledAt = nowMs;
    const pid = this.#process?.pid;
    const use = pid === undefined ? undefined : memoryOf(pid);
    if (use !== undefined) this.#peakBytes = Math.max(this.#peakBytes, use.peakBytes);
  }

  #watchMemory(): void {
    const pid = this.#process?.pid;
    const use = pid === undefined ? undefined : memoryOf(pid);
    if (use === undefined) return;
    this.#peakBytes = Math.max(this.#peakBytes, use.peakBytes);
    if (use.bytes <= this.#options.spec.memoryMegabytes * 1_048_576) return;
    this.#outOfMemory = true;
    this.#process?.kill();
  }
}

/** One turn of the event loop: everything that was readable in this one has been read after it. */
function settleLog(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A header holds no line breaks and no letters beyond Latin-1; JSON can say those in ASCII. */
function headerText(json: string): string {
  return json
    .replaceAll(/[\r\n]+/g, " ")
    .replaceAll(
      /[\u0080-\uffff]/g,
      (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, "0"),
    );
}
