/** What the tests of S3 share: a fresh cloud, a client, and what an operation was refused with. */
import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { afterEach, beforeEach } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

export interface Fixture {
  cloud: TestCloud;
  s3: S3Client;
}

/** A fresh cloud for each test of the file. */
export function withCloud(): Fixture {
  // Filled before each test: no test sees it empty.
  const fixture: Partial<Fixture> = {};
  beforeEach(async () => {
    fixture.cloud = await startCloud();
    fixture.s3 = new S3Client(fixture.cloud.client());
  });
  afterEach(async () => {
    fixture.s3?.destroy();
    await fixture.cloud?.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return fixture as Fixture;
}

/** The code and status that a call is refused with; raises when it is not. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: string; status: number | undefined; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return { code: error.name, status: error.$metadata.httpStatusCode, message: error.message };
  }
  throw new Error("the call was not refused");
}

/** `<Code>` of an error that came as plain HTTP. */
export async function codeOf(response: Response): Promise<string | undefined> {
  return /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];
}
