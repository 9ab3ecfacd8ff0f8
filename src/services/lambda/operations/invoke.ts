/** Invoke in its three kinds, InvokeAsync of old, and InvokeWithResponseStream. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { collect } from "../bytes.ts";
import type { Engine, InvocationRequest } from "../engine.ts";
import { accept } from "../events.ts";
import { invalid, unsupported } from "../errors.ts";
import { checkReady, find, resolve } from "../functions.ts";
import { createReplyChannel } from "../reply-channel.ts";
import type { Sdk } from "../sdk.ts";

/** AWS page "Lambda quotas": invocation payload. */
const MOST_SYNCHRONOUS_BYTES = 6_291_456;
const MOST_ASYNCHRONOUS_BYTES = 1_048_576;
/** AWS page "Invoke", ClientContext: 3,583 bytes of base64. */
const LONGEST_CLIENT_CONTEXT = 3583;

const EMPTY_EVENT = Buffer.from("{}");

export function invoke(engine: Engine): Handler<Sdk, "Invoke"> {
  return async (caller, input) => {
    if (input.DurableExecutionName !== undefined) {
      unsupported("DurableExecutionName", "durable executions are not there");
    }
    if (input.TenantId !== undefined) unsupported("TenantId", "tenants are not kept apart here");
    const found = find(caller, "Invoke", input);
    const { context } = found;
    switch (input.InvocationType) {
      case "DryRun":
        resolve(found);
        return { StatusCode: 204 };
      case "Event": {
        const request = requestOf(context, input, MOST_ASYNCHRONOUS_BYTES);
        checkReady(resolve(found).version);
        context.transact(() => accept(engine, found, request));
        return { StatusCode: 202 };
      }
      case "RequestResponse":
      case undefined: {
        const request = requestOf(context, input, MOST_SYNCHRONOUS_BYTES);
        const version = engine.choose(found);
        checkReady(version);
        const { result, executedVersion } = await engine.run(found, version, request);
        return {
          StatusCode: 200,
          ExecutedVersion: executedVersion,
          Payload: result.payload,
          ...(result.functionError === undefined ? {} : { FunctionError: result.functionError }),
          ...(input.LogType === "Tail" ? { LogResult: Buffer.from(result.logTail).toString("base64") } : {}),
        };
      }
    }
  };
}

/** AWS calls it deprecated; it is Invoke with the type Event, and answers 202. */
export function invokeAsync(engine: Engine): Handler<Sdk, "InvokeAsync"> {
  return async (caller, input) => {
    const found = find(caller, "InvokeAsync", input);
    const { InvokeArgs } = input;
    const Payload = InvokeArgs instanceof Uint8Array ? InvokeArgs : await collect(InvokeArgs, MOST_ASYNCHRONOUS_BYTES);
    if (Payload === undefined) throw tooLarge(MOST_ASYNCHRONOUS_BYTES);
    const request = requestOf(found.context, { Payload }, MOST_ASYNCHRONOUS_BYTES);
    checkReady(resolve(found).version);
    found.context.transact(() => accept(engine, found, request));
    return { Status: 202 };
  };
}

export function invokeWithResponseStream(engine: Engine): Handler<Sdk, "InvokeWithResponseStream"> {
  return async (caller, input) => {
    if (input.TenantId !== undefined) unsupported("TenantId", "tenants are not kept apart here");
    const found = find(caller, "InvokeWithResponseStream", input);
    const { context } = found;
    if (input.InvocationType === "DryRun") {
      resolve(found);
      return { StatusCode: 204 };
    }
    const request = requestOf(context, input, MOST_SYNCHRONOUS_BYTES);
    const version = engine.choose(found);
    checkReady(version);
    const channel = createReplyChannel();
    const running = engine.run(found, version, request, channel.reply);
    running.then(
      () => channel.end(),
      () => channel.end(),
    );
    // Where nothing was streamed, the invocation's own error is the reply to the request.
    const contentType = await Promise.race([channel.started, running.then(() => undefined)]);
    async function* events() {
      for await (const Payload of channel.chunks) yield { PayloadChunk: { Payload } };
      const { result } = await running;
      const { functionError, payload, errorType = "" } = result;
      yield {
        InvokeComplete: {
          ...(functionError === undefined
            ? {}
            : {
                ErrorCode: functionError,
                ErrorDetails: payload.length > 0 ? Buffer.from(payload).toString() : errorType,
              }),
          ...(input.LogType === "Tail" ? { LogResult: Buffer.from(result.logTail).toString("base64") } : {}),
        },
      };
    }
    return {
      StatusCode: 200,
      ExecutedVersion: version.version === 0 ? "$LATEST" : String(version.version),
      ResponseStreamContentType: contentType ?? "application/octet-stream",
      EventStream: events(),
    };
  };
}

/** Raises RequestTooLargeException, InvalidRequestContentException and, for the client context, InvalidParameterValueException. */
function requestOf(
  context: ServiceContext,
  input: Pick<Input<Sdk, "Invoke">, "Payload" | "ClientContext">,
  limit: number,
): InvocationRequest {
  const payload = input.Payload === undefined || input.Payload.length === 0 ? EMPTY_EVENT : input.Payload;
  if (payload.length > limit) throw tooLarge(limit);
  checkJson(payload);
  return {
    requestId: context.requestId,
    payload,
    clientContext: clientContextOf(input.ClientContext),
    traceHeader: context.http?.headers["x-amzn-trace-id"],
  };
}

function tooLarge(limit: number): AwsError {
  return new AwsError(
    "RequestTooLargeException",
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
  );
}

function checkJson(payload: Uint8Array): void {
  try {
    JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse request body into json: Could not parse payload into json: ${reason}`,
    );
  }
}

/** JSON in base64. */
function clientContextOf(given: string | undefined): string | undefined {
  if (given === undefined || given === "") return undefined;
  if (given.length > LONGEST_CLIENT_CONTEXT) {
    invalid(`Client context must be no more than ${LONGEST_CLIENT_CONTEXT} bytes long`);
  }
  const text = Buffer.from(given, "base64").toString();
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError("InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object.");
  }
  return text;
}
