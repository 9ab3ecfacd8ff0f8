/** What time does: notifications go out, and lifecycle rules are carried out every midnight. */
import type { Deadline } from "../../kernel/deadlines.ts";
import { isAwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { serviceOf, type DeadlineHandler } from "../../service.ts";
import type { Notification } from "./events.ts";
import { carryOutRules } from "./lifecycle-run.ts";
import { nextRun } from "./lifecycle.ts";
import { buckets } from "./state.ts";
import { configuration } from "./configurations.ts";

/** AWS keeps at it for hours where a destination throttles; five tries in half an hour tell the same story. */
const RETRY_MS = [60_000, 120_000, 300_000, 900_000];
const WORTH_A_RETRY = ["TooManyRequestsException", "ServiceException", "InternalFailure", "ThrottlingException"];

/** Hands one event to its function, asynchronously. May run twice after a crash: S3 delivers at least once. */
export const notify: DeadlineHandler = async (context, deadline) => {
  const notification = payloadOf(deadline);
  const { functionArn, bucketArn, record, attempt } = notification;
  const arn = tryParseArn(functionArn);
  try {
    await context.call(
      "lambda",
      "Invoke",
      {
        FunctionName: functionArn,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify({ Records: [record] })),
      },
      {
        as: serviceOf("s3.amazonaws.com", context.account, bucketArn),
        account: arn?.account ?? context.account,
        region: arn?.region ?? context.region,
      },
    );
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const wait = RETRY_MS[attempt - 1];
    const again = WORTH_A_RETRY.includes(error.code) && wait !== undefined;
    context.transact(() => {
      context.note(
        "notification failed",
        `${functionArn}: ${error.code}: ${error.message}${again ? "; tried again later" : ""}`,
      );
      if (!again) return;
      context.deadlines.set({
        name: "notify",
        key: `${deadline.key}+`,
        due: context.now + wait,
        payload: { ...notification, attempt: attempt + 1 },
      });
    });
  }
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the payload of a `notify` row is only ever written by events.ts
const payloadOf = (deadline: Deadline): Notification => deadline.payload as Notification;

/** Once a day at midnight UTC, for each bucket that has rules. */
export const lifecycle: DeadlineHandler = (context, deadline) => {
  const bucket = context.table(buckets).get(deadline.key);
  if (bucket === undefined || configuration(context, bucket.name, "lifecycle") === undefined) return;
  carryOutRules(context, bucket);
  context.deadlines.set({ name: "lifecycle", key: bucket.name, due: nextRun(context.now), background: true });
};
