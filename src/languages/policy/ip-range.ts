/** IPv4 and IPv6 addresses and CIDR ranges, for the IpAddress conditions (RFC 4632, RFC 4291). */

/** A range: the addresses whose first `prefix` bits are those of `address`. */
interface IpRange {
  /** 32 bits or 128 bits, whichever the family has. */
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

/** True when `address` lies in `range` (`10.0.0.0/8`, `2001:db8::/32`, or one address). False where either is no address. */
export function ipInRange(address: string, range: string): boolean {
  const wanted = parseRange(range);
  const given = parseRange(address);
  if (wanted === undefined || given === undefined || wanted.bits !== given.bits || given.prefix !== given.bits) {
    return false;
  }
  const shift = BigInt(wanted.bits - wanted.prefix);
  return wanted.address >> shift === given.address >> shift;
}

function parseRange(text: string): IpRange | undefined {
  const [addressText = "", prefixText, ...rest] = text.split("/");
  const v4 = parseIpv4(addressText);
  const address = v4 ?? parseIpv6(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = v4 === undefined ? 128 : 32;
  if (prefixText === undefined) return { bits, address, prefix: bits };
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return undefined;
  return { bits, address, prefix: Number(prefixText) };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let address = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256n + BigInt(part);
  }
  return address;
}

function parseIpv6(text: string): bigint | undefined {
  // The last two groups may be written as an IPv4 address.
  const tail = /^(.*:)([\d.]+)$/.exec(text);
  const embedded = tail?.[2]?.includes(".") === true ? parseIpv4(tail[2]) : undefined;
  const whole =
    embedded === undefined
      ? text
      : `${tail?.[1] ?? ""}${(embedded >> 16n).toString(16)}:${(embedded & 0xffffn).toString(16)}`;
  const halves = whole.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const head = groups[0] ?? [];
  const rest = groups[1];
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: rest === undefined ? 0 : missing }, () => "0"), ...(rest ?? [])];
  let address = 0n;
  for (const group of all) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    address = address * 65536n + BigInt(`0x${group}`);
  }
  return address;
}
