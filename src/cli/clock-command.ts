/** `seatrial clock` and `seatrial clock advance`. */
import { ask } from "./control-client.ts";

interface ClockState {
  readonly mode: string;
  readonly now: string;
}

export async function showClock(port: number): Promise<void> {
  const { now, mode } = await ask<ClockState>(port, "GET", "clock");
  console.log(`${now} (${mode})`);
}

/** `duration` as the cloud takes it: `10m`, `PT10M`, or a number of seconds. */
export async function advanceClock(port: number, duration: string): Promise<void> {
  const advance = /^\d+(\.\d+)?$/.test(duration) ? Number(duration) : duration;
  const { now, mode } = await ask<ClockState>(port, "POST", "clock", { advance });
  console.log(`${now} (${mode})`);
}
