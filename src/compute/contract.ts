/** What the rest of the house may ask of compute: run a function's code in an execution environment, and say how it went. */

/** Everything that makes one execution environment like another. Directories are unpacked already and are not written to. */
export interface FunctionSpec {
  /** Unique per function version and configuration revision: environments are reused for the same id only. */
  readonly id: string;
  readonly functionName: string;
  /** `$LATEST` or a version number. */
  readonly functionVersion: string;
  /** Unqualified. */
  readonly functionArn: string;
  /** AWS's identifier: `nodejs22.x`, `python3.13`, `provided.al2023`. */
  readonly runtime: string;
  readonly handler: string;
  readonly architecture: "x86_64" | "arm64";
  readonly codeDirectory: string;
  /** In the order of the function's `Layers`: a later one covers an earlier one. */
  readonly layerDirectories: readonly string[];
  /** The function's own `Environment.Variables`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutMs: number;
  readonly ephemeralStorageMegabytes: number;
  readonly region: string;
  readonly logGroup: string;
  readonly tracing?: "Active" | "PassThrough";
  readonly logFormat?: "Text" | "JSON";
  /** LoggingConfig's ApplicationLogLevel; only with the JSON format, as on AWS. */
  readonly applicationLogLevel?: LogLevel;
  /** LoggingConfig's SystemLogLevel; only with the JSON format, as on AWS. */
  readonly systemLogLevel?: "DEBUG" | "INFO" | "WARN";
}

export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** The execution role's session. An environment keeps the one it was started with until it is nearly over. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** On the clock that `ComputeOptions.now` reads; absent: for ever. */
  readonly expiresAtMs?: number;
}

export interface Invocation {
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** With the qualifier that the caller used. */
  readonly invokedFunctionArn: string;
  /** JSON text, decoded from the `X-Amz-Client-Context` header's base64. */
  readonly clientContext?: string;
  /** JSON text. */
  readonly cognitoIdentity?: string;
  /** The X-Ray header: `Root=…;Parent=…;Sampled=1`. */
  readonly traceHeader?: string;
  readonly credentials: RoleCredentials;
  /** Where the function's SDK finds the cloud: becomes `AWS_ENDPOINT_URL`. */
  readonly endpointUrl: string;
}

export interface InvocationResult {
  /** The reply, or AWS's error document when `functionError` is there. Empty when it went to a `ReplyStream`. */
  readonly payload: Uint8Array;
  /** Runtimes of today only ever make it `Unhandled`. */
  readonly functionError?: "Handled" | "Unhandled";
  /** The document's `errorType`: `Runtime.ExitError`, `Sandbox.Timedout`, or the function's own class. */
  readonly errorType?: string;
  /** The last 4,096 bytes of this invocation's log, for `LogType: Tail`. */
  readonly logTail: Uint8Array;
  readonly durationMs: number;
  readonly billedMs: number;
  /** Only where this invocation started the environment. */
  readonly initMs?: number;
  /** The most that the environment ever used, as on AWS. */
  readonly maxMemoryMegabytes: number;
  readonly timedOut: boolean;
  readonly coldStart: boolean;
  readonly logStream: string;
}

export interface LogLine {
  readonly timestampMs: number;
  readonly message: string;
}

/** Takes a batch of lines of one stream, in order. Called again after the invocation for what the function still writes. */
export type LogSink = (logStream: string, lines: readonly LogLine[]) => void;

/** Receives a reply as the function writes it. `write` may answer a promise, and then the function waits for it. */
export interface ReplyStream {
  /** Once, before the first byte. `application/vnd.awslambda.http-integration-response` announces a JSON prelude and 8 NULs. */
  start(contentType: string): void;
  write(chunk: Uint8Array): void | Promise<void>;
}

/** Whether functions of a runtime can run on this machine: the `problem` and the `warning` are sentences for the user. */
export type RuntimeCheck =
  | { readonly ok: true; readonly warning?: string }
  | { readonly ok: false; readonly problem: string };

export interface Compute {
  /**
   * Runs one invocation in a warm environment, or in a new one. Whatever the function does wrong is in the result.
   * Raises UsageError where the runtime cannot run here, and AwsError TooManyRequestsException where no environment came
   * free in `ComputeOptions.queueMs`.
   */
  invoke(spec: FunctionSpec, invocation: Invocation, log: LogSink): Promise<InvocationResult>;
  /**
   * The same, with the reply handed on as it is written (function URLs, InvokeWithResponseStream). A function that does not
   * stream gives its reply in one piece. After the first byte an error can only be in the result.
   */
  invokeStreaming(
    spec: FunctionSpec,
    invocation: Invocation,
    log: LogSink,
    reply: ReplyStream,
  ): Promise<InvocationResult>;
  /** The function changed or is gone: idle environments end at once, busy ones after their invocation. */
  retire(id: string): Promise<void>;
  /** Environments that wait for an invocation; of one spec id, or of all. */
  idleCount(id?: string): number;
  /** Environments that start or run; of one spec id, or of all. */
  activeCount(id?: string): number;
  checkRuntime(runtime: string): Promise<RuntimeCheck>;
  /** Ends every environment with its processes. Invocations under way end as after a kill. */
  close(): Promise<void>;
}

export interface ComputeOptions {
  /** Where environments keep their files; compute's alone. */
  readonly directory: string;
  /** The cloud's clock, for log lines and stream names (never for limits). */
  readonly now: () => number;
  /**
   * Milliseconds by which that clock is ahead of this machine's; functions in Node and Python then see its time as theirs
   * (docs/decisions/0005-function-time.md). Undefined, and by default: they see the machine's.
   */
  readonly aheadMs?: () => number | undefined;
  /** `length` random hexadecimal digits, for stream names. */
  readonly randomHex: (length: number) => string;
  /** How long an environment waits for its next invocation. Default 5 minutes. */
  readonly idleMs?: number;
  /** Of all functions together. Default 100. */
  readonly maxEnvironments?: number;
  /** How many may start at the same time. Default: two for each processor. */
  readonly maxStarting?: number;
  /** How long an invocation waits for a place when all are taken. Default 60 s. */
  readonly queueMs?: number;
  /** Called once for each thing that is less than on AWS on this machine, with a sentence. Default: nobody hears it. */
  readonly warn?: (sentence: string) => void;
  readonly timers?: ProcessTimers;
  /** False: functions share this machine's `/tmp` and `/opt` even where they could have their own. Default true. */
  readonly isolate?: boolean;
}

/** The real time, which limits processes: injected so that tests can shorten it. */
export interface ProcessTimers {
  /** Unix milliseconds of this machine's clock: what the function's own `Date.now()` is compared with. */
  wallMs(): number;
  /** Milliseconds that never go backwards. */
  monotonicMs(): number;
  /** Calls once, after `ms`; does not keep this process alive. Answers a function that cancels. */
  after(ms: number, call: () => void): () => void;
  /** Calls again and again; does not keep this process alive. Answers a function that cancels. */
  every(ms: number, call: () => void): () => void;
}
