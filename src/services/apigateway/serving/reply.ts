/** What goes back: status, headers of any number of values, body; and the headers that API Gateway keeps to itself. */
import type { HttpReply } from "../../../service.ts";

export interface Reply {
  readonly status: number;
  /** By the name as it is to be written. */
  readonly headers: Map<string, string[]>;
  readonly body: Buffer;
}

/** AWS page "Amazon API Gateway important notes": the names that are given back under another one, and those that are dropped. */
const REMAPPED = new Map(
  [
    "Authorization",
    "Connection",
    "Content-MD5",
    "Date",
    "Host",
    "Server",
    "User-Agent",
    "WWW-Authenticate",
    "Max-Forwards",
  ].map((name) => [name.toLowerCase(), `x-amzn-Remapped-${name}`]),
);
const DROPPED = new Set(["transfer-encoding", "trailer", "upgrade", "te", "keep-alive", "content-length"]);

/** Puts a header that an integration gave; the same name in another spelling is the same header. */
export function addHeader(headers: Map<string, string[]>, name: string, values: readonly string[]): void {
  const lower = name.toLowerCase();
  if (DROPPED.has(lower) || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return;
  const written = REMAPPED.get(lower) ?? name;
  const known = [...headers.keys()].find((key) => key.toLowerCase() === written.toLowerCase());
  headers.set(
    known ?? written,
    values.map((value) => value.replaceAll(/[\r\n]+/g, " ")),
  );
}

export function hasHeader(headers: ReadonlyMap<string, unknown>, name: string): boolean {
  const lower = name.toLowerCase();
  for (const key of headers.keys()) if (key.toLowerCase() === lower) return true;
  return false;
}

export function toHttp({ status, headers: given, body }: Reply): HttpReply {
  const headers: Record<string, string> = {};
  const repeated: Record<string, string[]> = {};
  for (const [name, values] of given) {
    const [only] = values;
    if (values.length === 1 && only !== undefined) headers[name] = only;
    else if (values.length > 1) repeated[name] = values;
  }
  return Object.keys(repeated).length === 0 ? { status, headers, body } : { status, headers, repeated, body };
}
