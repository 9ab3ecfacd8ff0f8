/** What a function takes for the time: the cloud's, where that is another than the machine's (docs/decisions/0005-function-time.md). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";
import { createRuntimes } from "./runtimes.ts";

const HOUR = 3_600_000;
/** Real milliseconds that a step of a test may take on a busy machine. */
const SLACK = 20_000;

let trial: Trial;
let ahead: number | undefined;
beforeAll(async () => {
  trial = await openTrial({ aheadMs: () => ahead });
});
afterAll(async () => {
  await trial.close();
});

const NODE = {
  "index.mjs": `
    const loaded = Date.now();
    export const handler = async (event, context) => {
      console.log("hello");
      const now = new Date();
      return {
        loaded, now: now.getTime(), called: Date.parse(Date()), given: new Date(5).getTime(), left: context.getRemainingTimeInMillis(),
        same: now instanceof Date && now.constructor === Date && structuredClone(now) instanceof Date && Date.UTC(1970) === 0,
        variables: Object.keys(process.env).filter((name) => name.startsWith("SEATRIAL")),
      };
    };`,
};
const PYTHON = {
  "index.py": `
import os, time, datetime
from datetime import datetime as kind
loaded = time.time() * 1000
def handler(event, context):
    now = kind.now()
    utc = datetime.timezone.utc
    return {
        "loaded": loaded, "now": now.timestamp() * 1000, "called": time.time_ns() / 1e6, "given": time.gmtime(0).tm_year,
        "left": context.get_remaining_time_in_millis(),
        "same": type(now) is datetime.datetime and kind.now(utc).tzinfo is utc and kind.utcnow().tzinfo is None
            and abs(kind.utcnow().replace(tzinfo=utc).timestamp() - time.time()) < 5
            and abs(time.mktime(time.strptime(time.strftime("%Y-%m-%dT%H:%M:%S"), "%Y-%m-%dT%H:%M:%S")) - time.time()) < 5
            and abs(time.mktime(time.strptime(time.asctime())) - time.time()) < 5
            and abs(time.mktime(time.localtime()) - time.time()) < 5
            and datetime.date.today() == kind.today().date() == now.date(),
        "variables": [name for name in os.environ if name.startswith("SEATRIAL")],
    }`,
};

interface Seen {
  readonly loaded: number;
  readonly now: number;
  readonly called: number;
  readonly given: number;
  readonly left: number;
  readonly same: boolean;
  readonly variables: readonly string[];
}

async function seen(files: Readonly<Record<string, string>>, runtime: string): Promise<() => Promise<Seen>> {
  const spec = await trial.define(files, { runtime });
  return async () => {
    const { json } = await trial.invoke(spec);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the functions above answer
    return json as Seen;
  };
}

const python = await createRuntimes(process.env["PATH"] ?? "").check("python3.12");

test.each([["Node", NODE, "nodejs20.x"], ...(python.ok ? ([["Python", PYTHON, "python3.12"]] as const) : [])] as const)(
  "a function in %s lives in the cloud's time, told anew with each invocation",
  async (_name, files, runtime) => {
    ahead = 100 * 24 * HOUR;
    const invoke = await seen(files, runtime);
    const begun = Date.now();
    const first = await invoke();
    for (const moment of [first.loaded, first.now, first.called]) {
      expect(moment - begun).toBeGreaterThan(ahead - 1000);
      expect(moment - begun).toBeLessThan(ahead + SLACK);
    }
    expect(first).toMatchObject({ same: true, variables: [], given: runtime.startsWith("node") ? 5 : 1970 });
    expect(first.left).toBeGreaterThan(1000);
    expect(first.left).toBeLessThanOrEqual(10_000);

    ahead += HOUR;
    const second = await invoke();
    expect(second.now - first.now).toBeGreaterThanOrEqual(HOUR - 1);
    expect(second.now - first.now).toBeLessThan(HOUR + SLACK);
    expect(second.left).toBeLessThanOrEqual(10_000);
  },
);

test("where the two clocks are one, a function's time is left alone", async () => {
  ahead = undefined;
  const invoke = await seen(
    {
      "index.mjs":
        "export const handler = async () => ({ now: Date.now(), same: Date.now.name === 'now' && !/cloudNow/.test(Date.now) });",
    },
    "nodejs20.x",
  );
  const begun = Date.now();
  const { now, same } = await invoke();
  expect(same).toBe(true);
  expect(now).toBeGreaterThanOrEqual(begun);
  expect(now).toBeLessThan(begun + SLACK);
});

test("a line of the log carries the cloud's time", async () => {
  ahead = -300 * 24 * HOUR;
  const spec = await trial.define(NODE);
  const { tail } = await trial.invoke(spec);
  const stamp = /^(\S+)\t\S+\tINFO\thello$/m.exec(tail)?.[1] ?? "";
  expect(Math.abs(Date.parse(stamp) - (Date.now() + ahead))).toBeLessThan(SLACK);
});
