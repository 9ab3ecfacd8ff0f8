/** Log streams: made, described, deleted. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { groupGiven, groupNamed, invalid, streamArn, streamNamed } from "../names.ts";
import { DESCRIBE_LIMIT, readToken, takePage, writeToken } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { batches, groups, streamBatches, streams, type LogGroup, type LogStream } from "../state.ts";

export const CreateLogStream: Handler<Sdk, "CreateLogStream"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  const table = context.table(streams);
  if (table.has(group.id, input.logStreamName)) {
    throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
  }
  table.put([group.id, input.logStreamName], {
    name: input.logStreamName,
    id: context.random.hex(16),
    createdAt: context.now,
  });
  return {};
};

export const DeleteLogStream: Handler<Sdk, "DeleteLogStream"> = (context, input) => {
  const group = groupNamed(context, input.logGroupName);
  const stream = streamNamed(context, group, input.logStreamName);
  const index = context.table(streamBatches);
  const rows = context.table(batches);
  let freed = 0;
  // A table is not written while it is walked: the keys first.
  const keys = Array.from(index.entries([group.id, stream.id]), ([key]) => key);
  for (const [, , first, sequence] of keys) {
    if (first === undefined || sequence === undefined) continue;
    freed += rows.get(group.id, first, sequence)?.bytes ?? 0;
    rows.remove(group.id, first, sequence);
    index.remove(group.id, stream.id, first, sequence);
  }
  context.table(streams).remove(group.id, stream.name);
  context.table(groups).put([group.name], { ...group, storedBytes: Math.max(0, group.storedBytes - freed) });
  return {};
};

export const DescribeLogStreams: Handler<Sdk, "DescribeLogStreams"> = (context, input) => {
  const { logStreamNamePrefix: prefix, descending = false, limit = DESCRIBE_LIMIT } = input;
  const group = groupGiven(context, input);
  const byTime = input.orderBy === "LastEventTime";
  if (byTime && prefix !== undefined) invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  if (!byTime && !descending) {
    const found = byName(context, group, prefix ?? "", input.nextToken);
    const { page, nextToken } = takePage(found, limit, (stream) => stream.name);
    return { logStreams: page.map((stream) => describe(context, group, stream)), nextToken };
  }
  const all = [...context.table(streams).beginning([group.id], prefix ?? "")].map(([, stream]) => stream);
  // The table has them by name, and sorting keeps that order among equals.
  if (byTime) all.sort((a, b) => (a.lastEventAt ?? 0) - (b.lastEventAt ?? 0));
  if (descending) all.reverse();
  return inOrder(context, group, all, { byTime, descending, limit, token: input.nextToken });
};

function* byName(
  context: ServiceContext,
  group: LogGroup,
  prefix: string,
  token: string | undefined,
): Iterable<LogStream> {
  const last = token === undefined ? undefined : readToken(token);
  const from = last === undefined ? {} : { from: last };
  for (const [, stream] of context.table(streams).beginning([group.id], prefix, from)) {
    if (stream.name !== last) yield stream;
  }
}

/** A page of streams that are sorted already; the token holds what the last one was sorted by, should it have moved meanwhile. */
function inOrder(
  context: ServiceContext,
  group: LogGroup,
  sorted: readonly LogStream[],
  {
    byTime,
    descending,
    limit,
    token,
  }: { byTime: boolean; descending: boolean; limit: number; token: string | undefined },
) {
  let start = 0;
  if (token !== undefined) {
    const [, time = "", name = ""] =
      /^(\d+)\/(.*)$/s.exec(readToken(token)) ?? invalid("The specified nextToken is invalid.");
    const sign = descending ? -1 : 1;
    const isBehind = (stream: LogStream): boolean => {
      const byClock = byTime ? (stream.lastEventAt ?? 0) - Number(time) : 0;
      return sign * byClock > 0 || (byClock === 0 && (stream.name > name ? 1 : stream.name < name ? -1 : 0) * sign > 0);
    };
    start = sorted.findIndex(isBehind);
    if (start < 0) start = sorted.length;
  }
  const page = sorted.slice(start, start + limit);
  const last = page.at(-1);
  return {
    logStreams: page.map((stream) => describe(context, group, stream)),
    ...(last !== undefined && start + limit < sorted.length
      ? { nextToken: writeToken(`${last.lastEventAt ?? 0}/${last.name}`) }
      : {}),
  };
}

function describe(context: ServiceContext, group: LogGroup, stream: LogStream) {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(stream.firstEventAt === undefined ? {} : { firstEventTimestamp: stream.firstEventAt }),
    ...(stream.lastEventAt === undefined ? {} : { lastEventTimestamp: stream.lastEventAt }),
    ...(stream.lastIngestionAt === undefined ? {} : { lastIngestionTime: stream.lastIngestionAt }),
    ...(stream.lastIngestionAt === undefined
      ? {}
      : { uploadSequenceToken: `${stream.lastIngestionAt}`.padStart(56, "0") }),
    arn: streamArn(context, group.name, stream.name),
    // AWS reports nothing else for streams since June 17, 2019.
    storedBytes: 0,
  };
}
