/** The AWS CLI moves much and big through S3: a thousand small files, 200 MB in one piece, and links that are signed. */
import { createHash, createHmac } from "node:crypto";
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloudProcess, type CloudProcess } from "../../src/testing/process.ts";
import { ask, type Health } from "../../src/cli/control-client.ts";
import { awsCli, awsIn, clientEnvironment, type Aws } from "./tools.ts";

const MIB = 2 ** 20;

describe.skipIf(awsCli === undefined)("the AWS CLI with S3", { timeout: 60_000 }, () => {
  let cloud: CloudProcess;
  let folder: string;
  let aws: Aws;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
    cloud = await startCloudProcess(["--data-dir", join(folder, "data")]);
    aws = awsIn(clientEnvironment(cloud), folder);
    await aws("s3", "mb", "s3://things");
  });
  afterAll(async () => {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const LONG_AGO = new Date("2026-01-01T00:00:00Z");

  it("syncs a folder of 1,000 files there and back", async () => {
    for (let index = 0; index < 1000; index++) {
      const directory = join(folder, "out", `d${index % 10}`);
      mkdirSync(directory, { recursive: true });
      const file = join(directory, `file ${index}.txt`);
      writeFileSync(file, `content of ${index}\n`);
      // S3 tells times in whole seconds: a file of this very second would look newer than its copy.
      utimesSync(file, LONG_AGO, LONG_AGO);
    }
    await aws("s3", "sync", "out", "s3://things/many", "--only-show-errors");
    await aws("s3", "sync", "s3://things/many", "back", "--only-show-errors");
    const read = (from: string): Map<string, string> =>
      new Map(
        readdirSync(join(folder, from), { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".txt"))
          .toSorted()
          .map((name) => [name, readFileSync(join(folder, from, name), "utf8")]),
      );
    const sent = read("out");
    expect(sent.size).toBe(1000);
    expect(read("back")).toEqual(sent);
    expect(await aws("s3", "sync", "out", "s3://things/many")).toBe("");
  });

  it("copies 200 MB there and back while the cloud's memory stays flat", async () => {
    const file = await open(join(folder, "big"), "w");
    const sum = createHash("sha256");
    for (let block = 0; block < 200; block++) {
      const bytes = createHmac("sha512", "big").update(String(block)).digest();
      const piece = Buffer.alloc(MIB, bytes);
      sum.update(piece);
      await file.write(piece);
    }
    await file.close();
    const { pid } = await ask<Health>(cloud.port, "GET", "health");
    await aws("s3", "cp", "big", "s3://things/big", "--only-show-errors");
    await aws("s3", "cp", "s3://things/big", "big-back", "--only-show-errors");
    const back = createHash("sha256");
    await pipeline(createReadStream(join(folder, "big-back")), back);
    expect(back.digest("hex")).toBe(sum.digest("hex"));
    const peak = peakMemory(pid);
    // Half of what went in and came out, and less than either: it was not held. Where /proc is not, nothing is known.
    if (peak !== undefined) expect(peak / MIB).toBeLessThan(300);
  });

  it("presigns a link that opens the object, and none that was changed", async () => {
    writeFileSync(join(folder, "note"), "for whom has the link");
    await aws("s3", "cp", "note", "s3://things/a note.txt");
    const keys: { AccessKeyId: string; SecretAccessKey: string } = JSON.parse(await createdKey());
    const holder = awsIn({
      ...clientEnvironment(cloud),
      AWS_ACCESS_KEY_ID: keys.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
    });
    const link = await holder("s3", "presign", "s3://things/a note.txt", "--expires-in", "60");
    const opened = await fetch(link);
    expect([opened.status, await opened.text()]).toEqual([200, "for whom has the link"]);
    const tampered = await fetch(link.replace("a%20note", "b%20note"));
    expect(tampered.status).toBe(403);
    expect(await tampered.text()).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  const createdKey = async (): Promise<string> => {
    await aws("iam", "create-user", "--user-name", "holder");
    const document = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
    });
    const policy = ["--policy-name", "read", "--policy-document", document];
    await aws("iam", "put-user-policy", "--user-name", "holder", ...policy);
    return aws("iam", "create-access-key", "--user-name", "holder", "--query", "AccessKey");
  };
});

/** The most memory in bytes that the process ever had, where Linux tells. */
function peakMemory(pid: number): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
