/** What a function answers, as the reply of its URL (AWS page "Invoking Lambda function URLs", response payload format). */
import type { HttpReply } from "../../service.ts";

/** Headers that a function may not set. */
const OURS = new Set(["connection", "content-length", "date", "transfer-encoding", "x-amzn-requestid"]);

/** AWS's reply to a function's error, and to a reply that it cannot read. */
export function badGateway(): HttpReply {
  return plain(502, "Internal Server Error");
}

export function plain(status: number, body: string): HttpReply {
  return { status, headers: { "content-type": "application/json" }, body };
}

/** A whole reply: an object with a `statusCode` says everything, anything else is the body of a 200. */
export function replyOf(payload: Uint8Array): HttpReply {
  const text = Buffer.from(payload).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return badGateway();
  }
  if (!isRecord(value) || value["statusCode"] === undefined) {
    // A text is its own body, without quotes.
    return plain(200, typeof value === "string" ? value : text);
  }
  const head = headOf(value);
  if (head === undefined) return badGateway();
  const { body } = value;
  if (body === undefined || body === null) return { ...head, body: "" };
  const content = typeof body === "string" ? body : JSON.stringify(body);
  return { ...head, body: value["isBase64Encoded"] === true ? Buffer.from(content, "base64") : content };
}

/** Status, headers and cookies: of a whole reply, or of the prelude of a streamed one. Undefined where they are none. */
export function headOf(
  value: Readonly<Record<string, unknown>>,
): { status: number; headers: Record<string, string> } | undefined {
  const status = Number(value["statusCode"] ?? 200);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const headers: Record<string, string> = { "content-type": "application/json" };
  const given = value["headers"] ?? {};
  if (!isRecord(given)) return undefined;
  for (const [name, content] of Object.entries(given)) {
    if (OURS.has(name.toLowerCase()) || !isHeaderName(name)) continue;
    headers[name.toLowerCase()] = String(content).replaceAll(/[\r\n]+/g, " ");
  }
  const cookies = value["cookies"];
  if (Array.isArray(cookies)) {
    cookies.forEach(
      (cookie, index) => (headers[spelt("set-cookie", index)] = String(cookie).replaceAll(/[\r\n]+/g, " ")),
    );
  }
  return { status, headers };
}

/** A reply's headers are a record, but every cookie needs a header of its own: the same name, spelt differently each time. */
function spelt(name: string, index: number): string {
  let letters = 0;
  return name.replaceAll(/[a-z]/g, (letter) => ((index >> letters++) & 1 ? letter.toUpperCase() : letter));
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Eight NULs end the prelude of a streamed reply. */
const PRELUDE_END = Buffer.alloc(8);
export const PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response";
const LONGEST_PRELUDE = 1_048_576;

/** Reads the prelude off a streamed reply; what of the body came with it is `rest`. Undefined where there is none. */
export async function readPrelude(
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ status: number; headers: Record<string, string>; rest: Uint8Array } | undefined> {
  let bytes = Buffer.alloc(0);
  for (let step = await chunks.next(); !step.done; step = await chunks.next()) {
    bytes = Buffer.concat([bytes, step.value]);
    const end = bytes.indexOf(PRELUDE_END);
    if (end >= 0) {
      const head = headOfText(bytes.subarray(0, end).toString());
      return head === undefined ? undefined : { ...head, rest: bytes.subarray(end + PRELUDE_END.length) };
    }
    if (bytes.length > LONGEST_PRELUDE) return undefined;
  }
  return undefined;
}

function headOfText(text: string): ReturnType<typeof headOf> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? headOf(value) : undefined;
  } catch {
    return undefined;
  }
}
