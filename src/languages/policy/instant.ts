/** Points in time as Date conditions write them: W3C's profile of ISO 8601, or seconds since 1970. */

const iso = /^-?\d{4,}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i;

/** Milliseconds since 1970, or undefined where `text` is no point in time. Without a zone, it is UTC. */
export function parseInstant(text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text) && !/^\d{4}$/.test(text)) return Number(text) * 1000;
  if (!iso.test(text)) return undefined;
  const zoned = /T/i.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? `${text}Z` : text;
  const milliseconds = Date.parse(zoned.toUpperCase().replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
