/** Deleting what may be gone already, and creating what an earlier attempt may have made. */
import { isAwsError } from "../../../kernel/errors.ts";

/** Runs a delete; what is not there is deleted. */
export async function unlessGone(work: Promise<unknown>): Promise<{ status: "SUCCESS" }> {
  try {
    await work;
  } catch (error) {
    if (!isAwsError(error, "ResourceNotFoundException")) throw error;
  }
  return { status: "SUCCESS" };
}

/** Runs a create; with `retried` a resource that exists is the one that the earlier attempt made. */
export async function unlessMade(retried: boolean, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!retried || !isAwsError(error, "ResourceConflictException")) throw error;
  }
}
