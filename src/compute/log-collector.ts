/**
 * An execution environment's log: what its processes print becomes events, in bounded memory, and the last of it the
 * invocation's tail.
 */
import type { LogLevel, LogLine, LogSink, ProcessTimers } from "./contract.ts";

/** CloudWatch Logs' page "quotas": an event is at most 256 KiB with 26 bytes for its overhead; longer ones come in pieces. */
export const MAX_EVENT_BYTES = 262_144 - 26;
/** AWS's Invoke with `LogType: Tail`. */
const TAIL_BYTES = 4096;
/** Lines wait for company at most so long, and at most so many bytes. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 64 * 1024;
const FRAME_TYPE = 0xa55a0003;
const FRAME_HEAD_BYTES = 16;
const LEVELS: readonly string[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

export interface LogCollectorOptions {
  readonly logStream: string;
  readonly now: () => number;
  readonly timers: ProcessTimers;
  readonly json: boolean;
  /** With JSON: application lines below it that say their level are left out (AWS's page "Log-level filtering"). */
  readonly least: LogLevel;
}

export interface LogCollector {
  /** A new invocation: its lines go to `sink`, and its tail begins. */
  begin(sink: LogSink): void;
  /** A line of the platform's own. */
  write(message: string): void;
  /** Readers for one process: its output, its errors and its frames. `end` gives up the last line without a line break. */
  readers(): LogReaders;
  /** Hands on what waits. */
  flush(): void;
  /** The last 4,096 bytes since `begin`. */
  tail(): Buffer;
}

export interface LogReaders {
  output(chunk: Buffer): void;
  errors(chunk: Buffer): void;
  frames(chunk: Buffer): void;
  end(): void;
}

export function createLogCollector(options: LogCollectorOptions): LogCollector {
  const { logStream, now, timers, json } = options;
  let sink: LogSink | undefined;
  let waiting: LogLine[] = [];
  let waitingBytes = 0;
  let cancelFlush: (() => void) | undefined;
  let recent: string[] = [];
  let recentLength = 0;

  function flush(): void {
    cancelFlush?.();
    cancelFlush = undefined;
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    waitingBytes = 0;
    sink?.(logStream, lines);
  }

  function write(message: string): void {
    waiting.push({ timestampMs: now(), message });
    waitingBytes += message.length;
    recent.push(message);
    recentLength += message.length;
    while (recentLength - (recent[0]?.length ?? 0) > TAIL_BYTES) recentLength -= recent.shift()?.length ?? 0;
    if (waitingBytes >= FLUSH_BYTES) flush();
    else cancelFlush ??= timers.after(FLUSH_MS, flush);
  }

  const least = LEVELS.indexOf(options.least);
  function line(text: string): void {
    if (json && text.startsWith("{") && LEVELS.indexOf(levelOf(text)) < least) return;
    write(json ? text : `${text}\n`);
  }

  return {
    begin(given) {
      if (sink !== given) flush();
      sink = given;
      recent = [];
      recentLength = 0;
    },
    write,
    readers() {
      const output = createLineReader(line);
      const errors = createLineReader(line);
      const frames = createFrameReader(write);
      return {
        output: output.push,
        errors: errors.push,
        frames,
        end() {
          output.end();
          errors.end();
        },
      };
    },
    flush,
    tail() {
      const text = recent.map((message) => (message.endsWith("\n") ? message : `${message}\n`)).join("");
      return Buffer.from(text).subarray(-TAIL_BYTES);
    },
  };
}

/** INFO where a line does not say, as on AWS. */
function levelOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "level" in parsed && typeof parsed.level === "string") {
      const level = parsed.level.toUpperCase();
      if (LEVELS.includes(level)) return level;
    }
  } catch {
    // Not JSON after all: a line like any other.
  }
  return "INFO";
}

/** Cuts bytes into lines; a line that is too long is given in pieces, cut between characters. */
function createLineReader(emit: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  let partial: Buffer = Buffer.alloc(0);

  function push(chunk: Buffer): void {
    let rest: Buffer = partial.length === 0 ? chunk : Buffer.concat([partial, chunk]);
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      const whole = rest.subarray(0, at > 0 && rest[at - 1] === 13 ? at - 1 : at);
      emitPieces(whole, emit);
      rest = rest.subarray(at + 1);
    }
    while (rest.length >= MAX_EVENT_BYTES) {
      const cut = characterBoundary(rest, MAX_EVENT_BYTES);
      emit(rest.toString("utf8", 0, cut));
      rest = rest.subarray(cut);
    }
    partial = rest;
  }

  return {
    push,
    end() {
      if (partial.length > 0) emit(partial.toString());
      partial = Buffer.alloc(0);
    },
  };
}

function emitPieces(bytes: Buffer, emit: (line: string) => void): void {
  let rest = bytes;
  while (rest.length > MAX_EVENT_BYTES) {
    const cut = characterBoundary(rest, MAX_EVENT_BYTES);
    emit(rest.toString("utf8", 0, cut));
    rest = rest.subarray(cut);
  }
  emit(rest.toString());
}

/** The last place at or before `at` where no UTF-8 character is cut in two. */
function characterBoundary(bytes: Buffer, at: number): number {
  for (let cut = at; cut > at - 4 && cut > 0; cut--) if (((bytes[cut] ?? 0) & 0xc0) !== 0x80) return cut;
  return at;
}

/** Reads the frames that AWS's runtimes send: type, length, time, bytes; each is one event whatever line breaks it has. */
function createFrameReader(emit: (message: string) => void): (chunk: Buffer) => void {
  let partial: Buffer = Buffer.alloc(0);
  /** Bytes that the open frame still lacks; 0 between frames. */
  let missing = 0;
  return (chunk) => {
    let rest: Buffer = partial.length === 0 ? chunk : Buffer.concat([partial, chunk]);
    for (;;) {
      if (missing === 0) {
        if (rest.length < FRAME_HEAD_BYTES) break;
        if (rest.readUInt32BE(0) !== FRAME_TYPE) {
          // Something else wrote to the descriptor: shown as it is rather than lost.
          emitPieces(rest, emit);
          rest = Buffer.alloc(0);
          break;
        }
        missing = rest.readUInt32BE(4);
        rest = rest.subarray(FRAME_HEAD_BYTES);
        if (missing === 0) continue;
      }
      if (rest.length < missing && rest.length < MAX_EVENT_BYTES) break;
      const limit = Math.min(missing, MAX_EVENT_BYTES);
      const cut = limit === missing ? limit : characterBoundary(rest, limit);
      emit(rest.toString("utf8", 0, cut));
      missing -= cut;
      rest = rest.subarray(cut);
    }
    partial = rest;
  };
}
