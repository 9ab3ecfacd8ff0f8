/**
 * The Lambda Runtime API of one execution environment, on a port of its own
 * (AWS's page "Using the Lambda runtime API for custom runtimes", version 2018-06-01).
 *
 *   next ──(deliver)──▶ running ──(response | error)──▶ answered ──(next)──▶ …
 */
import { createServer } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ReplyStream } from "./contract.ts";

/** AWS's limit for a synchronous reply: 6 MiB and 100 bytes. */
export const MAX_REPLY_BYTES = 6_291_556;
/** AWS's page "Lambda quotas": a streamed reply. */
export const MAX_STREAMED_BYTES = 200 * 1024 * 1024;
const MAX_ERROR_BYTES = 256 * 1024;

/** An error as a runtime reports it: the document that the caller gets, and its type. */
export interface RuntimeError {
  readonly errorType: string;
  readonly document: Buffer;
}

export type Reply =
  | { readonly kind: "response"; readonly payload: Buffer }
  | { readonly kind: "streamed"; readonly error?: RuntimeError }
  | { readonly kind: "error"; readonly error: RuntimeError }
  | { readonly kind: "tooLarge"; readonly limit: number }
  | { readonly kind: "truncated" };

/** One invocation as the Runtime API sees it. */
export interface Exchange {
  readonly requestId: string;
  /** The `Lambda-Runtime-*` headers of the reply to `next`. */
  readonly headers: OutgoingHttpHeaders;
  readonly payload: Uint8Array;
  /** Where a streamed reply goes; without it a streamed reply is collected. */
  readonly reply?: ReplyStream;
  /** Called once. */
  readonly settle: (reply: Reply) => void;
}

export interface RuntimeApiListener {
  /** The runtime asks for work: it has started, or it is done with the last invocation. */
  onNext(): void;
  onInitError(error: RuntimeError): void;
}

export interface RuntimeApi {
  readonly port: number;
  /** Gives the runtime an invocation: now if it waits, else when it asks. */
  deliver(exchange: Exchange): void;
  /** Forgets the process that spoke so far: its connections, what it waits for and what it was given. */
  reset(): void;
  close(): void;
}

/** Opens a Runtime API on a free loopback port. */
export async function openRuntimeApi(listener: RuntimeApiListener): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let pending: Exchange | undefined;
  let running: Exchange | undefined;

  function send(response: ServerResponse, exchange: Exchange): void {
    running = exchange;
    response.writeHead(200, exchange.headers);
    response.end(exchange.payload);
  }

  function next(response: ServerResponse): void {
    if (running !== undefined) return refuse(response, 403, "InvalidStateTransition", NEXT_WHILE_RUNNING);
    if (pending !== undefined) {
      const exchange = pending;
      pending = undefined;
      return send(response, exchange);
    }
    waiting = response;
    response.on("close", () => {
      if (waiting === response) waiting = undefined;
    });
    listener.onNext();
  }

  function settle(exchange: Exchange, reply: Reply): void {
    if (running === exchange) running = undefined;
    exchange.settle(reply);
  }

  async function answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const exchange = running;
    if (exchange?.requestId !== requestId)
      return refuseBody(request, response, 400, "InvalidRequestID", "Invalid request ID");
    const mode = request.headers["lambda-runtime-function-response-mode"];
    if (mode !== undefined && mode !== "streaming") {
      return refuseBody(
        request,
        response,
        400,
        "InvalidFunctionResponseMode",
        `Invalid response mode header value: ${String(mode)}`,
      );
    }
    const reply = mode === "streaming" ? await readStreamed(request, exchange) : await readWhole(request);
    if (running !== exchange) return refuse(response, 403, "InvalidStateTransition", "The invocation is over.");
    if (reply.kind === "tooLarge") {
      refuse(response, 413, "RequestEntityTooLarge", `Exceeded maximum allowed payload size (${reply.limit} bytes).`);
    } else if (reply.kind !== "truncated") accept(response);
    settle(exchange, reply);
  }

  async function fail(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const exchange = running;
    if (exchange?.requestId !== requestId)
      return refuseBody(request, response, 400, "InvalidRequestID", "Invalid request ID");
    const error = await readError(request);
    accept(response);
    settle(exchange, { kind: "error", error });
  }

  const server = createServer((request, response) => {
    const url = request.url ?? "";
    const route = `${request.method ?? ""} ${url}`;
    if (route === "GET /2018-06-01/runtime/invocation/next") return next(response);
    const match = /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(route);
    if (match?.[2] === "response")
      return void answer(request, response, match[1] ?? "").catch(() => response.destroy());
    if (match?.[2] === "error") return void fail(request, response, match[1] ?? "").catch(() => response.destroy());
    if (route === "POST /2018-06-01/runtime/init/error") {
      return void readError(request)
        .then((error) => {
          accept(response);
          listener.onInitError(error);
        })
        .catch(() => response.destroy());
    }
    refuseBody(
      request,
      response,
      404,
      "NotFound",
      `Seatrial's Runtime API has no ${route}; the Extensions and Telemetry APIs are not there.`,
    );
  });
  // A runtime may be quiet for hours between two invocations, and uses one connection for all of them.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the Runtime API has no port");

  return {
    port: address.port,
    deliver(exchange) {
      const response = waiting;
      waiting = undefined;
      if (response === undefined) pending = exchange;
      else send(response, exchange);
    },
    reset() {
      waiting = pending = running = undefined;
      server.closeAllConnections();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const NEXT_WHILE_RUNNING =
  "State transition from Running to Ready failed for runtime. Error: State transition is not allowed";

/** Collects a body; what is over the limit is read and thrown away, so that the runtime lives to hear of it. */
async function readWhole(request: IncomingMessage, limit = MAX_REPLY_BYTES): Promise<Reply> {
  const chunks: Buffer[] = [];
  let length = 0;
  return await new Promise((resolve) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on("end", () => {
      if (length > limit) resolve({ kind: "tooLarge", limit });
      else resolve({ kind: "response", payload: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
    });
    request.on("close", () => resolve({ kind: "truncated" }));
  });
}

/** Hands a streamed reply on; a trailer may say that the function failed half way. */
async function readStreamed(request: IncomingMessage, exchange: Exchange): Promise<Reply> {
  const { reply } = exchange;
  if (reply === undefined) {
    const whole = await readWhole(request);
    const error = trailerError(request);
    return error === undefined ? whole : { kind: "error", error };
  }
  let length = 0;
  let started = false;
  try {
    for await (const chunk of request) {
      if (!(chunk instanceof Uint8Array)) continue;
      length += chunk.length;
      if (length > MAX_STREAMED_BYTES) {
        request.resume();
        return { kind: "tooLarge", limit: MAX_STREAMED_BYTES };
      }
      if (!started) reply.start(request.headers["content-type"] ?? "application/octet-stream");
      started = true;
      await reply.write(chunk);
    }
  } catch {
    return { kind: "truncated" };
  }
  const error = trailerError(request);
  if (error !== undefined) return started ? { kind: "streamed", error } : { kind: "error", error };
  if (!started) reply.start(request.headers["content-type"] ?? "application/octet-stream");
  return { kind: "streamed" };
}

function trailerError(request: IncomingMessage): RuntimeError | undefined {
  const errorType = request.trailers["lambda-runtime-function-error-type"];
  if (errorType === undefined) return undefined;
  const body = request.trailers["lambda-runtime-function-error-body"];
  return { errorType, document: document(Buffer.from(body ?? "", "base64"), errorType) };
}

async function readError(request: IncomingMessage): Promise<RuntimeError> {
  const body = await readWhole(request, MAX_ERROR_BYTES);
  const header = request.headers["lambda-runtime-function-error-type"];
  const given = typeof header === "string" && header !== "" ? header : undefined;
  const bytes = body.kind === "response" ? body.payload : Buffer.alloc(0);
  const errorType = given ?? typeOf(bytes) ?? "Function.Unknown";
  return { errorType, document: document(bytes, errorType) };
}

function typeOf(bytes: Buffer): string | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString());
    if (typeof parsed !== "object" || parsed === null || !("errorType" in parsed)) return undefined;
    return typeof parsed.errorType === "string" ? parsed.errorType : undefined;
  } catch {
    return undefined;
  }
}

function document(bytes: Buffer, errorType: string): Buffer {
  return bytes.length > 0 ? bytes : Buffer.from(JSON.stringify({ errorType, errorMessage: "" }));
}

function accept(response: ServerResponse): void {
  response.writeHead(202, ACCEPTED_HEADERS);
  response.end(ACCEPTED);
}

const ACCEPTED = '{"status":"OK"}\n';
const ACCEPTED_HEADERS = { "content-type": "application/json", "content-length": ACCEPTED.length };

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errorMessage, errorType }));
}

function refuseBody(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
): void {
  request.resume();
  refuse(response, status, type, message);
}
