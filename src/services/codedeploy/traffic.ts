/** How traffic is shifted: a configuration's routing, and the steps that it comes to ("Working with deployment configurations in CodeDeploy"). */

const MINUTE_MS = 60_000;

export type Routing =
  | { readonly type: "AllAtOnce" }
  | { readonly type: "TimeBasedCanary"; readonly percentage: number; readonly intervalMinutes: number }
  | { readonly type: "TimeBasedLinear"; readonly percentage: number; readonly intervalMinutes: number };

export interface Step {
  /** Counted from the beginning of the shift. */
  readonly afterMs: number;
  /** The target version's share from then on, in percent. */
  readonly percent: number;
}

/** The steps in order; the last one is always at 100 %. */
export function stepsOf(routing: Routing): Step[] {
  switch (routing.type) {
    case "AllAtOnce":
      return [{ afterMs: 0, percent: 100 }];
    case "TimeBasedCanary":
      return [
        { afterMs: 0, percent: routing.percentage },
        { afterMs: routing.intervalMinutes * MINUTE_MS, percent: 100 },
      ];
    case "TimeBasedLinear": {
      const { percentage, intervalMinutes } = routing;
      return Array.from({ length: Math.ceil(100 / percentage) }, (_, index) => ({
        afterMs: index * intervalMinutes * MINUTE_MS,
        percent: Math.min(100, (index + 1) * percentage),
      }));
    }
  }
}

/** From the first step to the last one. */
export function minutesOf(routing: Routing): number {
  return (stepsOf(routing).at(-1)?.afterMs ?? 0) / MINUTE_MS;
}
