/**
 * What a function answers behind a proxy integration, in the payload formats 1.0 and 2.0 (AWS page "Create AWS Lambda proxy integrations for HTTP
 * APIs", "Lambda function response format").
 */

export interface ProxyReply {
  readonly status: number;
  /** Names in lower case; several values are several headers. */
  readonly headers: Map<string, string[]>;
  readonly body: string | Uint8Array;
}

/** An object with a `statusCode` says everything; undefined for anything else. */
export function readReply(payload: unknown, format: "1.0" | "2.0"): ProxyReply | undefined {
  if (!isRecord(payload)) return undefined;
  const status = Number(payload["statusCode"]);
  if (payload["statusCode"] === null || !Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const given = payload["headers"] ?? {};
  if (!isRecord(given)) return undefined;
  const headers = new Map<string, string[]>();
  for (const [name, value] of Object.entries(given)) add(headers, name, [value]);
  const multiple = payload["multiValueHeaders"];
  if (format === "1.0" && isRecord(multiple)) {
    for (const [name, values] of Object.entries(multiple)) {
      if (!Array.isArray(values)) return undefined;
      headers.delete(name.toLowerCase());
      add(headers, name, values);
    }
  }
  const cookies = payload["cookies"];
  if (format === "2.0" && Array.isArray(cookies)) add(headers, "set-cookie", cookies);
  const body = payload["body"];
  if (body === undefined || body === null) return { status, headers, body: "" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers, body: payload["isBase64Encoded"] === true ? Buffer.from(text, "base64") : text };
}

/** Format 2.0: what is valid JSON and has no `statusCode` is the body of a 200. */
export function inferredReply(payload: unknown, text: string): ProxyReply {
  const headers = new Map([["content-type", ["application/json"]]]);
  // A text is its own body, without quotes.
  return { status: 200, headers, body: typeof payload === "string" ? payload : text };
}

function add(headers: Map<string, string[]>, name: string, values: readonly unknown[]): void {
  const key = name.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key)) return;
  const texts = values.map((value) => String(value).replaceAll(/[\r\n]+/g, " "));
  headers.set(key, [...(headers.get(key) ?? []), ...texts]);
}

/**
 * A reply's headers are a record, but a header that comes more than once needs a name each time: the same one, spelt differently. Headers of
 * `held` are left out.
 */
export function flatHeaders(
  headers: ReadonlyMap<string, readonly string[]>,
  held: ReadonlySet<string>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, values] of headers) {
    if (held.has(name)) continue;
    values.forEach((value, index) => (flat[spelt(name, index)] = value));
  }
  return flat;
}

function spelt(name: string, index: number): string {
  let letters = 0;
  return name.replaceAll(/[a-z]/g, (letter) => ((index >> letters++) & 1 ? letter.toUpperCase() : letter));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
