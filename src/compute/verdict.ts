/** What an invocation's end means: the caller's payload, AWS's error type and words, and whether the process lives on. */
import type { FunctionSpec } from "./contract.ts";
import type { Ending } from "./platform-log.ts";
import type { Reply, RuntimeError } from "./runtime-api.ts";
import { exitText } from "./runtime-process.ts";
import type { Exit } from "./runtime-process.ts";

/** What the process did that the environment waits for. */
export type Happening =
  | { readonly kind: "ready" }
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "initError"; readonly error: RuntimeError }
  | { readonly kind: "exit"; readonly exit: Exit; readonly outOfMemory: boolean }
  | { readonly kind: "timeout" };

export interface Verdict extends Ending {
  readonly payload: Uint8Array;
  /** Whether the environment can serve another invocation. */
  readonly alive: boolean;
  /** A sentence for the log, where Lambda itself ended the invocation. */
  readonly problem?: string;
}

const NOTHING = new Uint8Array();

/** Judges a happening. The words are AWS's, as Invoke returns them. */
export function conclude(happening: Happening, requestId: string, spec: FunctionSpec): Verdict {
  switch (happening.kind) {
    case "ready":
      return { status: "success", payload: NOTHING, alive: true };
    case "timeout": {
      const text = `Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`;
      const verdict = byLambda("timeout", "Sandbox.Timedout", `RequestId: ${requestId} Error: ${text}`);
      return { ...verdict, problem: `${requestId} ${text}` };
    }
    case "exit": {
      const message = `RequestId: ${requestId} Error: ${exitText(happening.exit)}`;
      const errorType = happening.outOfMemory
        ? "Runtime.OutOfMemory"
        : happening.exit.startError === undefined
          ? "Runtime.ExitError"
          : "Runtime.InvalidEntrypoint";
      return { ...byLambda("error", errorType, message), problem: message };
    }
    case "initError":
      return { status: "error", errorType: happening.error.errorType, payload: happening.error.document, alive: false };
    case "reply":
      return concludeReply(happening.reply, requestId);
  }
}

function concludeReply(reply: Reply, requestId: string): Verdict {
  switch (reply.kind) {
    case "response":
      return { status: "success", payload: reply.payload, alive: true };
    case "error":
      return { status: "failure", errorType: reply.error.errorType, payload: reply.error.document, alive: true };
    case "streamed":
      if (reply.error === undefined) return { status: "success", payload: NOTHING, alive: true };
      return { status: "failure", errorType: reply.error.errorType, payload: reply.error.document, alive: true };
    case "tooLarge": {
      const message = `Response payload size exceeded maximum allowed payload size (${reply.limit} bytes).`;
      return { ...byLambda("failure", "Function.ResponseSizeTooLarge", message), alive: true };
    }
    case "truncated": {
      const message = `RequestId: ${requestId} Error: The runtime broke off its response`;
      return { ...byLambda("error", "Runtime.TruncatedResponse", message), problem: message };
    }
  }
}

function byLambda(status: Ending["status"], errorType: string, errorMessage: string): Verdict {
  return { status, errorType, payload: Buffer.from(JSON.stringify({ errorType, errorMessage })), alive: false };
}
