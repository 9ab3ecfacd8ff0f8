/**
 * The forms in which a function is named: `name`, `name:qualifier`, `account:function:name`, and the ARN with and without a qualifier
 * (AWS page "CreateFunction", FunctionName).
 */
import { AwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { asWritten } from "../../resource.ts";
import { invalid } from "./errors.ts";

export interface Where {
  readonly account: string;
  readonly region: string;
}

export const LATEST = "$LATEST";

/** A function and which of it is meant. */
export interface Located extends Where {
  readonly name: string;
  /** `$LATEST`, a version or an alias, where one was given. */
  readonly qualifier?: string;
}

/**
 * Reads a FunctionName and its Qualifier.
 * Raises InvalidParameterValueException where both say a qualifier and they differ, and ResourceNotFoundException for another region.
 */
export function locate(where: Where, functionName: string, qualifier?: string): Located {
  const found = split(where, functionName);
  if (found.region !== where.region) {
    throw new AwsError(
      "ResourceNotFoundException",
      `Functions from '${found.region}' are not reachable in this region ('${where.region}')`,
    );
  }
  if (found.qualifier !== undefined && qualifier !== undefined && found.qualifier !== qualifier) {
    invalid("The derived qualifier from the function name does not match the specified qualifier.");
  }
  const meant = found.qualifier ?? qualifier;
  return { account: found.account, region: found.region, name: found.name, ...(meant ? { qualifier: meant } : {}) };
}

/** The same without judgement, for access rules; what is no name is taken as one. */
export function split(where: Where, functionName: string): Located {
  const arn = functionName.startsWith("arn:") ? tryParseArn(functionName) : undefined;
  const text = arn?.resource ?? functionName;
  const parts = text.split(":");
  let { account, region } = arn === undefined ? where : { account: arn.account, region: arn.region };
  if (/^\d{12}$/.test(parts[0] ?? "") && parts[1] === "function") account = parts.shift() ?? account;
  if (parts[0] === "function" && parts.length > 1) parts.shift();
  const [name = "", qualifier] = parts;
  region ||= where.region;
  return { account, region, name, ...(qualifier === undefined ? {} : { qualifier }) };
}

/** The function that a resource is of, as its template names it (name, partial or whole ARN) where that is the same function. */
export function functionAsWritten(where: Where, written: unknown, live: string | undefined): string | undefined {
  return asWritten(written, live, (text) => {
    const { account, region, name, qualifier } = split(where, text);
    return [account, region, name, qualifier ?? ""].join(":");
  });
}

export function functionArn(where: Where, name: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${where.region}:${where.account}:function:${name}`;
  return qualifier === undefined || qualifier === "" ? arn : `${arn}:${qualifier}`;
}

export function layerArn(where: Where, name: string, version?: number): string {
  const arn = `arn:aws:lambda:${where.region}:${where.account}:layer:${name}`;
  return version === undefined ? arn : `${arn}:${version}`;
}

/** A version's number as AWS writes it. */
export function versionText(version: number): string {
  return version === 0 ? LATEST : String(version);
}

/** True for `$LATEST` and version numbers: everything else names an alias. */
export function isVersion(qualifier: string): boolean {
  return qualifier === LATEST || /^\d+$/.test(qualifier);
}

export function versionNumber(qualifier: string): number {
  return qualifier === LATEST ? 0 : Number(qualifier);
}

export interface LocatedLayer extends Where {
  readonly name: string;
  readonly version?: number;
}

/** Reads a layer's name, ARN or version ARN. Raises InvalidParameterValueException for what is none. */
export function locateLayer(where: Where, text: string): LocatedLayer {
  if (!text.startsWith("arn:")) return { account: where.account, region: where.region, name: text };
  const arn = tryParseArn(text);
  const [kind, name, version] = arn?.resource.split(":") ?? [];
  if (arn === undefined || kind !== "layer" || name === undefined) return invalid(`Invalid layer ARN: ${text}`);
  const located = { account: arn.account, region: arn.region, name };
  return version === undefined ? located : { ...located, version: Number(version) };
}
