/**
 * Who waits for the end of somebody else's operation: a stack set for its stacks, a stack for a stack set of its own. Nobody asks again by the
 * clock; whoever ends tells those that watch it, in the transaction in which it ends.
 */
import { defineTable } from "../../kernel/table.ts";
import type { ServiceContext } from "../../service.ts";
import { wakeStep } from "./plan.ts";

/** What is done when the watched one has come to rest. */
export type Watcher =
  | {
      readonly type: "deadline";
      readonly account: string;
      readonly region: string;
      readonly name: string;
      readonly key: string;
      readonly payload: unknown;
    }
  | {
      readonly type: "step";
      readonly account: string;
      readonly region: string;
      readonly stackId: string;
      readonly key: string;
    };

/** By what is watched (a stack's ARN, a stack set operation) and the watcher's own key; across accounts and regions. */
const watchers = defineTable<Watcher>("cloudformation.watchers", "global");

/** Inside a transaction, and only for what is known not to have come to rest: a deadline of one's own, due when it has. */
export function watchWithDeadline(
  context: ServiceContext,
  watched: string,
  deadline: { readonly name: string; readonly key: string; readonly payload: unknown },
): void {
  const { account, region } = context;
  context.table(watchers).put([watched, deadline.key], { type: "deadline", account, region, ...deadline });
}

/** The same for the step of a stack, which is woken. */
export function watchWithStep(context: ServiceContext, watched: string, stackId: string, key: string): void {
  const { account, region } = context;
  context.table(watchers).put([watched, `${stackId}|${key}`], { type: "step", account, region, stackId, key });
}

/** Inside the transaction in which the watched one comes to rest. */
export function tellWatchers(context: ServiceContext, watched: string): void {
  const table = context.table(watchers);
  for (const [[, key], watcher] of Array.from(table.entries([watched]))) {
    table.remove(watched, String(key));
    const theirs = context.as({ account: watcher.account, region: watcher.region });
    switch (watcher.type) {
      case "deadline": {
        const { name, payload } = watcher;
        theirs.deadlines.set({ name, key: watcher.key, payload, due: context.now });
        break;
      }
      case "step":
        wakeStep(theirs, watcher.stackId, watcher.key);
    }
  }
}
