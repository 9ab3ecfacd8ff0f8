/** boto3 against a running cloud: one Python script per subject, which asserts for itself. */
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { clientEnvironment, pythonWithBoto3, run } from "./tools.ts";

const SCRIPTS = fileURLToPath(new URL("python", import.meta.url));

describe.skipIf(pythonWithBoto3 === undefined)("boto3", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  beforeEach(async () => {
    cloud = await startCloud({ clock: "real", startAt: Date.now() });
  });
  afterEach(() => cloud.close());

  it.each([
    ["moves objects in parts, lists them page by page, and waits for buckets", "s3.py"],
    ["invokes functions, reads what they logged, and counts in metrics", "functions.py"],
    ["is told who it is, and what is wrong with its credentials", "identity.py"],
  ])("%s", async (_, script) => {
    // Python would write its compiled files into the checkout.
    const env = { ...clientEnvironment(cloud), PYTHONDONTWRITEBYTECODE: "1" };
    const { status, stderr } = await run(pythonWithBoto3 ?? "", [script], env, SCRIPTS);
    expect(status, stderr).toBe(0);
  });
});
