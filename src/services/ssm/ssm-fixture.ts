/** What the tests of Parameter Store share: a fresh cloud, clients, and what an operation was refused with. */
import {
  SSM,
  SSMServiceException,
  type PutParameterCommandInput,
  type PutParameterCommandOutput,
} from "@aws-sdk/client-ssm";
import { afterEach, beforeEach } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

export interface Fixture {
  cloud: TestCloud;
  ssm: SSM;
  /** Another account's client, closed with the cloud. */
  as(account: string): SSM;
  /** Puts a String unless told otherwise. */
  put(Name: string, Value: string, more?: Partial<PutParameterCommandInput>): Promise<PutParameterCommandOutput>;
}

/** A fresh cloud for each test of the file. */
export function withCloud(): Fixture {
  // Filled before each test: no test sees it empty.
  const fixture: Partial<Fixture> = {};
  const others: SSM[] = [];
  beforeEach(async () => {
    const cloud = await startCloud();
    const ssm = new SSM(cloud.client());
    fixture.cloud = cloud;
    fixture.ssm = ssm;
    fixture.put = (Name, Value, more = {}) => ssm.putParameter({ Name, Value, Type: "String", ...more });
    fixture.as = (account) => {
      const other = new SSM(cloud.client({ account }));
      others.push(other);
      return other;
    };
  });
  afterEach(async () => {
    for (const other of others.splice(0)) other.destroy();
    fixture.ssm?.destroy();
    await fixture.cloud?.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return fixture as Fixture;
}

/** The code and message that a call is refused with; raises when it is not. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof SSMServiceException)) throw error;
    return { code: error.name, message: error.message };
  }
  throw new Error("the call was not refused");
}
