/** A request's parts as API Gateway tells them to a function: times, parameters, what is text. */

/** `12/Mar/2020:19:03:58 +0000` */
export function commonLogTime(epochMs: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(epochMs).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The values of each parameter of a query, decoded, in the order in which they stand. */
export function multiValueParameters(query: string): Record<string, string[]> | undefined {
  if (query === "") return undefined;
  const found = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) found.set(name, [...(found.get(name) ?? []), value]);
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

/** Names and values by turns, as a request has them, gathered by their names in lower case. */
export function multiValueHeaders(raw: readonly string[]): Record<string, string[]> {
  const found = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? "").toLowerCase();
    const values = found.get(name);
    if (values === undefined) found.set(name, [raw[at + 1] ?? ""]);
    else values.push(raw[at + 1] ?? "");
  }
  return Object.fromEntries(found);
}

/** A percent-encoded path, decoded; as it is where its escapes are broken. */
export function decodedPath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What an HTTP API or a function URL hands on as text; all else is base64. */
export function isText(contentType = ""): boolean {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  return type.startsWith("text/") || /^application\/(.+\+)?(json|xml|javascript)$/.test(type);
}
