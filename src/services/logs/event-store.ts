/** Events in and out of their tables: append one call's events, walk a group's or a stream's in order of time, forward or backward. */
import type { ServiceContext } from "../../service.ts";
import type { Table } from "../../kernel/table.ts";
import { comparePositions, type Position } from "./event-id.ts";
import { createHeap, type Heap } from "./heap.ts";
import { BATCH_SPAN_MS, batches, streamBatches, type Batch, type LogGroup, type LogStream } from "./state.ts";

export interface StoredEvent extends Position {
  readonly ingestedAt: number;
  readonly stream: string;
  readonly message: string;
}

/** What an event counts beside its message (AWS page "PutLogEvents"). */
export const EVENT_OVERHEAD_BYTES = 26;

/** An event as PutLogEvents takes it. */
export interface NewEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Inside a transaction. Writes `events`, which are in order of time, as call number `sequence`; answers the keys of its batches, how
 * many bytes they count, and how long the longest of them lasts.
 */
export function appendEvents(
  context: ServiceContext,
  group: LogGroup,
  stream: LogStream,
  sequence: number,
  events: readonly NewEvent[],
): { readonly keys: readonly BatchKey[]; readonly bytes: number; readonly spanMs: number } {
  const rows = context.table(batches);
  const index = context.table(streamBatches);
  const keys: BatchKey[] = [];
  let total = 0;
  let spanMs = 0;
  let at = 0;
  while (at < events.length) {
    const first = events[at]?.timestamp ?? 0;
    const start = at;
    const times: number[] = [];
    const messages: string[] = [];
    let bytes = 0;
    for (
      let event = events[at];
      event !== undefined && event.timestamp - first <= BATCH_SPAN_MS;
      event = events[++at]
    ) {
      times.push(event.timestamp);
      messages.push(event.message);
      bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    }
    rows.put([group.id, first, sequence], {
      stream: stream.name,
      streamId: stream.id,
      ingestedAt: context.now,
      start,
      times,
      messages,
      bytes,
    });
    index.put([group.id, stream.id, first, sequence], 0);
    keys.push([first, sequence]);
    total += bytes;
    spanMs = Math.max(spanMs, (times.at(-1) ?? first) - first);
  }
  return { keys, bytes: total, spanMs };
}

/** What names a batch in its group: the time of its first event, and its call. */
export type BatchKey = readonly [first: number, sequence: number];

/** The events of one batch. */
export function* eventsOf([, sequence]: BatchKey, batch: Batch): Iterable<StoredEvent> {
  for (const [offset, message] of batch.messages.entries()) {
    yield {
      time: batch.times[offset] ?? 0,
      sequence,
      index: batch.start + offset,
      ingestedAt: batch.ingestedAt,
      stream: batch.stream,
      message,
    };
  }
}

/** Which events to walk: those from `from` (included) to `until` (excluded), beyond `beyond` in the direction of the walk. */
export interface Walk {
  readonly groupId: string;
  /** The group's `longestSpanMs`: how far before a time a batch may begin that has events of it. */
  readonly spanMs: number;
  /** One stream alone. */
  readonly streamId?: string | undefined;
  readonly from: number;
  readonly until: number;
  readonly beyond?: Position | undefined;
  /** Says which batches to look into, by their stream. */
  readonly wanted?: ((stream: string) => boolean) | undefined;
}

/** Walks from the earliest event to the latest. */
export function* forward(context: ServiceContext, walk: Walk): Iterable<StoredEvent> {
  const { from, until, beyond, spanMs } = walk;
  const start = Math.max(from, beyond?.time ?? 0);
  const waiting = createHeap<StoredEvent>(comparePositions);
  for (const [key, batch] of walkBatches(context, walk, { from: start - spanMs, until, reverse: false })) {
    // Whatever is read from now on happened at this batch's first event or after it.
    yield* takeWhile(waiting, (event) => event.time < key[0]);
    for (const event of eventsOf(key, batch)) {
      if (event.time < start || event.time >= until) continue;
      if (beyond === undefined || comparePositions(event, beyond) > 0) waiting.push(event);
    }
  }
  yield* takeWhile(waiting, () => true);
}

/** Walks from the latest event to the earliest. */
export function* backward(context: ServiceContext, walk: Walk): Iterable<StoredEvent> {
  const { from, until, beyond, spanMs } = walk;
  const end = beyond === undefined ? until : Math.min(until, beyond.time + 1);
  const waiting = createHeap<StoredEvent>((a, b) => comparePositions(b, a));
  for (const [key, batch] of walkBatches(context, walk, { from: from - spanMs, until: end, reverse: true })) {
    // Whatever is read from now on happened within the span after this batch's first event.
    yield* takeWhile(waiting, (event) => event.time > key[0] + spanMs);
    for (const event of eventsOf(key, batch)) {
      if (event.time < from || event.time >= end) continue;
      if (beyond === undefined || comparePositions(event, beyond) < 0) waiting.push(event);
    }
  }
  yield* takeWhile(waiting, () => true);
}

function* takeWhile(waiting: Heap<StoredEvent>, isReady: (event: StoredEvent) => boolean): Iterable<StoredEvent> {
  for (let event = waiting.peek(); event !== undefined && isReady(event); event = waiting.peek()) {
    waiting.pop();
    yield event;
  }
}

/** The batches whose first event is in [from, until), by that time. */
function* walkBatches(
  context: ServiceContext,
  { groupId, streamId, wanted }: Walk,
  { from, until, reverse }: { from: number; until: number; reverse: boolean },
): Iterable<readonly [BatchKey, Batch]> {
  const rows = context.table(batches);
  const after = reverse ? (Number.isFinite(until) ? [until] : undefined) : from > 0 ? [from - 1] : undefined;
  const options = { reverse, ...(after === undefined ? {} : { after }) };
  const walked =
    streamId === undefined ? rows.entries([groupId], options) : ofStream(context, rows, groupId, streamId, options);
  for (const [key, batch] of walked) {
    const [first, sequence] = key.slice(-2);
    if (typeof first !== "number" || typeof sequence !== "number") continue;
    if (reverse ? first < from : first >= until) return;
    if (wanted === undefined || wanted(batch.stream)) yield [[first, sequence], batch];
  }
}

function* ofStream(
  context: ServiceContext,
  rows: Table<Batch>,
  groupId: string,
  streamId: string,
  options: { reverse: boolean; after?: number[] },
): Iterable<readonly [(string | number)[], Batch]> {
  for (const [key] of context.table(streamBatches).entries([groupId, streamId], options)) {
    const batch = rows.get(groupId, ...key.slice(-2));
    if (batch !== undefined) yield [key, batch];
  }
}
