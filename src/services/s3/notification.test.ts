/** A function told of what happens in a bucket: the real one, run by the cloud's Lambda. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();

/** Keeps each event record that it gets as an object in another bucket, by the event's name. */
const CODE = `
const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = async ({ Records: [record] }) => {
  await s3.send(new PutObjectCommand({ Bucket: "told-bucket", Key: record.eventName, Body: JSON.stringify(record) }));
};`;

async function createFunction(): Promise<string> {
  const { cloud } = fixture;
  const iam = new IAMClient(cloud.client());
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "teller",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    }),
  );
  const lambda = new LambdaClient(cloud.client());
  const { FunctionArn = "" } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "teller",
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      Timeout: 30,
      Code: { ZipFile: zipSync({ "index.js": strToU8(CODE) }) },
    }),
  );
  return FunctionArn;
}

describe("a bucket's notifications", () => {
  it("reach the function that its policy lets S3 invoke, with AWS's record", async () => {
    const { s3, cloud } = fixture;
    for (const Bucket of ["in-bucket", "told-bucket"]) await s3.send(new CreateBucketCommand({ Bucket }));
    const LambdaFunctionArn = await createFunction();
    const NotificationConfiguration = {
      LambdaFunctionConfigurations: [
        {
          Id: "all",
          LambdaFunctionArn,
          Events: ["s3:ObjectCreated:*" as const, "s3:ObjectRemoved:*" as const],
          Filter: { Key: { FilterRules: [{ Name: "suffix" as const, Value: ".txt" }] } },
        },
      ],
    };
    const configure = () =>
      s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: "in-bucket", NotificationConfiguration }));
    expect((await refusal(configure())).code).toBe("InvalidArgument");
    await new LambdaClient(cloud.client()).send(
      new AddPermissionCommand({
        FunctionName: "teller",
        StatementId: "s3",
        Action: "lambda:InvokeFunction",
        Principal: "s3.amazonaws.com",
        SourceArn: "arn:aws:s3:::in-bucket",
      }),
    );
    await configure();
    await s3.send(new PutObjectCommand({ Bucket: "in-bucket", Key: "not this", Body: "x" }));
    await s3.send(new PutObjectCommand({ Bucket: "in-bucket", Key: "a b/ü.txt", Body: "hello" }));
    await s3.send(new DeleteObjectCommand({ Bucket: "in-bucket", Key: "a b/ü.txt" }));
    await cloud.settled();
    const told = await s3.send(new ListObjectsV2Command({ Bucket: "told-bucket" }));
    expect(told.Contents?.map(({ Key }) => Key)).toEqual(["ObjectCreated:Put", "ObjectRemoved:Delete"]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "told-bucket", Key: "ObjectCreated:Put" }));
    expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "us-east-1",
      eventTime: "2026-01-01T00:00:00.000Z",
      eventName: "ObjectCreated:Put",
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "all",
        bucket: { name: "in-bucket", arn: "arn:aws:s3:::in-bucket" },
        object: { key: "a+b/%C3%BC.txt", size: 5, eTag: "5d41402abc4b2a76b9719d911017c592" },
      },
    });
  }, 30_000);
});
