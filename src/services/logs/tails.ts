/** Live Tail sessions that are open in this process: what comes into a group is told to those that watch it. */
import type { NewEvent } from "./event-store.ts";
import type { LogFilter } from "../../languages/log-filter/compiled.ts";

/** What one session watches. */
export interface Watch {
  /** ARNs, without `:*`. */
  readonly groups: ReadonlySet<string>;
  readonly streamNames?: ReadonlySet<string> | undefined;
  readonly streamPrefixes?: readonly string[] | undefined;
  readonly filter?: LogFilter | undefined;
}

export interface TailedEvent {
  readonly logStreamName: string;
  readonly logGroupIdentifier: string;
  readonly message: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
}

/** One session: the events since it was last asked, as often as there are some, until it is closed. */
export interface Tail {
  next(): Promise<readonly TailedEvent[] | undefined>;
  close(): void;
}

export interface Tails {
  /** True when anybody watches anything. */
  readonly any: boolean;
  tell(group: string, stream: string, events: readonly NewEvent[], ingestionTime: number): void;
  open(watch: Watch): Tail;
  close(): void;
}

/** What a slow reader may have waiting; beyond it the oldest go, as on AWS. */
const MOST_WAITING = 5000;

/** The sessions of one cloud. */
export function createTails(): Tails {
  const sessions = new Map<Tail, { watch: Watch; push: (events: readonly TailedEvent[]) => void }>();

  function open(watch: Watch): Tail {
    let waiting: TailedEvent[] = [];
    let closed = false;
    let wake: (() => void) | undefined;
    const tail: Tail = {
      async next() {
        if (waiting.length === 0 && !closed) await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
        if (waiting.length === 0) return undefined;
        const events = waiting;
        waiting = [];
        return events;
      },
      close() {
        closed = true;
        sessions.delete(tail);
        wake?.();
      },
    };
    const push = (events: readonly TailedEvent[]): void => {
      waiting.push(...events);
      if (waiting.length > MOST_WAITING) waiting = waiting.slice(-MOST_WAITING);
      wake?.();
    };
    sessions.set(tail, { watch, push });
    return tail;
  }

  return {
    get any() {
      return sessions.size > 0;
    },
    open,
    tell(group, stream, events, ingestionTime) {
      for (const { watch, push } of sessions.values()) {
        if (!watch.groups.has(group) || !watchesStream(watch, stream)) continue;
        const seen = events.filter(({ message }) => watch.filter === undefined || watch.filter.match(message).matches);
        if (seen.length === 0) continue;
        push(
          seen.map(({ timestamp, message }) => ({
            logStreamName: stream,
            logGroupIdentifier: group,
            message,
            timestamp,
            ingestionTime,
          })),
        );
      }
    },
    close() {
      for (const tail of sessions.keys()) tail.close();
    },
  };
}

function watchesStream({ streamNames, streamPrefixes }: Watch, stream: string): boolean {
  if (streamNames !== undefined) return streamNames.has(stream);
  return streamPrefixes === undefined || streamPrefixes.some((prefix) => stream.startsWith(prefix));
}
