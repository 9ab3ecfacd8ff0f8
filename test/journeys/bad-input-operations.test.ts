/**
 * Every operation of every service, sent what no client of good will sends: inputs built from its own table, empty, of
 * wrong types, at and beyond the limits, very long. Whatever comes, the answer is AWS's own kind of error, soon.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServices } from "../../src/cloud.ts";
import { createKernel } from "../../src/kernel/kernel.ts";
import { createRandom } from "../../src/kernel/random.ts";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { loadModel } from "../../src/wire/tables.ts";
import { encodeRequest, inputsFor } from "./hostile-input.ts";

const kernel = createKernel();
const names = createServices(kernel).map(({ name, operations }) => ({ name, operations: Object.keys(operations) }));

/** Longer than any of these may take, shorter than a hang. */
const LONGEST_MS = 8_000;
const AT_ONCE = 8;
/** What AWS has for work that Seatrial names as not there: told with its name, and no bug. */
const NOT_THERE = new Set([501]);

describe.each(names)("$name", ({ name, operations }) => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startCloud({ seed: "hostile" });
  });
  afterAll(async () => {
    await cloud.close();
    await kernel.close();
  });

  const model = loadModel(name);
  test.each(model.protocols)(
    "answers hostile inputs over %s with errors of AWS's kind",
    { timeout: 120_000 },
    async (protocol) => {
      const random = createRandom(`${name} ${protocol}`);
      const wrong: string[] = [];
      const work = operations.flatMap((operation) => {
        const known = model.operations.get(operation);
        if (known === undefined)
          throw new Error(`${name} has a handler for ${operation}, which its table does not know`);
        return inputsFor(known.input, random).map((input) => ({ known, input }));
      });
      const next = async (): Promise<void> => {
        for (let one = work.pop(); one !== undefined; one = work.pop()) {
          const { known, input } = one;
          const { method, path, headers, body } = encodeRequest(model, known, protocol, input.value);
          const told = `${known.name} with ${input.title}`;
          try {
            const reply = await fetch(new URL(cloud.endpointUrl + path), {
              method,
              headers,
              ...(body === undefined || method === "GET" || method === "HEAD" ? {} : { body }),
              signal: AbortSignal.timeout(LONGEST_MS),
            });
            const text = await reply.text();
            if (reply.status >= 500 && !NOT_THERE.has(reply.status))
              wrong.push(`${told}: ${reply.status} ${text.slice(0, 600)}`);
          } catch (error) {
            wrong.push(
              `${told}: ${error instanceof Error ? `${error.name} ${error.message} ${String(error.cause ?? "")}` : String(error)}`,
            );
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
      expect(wrong).toEqual([]);
    },
  );
});
