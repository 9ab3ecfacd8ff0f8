/** Function URLs: any request whose host begins `ID.lambda-url.` invokes the function that the URL is of. */
import { Readable } from "node:stream";
import { isAwsError } from "../../kernel/errors.ts";
import type { Door, HttpReply, HttpRequest, Principal, ServiceContext } from "../../service.ts";
import { collect } from "./bytes.ts";
import type { Engine } from "./engine.ts";
import type { Found } from "./functions.ts";
import { allows } from "./permission.ts";
import { createReplyChannel } from "./reply-channel.ts";
import { functions, urlOwners, urls, type UrlRow } from "./state.ts";
import { corsHeaders, preflight } from "./url-cors.ts";
import { eventOf } from "./url-event.ts";
import { badGateway, plain, PRELUDE_TYPE, readPrelude, replyOf } from "./url-reply.ts";

/** AWS's limit for what a URL takes, in bytes. */
const MOST_BYTES = 6_291_456;

export function urlDoor(engine: Engine): Door {
  return {
    claims: (_, host) => host.includes(".lambda-url."),
    signingName: "lambda",
    async handle(outside, request) {
      const host = outside.http?.host ?? request.headers["host"] ?? "";
      const id = host.slice(0, host.indexOf("."));
      const opened = open(outside, id);
      if (opened === undefined) return withId(outside, plain(403, '{"Message":"Forbidden"}'));
      const { found, url } = opened;
      const reply =
        preflight(url.cors, request) ??
        (await answer(engine, { found, url, request, host }).catch((error: unknown) => refusal(error)));
      return withId(outside, { ...reply, headers: { ...reply.headers, ...corsHeaders(url.cors, request) } });
    },
  };
}

interface Visit {
  readonly found: Found;
  readonly url: UrlRow;
  readonly request: HttpRequest;
  readonly host: string;
}

function open(outside: ServiceContext, id: string): { found: Found; url: UrlRow } | undefined {
  const owner = outside.table(urlOwners).get(id);
  if (owner === undefined) return undefined;
  const { account, region, functionName: name, qualifier } = owner;
  const context = outside.as({ account, region });
  const row = context.table(functions).get(name);
  const url = context.table(urls).get(name, qualifier);
  if (row === undefined || url === undefined) return undefined;
  return { found: { context, row, account, region, name, ...(qualifier === "" ? {} : { qualifier }) }, url };
}

async function answer(engine: Engine, { found, url, request, host }: Visit): Promise<HttpReply> {
  const { context } = found;
  const caller = url.authType === "NONE" ? undefined : callerOf(context);
  if (!mayInvoke(found, url, caller)) return plain(403, '{"Message":"Forbidden"}');
  const body = await collect(request.body, MOST_BYTES);
  if (body === undefined) return plain(413, '{"Message":"Request Entity Too Large"}');
  const traceHeader = request.headers["x-amzn-trace-id"] ?? engine.newTrace(context);
  const event = eventOf(context, { request, host, body, urlId: url.id, caller, traceHeader });
  const invocation = { requestId: context.requestId, payload: Buffer.from(event), traceHeader };
  if (url.invokeMode === "RESPONSE_STREAM") return await stream(engine, found, invocation);
  const { result } = await engine.run(found, engine.choose(found), invocation);
  return result.functionError === undefined ? replyOf(result.payload) : badGateway();
}

async function stream(
  engine: Engine,
  found: Found,
  invocation: { readonly requestId: string; readonly payload: Uint8Array; readonly traceHeader: string },
): Promise<HttpReply> {
  const channel = createReplyChannel();
  const running = engine.run(found, engine.choose(found), invocation, channel.reply);
  running.then(
    () => channel.end(),
    () => channel.end(),
  );
  const contentType = await Promise.race([channel.started, running.then(() => undefined)]);
  // Ended without a byte: nothing to show, or the function's error.
  if (contentType === undefined) return badGateway();
  const chunks = channel.chunks[Symbol.asyncIterator]();
  if (contentType !== PRELUDE_TYPE) return streamed(200, { "content-type": contentType }, undefined, chunks, running);
  const head = await readPrelude(chunks);
  if (head === undefined) return badGateway();
  return streamed(head.status, head.headers, head.rest, chunks, running);
}

/** The rest of a stream; where the function fails in the middle, the connection breaks off. */
function streamed(
  status: number,
  headers: Record<string, string>,
  first: Uint8Array | undefined,
  chunks: AsyncIterator<Uint8Array>,
  running: ReturnType<Engine["run"]>,
): HttpReply {
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (first !== undefined && first.length > 0) yield first;
      for (let step = await chunks.next(); !step.done; step = await chunks.next()) yield step.value;
    } finally {
      await chunks.return?.();
    }
    const { result } = await running;
    if (result.functionError !== undefined) throw new Error(`the function broke off: ${result.errorType ?? ""}`);
  }
  return { status, headers, body: Readable.from(all(), { objectMode: false }) };
}

/** Who signed the request; undefined for nobody. */
function callerOf({ principal }: ServiceContext): Principal | undefined {
  return principal.type === "anonymous" ? undefined : principal;
}

/**
 * A public URL needs a policy that says so (AWS page "Control access to Lambda function URLs"); with AWS_IAM the caller's own account has
 * judged already, and another account's caller needs the policy.
 */
function mayInvoke({ context, name, qualifier }: Found, { authType }: UrlRow, caller: Principal | undefined): boolean {
  if (authType === "AWS_IAM" && caller === undefined) return false;
  if (caller?.account === context.account) return true;
  const principal = caller ?? { type: "anonymous", account: "", arn: "anonymous" };
  const keys = { "lambda:FunctionUrlAuthType": authType, "lambda:InvokedViaFunctionUrl": "true" };
  const target = { name, ...(qualifier === undefined ? {} : { qualifier }) };
  return allows(context, target, "lambda:InvokeFunctionUrl", principal, keys);
}

function refusal(error: unknown): HttpReply {
  if (!isAwsError(error)) throw error;
  if (error.code !== "TooManyRequestsException") return badGateway();
  const { Reason } = error.details.members ?? {};
  return plain(429, JSON.stringify({ Reason, Type: "User", message: error.message }));
}

function withId(context: ServiceContext, reply: HttpReply): HttpReply {
  return { ...reply, headers: { ...reply.headers, "x-amzn-requestid": context.requestId } };
}
