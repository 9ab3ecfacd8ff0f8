/** Log groups and streams by name and ARN, and what is said of those that are not there. */
import { AwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import type { ServiceContext } from "../../service.ts";
import { groups, streams, type LogGroup, type LogStream } from "./state.ts";

/** Where ARNs are made. */
export type Where = Pick<ServiceContext, "account" | "region">;

/** `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, the form for tags and identifiers; most else has `:*` behind it. */
export function groupArn({ account, region }: Where, name: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

export function streamArn(where: Where, group: string, stream: string): string {
  return `${groupArn(where, group)}:log-stream:${stream}`;
}

/** Raises InvalidParameterException. */
export function invalid(message: string): never {
  throw new AwsError("InvalidParameterException", message);
}

/** Raises the error for a member that is not supported here. */
export function unsupported(operation: string, member: string, why: string): never {
  invalid(`Seatrial's logs ${operation} does not support ${member}: ${why}.`);
}

export function noSuchGroup(): AwsError {
  return new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
}

/** The group of this name. Raises ResourceNotFoundException. */
export function groupNamed(context: ServiceContext, name: string): LogGroup {
  const group = context.table(groups).get(name);
  if (group === undefined) throw noSuchGroup();
  return group;
}

/** The stream of this name in `group`. Raises ResourceNotFoundException. */
export function streamNamed(context: ServiceContext, group: LogGroup, name: string): LogStream {
  const stream = context.table(streams).get(group.id, name);
  if (stream === undefined) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
  return stream;
}

/**
 * The group that an operation names by `logGroupName` or by `logGroupIdentifier` (a name or an ARN), of which it takes exactly one. Raises
 * InvalidParameterException and ResourceNotFoundException.
 */
export function groupGiven(
  context: ServiceContext,
  given: { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined },
): LogGroup {
  const { logGroupName, logGroupIdentifier } = given;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  const identifier = logGroupName ?? logGroupIdentifier;
  if (identifier === undefined) invalid("Either logGroupName or logGroupIdentifier must be specified.");
  return logGroupName === undefined ? groupIdentified(context, identifier) : groupNamed(context, identifier);
}

/** The group that a name or an ARN (also with `:*` behind it) means. Raises ResourceNotFoundException. */
export function groupIdentified(context: ServiceContext, identifier: string): LogGroup {
  return groupNamed(context, groupNameIn(context, identifier));
}

/** The group's name in `identifier`. Raises ResourceNotFoundException for an ARN of another account or region. */
export function groupNameIn(context: Where, identifier: string): string {
  if (!identifier.startsWith("arn:")) return identifier;
  const arn = tryParseArn(identifier);
  const [type, name] = arn?.resource.split(":") ?? [];
  if (arn?.service !== "logs" || type !== "log-group" || name === undefined) {
    invalid(`The specified ARN is not of a log group: ${identifier}`);
  }
  if (arn.account !== context.account || arn.region !== context.region) throw noSuchGroup();
  return name;
}
