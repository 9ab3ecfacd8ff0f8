import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { codeOf, refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();
const Bucket = "the-bucket";

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
  await fixture.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "secret" }));
});

const url = (path: string) => `${fixture.cloud.endpointUrl}/${Bucket}/${path}`;
const allow = (principal: unknown, Action: string, Resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: principal, Action, Resource }] });
const policy = (text: string) => fixture.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: text }));
const openUp = () => fixture.s3.send(new DeletePublicAccessBlockCommand({ Bucket }));

describe("whoever has no credentials", () => {
  it("is refused", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const response = await fetch(url("k"), { method, ...(method === "PUT" ? { body: "x" } : {}) });
      expect(response.status).toBe(403);
      expect(await codeOf(response)).toBe("AccessDenied");
    }
  });

  it("reads what a bucket policy makes public, once public access is not blocked", async () => {
    const everyone = allow("*", "s3:GetObject", `arn:aws:s3:::${Bucket}/*`);
    expect((await refusal(policy(everyone))).code).toBe("AccessDenied");
    await openUp();
    await policy(everyone);
    const status = await fixture.s3.send(new GetBucketPolicyStatusCommand({ Bucket }));
    expect(status.PolicyStatus).toEqual({ IsPublic: true });
    expect(await (await fetch(url("k"))).text()).toBe("secret");
    expect((await fetch(url(""))).status).toBe(403);
    expect((await fetch(url("k"), { method: "DELETE" })).status).toBe(403);
    expect(await codeOf(await fetch(url("k?response-content-type=text/x")))).toBe("InvalidRequest");
  });

  it("reads what an access control list makes public", async () => {
    const { s3 } = fixture;
    expect((await refusal(s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" })))).code).toBe(
      "AccessControlListNotSupported",
    );
    await openUp();
    const OwnershipControls = { Rules: [{ ObjectOwnership: "ObjectWriter" as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    await s3.send(new PutObjectAclCommand({ Bucket, Key: "k", ACL: "public-read" }));
    expect((await fetch(url("k"))).status).toBe(200);
    expect((await fetch(url(""))).status).toBe(403);
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
    expect((await fetch(url(""))).status).toBe(200);
  });
});

describe("another account", () => {
  it("may do what the bucket's policy lets it, and nothing else", async () => {
    const other = new S3Client(fixture.cloud.client({ account: "111111111111" }));
    const get = () => other.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect((await refusal(get())).code).toBe("AccessDenied");
    await policy(allow({ AWS: "111111111111" }, "s3:GetObject", `arn:aws:s3:::${Bucket}/*`));
    expect(await (await get()).Body?.transformToString()).toBe("secret");
    expect((await refusal(other.send(new ListObjectsV2Command({ Bucket })))).code).toBe("AccessDenied");
  });

  it("cannot take a copy of what it cannot read", async () => {
    const other = new S3Client(fixture.cloud.client({ account: "111111111111" }));
    await other.send(new CreateBucketCommand({ Bucket: "other-bucket" }));
    const copy = new CopyObjectCommand({ Bucket: "other-bucket", Key: "k", CopySource: `${Bucket}/k` });
    expect((await refusal(other.send(copy))).code).toBe("AccessDenied");
  });
});

describe("a bucket policy", () => {
  it.each([
    ["that is no JSON", "nonsense"],
    ["for another bucket", allow({ AWS: "111111111111" }, "s3:GetObject", "arn:aws:s3:::elsewhere/*")],
    ["for another service", allow({ AWS: "111111111111" }, "sqs:SendMessage", `arn:aws:s3:::${Bucket}`)],
    ["without a principal", JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] })],
  ])("%s is malformed", async (_, text) => {
    expect((await refusal(policy(text))).code).toBe("MalformedPolicy");
  });
});

describe("a browser's preflight question", () => {
  const ask = (origin: string, method: string) =>
    fetch(url("k"), { method: "OPTIONS", headers: { origin, "access-control-request-method": method } });

  it("is answered by the bucket's CORS rules", async () => {
    expect((await ask("https://shop.example.com", "PUT")).status).toBe(403);
    const rule = { AllowedMethods: ["PUT"], AllowedOrigins: ["https://*.example.com"], MaxAgeSeconds: 60 };
    await fixture.s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    const allowed = await ask("https://shop.example.com", "PUT");
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://shop.example.com");
    expect(allowed.headers.get("access-control-max-age")).toBe("60");
    expect((await ask("https://shop.example.com", "DELETE")).status).toBe(403);
    expect((await ask("https://shop.example.org", "PUT")).status).toBe(403);
  });

  it("is followed by replies that let the page see them, refusals too", async () => {
    const rule = { AllowedMethods: ["GET"], AllowedOrigins: ["https://shop.example.com"] };
    await fixture.s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    const get = async (origin: string) => (await fetch(url("nothing"), { headers: { origin } })).headers;
    expect((await get("https://shop.example.com")).get("access-control-allow-origin")).toBe("https://shop.example.com");
    expect((await get("https://shop.example.org")).get("access-control-allow-origin")).toBeNull();
  });

  it("is not a form upload, which is refused by name", async () => {
    const form = new FormData();
    form.set("key", "k");
    const response = await fetch(`${fixture.cloud.endpointUrl}/${Bucket}`, { method: "POST", body: form });
    expect(response.status).toBe(501);
    expect(await codeOf(response)).toBe("NotImplemented");
  });
});
