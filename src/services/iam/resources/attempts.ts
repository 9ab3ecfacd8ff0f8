/** What resource handlers do about things that are there already, are gone already, or were made by half. */
import { isAwsError } from "../../../kernel/errors.ts";

/** Runs `work`; what is gone already needs no deleting. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAwsError(error, "NoSuchEntityException")) throw error;
  }
}

/** Runs `work`; when this is a second attempt, what the first one made may be there. True when `work` made it. */
export async function unlessThere(retried: boolean, work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (retried && isAwsError(error, "EntityAlreadyExistsException")) return false;
    throw error;
  }
}

/** Runs `work`; when it fails, takes back what was made before it, so that a failed resource leaves nothing behind. */
export async function orTakeBack(work: () => Promise<unknown>, takeBack: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    try {
      await takeBack();
    } catch {
      // The first failure is the one to tell.
    }
    throw error;
  }
}
