/** StartLiveTail: events as they come in, over an event stream. */
import type { Handler, Output } from "../../../service.ts";
import { groupArn, groupIdentified, invalid } from "../names.ts";
import { patternOf } from "../patterns.ts";
import type { Sdk } from "../sdk.ts";
import type { Tail, TailedEvent, Tails } from "../tails.ts";

/** What one update holds at most. AWS samples beyond it; here the rest follows in the next update. */
const EVENTS_AT_ONCE = 500;

type Stream = NonNullable<Output<Sdk, "StartLiveTail">["responseStream"]>;

/** StartLiveTail over the sessions of one cloud. An update follows each arrival; there are none without events. */
export function startLiveTail(tails: Tails): Handler<Sdk, "StartLiveTail"> {
  return (context, input) => {
    const found = input.logGroupIdentifiers.map((identifier) => {
      if (!identifier.startsWith("arn:")) invalid("logGroupIdentifiers must be ARNs of log groups.");
      return groupIdentified(context, identifier);
    });
    if (found.some((group) => group.class !== "STANDARD")) {
      invalid("Live Tail is supported for log groups of the Standard log class only.");
    }
    const { logStreamNames, logStreamNamePrefixes, logEventFilterPattern } = input;
    if (logStreamNames !== undefined && logStreamNamePrefixes !== undefined) {
      invalid("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.");
    }
    if (found.length > 1 && (logStreamNames !== undefined || logStreamNamePrefixes !== undefined)) {
      invalid("Log streams can be chosen for one log group only.");
    }
    const tail = tails.open({
      groups: new Set(found.map((group) => groupArn(context, group.name))),
      streamNames: logStreamNames === undefined ? undefined : new Set(logStreamNames),
      streamPrefixes: logStreamNamePrefixes,
      filter: logEventFilterPattern === undefined ? undefined : patternOf(logEventFilterPattern),
    });
    const sessionStart = { ...input, requestId: context.requestId, sessionId: context.random.uuid() };
    return { responseStream: streamOf(sessionStart, tail) };
  };
}

async function* streamOf(sessionStart: object, tail: Tail): Stream {
  try {
    yield { sessionStart };
    for (let events = await tail.next(); events !== undefined; events = await tail.next()) {
      for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
        yield { sessionUpdate: { sessionMetadata: { sampled: false }, sessionResults: page(events, at) } };
      }
    }
  } finally {
    tail.close();
  }
}

function page(events: readonly TailedEvent[], at: number): TailedEvent[] {
  return events.slice(at, at + EVENTS_AT_ONCE);
}
