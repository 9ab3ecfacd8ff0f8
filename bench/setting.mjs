/** What the cases need in the cloud: a user with a key (so that signatures are checked), a bucket, a function; and the cases. */
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { crc32 } from "node:zlib";
import { zipSync } from "fflate";
import { sign } from "./client.mjs";
import { stacks } from "./stacks.mjs";

const ACCOUNT = "000000000000";

/** Makes the setting on the cloud at `port`; gives the cases, as `measure` takes them. */
export async function prepare(port) {
  const root = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "root" },
  };
  const iam = new IAMClient(root);
  await iam.send(new CreateUserCommand({ UserName: "bench" }));
  await iam.send(
    new AttachUserPolicyCommand({ UserName: "bench", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "bench" }));
  const keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "bench", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const signed = { ...root, credentials: keys };
  await new S3Client({ ...signed, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "bench" }));
  const lambda = new LambdaClient(signed);
  const ZipFile = zipSync({ "index.mjs": Buffer.from("export const handler = async (event) => event;") });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "echo",
      Role: Role.Arn,
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      MemorySize: 256,
      Code: { ZipFile },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: "echo" });

  const host = `127.0.0.1:${port}`;
  const to = (service, method, path, body, headers) => {
    // One signature serves a whole case: it is good for five minutes, and signing is not what is measured.
    const request = sign({ method, path, body, headers, service, host, keys });
    return { bare: () => request, ours: () => request };
  };
  const kib = Buffer.alloc(1024, "seatrial");
  const mib = Buffer.alloc(2 ** 20, "seatrial");
  const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  // With the checksum that the SDKs send by themselves.
  const put = (key, body) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(body));
    const headers = { "content-type": "binary/octet-stream", "x-amz-checksum-crc32": checksum.toString("base64") };
    return to("s3", "PUT", `/bench/${key}`, body, headers);
  };
  return {
    cases: [
      {
        name: "STS GetCallerIdentity",
        count: 10_000,
        make: to("sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", form),
      },
      { name: "S3 PutObject 1 KiB", count: 5_000, make: put("kib", kib) },
      { name: "S3 GetObject 1 KiB", count: 5_000, make: to("s3", "GET", "/bench/kib") },
      { name: "S3 PutObject 1 MiB", count: 300, make: put("mib", mib) },
      { name: "S3 GetObject 1 MiB", count: 500, make: to("s3", "GET", "/bench/mib") },
      {
        name: "Lambda Invoke warm",
        count: 3_000,
        concurrency: 1,
        make: to("lambda", "POST", "/2015-03-31/functions/echo/invocations", '{"hello":"world"}', {
          "content-type": "application/json",
        }),
      },
    ],
    stacks: (bare, ours) =>
      stacks(signed, bare, ours, to("sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", form)),
  };
}
