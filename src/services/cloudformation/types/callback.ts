/** Addresses that are answered from outside: ResponseURLs of custom resources and handles of wait conditions. */
import type { Door, HttpReply, HttpRequest, ServiceContext } from "../../../service.ts";
import { wakeStep } from "../plan.ts";
import { callbacks, type CallbackRow } from "../state.ts";

/** No bucket's name can begin like this. */
const PATH = "/_cloudformation/callbacks/";
/** 4 KiB is what AWS takes of a custom resource; with headroom for wait conditions' data. */
const MOST_BYTES = 64 * 1024;

/** Inside a transaction: makes a new address, whose answers wake the step; answers its unguessable part. */
export function openCallback(context: ServiceContext, stackId: string, stepKey: string): string {
  const token = context.random.hex(48);
  const { account, region } = context;
  context.table(callbacks).put([token], { account, region, stackId, stepKey, answers: [], waiters: [] });
  return token;
}

/** The address as it is handed out. */
export function callbackUrl(context: Pick<ServiceContext, "endpointUrl">, token: string): string {
  return `${context.endpointUrl}${PATH}${token}`;
}

/** What came in at the address so far; undefined when it is closed. */
export function callbackAnswers(context: ServiceContext, token: string): readonly string[] | undefined {
  return context.table(callbacks).get(token)?.answers;
}

/** Inside a transaction: another resource of the same stack waits for what comes in. False when the address is closed. */
export function waitAt(context: ServiceContext, token: string, logicalId: string): boolean {
  const row = context.table(callbacks).get(token);
  if (row === undefined) return false;
  if (!row.waiters.includes(logicalId))
    context.table(callbacks).put([token], { ...row, waiters: [...row.waiters, logicalId] });
  return true;
}

/** The unguessable part of an address that was handed out; undefined for any other text. */
export function tokenOf(url: string): string | undefined {
  const at = url.indexOf(PATH);
  return at < 0 ? undefined : url.slice(at + PATH.length);
}

/** Inside a transaction: nothing that comes in later counts. */
export function closeCallback(context: ServiceContext, token: string): void {
  context.table(callbacks).remove(token);
}

/** The way in: PUT, as to the presigned S3 URLs that AWS hands out. */
export const callbackDoor: Door = {
  claims: ({ path }) => path.startsWith(PATH),
  async handle(context, request) {
    if (request.method !== "PUT")
      return refused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
    const text = await bodyOf(request);
    if (text === undefined)
      return refused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    const token = request.path.slice(PATH.length);
    const row = context.table(callbacks).get(token);
    if (row === undefined) return refused(403, "AccessDenied", "Request has expired");
    context.transact(() => take(context, token, row, text));
    return { status: 200, headers: {}, body: "" };
  },
};

function take(context: ServiceContext, token: string, row: CallbackRow, text: string): void {
  context.table(callbacks).put([token], { ...row, answers: [...row.answers, text] });
  const owner = context.as({ account: row.account, region: row.region });
  wakeStep(owner, row.stackId, row.stepKey);
  for (const waiter of row.waiters) wakeStep(owner, row.stackId, waiter);
}

async function bodyOf({ body }: HttpRequest): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refused(status: number, code: string, message: string): HttpReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
