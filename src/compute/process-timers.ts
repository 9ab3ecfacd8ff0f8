/** The real clock, for the limits of processes: the only place in compute that touches it. */
import type { ProcessTimers } from "./contract.ts";

export const realTimers: ProcessTimers = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
  every(ms, call) {
    const timer = setInterval(call, ms).unref();
    return () => clearInterval(timer);
  },
};
