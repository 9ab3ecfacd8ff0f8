/** Log events: put, read from one stream, searched for in a group. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { appendEvents, backward, EVENT_OVERHEAD_BYTES, forward, type StoredEvent } from "../event-store.ts";
import { eventIdOf, readEventId, type Position } from "../event-id.ts";
import { deliverSoon } from "../filters.ts";
import { groupArn, groupGiven, groupNamed, invalid, streamNamed, unsupported } from "../names.ts";
import { readToken, writeToken } from "../paging.ts";
import { patternOf } from "../patterns.ts";
import { acceptEvents, expiredBefore } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { groups, streams, type LogGroup } from "../state.ts";
import type { Tails } from "../tails.ts";

/** What a page holds at most. */
const PAGE_EVENTS = 10_000;
const PAGE_BYTES = 1_048_576;
/** A search that finds nothing answers an empty page with a token after so many events, as AWS does, and lets others in. */
const SEARCHED_AT_ONCE = 50_000;

/** PutLogEvents, which tells the live tails what comes in. */
export function putLogEvents(tails: Tails): Handler<Sdk, "PutLogEvents"> {
  return (context, input) => {
    const group = groupNamed(context, input.logGroupName);
    const stream = streamNamed(context, group, input.logStreamName);
    if (input.entity !== undefined) {
      unsupported("PutLogEvents", "entity", "Explore related telemetry is not there");
    }
    const { events, rejected } = acceptEvents(input.logEvents, context.now, group.retentionInDays);
    const sequence = group.sequence + 1;
    const [first] = events;
    const last = events.at(-1);
    if (first !== undefined && last !== undefined) {
      const { keys, bytes, spanMs } = appendEvents(context, group, stream, sequence, events);
      context.table(groups).put([group.name], {
        ...group,
        sequence,
        storedBytes: group.storedBytes + bytes,
        longestSpanMs: Math.max(group.longestSpanMs, spanMs),
      });
      context.table(streams).put([group.id, stream.name], {
        ...stream,
        firstEventAt: Math.min(stream.firstEventAt ?? first.timestamp, first.timestamp),
        lastEventAt: Math.max(stream.lastEventAt ?? last.timestamp, last.timestamp),
        lastIngestionAt: context.now,
      });
      deliverSoon(context, group, keys);
      if (tails.any) {
        const ingestionTime = context.now;
        context.afterCommit(() => tails.tell(groupArn(context, group.name), stream.name, events, ingestionTime));
      }
    }
    return {
      // Nobody has to give it any more, and what it is does not matter.
      nextSequenceToken: eventIdOf({ time: context.now, sequence, index: 0 }, group.id),
      ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
    };
  };
}

export const GetLogEvents: Handler<Sdk, "GetLogEvents"> = (context, input) => {
  const { startTime = 0, endTime = Infinity, limit = PAGE_EVENTS, startFromHead = false, nextToken } = input;
  const group = readableGroup(context, "GetLogEvents", input);
  const stream = streamNamed(context, group, input.logStreamName);
  const token = nextToken === undefined ? undefined : readDirection(nextToken);
  const onward = token === undefined ? startFromHead : token.onward;
  const from = Math.max(startTime, expiredBefore(context.now, group.retentionInDays));
  const walk = {
    groupId: group.id,
    spanMs: group.longestSpanMs,
    streamId: stream.id,
    from,
    until: endTime,
    beyond: token?.position,
  };
  const page: StoredEvent[] = [];
  let bytes = 0;
  for (const event of onward ? forward(context, walk) : backward(context, walk)) {
    bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    if (page.length === limit || (bytes > PAGE_BYTES && page.length > 0)) break;
    page.push(event);
  }
  if (!onward) page.reverse();
  // An empty page is the end in its direction: the caller gets the position that it gave, and sees from that that it is there.
  const here = nextToken?.slice(2) ?? `${eventIdOf({ time: startTime, sequence: 0, index: 0 }, group.id)}/s`;
  const [first] = page;
  const last = page.at(-1);
  return {
    events: page.map((event) => ({ timestamp: event.time, message: event.message, ingestionTime: event.ingestedAt })),
    nextForwardToken: `f/${last === undefined ? here : `${eventIdOf(last, group.id)}/s`}`,
    nextBackwardToken: `b/${first === undefined ? here : `${eventIdOf(first, group.id)}/s`}`,
  };
};

export const FilterLogEvents: Handler<Sdk, "FilterLogEvents"> = (context, input) => {
  const { startTime = 0, endTime = Infinity, limit = PAGE_EVENTS } = input;
  const group = readableGroup(context, "FilterLogEvents", input);
  if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) {
    invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
  }
  const filter = input.filterPattern === undefined ? undefined : patternOf(input.filterPattern);
  const walk = {
    groupId: group.id,
    spanMs: group.longestSpanMs,
    ...chosenStreams(context, group, input.logStreamNames, input.logStreamNamePrefix),
    from: Math.max(startTime, expiredBefore(context.now, group.retentionInDays)),
    // Its end is included, unlike that of GetLogEvents.
    until: endTime + 1,
    beyond: input.nextToken === undefined ? undefined : readPosition(readToken(input.nextToken)),
  };
  const page: StoredEvent[] = [];
  let bytes = 0;
  let searched = 0;
  let last: StoredEvent | undefined;
  let more = false;
  for (const event of forward(context, walk)) {
    if (searched === SEARCHED_AT_ONCE || page.length === limit) more = true;
    const matches = !more && (filter === undefined || filter.match(event.message).matches);
    if (matches) {
      bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
      if (bytes > PAGE_BYTES && page.length > 0) more = true;
      else page.push(event);
    }
    if (more) break;
    searched++;
    last = event;
  }
  return {
    events: page.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.time,
      message: event.message,
      ingestionTime: event.ingestedAt,
      eventId: eventIdOf(event, group.id),
    })),
    // Always empty since AWS stopped to tell which streams were searched.
    searchedLogStreams: [],
    ...(more && last !== undefined ? { nextToken: writeToken(eventIdOf(last, group.id)) } : {}),
  };
};

function readableGroup(
  context: ServiceContext,
  operation: string,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined; unmask?: boolean | undefined },
): LogGroup {
  // Without a data protection policy, and there is none here, nothing is masked and `unmask` changes nothing.
  const group = groupGiven(context, input);
  if (group.class === "DELIVERY") invalid(`${operation} is not supported for log groups of the Delivery log class.`);
  return group;
}

/** Which streams a search looks into; one alone has an index of its own. */
function chosenStreams(
  context: ServiceContext,
  group: LogGroup,
  names: readonly string[] | undefined,
  prefix: string | undefined,
): { streamId?: string; wanted?: (stream: string) => boolean } {
  if (names === undefined) return prefix === undefined ? {} : { wanted: (stream) => stream.startsWith(prefix) };
  const found = names.map((name) => streamNamed(context, group, name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return { streamId: only.id };
  const wanted = new Set(names);
  return { wanted: (stream) => wanted.has(stream) };
}

function readDirection(token: string): { readonly onward: boolean; readonly position: Position } {
  const [, direction, id = ""] = /^([fb])\/(\d+)\/s$/.exec(token) ?? invalid("The specified nextToken is invalid.");
  return { onward: direction === "f", position: readPosition(id) };
}

function readPosition(id: string): Position {
  return readEventId(id) ?? invalid("The specified nextToken is invalid.");
}
