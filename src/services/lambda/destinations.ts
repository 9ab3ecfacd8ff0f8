/** Tells a destination how an asynchronous invocation ended (AWS page "Capturing records of Lambda asynchronous invocations"). */
import type { InvocationResult } from "../../compute/contract.ts";
import type { Engine } from "./engine.ts";
import type { Found } from "./functions.ts";
import { resolve } from "./functions.ts";
import { invokeConfigOf } from "./invoke-configs.ts";
import { functionArn, LATEST } from "./names.ts";
import type { EventRow } from "./state.ts";

/** How it ended, in AWS's words. */
export interface Outcome {
  readonly condition: "Success" | "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
  /** The last attempt's, where there was one. */
  readonly response?: { readonly result: InvocationResult; readonly executedVersion: string };
}

/** Sends the record as the function's role, where a destination is set. A refusal stands in the journal. */
export async function sendRecord(engine: Engine, found: Found, event: EventRow, outcome: Outcome): Promise<void> {
  const { context, name, qualifier } = found;
  const { OnSuccess, OnFailure } = invokeConfigOf(context, name, qualifier)?.destinations ?? {};
  const FunctionName = (outcome.condition === "Success" ? OnSuccess : OnFailure)?.Destination;
  if (FunctionName === undefined || FunctionName === "") return;
  const { principal } = await engine.sessions.of(context, name, resolve(found).version.role);
  const Payload = Buffer.from(JSON.stringify(recordOf(found, event, outcome)));
  await context
    .call("lambda", "Invoke", { FunctionName, InvocationType: "Event", Payload }, { as: principal })
    .catch(() => {});
}

function recordOf({ context, name, qualifier }: Found, event: EventRow, { condition, response }: Outcome) {
  const { requestId, failures } = event;
  return {
    version: "1.0",
    timestamp: new Date(context.now).toISOString(),
    requestContext: {
      requestId,
      functionArn: functionArn(context, name, qualifier ?? LATEST),
      condition,
      approximateInvokeCount: condition === "Success" ? failures + 1 : failures,
    },
    requestPayload: parsed(event.payload),
    ...(response === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: response.executedVersion,
            ...(response.result.functionError === undefined ? {} : { functionError: response.result.functionError }),
          },
          responsePayload: parsed(response.result.payload),
        }),
  };
}

function parsed(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
