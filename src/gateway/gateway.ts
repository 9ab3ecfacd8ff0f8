/** A request's life, in one function: claim → identify → parse → authorize → invoke → render. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { AwsError } from "../kernel/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { rootOf, type Door } from "../service.ts";
import { openBody, readBody } from "../wire/body.ts";
import { claim, type Claim } from "../wire/claim.ts";
import type { HttpReply, HttpRequest } from "../wire/http.ts";
import { readInput } from "../wire/input.ts";
import type { ServiceModel } from "../wire/model.ts";
import { renderError, renderOutput } from "../wire/output.ts";
import { sha256Hex } from "../wire/sigv4-key.ts";
import { signatureDialect } from "../wire/sigv4.ts";
import { validate } from "../wire/validate.ts";
import type { AnyService, Dispatch } from "./dispatch.ts";
import { checkSignature, identify, type Caller } from "./identify.ts";

export interface GatewayOptions {
  readonly kernel: Kernel;
  readonly dispatch: Dispatch;
  readonly services: readonly AnyService[];
  readonly models: readonly ServiceModel[];
  /** What answers under `/_seatrial` and is no AWS service. */
  readonly control: { claims(request: HttpRequest): boolean; handle(request: HttpRequest): Promise<HttpReply> };
}

/** The listener for a `node:http` server, for its `request` and its `checkContinue`. */
export type Gateway = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Operations that AWS takes without a signature (the STS API Reference); S3's are judged by bucket policies. */
const UNSIGNED = new Set(["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"]);

/** The largest request that is not a stream, in bytes: 50 MB of zip in base64 for Lambda, AWS's usual bounds otherwise. */
const LARGEST_BODY: Readonly<Record<string, number>> = { lambda: 75 * 2 ** 20 };
const LARGEST_OTHER_BODY = 16 * 2 ** 20;

export function createGateway({ kernel, dispatch, services, models, control }: GatewayOptions): Gateway {
  const doors = services.flatMap((service) => (service.doors ?? []).map((door) => ({ service: service.name, door })));

  async function answer(request: HttpRequest, peer: Peer): Promise<HttpReply> {
    const host = request.headers["host"] ?? "";
    for (const { service, door } of doors) {
      if (door.claims(request, host)) return throughDoor(service, door, request, peer);
    }
    const requestId = kernel.random.uuid();
    let claimed: Claim | undefined;
    try {
      claimed = await claim(request, models);
      const caller = identifyCaller(claimed, request);
      const output = await invoke(claimed, caller, request, peer, requestId);
      return renderOutput(claimed, output, requestId);
    } catch (error) {
      return renderError(claimed ?? { request }, asAwsError(error), requestId);
    }
  }

  function identifyCaller(claimed: Claim, request: HttpRequest): Caller {
    const { model, operation, protocol } = claimed;
    return identify({
      request,
      dialect: signatureDialect(protocol),
      mayBeAnonymous: model.name === "s3" || UNSIGNED.has(operation.name),
      regionOfHost: claimed.region,
      issuedKey: dispatch.issuedKey,
      now: kernel.clock.now(),
    });
  }

  async function invoke(
    claimed: Claim,
    caller: Caller,
    request: HttpRequest,
    peer: Peer,
    requestId: string,
  ): Promise<object> {
    const { model, operation, protocol } = claimed;
    const input = await parse(claimed, caller, request, peer);
    validate(model, operation, input, protocol);
    const http = { headers: request.headers, sourceIp: peer.address, host: request.headers["host"] ?? "" };
    const { principal, account, region } = caller;
    return dispatch.invoke({
      service: model.name,
      operation: operation.name,
      input,
      principal,
      account,
      region,
      requestId,
      http,
    });
  }

  async function parse(
    claimed: Claim,
    caller: Caller,
    request: HttpRequest,
    peer: Peer,
  ): Promise<Record<string, unknown>> {
    const { model, operation } = claimed;
    const wall = kernel.clock.wall();
    if (operation.streamsIn) {
      checkSignature(caller, request, wall, model.signingName);
      peer.proceed();
      const { signature, secretAccessKey } = caller;
      const body = openBody({
        request,
        ...(signature === undefined ? {} : { signature }),
        ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
      });
      return readInput(claimed, body.stream);
    }
    peer.proceed();
    const bytes = claimed.body ?? (await readBody(request, LARGEST_BODY[model.name] ?? LARGEST_OTHER_BODY));
    checkSignature(caller, request, wall, model.signingName, () => sha256Hex(bytes));
    return readInput(claimed, bytes);
  }

  function throughDoor(service: string, door: Door, request: HttpRequest, peer: Peer): Promise<HttpReply> {
    peer.proceed();
    const context = dispatch.contextOf({
      service,
      account: "",
      region: "us-east-1",
      principal: rootOf(""),
      requestId: kernel.random.uuid(),
      http: { headers: request.headers, sourceIp: peer.address, host: request.headers["host"] ?? "" },
    });
    return door.handle(context, request);
  }

  return (incoming, outgoing) => {
    const request = readHead(incoming);
    const peer = createPeer(incoming, outgoing);
    // What only looks at or winds the cloud is no activity of the cloud.
    const controls = control.claims(request);
    const end = controls ? () => {} : kernel.activity.begin();
    if (controls || request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) peer.proceed();
    void (controls ? control.handle(request) : answer(request, peer))
      .catch((error: unknown) => bug(error))
      .then((reply) => write(reply, incoming, outgoing))
      .finally(end);
  };
}

/** The other end of the connection. */
interface Peer {
  readonly address: string;
  /** Tells a client that waits with `Expect: 100-continue` to send its body; does nothing for others. */
  proceed(): void;
}

function createPeer(incoming: IncomingMessage, outgoing: ServerResponse): Peer {
  let waiting = incoming.headers.expect?.toLowerCase() === "100-continue";
  return {
    address: (incoming.socket.remoteAddress ?? "").replace("::ffff:", ""),
    proceed() {
      if (waiting) outgoing.writeContinue();
      waiting = false;
    },
  };
}

function readHead(incoming: IncomingMessage): HttpRequest {
  const target = incoming.url ?? "/";
  const mark = target.indexOf("?");
  const headers: Record<string, string> = {};
  for (const name in incoming.headers) {
    const value = incoming.headers[name];
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return {
    method: incoming.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers,
    body: incoming,
  };
}

async function write(reply: HttpReply, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { status, headers, body } = reply;
  // A client that is still sending (refused early) must not be left hanging on a full socket.
  if (!incoming.readableEnded) incoming.resume();
  if (outgoing.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  if (body instanceof Readable) {
    outgoing.writeHead(status, headers);
    await new Promise<void>((resolve) => {
      // A source that breaks can only be told by a broken connection: the head is gone.
      body.on("error", () => outgoing.destroy());
      outgoing.on("close", () => {
        body.destroy();
        resolve();
      });
      body.pipe(outgoing);
    });
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  if (bytes !== undefined) headers["content-length"] ??= String(bytes.length);
  outgoing.writeHead(status, headers);
  outgoing.end(bytes);
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError("InternalFailure", `The request processing has failed because of an unknown error: ${words}`, {
    status: 500,
  });
}

function bug(error: unknown): HttpReply {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, headers: { "content-type": "text/plain" }, body: `A bug of Seatrial's: ${message}\n` };
}
