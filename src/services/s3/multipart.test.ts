import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { refusal, withCloud } from "./s3-fixture.ts";

const fixture = withCloud();
const Bucket = "the-bucket";
const Key = "dir/key";
const MIB = 2 ** 20;

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});

async function begin(more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> {
  const { UploadId } = await fixture.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return UploadId ?? "";
}
async function upload(
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array,
  more: object = {},
): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME } = await fixture.s3.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }),
  );
  return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME };
}
const complete = (UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  fixture.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

const first = Buffer.alloc(5 * MIB, "a");
const second = Buffer.from("the end");

describe("a multipart upload", () => {
  it("becomes one object, with ranges across its parts", async () => {
    const { s3 } = fixture;
    const id = await begin({ ContentType: "text/plain", Metadata: { m: "1" } });
    // Parts may come in any order, and again.
    const two = await upload(id, 2, second);
    await upload(id, 1, second);
    const one = await upload(id, 1, first);
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key })))).status).toBe(404);
    const { ETag } = await complete(id, [one, two]);
    const md5s = [first, second].map((bytes) => createHash("md5").update(bytes).digest());
    expect(ETag).toBe(`"${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-2"`);
    const whole = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(whole).toMatchObject({ ContentType: "text/plain", Metadata: { m: "1" }, ContentLength: 5 * MIB + 7 });
    expect(Buffer.concat([first, second]).equals((await whole.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(
      true,
    );
    const across = await s3.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${5 * MIB - 2}-${5 * MIB + 2}` }));
    expect(await across.Body?.transformToString()).toBe("aathe");
    const part = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
    expect(part).toMatchObject({ PartsCount: 2, ContentLength: 7 });
    expect(await part.Body?.transformToString()).toBe("the end");
    expect((await refusal(s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 3 })))).code).toBe(
      "InvalidPartNumber",
    );
    expect((await refusal(complete(id, [one, two]))).code).toBe("NoSuchUpload");
  });

  it("joins its parts' checksums, as one of the whole or of the parts", async () => {
    const { s3 } = fixture;
    const full = await begin({ ChecksumAlgorithm: "CRC64NVME" });
    const parts = [
      await upload(full, 1, first, { ChecksumAlgorithm: "CRC64NVME" }),
      await upload(full, 2, second, { ChecksumAlgorithm: "CRC64NVME" }),
    ];
    const joined = await complete(full, parts);
    expect(joined.ChecksumType).toBe("FULL_OBJECT");
    const whole = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "whole",
        Body: Buffer.concat([first, second]),
        ChecksumAlgorithm: "CRC64NVME",
      }),
    );
    expect(joined.ChecksumCRC64NVME).toBe(whole.ChecksumCRC64NVME);
    const composite = await begin({ ChecksumAlgorithm: "SHA256" });
    const one = await upload(composite, 1, first, { ChecksumAlgorithm: "SHA256" });
    const sum = createHash("sha256").update(createHash("sha256").update(first).digest()).digest("base64");
    expect(await complete(composite, [one])).toMatchObject({ ChecksumSHA256: `${sum}-1`, ChecksumType: "COMPOSITE" });
    const attributes = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ["ObjectParts", "Checksum"] }),
    );
    expect(attributes.ObjectParts).toMatchObject({ TotalPartsCount: 1, Parts: [{ PartNumber: 1, Size: 5 * MIB }] });
  });

  it("is refused with small parts, wrong ETags, a wrong order or nothing at all", async () => {
    const id = await begin();
    const small = await upload(id, 1, second);
    const last = await upload(id, 2, second);
    expect(await refusal(complete(id, [small, last]))).toMatchObject({ code: "EntityTooSmall", status: 400 });
    expect((await refusal(complete(id, [last, small]))).code).toBe("InvalidPartOrder");
    expect((await refusal(complete(id, [{ ...small, ETag: '"00000000000000000000000000000000"' }]))).code).toBe(
      "InvalidPart",
    );
    expect((await refusal(complete(id, [{ ...small, PartNumber: 9 }]))).code).toBe("InvalidPart");
    expect((await refusal(complete(id, []))).code).toBe("MalformedXML");
    expect((await refusal(complete(id, [small], { MpuObjectSize: 8 }))).code).toBe("InvalidRequest");
    expect((await refusal(upload(id, 10_001, second))).code).toBe("InvalidArgument");
    await complete(id, [small]);
  });

  it("takes parts out of other objects", async () => {
    const { s3 } = fixture;
    await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: Buffer.concat([first, second]) }));
    const id = await begin();
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const { CopyPartResult } = await s3.send(
        new UploadPartCopyCommand({
          Bucket,
          Key,
          UploadId: id,
          PartNumber,
          CopySource: `${Bucket}/source`,
          CopySourceRange,
        }),
      );
      return { PartNumber, ETag: CopyPartResult?.ETag };
    };
    const parts = [await copy(1), await copy(2, `bytes=${5 * MIB + 4}-${5 * MIB + 6}`)];
    expect((await refusal(copy(3, `bytes=0-${6 * MIB}`))).code).toBe("InvalidArgument");
    await complete(id, parts);
    const tail = await s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=-10" }));
    expect(await tail.Body?.transformToString()).toBe("the endend");
  });

  it("is listed until it is given up", async () => {
    const { s3 } = fixture;
    const id = await begin();
    await upload(id, 3, second);
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: "/", Prefix: "dir/" }));
    expect(uploads.Uploads).toMatchObject([{ Key, UploadId: id }]);
    const folded = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: "/" }));
    expect(folded.CommonPrefixes).toEqual([{ Prefix: "dir/" }]);
    const parts = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id }));
    expect(parts.Parts).toMatchObject([{ PartNumber: 3, Size: 7 }]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
    expect(await refusal(s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id })))).toMatchObject({
      code: "NoSuchUpload",
      status: 404,
    });
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  });
});
