/**
 * What a group's filters make of what comes in. The append only records a deadline that names the new batches; reading, matching and
 * calling others happen after it, so that nobody who writes logs waits for who reads them.
 */
import type { ServiceContext } from "../../service.ts";
import { eventsOf, type BatchKey, type StoredEvent } from "./event-store.ts";
import { batches, subscriptionFilters, type LogGroup } from "./state.ts";

/** The payload of the deadlines `metrics` and `deliver`. */
export interface Incoming {
  readonly group: string;
  readonly groupId: string;
  readonly keys: readonly BatchKey[];
}

export interface Delivery extends Incoming {
  readonly filter: string;
  readonly attempt: number;
  /** Epoch milliseconds of the append: AWS gives up after a day. */
  readonly since: number;
}

/** Inside a transaction. Sets the deadlines of the group's filters for new batches. */
export function deliverSoon(context: ServiceContext, group: LogGroup, keys: readonly BatchKey[]): void {
  if (group.metricFilters === 0 && group.subscriptionFilters === 0) return;
  const incoming: Incoming = { group: group.name, groupId: group.id, keys };
  const key = `${group.id}/${keys[0]?.[1] ?? 0}`;
  if (group.metricFilters > 0) context.deadlines.set({ name: "metrics", key, due: context.now, payload: incoming });
  if (group.subscriptionFilters === 0) return;
  for (const { name } of context.table(subscriptionFilters).list([group.id])) {
    const payload: Delivery = { ...incoming, filter: name, attempt: 0, since: context.now };
    context.deadlines.set({ name: "deliver", key: `${key}/${name}`, due: context.now, payload });
  }
}

/** The events of the batches that a deadline names, as far as they are still there. */
export function* incomingEvents(context: ServiceContext, { groupId, keys }: Incoming): Iterable<StoredEvent> {
  const rows = context.table(batches);
  for (const key of keys) {
    const batch = rows.get(groupId, ...key);
    if (batch !== undefined) yield* eventsOf(key, batch);
  }
}
