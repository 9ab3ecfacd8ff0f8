/** The AWS CLI packages, deploys, uses, changes and deletes the example, as its README.md says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { awsCli, awsIn, clientEnvironment, findAwsCli2, run, type Aws, type Words } from "./tools.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/file-processor/", import.meta.url));

describe.skipIf(awsCli === undefined)("the AWS CLI with the example", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  let folder: string;
  let aws: Aws;
  let template: string;
  const outputs: Record<string, string> = {};

  const deploy = (environment: "dev" | "prd"): Words => [
    ["cloudformation", "deploy", "--stack-name", "file-processor", "--template-file", template],
    "--parameter-overrides",
    ...readFileSync(`${EXAMPLE}params/${environment}.ini`, "utf8").trim().split("\n"),
  ];

  beforeAll(async () => {
    cloud = await startCloud({ clock: "real", startAt: Date.now() });
    folder = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
    template = join(folder, "sam.yml");
    aws = awsIn(clientEnvironment(cloud), EXAMPLE);
    const built = await run(process.execPath, ["build.mjs"], process.env, EXAMPLE);
    expect(built.status, built.stderr).toBe(0);
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("packages and deploys its three templates", async () => {
    const stack = (name: string, file: string, ...more: string[]): Promise<string> =>
      aws("cloudformation", "deploy", "--stack-name", name, "--template-file", file, ...more);
    const [, , s3] = await Promise.all([
      stack("file-processor-iam", "iam.yml", "--capabilities", "CAPABILITY_IAM"),
      (async () => {
        await aws("s3", "mb", "s3://file-processor-artifacts");
        const to = ["--s3-bucket", "file-processor-artifacts", "--output-template-file", template];
        await aws("cloudformation", "package", "--template-file", "sam.yml", ...to);
      })(),
      stack("file-processor-s3", "s3.yml"),
    ]);
    expect(s3).toContain("Successfully created/updated stack - file-processor-s3");
    expect(await aws(deploy("dev"))).toContain("Successfully created/updated stack - file-processor");
    const listed = await aws(
      ["cloudformation", "describe-stacks", "--stack-name", "file-processor", "--output", "text"],
      ["--query", "Stacks[0].Outputs[].[OutputKey,OutputValue]"],
    );
    for (const line of listed.split("\n")) {
      const [key = "", value = ""] = line.split("\t");
      outputs[key] = value;
    }
    expect(Object.keys(outputs).toSorted()).toEqual(["BucketOriginName", "BucketProcessedName"]);
  });

  it("puts a zip into the one bucket, waits for a file in the other, and finds them all there", async () => {
    const zip = join(folder, "files.zip");
    writeFileSync(zip, zipSync({ "one.txt": Buffer.from("1\n"), "in/two.txt": Buffer.from("two\n") }));
    await aws("s3", "cp", zip, `s3://${outputs["BucketOriginName"]}/`);
    const day = new Date(cloud.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const bucket = outputs["BucketProcessedName"] ?? "";
    await aws("s3api", "wait", "object-exists", "--bucket", bucket, "--key", `${day}/one.txt`);
    await aws("s3api", "wait", "object-exists", "--bucket", bucket, "--key", `${day}/in/two.txt`);
    const [listing, content] = await Promise.all([
      aws("s3", "ls", "--recursive", `s3://${bucket}/`),
      aws("s3", "cp", `s3://${bucket}/${day}/in/two.txt`, "-"),
    ]);
    expect(listing.split("\n").map((line) => line.split(/\s+/).slice(2).join(" "))).toEqual([
      `4 ${day}/in/two.txt`,
      `2 ${day}/one.txt`,
    ]);
    expect(content).toBe("two");
  });

  it("invokes the function with --log-type Tail and finds what it logged in its log group", async () => {
    const answer = join(folder, "answer.json");
    const [invoked, logged] = await Promise.all([
      aws(
        ["lambda", "invoke", "--function-name", "file-processor:live", "--log-type", "Tail"],
        ["--payload", '{"Records":[]}', answer],
      ),
      aws(
        ["logs", "filter-log-events", "--log-group-name", "/aws/lambda/file-processor"],
        ["--filter-pattern", "REPORT", "--query", "events[].message", "--output", "text"],
      ),
    ]);
    const { StatusCode, ExecutedVersion, LogResult, FunctionError }: Record<string, unknown> = JSON.parse(invoked);
    expect({ StatusCode, ExecutedVersion, FunctionError }).toEqual({ StatusCode: 200, ExecutedVersion: "1" });
    expect(Buffer.from(String(LogResult), "base64").toString()).toMatch(/START RequestId[^]*END RequestId[^]*REPORT/);
    expect(logged).toMatch(/REPORT RequestId: .*Memory Size: 128 MB/);
  });

  const awsCli2 = findAwsCli2();
  it.skipIf(awsCli2 === undefined)("shows the function's log lines with `aws logs tail`", async () => {
    // The version of Debian 12 does not know AWS_ENDPOINT_URL yet.
    const args = ["--endpoint-url", cloud.endpointUrl, "logs", "tail", "/aws/lambda/file-processor"];
    const { status, stdout, stderr } = await run(awsCli2 ?? "", args, clientEnvironment(cloud));
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/START RequestId: .*Version: 1/);
  });

  it("says that there is nothing to deploy, and changes the memory size by the other environment's parameters", async () => {
    const changeSets = ["list-change-sets", "--stack-name", "file-processor"];
    const again = await aws(deploy("dev"), "--no-fail-on-empty-changeset");
    expect(again).toContain("No changes to deploy. Stack file-processor is up to date");
    // The CLI leaves the empty change set there, and names the next one after the second in which it is made.
    for (const name of JSON.parse(await aws("cloudformation", changeSets, "--query", "Summaries[].ChangeSetName")))
      await aws("cloudformation", "delete-change-set", "--stack-name", "file-processor", "--change-set-name", name);
    expect(await aws(deploy("prd"))).toContain("Successfully created/updated stack - file-processor");
    const size = ["get-function-configuration", "--function-name", "file-processor", "--query", "MemorySize"];
    expect(await aws("lambda", ...size)).toBe("256");
  });

  it("deletes the stacks, the emptied buckets with them, and leaves nothing", async () => {
    const remove = async (name: string): Promise<void> => {
      await aws("cloudformation", "delete-stack", "--stack-name", name);
      await aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", name);
    };
    await Promise.all([
      aws("s3", "rm", "--recursive", `s3://${outputs["BucketOriginName"]}`),
      aws("s3", "rm", "--recursive", `s3://${outputs["BucketProcessedName"]}`),
    ]);
    await remove("file-processor");
    await Promise.all([remove("file-processor-iam"), remove("file-processor-s3")]);
    const { Buckets } = await new S3Client(cloud.client()).send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["file-processor-artifacts"]);
    const { Functions } = await new LambdaClient(cloud.client()).send(new ListFunctionsCommand({}));
    const { Roles } = await new IAMClient(cloud.client()).send(new ListRolesCommand({}));
    const { logGroups } = await new CloudWatchLogsClient(cloud.client()).send(new DescribeLogGroupsCommand({}));
    expect([Functions, Roles, logGroups]).toEqual([[], [], []]);
  });
});
