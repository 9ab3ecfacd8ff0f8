/**
 * The arithmetic of Fn::Cidr.
 */
import { TemplateError } from "./template-error.ts";

/**
 * The first `count` blocks of `bits` host bits inside `block` ("Fn::Cidr": count 1 to 256; 8 bits unless told, 64 for IPv6).
 * Raises TemplateError when the block is none, or does not hold that many.
 */
export function cidrBlocks(block: string, count: number, bits: number | undefined): readonly string[] {
  const [address = "", mask = ""] = block.split("/");
  const isV6 = address.includes(":");
  const width = isV6 ? 128 : 32;
  const prefix = Number(mask);
  const hostBits = bits ?? (isV6 ? 64 : 8);
  const start = isV6 ? parseV6(address) : parseV4(address);
  const isMask = /^\d{1,3}$/.test(mask) && prefix <= width;
  if (start === undefined || !isMask)
    throw new TemplateError(`Template error: ${block} is not a valid CIDR block in Fn::Cidr`);
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new TemplateError("Template error: the count in Fn::Cidr must be a number from 1 to 256");
  }
  if (!Number.isInteger(hostBits) || hostBits < 1 || hostBits > width - prefix) {
    throw new TemplateError(`Template error: cidrBits ${hostBits} does not fit into ${block} in Fn::Cidr`);
  }
  const size = 1n << BigInt(hostBits);
  const room = 1n << BigInt(width - prefix);
  if (BigInt(count) * size > room) {
    throw new TemplateError(`Template error: ${block} cannot hold ${count} blocks of ${hostBits} bits in Fn::Cidr`);
  }
  const first = (start / room) * room;
  const write = isV6 ? writeV6 : writeV4;
  return Array.from({ length: count }, (_, index) => `${write(first + BigInt(index) * size)}/${width - hostBits}`);
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function writeV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

function writeV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 65535n).toString(16));
  // The longest run of zero groups is written as `::`.
  const text = groups.join(":");
  const runs = text.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  return longest === "" ? text : text.replace(longest, "::").replace(/:{3,}/, "::");
}
