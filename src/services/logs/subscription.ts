/** Delivery of matching events to a Lambda function (AWS page "Real-time processing of log data with subscriptions"). */
import { gzipSync } from "node:zlib";
import { isAwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { serviceOf, type ServiceContext } from "../../service.ts";
import { eventIdOf } from "./event-id.ts";
import type { StoredEvent } from "./event-store.ts";
import { groupArn, invalid } from "./names.ts";
import { patternOf } from "./patterns.ts";
import type { SubscriptionFilter } from "./state.ts";

/** What Lambda takes for an asynchronous invocation, less the envelope. */
const MOST_BYTES = 250_000;

/** The payloads for the events of a group of `account` that match, in as many parts as Lambda's limit makes of them. */
export function payloadsOf(
  account: string,
  group: { readonly name: string; readonly id: string },
  filter: SubscriptionFilter,
  events: Iterable<StoredEvent>,
): Uint8Array[] {
  const pattern = patternOf(filter.pattern);
  const byStream = new Map<string, object[]>();
  for (const event of events) {
    const { matches, fields } = pattern.match(event.message);
    if (!matches) continue;
    const found = byStream.get(event.stream) ?? [];
    found.push({
      id: eventIdOf(event, group.id),
      timestamp: event.time,
      message: event.message,
      ...(pattern.kind === "delimited" ? { extractedFields: withoutDollar(fields) } : {}),
    });
    byStream.set(event.stream, found);
  }
  return [...byStream].flatMap(([logStream, logEvents]) => {
    const head = {
      messageType: "DATA_MESSAGE",
      owner: account,
      logGroup: group.name,
      logStream,
      subscriptionFilters: [filter.name],
    };
    return pack(head, logEvents);
  });
}

function withoutDollar(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replace(/^\$/, ""), value]));
}

function pack(head: object, logEvents: readonly object[]): Uint8Array[] {
  const data = gzipSync(JSON.stringify({ ...head, logEvents })).toString("base64");
  if (data.length > MOST_BYTES && logEvents.length > 1) {
    const half = Math.ceil(logEvents.length / 2);
    return [...pack(head, logEvents.slice(0, half)), ...pack(head, logEvents.slice(half))];
  }
  return [Buffer.from(JSON.stringify({ awslogs: { data } }))];
}

/**
 * Calls the function as CloudWatch Logs does, under either of the names that a function's permission may give it. Raises the AwsError of
 * Lambda.
 */
export async function invokeDestination(
  context: ServiceContext,
  group: string,
  destinationArn: string,
  invocation: { readonly InvocationType: "Event" | "DryRun"; readonly Payload?: Uint8Array },
): Promise<void> {
  const sourceArn = `${groupArn(context, group)}:*`;
  const invokeAs = (service: string) =>
    context.call(
      "lambda",
      "Invoke",
      { FunctionName: destinationArn, ...invocation },
      { as: serviceOf(service, context.account, sourceArn) },
    );
  try {
    await invokeAs("logs.amazonaws.com");
  } catch (error) {
    if (!isAwsError(error, "AccessDeniedException")) throw error;
    await invokeAs(`logs.${context.region}.amazonaws.com`);
  }
}

/** Raises InvalidParameterException for a destination that AWS, or Seatrial, does not deliver to. */
export function checkDestination(context: ServiceContext, group: string, destinationArn: string): void {
  const arn = tryParseArn(destinationArn);
  if (arn === undefined) invalid(`The specified destinationArn is invalid: ${destinationArn}`);
  switch (arn.service) {
    case "lambda":
      break;
    case "kinesis":
    case "firehose":
    case "logs":
      invalid(
        `Seatrial's logs PutSubscriptionFilter delivers to Lambda functions only, not to ${arn.service} (${destinationArn}).`,
      );
      break;
    default:
      invalid(`PutSubscriptionFilter operation cannot work with destinationArn for vendor ${arn.service}`);
  }
  if (arn.account !== context.account || arn.region !== context.region) {
    invalid("The Lambda function must be in the account and the Region of the log group.");
  }
  const name = arn.resource.split(":")[1];
  if (group === `/aws/lambda/${name}`) {
    invalid("The log group provided is reserved for the function logs of the destination function.");
  }
}
