/** What API Gateway says of a thing that is not there. */
import { isAwsError } from "../../../kernel/errors.ts";

export const NOT_FOUND = "NotFoundException";

/** Runs a delete; what is not there is deleted. */
export async function unlessGone(work: Promise<unknown>): Promise<{ status: "SUCCESS" }> {
  try {
    await work;
  } catch (error) {
    if (!isAwsError(error, NOT_FOUND)) throw error;
  }
  return { status: "SUCCESS" };
}
