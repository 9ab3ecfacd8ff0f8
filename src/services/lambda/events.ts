/**
 * Asynchronous invocations: kept when they are accepted, run by a deadline that is due at once, and tried again later
 * (AWS page "How Lambda handles errors and retries with asynchronous invocation").
 *
 *   accepted ──▶ attempt ──success──▶ record to OnSuccess ─▶ done
 *     ▲            │ error: 1 min, then 2 min later; throttled: 1 s, doubled up to 5 min
 *     └────────────┘ too often or too old ─▶ record to OnFailure ─▶ done
 */
import type { Deadline } from "../../kernel/deadlines.ts";
import { isAwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { sendRecord, type Outcome } from "./destinations.ts";
import type { Engine, InvocationRequest } from "./engine.ts";
import type { Found } from "./functions.ts";
import { DEFAULT_AGE_SECONDS, DEFAULT_RETRIES, invokeConfigOf } from "./invoke-configs.ts";
import { events, functions, type EventRow } from "./state.ts";

const MINUTE_MS = 60_000;
const FIRST_THROTTLE_MS = 1000;
const LONGEST_THROTTLE_MS = 5 * MINUTE_MS;

/** Inside a transaction. */
export function accept(engine: Engine, { context, name, qualifier }: Found, request: InvocationRequest): void {
  const row: EventRow = {
    requestId: request.requestId,
    functionName: name,
    qualifier,
    payload: request.payload,
    clientContext: request.clientContext,
    traceHeader: request.traceHeader,
    receivedAt: context.now,
    failures: 0,
    throttles: 0,
  };
  context.table(events).put([row.requestId], row);
  context.deadlines.set({ name: "event", key: row.requestId, due: context.now });
  engine.metrics.record(context, { at: context.now, functionName: name, qualifier, event: "received" });
}

/** One attempt. Killed in the middle, it is made again: AWS as well promises at least one. */
export async function attempt(engine: Engine, context: ServiceContext, deadline: Deadline): Promise<void> {
  const event = context.table(events).get(deadline.key);
  if (event === undefined) return;
  const row = context.table(functions).get(event.functionName);
  // A function that was deleted has nobody to tell.
  if (row === undefined) return drop(context, event);
  const { account, region } = context;
  const { functionName: name, qualifier } = event;
  const found: Found = { context, row, account, region, name, ...(qualifier === undefined ? {} : { qualifier }) };
  const config = invokeConfigOf(context, name, qualifier);
  const ageLimit = (config?.maximumEventAgeSeconds ?? DEFAULT_AGE_SECONDS) * 1000;
  if (context.now - event.receivedAt > ageLimit) return end(engine, found, event, { condition: "EventAgeExceeded" });
  if (row.reservedConcurrency === 0) return end(engine, found, event, { condition: "ZeroReservedConcurrency" });
  const ageMs = context.now - event.receivedAt;
  engine.metrics.record(context, { at: context.now, functionName: name, qualifier, event: "attempted", ageMs });
  try {
    const { result, executedVersion, written } = await engine.run(found, engine.choose(found), event);
    await written;
    const response = { result, executedVersion };
    if (result.functionError === undefined) return await end(engine, found, event, { condition: "Success", response });
    const failures = event.failures + 1;
    const failed = { ...event, failures, throttles: 0 };
    const retries = config?.maximumRetryAttempts ?? DEFAULT_RETRIES;
    if (failures > retries) return await end(engine, found, failed, { condition: "RetriesExhausted", response });
    again(context, failed, failures * MINUTE_MS, ageLimit);
  } catch (error) {
    if (isAwsError(error, "ResourceNotFoundException")) return drop(context, event);
    if (!isAwsError(error)) throw error;
    // Throttles, and what is Lambda's own trouble (a role that is gone), are tried again until the event is too old.
    const wait = Math.min(FIRST_THROTTLE_MS * 2 ** event.throttles, LONGEST_THROTTLE_MS);
    again(context, { ...event, throttles: event.throttles + 1 }, wait, ageLimit);
  }
}

/** An event that will be too old by then is ended when it is. */
function again(context: ServiceContext, event: EventRow, waitMs: number, ageLimit: number): void {
  context.transact(() => {
    context.table(events).put([event.requestId], event);
    const due = Math.min(context.now + waitMs, event.receivedAt + ageLimit + 1);
    context.deadlines.set({ name: "event", key: event.requestId, due });
  });
}

async function end(engine: Engine, found: Found, event: EventRow, outcome: Outcome): Promise<void> {
  await sendRecord(engine, found, event, outcome);
  const { context, name, qualifier } = found;
  if (outcome.condition !== "Success") {
    engine.metrics.record(context, { at: context.now, functionName: name, qualifier, event: "dropped" });
  }
  drop(context, event);
}

function drop(context: ServiceContext, event: EventRow): void {
  context.transact(() => context.table(events).remove(event.requestId));
}
