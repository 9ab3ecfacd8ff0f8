/** Numbers and times as CloudWatch writes them in reasons and events: doubles as Java's Double.toString, times with milliseconds and +0000. */

/** A number that is written as a double even where it is whole: `1.0`. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** `1.0`, `0.1`, `1.0E7`, `1.5E-4`. */
export function formatDouble(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  if (!Number.isFinite(value)) return String(value);
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** JSON, with doubles as such; members that are undefined are left out. */
export function writeJson(value: unknown): string {
  if (value instanceof Double) return formatDouble(value.value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** `2026-01-01T00:00:00.000+0000` */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "+0000");
}

/** `21/11/26 05:00:00` */
export function formatShortTime(epochSeconds: number): string {
  const [year = "", month, day, time] = new Date(epochSeconds * 1000).toISOString().slice(0, 19).split(/[-T]/);
  return `${day}/${month}/${year.slice(2)} ${time}`;
}

const LONG = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "long",
  day: "2-digit",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** `Friday 22 July, 2022 15:57:45 UTC` */
export function formatLongTime(epochMs: number): string {
  const parts = new Map(LONG.formatToParts(epochMs).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return `${of("weekday")} ${of("day")} ${of("month")}, ${of("year")} ${of("hour")}:${of("minute")}:${of("second")} UTC`;
}
