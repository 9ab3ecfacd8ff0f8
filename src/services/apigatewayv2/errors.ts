/** API Gateway's errors in AWS's words, for those that more than one operation raises. */
import { AwsError } from "../../kernel/errors.ts";

export function badRequest(message: string): never {
  throw new AwsError("BadRequestException", message);
}

export function conflict(message: string): never {
  throw new AwsError("ConflictException", message);
}

/** `kind` is AWS's name for it: `Api`, `Route`. */
export function notFound(kind: string, message: string): AwsError {
  return new AwsError("NotFoundException", message, { members: { ResourceType: kind } });
}

/** For what API Gateway can do and Seatrial cannot: names it, and says why or what to do instead. */
export function unsupported(what: string, why: string): never {
  throw new AwsError("NotImplemented", `Seatrial's HTTP APIs do not have ${what} yet: ${why}.`, { status: 501 });
}
