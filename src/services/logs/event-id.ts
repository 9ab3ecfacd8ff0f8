/**
 * Where an event stands in its group: time, then call, then place in the call. As a number of 56 digits it is the event's id, and its
 * order is the events' order, as AWS's ids are.
 */

export interface Position {
  readonly time: number;
  readonly sequence: number;
  readonly index: number;
}

const TIME_BITS = 144n;
const SEQUENCE_BITS = 84n;
const INDEX_BITS = 64n;

/** Negative when `a` comes before `b`. */
export function comparePositions(a: Position, b: Position): number {
  return a.time - b.time || a.sequence - b.sequence || a.index - b.index;
}

/** The id of the event there; `groupId` makes it another one than that of any other group's events. */
export function eventIdOf(position: Position, groupId: string): string {
  const id =
    (BigInt(position.time) << TIME_BITS) |
    (BigInt(position.sequence) << SEQUENCE_BITS) |
    (BigInt(position.index) << INDEX_BITS) |
    BigInt(`0x${groupId}`);
  return id.toString().padStart(56, "0");
}

/** The position that an id names; undefined when `text` is none. */
export function readEventId(text: string): Position | undefined {
  if (!/^\d{1,56}$/.test(text)) return undefined;
  const id = BigInt(text);
  const time = Number(id >> TIME_BITS);
  const sequence = Number((id >> SEQUENCE_BITS) & ((1n << (TIME_BITS - SEQUENCE_BITS)) - 1n));
  const index = Number((id >> INDEX_BITS) & ((1n << (SEQUENCE_BITS - INDEX_BITS)) - 1n));
  return Number.isSafeInteger(time) && Number.isSafeInteger(sequence) ? { time, sequence, index } : undefined;
}
