/** Seatrial's public API; nothing else is public. */
export { createCloud, DEFAULT_PORT, type Cloud, type CloudOptions } from "./cloud.ts";
export { UsageError } from "./kernel/errors.ts";
export type { ClockMode } from "./kernel/clock.ts";
