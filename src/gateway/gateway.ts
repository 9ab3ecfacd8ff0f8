/** A request's life, in one function: claim → identify → parse → authorize → invoke → render. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { AwsError } from "../kernel/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { ANONYMOUS, type Door } from "../service.ts";
import { readBody, readVerifiedBody, takeBody } from "../wire/body.ts";
import { claim, spokenBy, type Claim } from "../wire/claim.ts";
import { renderError } from "../wire/failure.ts";
import type { HttpReply, HttpRequest } from "../wire/http.ts";
import { readInput } from "../wire/input.ts";
import type { ServiceModel } from "../wire/model.ts";
import { renderOutput } from "../wire/output.ts";
import { EMPTY_SHA256, sha256Hex } from "../wire/sigv4-key.ts";
import { signatureDialect } from "../wire/sigv4.ts";
import { validate } from "../wire/validate.ts";
import type { CallFacts } from "./context.ts";
import type { AnyService } from "./call.ts";
import type { Dispatch } from "./dispatch.ts";
import { checkSignature, identify, type Caller, type SigningTimes } from "./identify.ts";

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
/** What one PUT may carry to S3, in bytes. */
const LARGEST_OBJECT = 5 * 2 ** 30;

/** Where `x-amz-checksum-…` tells of an object and not of the request's own body. */
const CHECKSUM_OF_AN_OBJECT = new Set(["CompleteMultipartUpload"]);

type ReceivedBody = Awaited<ReturnType<typeof readBody>>;

export function createGateway({ kernel, dispatch, services, models, control }: GatewayOptions): Gateway {
  const doors = services.flatMap((service) => (service.doors ?? []).map((door) => ({ service: service.name, door })));

  async function answer(request: HttpRequest, peer: Peer): Promise<HttpReply> {
    const host = request.headers["host"] ?? "";
    for (const { service, door } of doors) {
      const outside = () => dispatch.contextOf(atDoor(service, request, peer.address));
      if (door.claims(request, host, outside)) return throughDoor(service, door, request, peer);
    }
    const requestId = kernel.random.uuid();
    let claimed: Claim | undefined;
    let form: ReceivedBody | undefined;
    const readForm = async (): Promise<Uint8Array> => {
      peer.proceed();
      form = await readBody(request, { maxBytes: LARGEST_OTHER_BODY });
      return form.bytes;
    };
    try {
      claimed = await claim(request, models, readForm);
      const caller = identifyCaller(claimed, request);
      const input = await parse(claimed, caller, request, peer, form);
      validate(claimed, input);
      const { principal, account, region } = caller;
      const service = claimed.model.name;
      const operation = claimed.operation.name;
      const http = { headers: request.headers, sourceIp: peer.address, host };
      const output = await dispatch.invoke({ service, operation, input, principal, account, region, requestId, http });
      return forOrigin(claimed, request, renderOutput(claimed, output, requestId));
    } catch (error) {
      const reply = renderError(claimed ?? spokenBy(request, models), asAwsError(error), requestId);
      return claimed === undefined ? reply : forOrigin(claimed, request, reply);
    }
  }

  /** Adds what a browser of another origin must see (S3's CORS). */
  function forOrigin(claimed: Claim, request: HttpRequest, reply: HttpReply): HttpReply {
    if (request.headers["origin"] === undefined) return reply;
    const service = services.find(({ name }) => name === claimed.model.name);
    if (service?.replyHeaders === undefined) return reply;
    const context = dispatch.contextOf(atDoor(service.name, request, ""));
    return {
      ...reply,
      headers: { ...reply.headers, ...service.replyHeaders(context, request.method, claimed.labels) },
    };
  }

  function identifyCaller({ model, operation, protocol, region }: Claim, request: HttpRequest): Caller {
    return identify({
      request,
      dialect: signatureDialect(protocol),
      mayBeAnonymous: model.name === "s3" || UNSIGNED.has(operation.name),
      regionOfHost: region,
      issuedKey: dispatch.issuedKey,
      now: kernel.clock.now(),
    });
  }

  /** Takes the body in, checks the signature over it and reads the operation's input. `form` is what the claim had to read already. */
  async function parse(
    claimed: Claim,
    caller: Caller,
    request: HttpRequest,
    peer: Peer,
    form: ReceivedBody | undefined,
  ): Promise<Record<string, unknown>> {
    const { model, operation, protocol } = claimed;
    const { signature, secretAccessKey } = caller;
    const times = signingTimes();
    if (protocol === "restXml") {
      // S3 declares the body's hash in a header: the signature is over that, and the body is held to it as it comes.
      checkSignature(caller, request, times, model.signingName);
      if (!operation.streamsIn && hasNoBody(request)) return readInput(claimed, request, NO_BYTES);
      const verifyChecksum = !CHECKSUM_OF_AN_OBJECT.has(operation.name);
      const proceed = (): void => peer.proceed();
      const options = { request, proceed, signature, secretAccessKey, verifyChecksum };
      if (!operation.streamsIn) {
        return readInput(
          claimed,
          request,
          (await readVerifiedBody({ ...options, maxBytes: LARGEST_OTHER_BODY })).bytes,
        );
      }
      const taken = await takeBody({ ...options, maxBytes: LARGEST_OBJECT, defaultChecksum: "CRC64NVME" });
      return readInput(claimed, request, taken);
    }
    peer.proceed();
    const { bytes, sent } =
      form ?? (await readBody(request, { maxBytes: LARGEST_BODY[model.name] ?? LARGEST_OTHER_BODY }));
    checkSignature(caller, request, times, model.signingName, () => sha256Hex(sent));
    return readInput(claimed, request, bytes);
  }

  /** A client signs by its machine's clock, a function by the cloud's. */
  function signingTimes(): SigningTimes {
    return { machine: kernel.clock.wall(), cloud: kernel.clock.now() };
  }

  async function throughDoor(service: string, door: Door, request: HttpRequest, peer: Peer): Promise<HttpReply> {
    peer.proceed();
    const facts = atDoor(service, request, peer.address);
    const signed = request.headers["authorization"]?.startsWith("AWS4-") || request.query.includes("X-Amz-Signature=");
    if (door.signingName === undefined || !signed) return door.handle(dispatch.contextOf(facts), request);
    try {
      const { bytes, sent } = await readBody(request, { maxBytes: LARGEST_OTHER_BODY });
      const caller = identify({
        request,
        dialect: "restJson",
        mayBeAnonymous: true,
        regionOfHost: undefined,
        issuedKey: dispatch.issuedKey,
        now: kernel.clock.now(),
      });
      checkSignature(caller, request, signingTimes(), door.signingName, () => sha256Hex(sent));
      const context = dispatch.contextOf({ ...facts, principal: caller.principal });
      return await door.handle(context, { ...request, body: Readable.from([bytes], { objectMode: false }) });
    } catch (error) {
      return renderError({ protocol: "restJson1", method: request.method }, asAwsError(error), facts.requestId);
    }
  }

  /** A request that nobody has signed for: whom it serves, the service finds out itself. */
  function atDoor(service: string, request: HttpRequest, sourceIp: string): CallFacts {
    return {
      service,
      account: "",
      region: "us-east-1",
      principal: ANONYMOUS,
      requestId: kernel.random.uuid(),
      http: { headers: request.headers, sourceIp, host: request.headers["host"] ?? "" },
    };
  }

  return (incoming, outgoing) => {
    const request = readHead(incoming);
    const peer = createPeer(incoming, outgoing);
    // What only looks at or winds the cloud is no activity of the cloud.
    const controls = control.claims(request);
    const end = controls ? () => {} : kernel.activity.begin();
    if (controls) peer.proceed();
    void (controls ? control.handle(request) : answer(request, peer))
      .catch((error: unknown) => bug(error))
      .then((reply) => write(reply, incoming, outgoing))
      .finally(end);
  };
}

const NO_BYTES = Buffer.alloc(0);

/** A request that declares no body, and no hash of one: nothing to read, nothing to verify. */
function hasNoBody({ headers }: HttpRequest): boolean {
  const length = headers["content-length"];
  if ((length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined) return false;
  const hash = headers["x-amz-content-sha256"];
  return hash === undefined || hash === EMPTY_SHA256 || hash === "UNSIGNED-PAYLOAD";
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
  // Clients of a proxy name the whole URL (RFC 9112's absolute form): what counts is its path.
  const target = (incoming.url ?? "/").replace(/^https?:\/\/[^/?]*\/?/i, "/");
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
    rawHeaders: incoming.rawHeaders,
    body: incoming,
  };
}

async function write(reply: HttpReply, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { status, body } = reply;
  const headers: Record<string, string | string[]> =
    reply.repeated === undefined ? reply.headers : { ...reply.headers, ...reply.repeated };
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
  // A text goes out in one piece with the head, where bytes would be a second one.
  const measured = "Content-Length" in headers || "content-length" in headers;
  // "A server MUST NOT send a Content-Length header field in any response with a status code of … 204" (RFC 9110).
  if (body !== undefined && !measured && status !== 204) headers["content-length"] = String(Buffer.byteLength(body));
  outgoing.writeHead(status, headers);
  outgoing.end(body);
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
