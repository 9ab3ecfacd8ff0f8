/** An update that fails after it has begun to replace what holds data, or what is in use, goes back without losing any. */
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { Lambda } from "@aws-sdk/client-lambda";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bucket, startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
let logs: CloudWatchLogs;
let lambda: Lambda;
beforeEach(async () => {
  given = await startFixture();
  logs = new CloudWatchLogs(given.cloud.client());
  lambda = new Lambda(given.cloud.client());
});
afterEach(async () => {
  logs.destroy();
  lambda.destroy();
  await given.close();
});

const iam = { Capabilities: ["CAPABILITY_IAM" as const] };
const group = (LogGroupName: string) => ({ Type: "AWS::Logs::LogGroup", Properties: { LogGroupName } });
/** Fails when all of `after` are done. */
const failing = (...after: readonly string[]) => ({
  Type: "AWS::Logs::LogStream",
  DependsOn: after,
  Properties: { LogGroupName: "that-is-not-there" },
});

async function groupNames(): Promise<readonly (string | undefined)[]> {
  return ((await logs.describeLogGroups({})).logGroups ?? []).map(({ logGroupName }) => logGroupName);
}

test("a bucket's objects and a log group's events outlive the replacement of both that was begun", async () => {
  await given.create("demo", { Resources: { Bucket: bucket("data"), Group: group("events") } });
  const keys = Array.from({ length: 12 }, (_, index) => `k/${index}`);
  for (const Key of keys) await given.s3.send(new PutObjectCommand({ Bucket: "data", Key, Body: `of ${Key}` }));
  await logs.createLogStream({ logGroupName: "events", logStreamName: "s" });
  const timestamp = given.cloud.now();
  const logEvents = keys.map((message) => ({ timestamp, message }));
  await logs.putLogEvents({ logGroupName: "events", logStreamName: "s", logEvents });

  const Later = failing("Bucket", "Group");
  await given.update("demo", { Resources: { Bucket: bucket("data2"), Group: group("events2"), Later } });

  const story = await given.story("demo");
  // Both had been replaced when the later resource failed.
  const failed = story.findIndex((line) => line.startsWith("Later CREATE_FAILED"));
  for (const line of ["Bucket UPDATE_COMPLETE", "Group UPDATE_COMPLETE"]) {
    expect(story.indexOf(line)).toBeGreaterThan(0);
    expect(story.indexOf(line)).toBeLessThan(failed);
  }
  expect(story.at(-1)).toBe("demo UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["data"]);
  expect(await groupNames()).toEqual(["events"]);
  for (const Key of keys) {
    const { Body } = await given.s3.send(new GetObjectCommand({ Bucket: "data", Key }));
    expect(await Body?.transformToString()).toBe(`of ${Key}`);
  }
  const { events = [] } = await logs.filterLogEvents({ logGroupName: "events" });
  expect(events.map(({ message }) => message)).toEqual(keys);
});

test("what was put into the new bucket meanwhile is not thrown away: the bucket stays, and the stack is as it was", async () => {
  const Handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };
  const Wait = {
    Type: "AWS::CloudFormation::WaitCondition",
    DependsOn: "Bucket",
    Properties: { Handle: { Ref: "Handle" }, Timeout: 60 },
  };
  await given.create("demo", { Resources: { Bucket: bucket("data"), Handle } });
  await given.update("demo", { Resources: { Bucket: bucket("data2"), Handle, Wait } });
  await given.s3.send(new PutObjectCommand({ Bucket: "data2", Key: "late", Body: "late" }));
  await given.cloud.advance("2m");
  const story = await given.story("demo");
  expect(story).toContainEqual(expect.stringContaining("Bucket DELETE_FAILED"));
  expect(story.at(-1)).toBe("demo UPDATE_ROLLBACK_COMPLETE");
  expect(await given.bucketNames()).toEqual(["data", "data2"]);
});

/** A function that answers `answer`, its version and the alias `live` of it. */
function release(answer: string, more: Template = {}): Template {
  const Statement = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];
  return {
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement } },
      },
      Fn: {
        Type: "AWS::Lambda::Function",
        Properties: {
          FunctionName: "fn",
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          Timeout: 30,
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          Code: { ZipFile: `exports.handler = async () => ${JSON.stringify(answer)};` },
        },
      },
      // Another description needs another version.
      Version: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Fn" }, Description: answer } },
      Live: {
        Type: "AWS::Lambda::Alias",
        Properties: {
          FunctionName: { Ref: "Fn" },
          FunctionVersion: { "Fn::GetAtt": ["Version", "Version"] },
          Name: "live",
        },
      },
      ...more,
    },
  };
}

test("an alias answers all the time while its version is replaced and put back, and in the end the old code", async () => {
  await given.create("demo", release("old"), iam);
  await given.cloud.advance("1m");
  const before = await lambda.getAlias({ FunctionName: "fn", Name: "live" });

  const answers: string[] = [];
  let isOver = false;
  const invoke = async (): Promise<string> => {
    const { FunctionError, Payload } = await lambda.invoke({ FunctionName: "fn", Qualifier: "live" });
    return FunctionError ?? Payload?.transformToString() ?? "";
  };
  const caller = (async () => {
    while (!isOver) answers.push(await invoke());
  })();

  const Handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };
  const Wait = {
    Type: "AWS::CloudFormation::WaitCondition",
    DependsOn: "Live",
    Properties: { Handle: { Ref: "Handle" }, Timeout: 60 },
  };
  await given.update("demo", release("new", { Handle, Wait }), iam);
  expect(await given.status("demo")).toBe("UPDATE_IN_PROGRESS");
  // The alias is at the new version now, and is being called.
  const seen = answers.length;
  while (answers.length < seen + 3) await invoke();
  await given.cloud.advance("2m");
  isOver = true;
  await caller;

  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(new Set(answers)).toEqual(new Set(['"old"', '"new"']));
  for (let call = 0; call < 3; call++) expect(await invoke()).toBe('"old"');
  const { FunctionVersion, Description } = await lambda.getAlias({ FunctionName: "fn", Name: "live" });
  expect({ FunctionVersion, Description }).toEqual({
    FunctionVersion: before.FunctionVersion,
    Description: before.Description,
  });
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: "fn" });
  expect(Versions.map(({ Version }) => Version)).toEqual(["$LATEST", before.FunctionVersion]);
  const latest = await lambda.invoke({ FunctionName: "fn" });
  expect(latest.Payload?.transformToString()).toBe('"old"');
});

test("a function that is replaced under another name answers under its own throughout", async () => {
  const named = (FunctionName: string, answer: string, more: Template = {}): Template => {
    const template: { Resources?: Record<string, { Properties: object }> } = JSON.parse(
      JSON.stringify(release(answer, more)),
    );
    Object.assign(template.Resources?.["Fn"]?.Properties ?? {}, { FunctionName });
    return template;
  };
  await given.create("demo", named("one", "old"), iam);
  await given.cloud.advance("1m");
  const answers: string[] = [];
  let isOver = false;
  const caller = (async () => {
    while (!isOver) {
      const { FunctionError, Payload } = await lambda.invoke({ FunctionName: "one", Qualifier: "live" });
      answers.push(FunctionError ?? Payload?.transformToString() ?? "");
    }
  })();
  await given.update("demo", named("two", "new", { Later: failing("Live") }), iam);
  await given.cloud.advance("2m");
  isOver = true;
  await caller;
  expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(new Set(answers)).toEqual(new Set(['"old"']));
  const { Functions = [] } = await lambda.listFunctions({});
  expect(Functions.map(({ FunctionName }) => FunctionName)).toEqual(["one"]);
});
