/** What PutLogEvents takes and what it turns away, and how long events are kept (AWS pages "PutLogEvents", "PutRetentionPolicy"). */
import { EVENT_OVERHEAD_BYTES, type NewEvent } from "./event-store.ts";
import { invalid } from "./names.ts";

export const DAY_MS = 86_400_000;
const MAX_BATCH_BYTES = 1_048_576;
const MAX_EVENT_BYTES = 1_048_576;
const OLDEST_MS = 14 * DAY_MS;
const NEWEST_MS = 2 * 3_600_000;

/** What PutRetentionPolicy takes. */
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Raises InvalidParameterException for a number of days that AWS does not offer. */
export function checkRetention(days: number): void {
  if (RETENTION_DAYS.includes(days)) return;
  invalid(
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${[...RETENTION_DAYS].sort((a, b) => a - b).join(", ")}]`,
  );
}

/** The time before which a group's events are not there any more; 0 when they never expire. */
export function expiredBefore(now: number, retentionInDays: number | undefined): number {
  return retentionInDays === undefined ? 0 : now - retentionInDays * DAY_MS;
}

export interface Accepted {
  readonly events: readonly NewEvent[];
  readonly rejected?: {
    readonly tooOldLogEventEndIndex?: number;
    readonly tooNewLogEventStartIndex?: number;
    readonly expiredLogEventEndIndex?: number;
  };
}

/**
 * Checks one call's events: raises InvalidParameterException when the call as a whole is wrong, and leaves out, with AWS's indexes, those that
 * are more than 14 days old, past the group's retention, or more than 2 hours ahead.
 */
export function acceptEvents(events: readonly NewEvent[], now: number, retentionInDays: number | undefined): Accepted {
  checkSizes(events);
  checkOrder(events);
  const tooOld = countBefore(events, now - OLDEST_MS);
  const expired = countBefore(events, expiredBefore(now, retentionInDays));
  const tooNew = countBefore(events, now + NEWEST_MS + 1);
  const kept = events.slice(Math.max(tooOld, expired), tooNew);
  const [first] = kept;
  if ((kept.at(-1)?.timestamp ?? 0) - (first?.timestamp ?? 0) > DAY_MS) {
    invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  if (kept.length === events.length) return { events };
  return {
    events: kept,
    rejected: {
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(tooNew < events.length ? { tooNewLogEventStartIndex: tooNew } : {}),
      ...(expired > tooOld ? { expiredLogEventEndIndex: expired } : {}),
    },
  };
}

function checkSizes(events: readonly NewEvent[]): void {
  let total = 0;
  for (const { message } of events) {
    const size = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    if (size > MAX_EVENT_BYTES) invalid(`Log event too large: ${size} bytes exceeds limit of ${MAX_EVENT_BYTES}`);
    total += size;
  }
  if (total > MAX_BATCH_BYTES) invalid(`Upload too large: ${total} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
}

function checkOrder(events: readonly NewEvent[]): void {
  let last = 0;
  for (const { timestamp } of events) {
    if (timestamp < last) invalid("Log events in a single PutLogEvents request must be in chronological order.");
    last = timestamp;
  }
}

/** How many events, which are in order, happened before `time`. */
function countBefore(events: readonly NewEvent[], time: number): number {
  const at = events.findIndex((event) => event.timestamp >= time);
  return at < 0 ? events.length : at;
}
