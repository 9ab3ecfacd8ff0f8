/** Lengths of time as people and APIs write them: `10m`, `1h30m`, `PT10M`, a number of seconds. */

const unitMilliseconds = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

type Unit = keyof typeof unitMilliseconds;

const unitNames: Readonly<Record<Unit, readonly string[]>> = {
  ms: ["ms", "millisecond", "milliseconds"],
  s: ["s", "sec", "secs", "second", "seconds"],
  m: ["m", "min", "mins", "minute", "minutes"],
  h: ["h", "hr", "hrs", "hour", "hours"],
  d: ["d", "day", "days"],
  w: ["w", "week", "weeks"],
};

/** The text is no length of time. The message names what was given and what is accepted. */
export class DurationSyntaxError extends Error {
  override readonly name = "DurationSyntaxError";

  constructor(given: string | number) {
    super(
      `${JSON.stringify(given)} is not a length of time: give 90s, 10m, 1h30m, 2 days, PT10M or a number of seconds`,
    );
  }
}

/**
 * The milliseconds that `given` says: a number (also as text) is seconds; `1h30m`, `1.5 hours`, `500ms` and ISO 8601
 * (`PT1H30M`, `P1DT12H`, `P2W`) say their units. Rounded to whole milliseconds. Raises DurationSyntaxError for anything
 * else, for negative lengths, and for lengths that no number holds exactly.
 */
export function parseDuration(given: string | number): number {
  const milliseconds = Math.round(typeof given === "number" ? given * 1000 : read(given.trim()));
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) throw new DurationSyntaxError(given);
  return milliseconds;
}

/** `milliseconds` as short text that parseDuration reads back: `1h30m`, `1d`, `1.5s` as `1s500ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  return split(milliseconds)
    .map(([count, unit]) => `${count}${unit}`)
    .join("");
}

/** `milliseconds` in words: `1 hour 30 minutes`, `1 second`, `0 seconds`. */
export function describeDuration(milliseconds: number): string {
  const words = { ms: "millisecond", s: "second", m: "minute", h: "hour", d: "day", w: "week" };
  return split(milliseconds)
    .map(([count, unit]) => `${count} ${words[unit]}${count === 1 ? "" : "s"}`)
    .join(" ");
}

/** Milliseconds, or NaN where `text` is no length of time. */
function read(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^P/i.test(text)) return readIso(text);
  if (!/^(\d+(\.\d+)?\s*[a-z]+\s*)+$/i.test(text)) return Number.NaN;
  let total = 0;
  for (const [, count, name] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const unit = unitOf((name ?? "").toLowerCase());
    total += unit === undefined ? Number.NaN : Number(count) * unitMilliseconds[unit];
  }
  return total;
}

function unitOf(name: string): Unit | undefined {
  return (["ms", "s", "m", "h", "d", "w"] as const).find((unit) => unitNames[unit].includes(name));
}

/** ISO 8601 without years and months, which have no fixed length. */
function readIso(text: string): number {
  const number = String.raw`(\d+(?:[.,]\d+)?)`;
  const pattern = `^P(?:${number}W)?(?:${number}D)?(?:T(?:${number}H)?(?:${number}M)?(?:${number}S)?)?$`;
  const found = new RegExp(pattern, "i").exec(text);
  if (found === null || /[PT]$/i.test(text)) return Number.NaN;
  const units: readonly Unit[] = ["w", "d", "h", "m", "s"];
  return units.reduce((total, unit, index) => {
    const count = found[index + 1];
    return count === undefined ? total : total + Number(count.replace(",", ".")) * unitMilliseconds[unit];
  }, 0);
}

/** The counts of days, hours, minutes, seconds and milliseconds that are not zero; one `0 s` where all are. */
function split(milliseconds: number): readonly (readonly [count: number, unit: Unit])[] {
  const units: readonly Unit[] = ["d", "h", "m", "s", "ms"];
  const parts: [number, Unit][] = [];
  let rest = Math.round(milliseconds);
  for (const unit of units) {
    const count = Math.floor(rest / unitMilliseconds[unit]);
    rest -= count * unitMilliseconds[unit];
    if (count > 0) parts.push([count, unit]);
  }
  return parts.length === 0 ? [[0, "s"]] : parts;
}
