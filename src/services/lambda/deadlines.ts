/** What time does for Lambda: functions become ready, events are tried, metrics are published. */
import type { DeadlineHandler } from "../../service.ts";
import type { Engine } from "./engine.ts";
import { attempt } from "./events.ts";
import { all, versions } from "./state.ts";

export function deadlines(engine: Engine): Readonly<Record<string, DeadlineHandler>> {
  return {
    settle,
    event: async (context, deadline) => attempt(engine, context, deadline),
    metrics: async (context) => engine.metrics.flush(context),
  };
}

/** The work was done before the reply; AWS's states come one after the other all the same, for those who wait for them. */
const settle: DeadlineHandler = (context, { key: name }) => {
  for (const row of all(context.table(versions).list([name]))) {
    if (row.state !== "Pending" && row.lastUpdateStatus !== "InProgress") continue;
    context.table(versions).put([name, row.version], { ...row, state: "Active", lastUpdateStatus: "Successful" });
  }
};
