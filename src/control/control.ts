/** Powers that AWS does not have, under `/_seatrial`: health, the clock, the journal, waiting until all has settled. */
import type { Readable } from "node:stream";
import { UsageError } from "../kernel/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { parseDuration } from "../languages/duration.ts";
import type { HttpReply, HttpRequest } from "../wire/http.ts";

const PREFIX = "/_seatrial/";

export interface Control {
  claims(request: HttpRequest): boolean;
  handle(request: HttpRequest): Promise<HttpReply>;
}

/** `services` are the names that health tells. */
export function createControl({ kernel, services }: { kernel: Kernel; services: readonly string[] }): Control {
  const clock = () => ({ mode: kernel.clock.mode, now: new Date(kernel.clock.now()).toISOString() });

  type Route = (query: URLSearchParams, body: Readable) => unknown;
  const routes: Record<string, Route> = {
    "GET health": () => ({ status: "running", pid: process.pid, services, clock: clock() }),
    "GET clock": clock,
    "POST clock": async (_query, body) => {
      const { advance } = await readJson(body);
      if (typeof advance !== "string" && typeof advance !== "number") {
        throw new UsageError('The clock takes {"advance": "10m"}: "1h30m", "PT10M" or seconds as a number.');
      }
      const now = await kernel.runner.advance(parseOrRefuse(advance));
      return { mode: kernel.clock.mode, now: new Date(now).toISOString() };
    },
    "POST settle": async () => {
      await kernel.runner.settled();
      return clock();
    },
    "GET journal": (query) => {
      const after = Number(query.get("after") ?? 0);
      const limit = Number(query.get("limit") ?? 100);
      if (!Number.isSafeInteger(after) || after < 0 || !Number.isSafeInteger(limit) || limit < 1) {
        throw new UsageError("The journal takes ?after=SEQUENCE&limit=COUNT, both whole numbers.");
      }
      return {
        entries: query.has("after")
          ? [...kernel.journal.read(after, limit)]
          : [...kernel.journal.latest(limit)].reverse(),
      };
    },
    "GET deadlines": () => ({
      deadlines: [...kernel.deadlines.list(1000)].map(({ due, payload: _, ...row }) => ({
        ...row,
        due: new Date(due).toISOString(),
      })),
    }),
  };

  return {
    claims: (request) => request.path.startsWith(PREFIX),
    async handle(request) {
      const name = request.path.slice(PREFIX.length);
      const route = routes[`${request.method} ${name}`];
      if (route === undefined) {
        const known = Object.keys(routes).map((key) => key.replace(" ", ` ${PREFIX}`));
        return json(404, { error: `There is no ${request.method} ${request.path}. There is: ${known.join(", ")}.` });
      }
      try {
        return json(200, await route(new URLSearchParams(request.query), request.body));
      } catch (error) {
        if (error instanceof UsageError) return json(400, { error: error.message });
        throw error;
      }
    },
  };
}

function json(status: number, value: unknown): HttpReply {
  return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}

async function readJson(body: Readable): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > 65_536) throw new UsageError("The body is larger than 64 KiB.");
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString() || "{}");
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Said below, together with what parses but is no object.
  }
  throw new UsageError("The body must be a JSON object.");
}

function parseOrRefuse(text: string | number): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
