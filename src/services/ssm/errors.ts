/** Systems Manager's refusals. All of them are answered with status 400. */
import { AwsError } from "../../kernel/errors.ts";

export function refuse(code: string, message: string, members?: Readonly<Record<string, unknown>>): never {
  throw refusal(code, message, members);
}

export function refusal(code: string, message: string, members?: Readonly<Record<string, unknown>>): AwsError {
  return new AwsError(code, message, { status: 400, ...(members === undefined ? {} : { members }) });
}

export function invalid(message: string): never {
  refuse("ValidationException", message);
}

/** Raises the error for what is not supported here. */
export function unsupported(operation: string, what: string, why: string): never {
  invalid(`Seatrial's ssm ${operation} does not support ${what}: ${why}.`);
}

/** AWS says no more than the code. */
export function notFound(): AwsError {
  return refusal("ParameterNotFound", "");
}
