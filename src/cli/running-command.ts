/** `seatrial status` and `seatrial down`. */
import { UsageError } from "../kernel/errors.ts";
import { ask, healthOf, type Health } from "./control-client.ts";

export async function status(port: number): Promise<void> {
  const { pid, services, clock } = await ask<Health>(port, "GET", "health");
  console.log(`Running on http://127.0.0.1:${port} (process ${pid})`);
  console.log(`Services: ${services.join(", ")}`);
  console.log(`Clock: ${clock.now} (${clock.mode})`);
}

/** Asks the process to end and waits until it has. */
export async function down(port: number): Promise<void> {
  const { pid } = await ask<Health>(port, "GET", "health");
  process.kill(pid, "SIGTERM");
  const GIVE_UP_AFTER_MS = 15_000;
  for (let waited = 0; waited < GIVE_UP_AFTER_MS; waited += 50) {
    if (!isAlive(pid)) {
      console.log(`Stopped the cloud on port ${port}.`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const still = (await healthOf(port)) === undefined ? "no longer answers but has not ended" : "still answers";
  throw new UsageError(`The cloud on port ${port} (process ${pid}) ${still} after 15 s. End it with: kill -9 ${pid}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
