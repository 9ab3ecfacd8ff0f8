/**
 * Parameters by name and ARN (AWS page "Requirements and constraints for parameter names"). A name of one part is the same with a slash before
 * it and without: its canonical form has none. A name in a hierarchy has to begin with one.
 */
import { tryParseArn } from "../../languages/arn.ts";
import { invalid, notFound, refuse, unsupported } from "./errors.ts";
import type { Owner } from "./state.ts";

const DEEPEST = 15;
/** With the ARN before it. */
const LONGEST_ARN = 1011;
const PARTS = /^\/?[a-zA-Z0-9_.-]+$|^(\/[a-zA-Z0-9_.-]+)+$/;

const WRONG_NAME =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';
/** The backslashes are AWS's. */
const WRONG_PATH =
  'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with \\"aws\\" or \\"ssm\\" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.';

/** A parameter that a call asks for. */
export interface Asked {
  readonly owner: Owner;
  /** Canonical. */
  readonly name: string;
  /** The name as the answer gives it: as it was asked for, without a selector. */
  readonly shown: string;
  /** A version's number or a label, where one stands behind a colon. */
  readonly selector?: string;
}

/** `/name` is `name`; `/a/b` stays. */
export function canonical(name: string): string {
  return name.lastIndexOf("/") === 0 ? name.slice(1) : name;
}

/** `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`, with one slash whether the name begins with one or not. */
export function parameterArn({ account, region }: Owner, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
}

/** The canonical name of a parameter that PutParameter may make. Raises ValidationException and what else AWS has for names. */
export function nameToWrite(owner: Owner, given: string): string {
  const name = given.trim();
  checkReserved(name);
  if (name.includes("/") && !name.startsWith("/")) invalid("Parameter name must be a fully qualified name.");
  if (!PARTS.test(name)) invalid(WRONG_NAME);
  if (name.split("/").length - 1 > DEEPEST) {
    refuse(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${DEEPEST} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
    );
  }
  if (parameterArn(owner, name).length > LONGEST_ARN) {
    invalid(
      `The maximum length of a parameter name is ${LONGEST_ARN} characters, with the characters of the ARN that precede it.`,
    );
  }
  return canonical(name);
}

function checkReserved(name: string): void {
  const start = name.replace(/^\/+/, "").slice(0, 3).toLowerCase();
  if (start !== "aws" && start !== "ssm") return;
  const isPath = name.lastIndexOf("/") > 0;
  if (!isPath) invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  if (start === "ssm") invalid(WRONG_NAME);
  refuse("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
}

/** The canonical name of a parameter that is told by its name alone, as for deleting. Raises ValidationException. */
export function nameAlone(given: string): string {
  const name = given.trim();
  if (!isReadable(name)) invalid(WRONG_NAME);
  return canonical(name);
}

/** Whom a name or an ARN means, with `:3` or `:label` behind it. Raises ValidationException, and ParameterNotFound for another region. */
export function read(owner: Owner, given: string): Asked {
  const text = given.trim();
  const arn = text.startsWith("arn:") ? tryParseArn(text) : undefined;
  if (arn !== undefined && (arn.service !== "ssm" || !arn.resource.startsWith("parameter/"))) invalid(WRONG_NAME);
  const path = arn === undefined ? text : canonical(arn.resource.slice("parameter".length));
  const colon = path.indexOf(":");
  const shown = colon < 0 ? path : path.slice(0, colon);
  const selector = colon < 0 ? undefined : path.slice(colon + 1);
  if (!isReadable(shown) || selector === "" || selector?.includes(":") === true) invalid(WRONG_NAME);
  if (arn !== undefined && arn.region !== owner.region) throw notFound();
  return {
    owner: arn === undefined ? { account: owner.account, region: owner.region } : arn,
    name: canonical(shown),
    shown,
    ...(selector === undefined ? {} : { selector }),
  };
}

function isReadable(name: string): boolean {
  return PARTS.test(name) && !/^\/?ssm/i.test(name);
}

/** The text that every name below `path` begins with; empty for all. Raises ValidationException. */
export function pathPrefix(given: string): string {
  const path = given.trim();
  if (path === "/") return "";
  const bare = path.endsWith("/") ? path.slice(0, -1) : path;
  if (/^\/aws(\/|$)/i.test(bare)) {
    unsupported("GetParametersByPath", `the path ${path}`, "AWS's public parameters are not here");
  }
  if (!/^(\/[a-zA-Z0-9_.-]+)+$/.test(bare) || /^\/(aws|ssm)/i.test(bare)) invalid(WRONG_PATH);
  return `${bare}/`;
}

/** True when `name` (canonical) is below the path whose `prefix` this is; directly below unless `recursive`. */
export function isBelow(name: string, prefix: string, recursive: boolean): boolean {
  if (prefix === "") return recursive || !name.includes("/");
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes("/"));
}
