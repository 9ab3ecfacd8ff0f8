/** Lambda's errors in AWS's words, for those that more than one operation raises. */
import { AwsError } from "../../kernel/errors.ts";

export function invalid(message: string): never {
  throw new AwsError("InvalidParameterValueException", message);
}

/** `what` is an ARN, as AWS writes it there: with its qualifier where one was asked for. */
export function functionNotFound(arn: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Function not found: ${arn}`);
}

export function notFound(message = "The resource you requested does not exist."): never {
  throw new AwsError("ResourceNotFoundException", message);
}

export function conflict(message: string): never {
  throw new AwsError("ResourceConflictException", message);
}

/** For what Lambda can do and Seatrial cannot: names the operation's member, and says why or what to do instead. */
export function unsupported(what: string, why: string): never {
  throw new AwsError("NotImplemented", `Seatrial's Lambda does not have ${what} yet: ${why}.`, { status: 501 });
}

/** Raises PreconditionFailedException unless `given` is absent or the current one. */
export function checkRevision(
  given: string | undefined,
  current: string | undefined,
  kind: "function" | "policy",
): void {
  if (given === undefined || given === current) return;
  const call = kind === "policy" ? "GetPolicy" : "GetFunction/GetAlias";
  throw new AwsError(
    "PreconditionFailedException",
    `The Revision Id provided does not match the latest Revision Id. Call the ${call} API to retrieve the latest Revision Id`,
  );
}
