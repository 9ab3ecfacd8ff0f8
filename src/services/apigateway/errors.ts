/** API Gateway's refusals, in its words. */
import { AwsError } from "../../kernel/errors.ts";

export function badRequest(message: string): never {
  throw new AwsError("BadRequestException", message);
}

export function notFound(message: string): never {
  throw new AwsError("NotFoundException", message);
}

export function conflict(message: string): never {
  throw new AwsError("ConflictException", message);
}

/** For what AWS takes and this cloud has not: it is named, never ignored. */
export function unsupported(what: string, why: string): never {
  throw new AwsError("NotImplemented", `Seatrial does not support ${what}: ${why}.`, { status: 501 });
}
