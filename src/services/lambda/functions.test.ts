/** Functions as an SDK client makes, changes and deletes them, and what Lambda turns away. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { IAM } from "@aws-sdk/client-iam";
import {
  Lambda,
  type CreateFunctionCommandInput,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE, ROLE_ARN, zipOf } from "./function-fixture.ts";

let cloud: TestCloud;
let lambda: Lambda;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seatrial-lambda-"));
  cloud = await startCloud({ dataDirectory: directory });
  lambda = new Lambda(cloud.client());
  await new IAM(cloud.client()).createRole(ROLE);
});
afterEach(async () => {
  lambda.destroy();
  await cloud.close();
  await rm(directory, { recursive: true, force: true });
});

async function answerOf(name = "fn"): Promise<unknown> {
  const { Payload } = await lambda.invoke({ FunctionName: name });
  return JSON.parse(Payload?.transformToString() ?? "");
}

const unpacked = (): string[] => readdirSync(join(directory, "lambda", "code"));

describe("a function", () => {
  it("is Pending in the reply, then Active, and shows what it was given and AWS's defaults", async () => {
    const { Code, ...given } = functionOf("return 1");
    const made = await lambda.createFunction({
      ...given,
      Code,
      Environment: { Variables: { MODE: "a" } },
      Tags: { t: "1" },
    });
    expect(made).toMatchObject({
      FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:fn",
      State: "Pending",
      StateReasonCode: "Creating",
      Version: "$LATEST",
      LastModified: "2026-01-01T00:00:00.000+0000",
      MemorySize: 128,
      PackageType: "Zip",
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: "PassThrough" },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/fn" },
      Environment: { Variables: { MODE: "a" } },
      CodeSize: Code.ZipFile.length,
    });
    expect(made.$metadata.httpStatusCode).toBe(201);
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: "fn" });
    const { Configuration, Tags, Code: where } = await lambda.getFunction({ FunctionName: made.FunctionArn });
    expect(Configuration).toMatchObject({ State: "Active", CodeSha256: made.CodeSha256 });
    expect(Tags).toEqual({ t: "1" });
    const zip = await (await fetch(where?.Location ?? "")).arrayBuffer();
    expect(Buffer.from(zip)).toEqual(Buffer.from(Code.ZipFile));
    expect((await fetch(`${where?.Location}0`)).status).toBe(403);
    await cloud.advance("11m");
    expect((await fetch(where?.Location ?? "")).status).toBe(403);
  });

  it("runs its new code and its new configuration after an update, and forgets the old code", async () => {
    await lambda.createFunction(functionOf("return [1, process.env.MODE]"));
    expect(await answerOf()).toEqual([1, null]);
    const [before] = unpacked();
    const { ZipFile } = functionOf("return [2, process.env.MODE]").Code;
    const updated = await lambda.updateFunctionCode({ FunctionName: "fn", ZipFile });
    expect(updated.LastUpdateStatus).toBe("InProgress");
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: "fn" });
    await lambda.updateFunctionConfiguration({ FunctionName: "fn", Environment: { Variables: { MODE: "b" } } });
    expect(await answerOf()).toEqual([2, "b"]);
    expect(unpacked()).toHaveLength(1);
    expect(unpacked()).not.toContain(before);
  });

  it("leaves nothing behind when it is deleted, also where two share their code", async () => {
    await lambda.createFunction(functionOf("return 1"));
    await lambda.createFunction({ ...functionOf("return 1", "twin"), Publish: true });
    expect(unpacked()).toHaveLength(1);
    await lambda.deleteFunction({ FunctionName: "fn" });
    expect(await answerOf("twin")).toBe(1);
    const { $metadata } = await lambda.deleteFunction({ FunctionName: "twin" });
    expect($metadata.httpStatusCode).toBe(204);
    await expect(lambda.getFunction({ FunctionName: "twin" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:twin",
    });
    await expect.poll(unpacked).toEqual([]);
  });

  it("is there again after a stop of the cloud, with its code", async () => {
    await lambda.createFunction(functionOf("return 'still here'"));
    await cloud.close();
    await rm(join(directory, "lambda", "code"), { recursive: true });
    cloud = await startCloud({ dataDirectory: directory });
    lambda = new Lambda(cloud.client());
    expect(await answerOf()).toBe("still here");
  });

  it("takes its code from S3, also an older version of an object", async () => {
    const s3 = new S3(cloud.client());
    await s3.createBucket({ Bucket: "code" });
    await s3.putBucketVersioning({ Bucket: "code", VersioningConfiguration: { Status: "Enabled" } });
    const put = async (body: string) =>
      await s3.putObject({ Bucket: "code", Key: "k.zip", Body: functionOf(body).Code.ZipFile });
    const { VersionId } = await put("return 'old'");
    await put("return 'new'");
    const at = { S3Bucket: "code", S3Key: "k.zip" };
    await lambda.createFunction({ ...functionOf(""), Code: at });
    expect(await answerOf()).toBe("new");
    await lambda.updateFunctionCode({ FunctionName: "fn", ...at, S3ObjectVersion: VersionId });
    expect(await answerOf()).toBe("old");
    await expect(lambda.updateFunctionCode({ FunctionName: "fn", ...at, S3Key: "no" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    });
  });

  it("lists in pages, with all versions where they are asked for", async () => {
    for (const name of ["a", "a-b", "b"]) await lambda.createFunction({ ...functionOf("", name), Publish: true });
    const first = await lambda.listFunctions({ MaxItems: 2 });
    expect(first.Functions?.map((one) => one.FunctionName)).toEqual(["a", "a-b"]);
    const rest = await lambda.listFunctions({ MaxItems: 2, Marker: first.NextMarker });
    expect(rest.Functions?.map((one) => one.FunctionName)).toEqual(["b"]);
    expect(rest.NextMarker).toBeUndefined();
    let Marker: string | undefined;
    const all: (string | undefined)[] = [];
    do {
      const page = await lambda.listFunctions({ FunctionVersion: "ALL", MaxItems: 1, Marker });
      all.push(...(page.Functions ?? []).map((one) => one.FunctionArn?.split(":function:")[1]));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(all).toEqual(["a:$LATEST", "a:1", "a-b:$LATEST", "a-b:1", "b:$LATEST", "b:1"]);
  });

  it("belongs to one account and one region", async () => {
    await lambda.createFunction(functionOf("return 1"));
    const abroad = new Lambda(cloud.client({ region: "eu-west-1" }));
    const stranger = new Lambda(cloud.client({ account: "111111111111" }));
    expect((await abroad.listFunctions({})).Functions).toEqual([]);
    expect((await stranger.listFunctions({})).Functions).toEqual([]);
    const FunctionName = "arn:aws:lambda:us-east-1:000000000000:function:fn";
    await expect(stranger.getFunction({ FunctionName })).rejects.toMatchObject({ name: "AccessDeniedException" });
    await expect(abroad.getFunction({ FunctionName })).rejects.toMatchObject({
      message: "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
    });
  });

  it("keeps its tags, its reservation and tells of what it has none", async () => {
    const { FunctionArn: Resource } = await lambda.createFunction(functionOf(""));
    const FunctionName = "fn";
    await lambda.tagResource({ Resource, Tags: { a: "1", b: "2" } });
    await lambda.untagResource({ Resource, TagKeys: ["a"] });
    expect((await lambda.listTags({ Resource })).Tags).toEqual({ b: "2" });
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 100 });
    expect((await lambda.getFunction({ FunctionName })).Concurrency).toEqual({ ReservedConcurrentExecutions: 100 });
    expect((await lambda.getAccountSettings({})).AccountLimit?.UnreservedConcurrentExecutions).toBe(900);
    await expect(
      lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 901 }),
    ).rejects.toMatchObject({ message: expect.stringContaining("below its minimum value of [100]") });
    await lambda.deleteFunctionConcurrency({ FunctionName });
    expect((await lambda.getFunctionConcurrency({ FunctionName })).ReservedConcurrentExecutions).toBeUndefined();
    expect((await lambda.listEventSourceMappings({ FunctionName })).EventSourceMappings).toEqual([]);
    expect((await lambda.getFunctionRecursionConfig({ FunctionName })).RecursiveLoop).toBe("Terminate");
    expect((await lambda.getRuntimeManagementConfig({ FunctionName })).UpdateRuntimeOn).toBe("Auto");
  });
});

describe("what Lambda turns away", () => {
  const good = functionOf("return 1");

  const refused: readonly (readonly [what: string, change: Partial<CreateFunctionCommandInput>, words: string])[] = [
    ["a role that is not there", { Role: `${ROLE_ARN}x` }, "cannot be assumed by Lambda."],
    ["another account's role", { Role: "arn:aws:iam::999999999999:role/r" }, "Cross-account pass role is not allowed."],
    ["a runtime that cannot run here", { Runtime: "java21" }, "The runtime java21 is not there yet"],
    ["no handler", { Handler: undefined }, "Runtime and Handler are mandatory parameters"],
    ["what is no zip", { Code: { ZipFile: Buffer.from("PK no zip") } }, "Could not unzip uploaded file. Please check"],
    ["an empty zip", { Code: { ZipFile: zipSync({}) } }, "Uploaded file must be a non-empty zip"],
    ["a path that leads outside", { Code: { ZipFile: zipOf({ "../x.js": "" }) } }, "Could not unzip uploaded file"],
    ["no code", { Code: {} }, "Please provide a source for function code."],
    ["an image", { PackageType: "Image", Code: { ImageUri: "x" } }, "does not have PackageType Image yet"],
    [
      "reserved variables",
      { Environment: { Variables: { AWS_REGION: "x" } } },
      "Reserved keys used in this request: AWS_REGION",
    ],
    [
      "too many variables",
      { Environment: { Variables: { AA: "x".repeat(4096) } } },
      "exceeded the 4KB limit. String measured: {",
    ],
    [
      "a queue for dead letters",
      { DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:q" } },
      "DeadLetterConfig.TargetArn",
    ],
    ["snapshots", { SnapStart: { ApplyOn: "PublishedVersions" } }, "SnapStart.ApplyOn PublishedVersions"],
    [
      "a layer that is not there",
      { Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"] },
      "Layer version arn:aws:lambda:us-east-1:000000000000:layer:l:1 does not exist.",
    ],
    [
      "levels for text logs",
      { LoggingConfig: { LogFormat: "Text", SystemLogLevel: "WARN" } },
      "you must set LogFormat to JSON",
    ],
    ["too little memory", { MemorySize: 64 }, "Member must have value greater than or equal to 128"],
    ["a timeout of more than 15 minutes", { Timeout: 901 }, "Member must have value less than or equal to 900"],
  ];

  it.each(refused)("is %s, and nothing is left", async (_, change, words) => {
    await expect(lambda.createFunction({ ...good, ...change })).rejects.toMatchObject({
      message: expect.stringContaining(words),
    });
    expect((await lambda.listFunctions({})).Functions).toEqual([]);
    if (existsSync(join(directory, "lambda", "code"))) await expect.poll(unpacked).toEqual([]);
  });

  it("is a zip that unpacks to more than 250 MB, or to more than it says", async () => {
    /** A zip of `bytes` bytes that says of itself that it has `declared`. */
    const lying = (bytes: number, declared: number): Uint8Array => {
      const zip = Buffer.from(zipSync({ "index.js": new Uint8Array(bytes) }));
      zip.writeUInt32LE(declared, zip.indexOf("PK\u0001\u0002") + 24);
      return zip;
    };
    await expect(lambda.createFunction({ ...good, Code: { ZipFile: lying(10, 262_144_001) } })).rejects.toMatchObject({
      message: "Unzipped size must be smaller than 262144000 bytes",
    });
    await expect(lambda.createFunction({ ...good, Code: { ZipFile: lying(3_000_000, 10) } })).rejects.toMatchObject({
      message: expect.stringContaining("Could not unzip uploaded file."),
    });
    await expect.poll(unpacked).toEqual([]);
  });

  it("is a link that leads outside; others are kept, and so are exec bits", async () => {
    const zipped = (target: string) =>
      zipSync({
        link: [Buffer.from(target), { os: 3, attrs: 0o120777 << 16 }],
        "bin/run": [Buffer.from("x"), { os: 3, attrs: 0o100755 << 16 }],
      });
    for (const target of ["/etc/passwd", "../../x"]) {
      await expect(lambda.createFunction({ ...good, Code: { ZipFile: zipped(target) } })).rejects.toThrow("unzip");
    }
    await lambda.createFunction({ ...good, Code: { ZipFile: zipped("bin/run") } });
    const root = join(directory, "lambda", "code", unpacked()[0] ?? "");
    expect(readFileSync(join(root, "link"), "utf8")).toBe("x");
    expect(statSync(join(root, "bin/run")).mode & 0o777).toBe(0o755);
  });

  it("is a name that is taken, a stale revision, and a second update of what is not there", async () => {
    const { RevisionId } = await lambda.createFunction(good);
    await expect(lambda.createFunction(good)).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: "Function already exist: fn",
      $metadata: { httpStatusCode: 409 },
    });
    await lambda.updateFunctionConfiguration({ FunctionName: "fn", RevisionId, MemorySize: 256 });
    await expect(
      lambda.updateFunctionConfiguration({ FunctionName: "fn", RevisionId, MemorySize: 128 }),
    ).rejects.toMatchObject({ name: "PreconditionFailedException", $metadata: { httpStatusCode: 412 } });
    await expect(lambda.updateFunctionCode({ FunctionName: "no", ZipFile: good.Code.ZipFile })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("layers", () => {
  it("are published, found, used, shared and deleted, and a function keeps what it uses", async () => {
    const LayerName = "tools";
    const Content = { ZipFile: zipOf({ "nodejs/node_modules/tool/index.js": "module.exports = 'from the layer'" }) };
    const one = await lambda.publishLayerVersion({ LayerName, Content, CompatibleRuntimes: ["nodejs20.x"] });
    expect(one).toMatchObject({ Version: 1, LayerVersionArn: "arn:aws:lambda:us-east-1:000000000000:layer:tools:1" });
    await lambda.publishLayerVersion({ LayerName, Content });
    expect((await lambda.listLayerVersions({ LayerName })).LayerVersions?.map(({ Version }) => Version)).toEqual([
      2, 1,
    ]);
    const { Layers } = await lambda.listLayers({ CompatibleRuntime: "nodejs20.x" });
    expect(Layers).toMatchObject([{ LayerName, LatestMatchingVersion: { Version: 1 } }]);
    const Arn = one.LayerVersionArn ?? "";
    expect(await lambda.getLayerVersionByArn({ Arn })).toMatchObject({ Version: 1 });
    const made = await lambda.createFunction({ ...functionOf("return require('tool')"), Layers: [Arn] });
    expect(made.Layers).toEqual([{ Arn, CodeSize: Content.ZipFile.length }]);
    await lambda.deleteLayerVersion({ LayerName, VersionNumber: 1 });
    await lambda.deleteLayerVersion({ LayerName, VersionNumber: 2 });
    expect(await answerOf()).toBe("from the layer");
    expect((await lambda.publishLayerVersion({ LayerName, Content })).Version).toBe(3);

    const stranger = new Lambda(cloud.client({ account: "111111111111" }));
    await new IAM(cloud.client({ account: "111111111111" })).createRole(ROLE);
    const foreign = {
      ...functionOf("return require('tool')"),
      Role: "arn:aws:iam::111111111111:role/runner",
      Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:tools:3"],
    };
    const refusal = { name: "AccessDeniedException" };
    await expect(stranger.createFunction(foreign)).rejects.toMatchObject(refusal);
    const theirs = { LayerName: "arn:aws:lambda:us-east-1:000000000000:layer:tools", VersionNumber: 3 };
    await expect(stranger.getLayerVersion(theirs)).rejects.toMatchObject(refusal);
    await expect(stranger.listLayerVersions(theirs)).rejects.toMatchObject(refusal);
    await lambda.addLayerVersionPermission({
      LayerName,
      VersionNumber: 3,
      StatementId: "s",
      Action: "lambda:GetLayerVersion",
      Principal: "111111111111",
    });
    expect(await stranger.createFunction(foreign)).toMatchObject({ State: "Pending" });
    expect(await stranger.getLayerVersion(theirs)).toMatchObject({ Version: 3 });
    await expect(stranger.getLayerVersionPolicy(theirs)).rejects.toMatchObject(refusal);
  });
});
