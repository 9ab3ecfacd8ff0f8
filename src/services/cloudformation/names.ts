/** Stacks and change sets by their names and ARNs. */
import { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { names, stacks, type StackRow } from "./state.ts";

export type Where = Pick<ServiceContext, "partition" | "region" | "account">;

/** CloudFormation's one code for what a caller got wrong. */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message, { status: 400 });
}

/** A typed error for something that AWS has and Seatrial has not. */
export function unsupported(what: string): AwsError {
  return new AwsError("ValidationError", `Seatrial's CloudFormation does not support ${what} yet.`, { status: 400 });
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID` */
export function stackArn({ partition, region, account }: Where, name: string, uuid: string): string {
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/${uuid}`;
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:changeSet/NAME/UUID` */
export function changeSetArn({ partition, region, account }: Where, name: string, uuid: string): string {
  return `arn:${partition}:cloudformation:${region}:${account}:changeSet/${name}/${uuid}`;
}

/** The ARN of whatever stack a caller means, for access rules: a name stands for every id. */
export function stackResource(where: Omit<Where, "partition">, nameOrId: string | undefined): string {
  if (nameOrId === undefined) return "*";
  return nameOrId.startsWith("arn:") ? nameOrId : stackArn({ partition: "aws", ...where }, nameOrId, "*");
}

/** Raises ValidationError in the API's words. */
export function checkStackName(name: string, member = "stackName"): void {
  if (/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name) && name.length <= 128) return;
  if (name === "") throw emptyName(member, "[a-zA-Z][-a-zA-Z0-9]*");
  throw invalid(
    `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ${
      name.length > 128
        ? "Member must have length less than or equal to 128"
        : "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
    }`,
  );
}

/** The model says nothing of the shortest name or of the pattern: the service holds names to both. */
function emptyName(member: string, pattern: string): AwsError {
  const fault = (constraint: string) =>
    `Value '' at '${member}' failed to satisfy constraint: Member must ${constraint}`;
  const faults = [
    fault("have length greater than or equal to 1"),
    fault(`satisfy regular expression pattern: ${pattern}`),
  ];
  return invalid(`2 validation errors detected: ${faults.join("; ")}`);
}

/** The stack by name, or by ARN (also one that is deleted); undefined where there is none. Raises ValidationError for an empty name. */
export function findStack(context: ServiceContext, nameOrId: string): StackRow | undefined {
  if (nameOrId === "") throw emptyName("stackName", "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*");
  const id = nameOrId.startsWith("arn:") ? nameOrId : context.table(names).get(nameOrId);
  return id === undefined ? undefined : context.table(stacks).get(id);
}

/** The stack. Raises ValidationError "Stack with id … does not exist" (or in the operation's own words). */
export function needStack(
  context: ServiceContext,
  nameOrId: string,
  words: (name: string) => string = (name) => `Stack with id ${name} does not exist`,
): StackRow {
  const stack = findStack(context, nameOrId);
  if (stack === undefined) throw invalid(words(nameOrId));
  return stack;
}

/** `Stack [name] does not exist`, as those operations say that change a stack. */
export const inBrackets = (name: string): string => `Stack [${name}] does not exist`;
