/** When a group's old events go: a background deadline of the group, due when its oldest may have expired. */
import type { ServiceContext } from "../../service.ts";
import { DAY_MS } from "./rules.ts";
import { batches, type LogGroup } from "./state.ts";

/** Inside a transaction. Sets, moves or takes away the group's deadline for `retentionInDays`. */
export function setExpiry(context: ServiceContext, group: LogGroup, retentionInDays: number | undefined): void {
  const handle = { name: "expire", key: group.id };
  if (retentionInDays === undefined) {
    context.deadlines.cancel(handle);
    return;
  }
  const kept = retentionInDays * DAY_MS;
  const [oldest] = context.table(batches).entries([group.id], { limit: 1 });
  const first = oldest?.[0][1];
  // Readers leave out what has expired by themselves: the rows may go once a day.
  const due = typeof first === "number" ? Math.max(context.now + DAY_MS, first + kept) : context.now + kept;
  context.deadlines.set({ ...handle, due, background: true, payload: { group: group.name } });
}
