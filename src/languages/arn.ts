/** Amazon Resource Names: text to parts and back, and ARNs with wildcards (AWS page "Identify AWS resources with ARNs"). */
import { matchesWildcard } from "./glob.ts";

/** The parts of `arn:partition:service:region:account:resource`; region and account may be empty. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** All that follows the fifth colon; may have colons and slashes of its own. */
  readonly resource: string;
}

/** The text is no ARN. The message names the text and what is wrong with it. */
export class ArnSyntaxError extends Error {
  override readonly name = "ArnSyntaxError";
}

/** Parses `text`. Raises ArnSyntaxError where it does not have six parts or where partition, service or resource is empty. */
export function parseArn(text: string): Arn {
  const arn = tryParseArn(text);
  if (arn === undefined) {
    throw new ArnSyntaxError(`"${text}" is not an ARN: arn:partition:service:region:account-id:resource is expected`);
  }
  return arn;
}

/** Parses `text`, or answers undefined where it is no ARN. */
export function tryParseArn(text: string): Arn | undefined {
  const parts = splitArn(text);
  if (parts === undefined) return undefined;
  const [prefix, partition, service, region, account, resource] = parts;
  if (prefix !== "arn" || partition === "" || service === "" || resource === "") return undefined;
  return { partition, service, region, account, resource };
}

/** Writes `arn` as text. */
export function formatArn(arn: Arn): string {
  return `arn:${arn.partition}:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;
}

/**
 * The type and the id within `resource`: `role/path/Name` is type `role` with id `path/Name`, `function:f:1` is type
 * `function` with id `f:1`, and a plain `queue-name` is an id without a type.
 */
export function splitResource(resource: string): { readonly type?: string; readonly id: string } {
  const at = resource.search(/[:/]/);
  return at < 0 ? { id: resource } : { type: resource.slice(0, at), id: resource.slice(at + 1) };
}

/**
 * True when `text` is an ARN that matches `pattern`, as the condition operators ArnLike and ArnEquals say: each of the
 * six parts is compared by itself, and each may have `*` and `?`.
 */
export function arnMatches(pattern: string, text: string): boolean {
  const wanted = splitArn(pattern);
  const given = splitArn(text);
  if (wanted === undefined || given === undefined) return false;
  return wanted.every((part, index) => matchesWildcard(part, given[index] ?? ""));
}

/** The six parts, in order, or undefined where there are fewer. */
export function splitArn(text: string): readonly [string, string, string, string, string, string] | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(":");
  if (prefix === undefined || partition === undefined || service === undefined) return undefined;
  if (region === undefined || account === undefined || rest.length === 0) return undefined;
  return [prefix, partition, service, region, account, rest.join(":")];
}
