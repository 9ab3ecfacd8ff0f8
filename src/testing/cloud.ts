/** Stands a cloud up in a test: fresh, on a free port, in virtual time; and hands out SDK clients that know it. */
import { createCloud, type Cloud, type CloudOptions } from "../cloud.ts";
import { parseDuration } from "../languages/duration.ts";

/** What an AWS SDK client wants to know. */
export interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly forcePathStyle: true;
  readonly maxAttempts: 1;
}

export interface TestCloud extends Omit<Cloud, "advance"> {
  /** Settings for `new S3Client(cloud.client())`: root of account 000000000000 in us-east-1 unless told otherwise. */
  client(as?: {
    account?: string;
    region?: string;
    credentials?: ClientConfiguration["credentials"];
  }): ClientConfiguration;
  /** Winds the clock: `"10m"`, `"PT1H"`, or seconds as a number. */
  advance(by: string | number): Promise<number>;
}

/** 2026-01-01T00:00:00Z: where a test's time begins unless it says otherwise. */
export const TEST_EPOCH = Date.UTC(2026, 0, 1);

/** A fresh cloud, in memory, on a manual clock. Close it in `afterEach`. */
export async function startCloud(options: CloudOptions = {}): Promise<TestCloud> {
  const cloud = await createCloud({ port: 0, clock: "manual", startAt: TEST_EPOCH, ...options });
  return {
    ...cloud,
    client: ({ account = "000000000000", region = "us-east-1", credentials } = {}) => ({
      endpoint: cloud.endpointUrl,
      region,
      credentials: credentials ?? { accessKeyId: account, secretAccessKey: "secret" },
      forcePathStyle: true,
      maxAttempts: 1,
    }),
    advance: (by) => cloud.advance(parseDuration(by)),
  };
}
