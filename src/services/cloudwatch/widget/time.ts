/** Times in widgets: `-PT3H`, `-P1D`, `PT0H` from now, or ISO 8601. */

const UNITS: Readonly<Record<string, number>> = { W: 604_800, D: 86_400, H: 3600, M: 60, S: 1 };
const MONTH_S = 30 * 86_400;

/** Epoch seconds; undefined for what is no time. `now` in epoch milliseconds. */
export function readTime(text: string, now: number): number | undefined {
  const [, sign, days, times = ""] = /^(-?)P((?:\d+[MWD])*)(?:T((?:\d+[HMS])*))?$/.exec(text) ?? [];
  if (days === undefined) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
  }
  const of = (part: string, monthly: boolean): number =>
    Array.from(part.matchAll(/(\d+)([A-Z])/g)).reduce((total, [, count, unit = ""]) => {
      const seconds = monthly && unit === "M" ? MONTH_S : (UNITS[unit] ?? 0);
      return total + Number(count) * seconds;
    }, 0);
  const seconds = of(days, true) + of(times, false);
  return Math.floor(now / 1000) + (sign === "-" ? -seconds : seconds);
}
