/** AWS's three ways of writing an instant, both directions. */
import type { TimestampFormat } from "./model.ts";

/**
 * The instant that `text` says, or undefined when it says none. `date-time` is accepted with an offset and with any
 * number of fractional digits, `http-date` in its three HTTP forms, `epoch-seconds` with a fraction.
 */
export function parseTimestamp(text: string, format: TimestampFormat): Date | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (format === "epoch-seconds") return fromEpochSeconds(Number(trimmed));
  // Clients also send plain seconds where a text is expected (botocore does, in Query), and AWS takes them.
  if (/^-?\d{9,}(\.\d+)?$/.test(trimmed)) return fromEpochSeconds(Number(trimmed));
  const named = format === "date-time" && !/^\d{4}-\d\d-\d\d/.test(trimmed) ? compactIso(trimmed) : trimmed;
  const date = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(named) ? `${named}Z` : named);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The instant that many seconds after 1970, to the millisecond; undefined when it is no instant. */
export function fromEpochSeconds(seconds: number): Date | undefined {
  const date = new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** `date` in `format`; a fraction of a second is written only where there is one. */
export function formatTimestamp(date: Date, format: TimestampFormat): string {
  switch (format) {
    case "epoch-seconds":
      return String(date.getTime() / 1000);
    case "http-date":
      return date.toUTCString();
    case "date-time":
      return date.toISOString().replace(".000Z", "Z");
  }
}

/** `20260102T030405Z`, which Query callers may send, in the long form. */
function compactIso(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/, "$1-$2-$3T$4:$5:$6");
}
