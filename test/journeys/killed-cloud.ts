/** A cloud on a manual clock that is killed at any moment and started again over the same data, for the journeys that ask whether all goes on as it would have. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloudProcess, type CloudProcess } from "../../src/testing/process.ts";

export interface KilledCloud {
  /** For a client of the cloud as it is now; another one after each kill. */
  settings(): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  /** `kill -9`, and up again. */
  killed(): Promise<void>;
  /** Epoch milliseconds of the cloud's clock. */
  now(): Promise<number>;
  /** Resolves when all that is due has been done. */
  settled(): Promise<void>;
  /** Winds the clock on to `epochMs`; killed `afterMs` of the machine's milliseconds later, it is started again and wound the rest of the way. */
  windTo(epochMs: number, afterMs?: number): Promise<void>;
  /** Ends it, and takes its data away. */
  close(): Promise<void>;
}

export async function startKilledCloud(): Promise<KilledCloud> {
  const directory = mkdtempSync(join(tmpdir(), "seatrial-kill-"));
  const up = (): Promise<CloudProcess> => startCloudProcess(["--data-dir", directory, "--clock", "manual"]);
  let cloud = await up();
  const control = async (path: string, body?: object): Promise<unknown> => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${cloud.endpointUrl}/_seatrial/${path}`, body === undefined ? {} : init);
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const killed = async (): Promise<void> => {
    await cloud.kill();
    cloud = await up();
  };
  const now = async (): Promise<number> => {
    const answer = await control("clock");
    if (typeof answer !== "object" || answer === null || !("now" in answer)) throw new Error("the clock does not tell");
    return Date.parse(String(answer.now));
  };
  const advance = async (epochMs: number): Promise<void> => {
    await control("clock", { advance: (epochMs - (await now())) / 1000 });
  };
  return {
    settings: () => ({
      endpoint: cloud.endpointUrl,
      region: "us-east-1",
      credentials: { accessKeyId: "000000000000", secretAccessKey: "s" },
      maxAttempts: 1,
    }),
    killed,
    now,
    settled: async () => void (await control("settle", {})),
    async windTo(epochMs, afterMs) {
      if (afterMs !== undefined) {
        // It is killed while it answers.
        const winding = advance(epochMs).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        await killed();
        await winding;
      }
      await advance(epochMs);
    },
    async close() {
      await cloud.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
