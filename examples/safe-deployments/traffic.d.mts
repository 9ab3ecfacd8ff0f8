/** The types of traffic.mjs, for the tests. */
export interface Answer {
  /** Epoch milliseconds of the cloud. */
  readonly at: number;
  /** The release's name; "error" for what is no 200. */
  readonly from: string;
}

export interface Traffic {
  readonly answers: readonly Answer[];
  go(seconds: number): Promise<void>;
}

export function createTraffic(options: {
  readonly url: string;
  readonly cloud: { now(): number; advance(ms: number): Promise<number> };
}): Traffic;

export function countsBetween(answers: readonly Answer[], begin: number, end: number): Readonly<Record<string, number>>;
