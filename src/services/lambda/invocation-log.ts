/**
 * A function's lines on their way into its log group: made when the first line comes, and written as the function's role, which must be
 * allowed to. One PutLogEvents for each invocation.
 */
import type { LogLine, LogSink } from "../../compute/contract.ts";
import { isAwsError } from "../../kernel/errors.ts";
import type { Principal, ServiceContext } from "../../service.ts";

/** PutLogEvents' own bounds (its page): each event counts 26 bytes more. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_000_000;
const EVENT_BYTES = 26;
/** What Lambda cuts a line at. */
const LONGEST_LINE = 262_144 - EVENT_BYTES;

export interface LogTarget {
  readonly context: ServiceContext;
  /** Who writes: the function's role session. */
  readonly principal: Principal;
  readonly group: string;
}

/** One invocation's way into the log. */
export interface InvocationLog {
  /** Takes lines during the invocation and after it. What comes in one turn of the event loop is written together. */
  readonly sink: LogSink;
  /** Settles when all that came so far is written. Never raises: a role that may not write logs has none. */
  written(): Promise<void>;
}

export interface LogWriter {
  open(target: LogTarget): InvocationLog;
  /** Settles when everything that was given is written. */
  settled(): Promise<void>;
}

export function createLogWriter(): LogWriter {
  const turns = new Map<string, Promise<void>>();
  const made = new Set<string>();

  type Stream = LogTarget & { readonly stream: string };

  async function put({ context, principal, group, stream }: Stream, lines: readonly LogLine[]): Promise<void> {
    const place = `${context.account}/${context.region}/${group}/${stream}`;
    const as = { as: principal, account: context.account };
    const where = { logGroupName: group, logStreamName: stream };
    async function make(): Promise<void> {
      const present = (error: unknown): void => {
        if (!isAwsError(error, "ResourceAlreadyExistsException")) throw error;
      };
      await context.call("logs", "CreateLogGroup", { logGroupName: group }, as).catch(present);
      await context.call("logs", "CreateLogStream", where, as).catch(present);
      made.add(place);
    }
    if (!made.has(place)) {
      // Most streams are new in a group that is there: AWS's role policies often may not even make groups.
      await context.call("logs", "CreateLogStream", where, as).then(
        () => void made.add(place),
        (error: unknown) => {
          if (!isAwsError(error, "ResourceAlreadyExistsException")) return make();
          made.add(place);
        },
      );
    }
    for (const batch of batches(lines)) {
      const request = { ...where, logEvents: batch };
      await context.call("logs", "PutLogEvents", request, as).catch(async (error: unknown) => {
        if (!isAwsError(error, "ResourceNotFoundException")) throw error;
        // Somebody deleted the group or the stream: Lambda makes it again.
        await make();
        await context.call("logs", "PutLogEvents", request, as);
      });
    }
  }

  /** Writes `lines` after what was given before for the same stream. */
  function write(to: Stream, lines: readonly LogLine[]): Promise<void> {
    const key = `${to.context.account}/${to.context.region}/${to.group}/${to.stream}`;
    // The journal has what went wrong, as it has every call.
    const work = (): Promise<void> => put(to, lines).catch(() => {});
    const before = turns.get(key);
    const turn = before === undefined ? work() : before.then(work);
    turns.set(key, turn);
    void turn.then(() => {
      if (turns.get(key) === turn) turns.delete(key);
    });
    return turn;
  }

  return {
    open(target) {
      let waiting = new Map<string, LogLine[]>();
      let last = Promise.resolve();
      function drain(): void {
        const drained = waiting;
        waiting = new Map();
        for (const [stream, lines] of drained) last = write({ ...target, stream }, lines);
      }
      return {
        sink(stream, lines) {
          // By then the reply, if these are the last lines before it, is on its way.
          if (waiting.size === 0) setImmediate(drain);
          const before = waiting.get(stream);
          if (before === undefined) waiting.set(stream, [...lines]);
          else before.push(...lines);
        },
        written() {
          drain();
          return last;
        },
      };
    },
    async settled() {
      while (turns.size > 0) await Promise.all(turns.values());
    },
  };
}

/** Lines as events, in order of time and in portions that PutLogEvents takes. */
function* batches(lines: readonly LogLine[]): Iterable<{ timestamp: number; message: string }[]> {
  let batch: { timestamp: number; message: string }[] = [];
  let bytes = 0;
  let last = 0;
  for (const { timestampMs, message: text } of lines) {
    if (text === "") continue;
    const message = text.length > LONGEST_LINE ? text.slice(0, LONGEST_LINE) : text;
    const size = Buffer.byteLength(message) + EVENT_BYTES;
    if (batch.length === MOST_EVENTS || (bytes + size > MOST_BYTES && batch.length > 0)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    // A clock that was wound between two lines must not make the batch unacceptable.
    last = Math.max(last, Math.floor(timestampMs));
    batch.push({ timestamp: last, message });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
