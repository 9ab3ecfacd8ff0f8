/** A bare HTTP server that has nothing but the wire: what a real client sends is parsed, and what a test answers is rendered. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { AwsError } from "../../src/kernel/errors.ts";
import { claim, spokenBy } from "../../src/wire/claim.ts";
import type { Claim, Spoken } from "../../src/wire/claim.ts";
import { renderError } from "../../src/wire/failure.ts";
import type { HttpReply, HttpRequest } from "../../src/wire/http.ts";
import { readInput } from "../../src/wire/input.ts";
import { renderOutput } from "../../src/wire/output.ts";
import { loadModel } from "../../src/wire/tables.ts";
import { validate } from "../../src/wire/validate.ts";

/** A call as the wire understood it. */
export interface Call {
  readonly claim: Claim;
  readonly input: Record<string, unknown>;
}

export type Answer = (call: Call) => Record<string, unknown> | Promise<Record<string, unknown>>;

export interface WireServer {
  readonly url: string;
  readonly port: number;
  /** Every call so far, in order. */
  readonly calls: Call[];
  /** What the next calls are answered with; an AwsError that it throws becomes the reply. */
  answer: Answer;
  close(): Promise<void>;
}

// The SDK's notice about Node 20 is no news to a test.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const SERVICES = ["sts", "iam", "s3", "lambda", "logs", "cloudwatch", "cloudformation", "ssm", "sqs"];
export const REQUEST_ID = "11111111-2222-3333-4444-555555555555";

/** What an SDK client needs to call the server, once and without retries. */
export function clientSettings(server: WireServer) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return { endpoint: server.url, region: "eu-west-1", maxAttempts: 1, credentials };
}

/** What a failed call told its caller, without the raw response that the SDK hangs on its errors. */
export async function failureOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const told = Object.fromEntries(Object.entries(error).filter(([name]) => name !== "$response"));
    return { ...told, name: error.name, message: error.message };
  }
  throw new Error("The call succeeded");
}

/** Starts a server for all services on a free port. */
export async function startWireServer(): Promise<WireServer> {
  const models = SERVICES.map(loadModel);
  const server = createServer((message, response) => {
    void serve(message).then((reply) => write(reply, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const wire: WireServer = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    calls: [],
    answer: () => ({}),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return wire;

  async function serve(message: IncomingMessage): Promise<HttpReply> {
    const request = requestOf(message);
    let spoken: Spoken = spokenBy(request, models);
    try {
      let bytes: Uint8Array | undefined;
      const read = async (): Promise<Uint8Array> => (bytes ??= await collect(request.body));
      const claimed = await claim(request, models, read);
      spoken = claimed;
      const body = claimed.operation.streamsIn ? request.body : await read();
      const input = readInput(claimed, request, body);
      validate(claimed, input);
      const call = { claim: claimed, input };
      wire.calls.push(call);
      return renderOutput(claimed, await wire.answer(call), REQUEST_ID);
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError("InternalFailure", String(error), { status: 500 });
      return renderError(spoken, known, REQUEST_ID);
    }
  }
}

function requestOf(message: IncomingMessage): HttpRequest {
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  }
  return {
    method: message.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers,
    body: message,
  };
}

/** The whole of a stream. */
export async function collect(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    if (part instanceof Uint8Array) parts.push(part);
    else if (typeof part === "string") parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts);
}

function write(reply: HttpReply, response: ServerResponse): void {
  response.writeHead(reply.status, reply.headers);
  if (reply.body instanceof Readable) reply.body.pipe(response);
  else response.end(reply.body);
}
