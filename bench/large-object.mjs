/** A 5 GiB object in and out through the SDK's own multipart upload, with the server's memory watched. */
import { createHash } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const SIZE = 5 * 2 ** 30;
const PIECE = 8 * 2 ** 20;

/** Gives seconds in and out, the server's memory before, its peak, and whether the bytes came back the same. */
export async function largeObject(server) {
  const credentials = { accessKeyId: "000000000000", secretAccessKey: "root" };
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    credentials,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: "large" }));
  const beforeMb = server.memoryMb();
  let peakMb = beforeMb;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, server.memoryMb())), 100);
  const sent = createHash("md5");
  const piece = Buffer.alloc(PIECE);
  async function* content() {
    for (let at = 0; at < SIZE; at += PIECE) {
      piece.writeDoubleLE(at, 0);
      const copy = Buffer.from(piece);
      sent.update(copy);
      yield copy;
    }
  }
  const begun = performance.now();
  await new Upload({
    client: s3,
    partSize: 64 * 2 ** 20,
    queueSize: 2,
    params: { Bucket: "large", Key: "object", Body: Readable.from(content()) },
  }).done();
  const inSeconds = (performance.now() - begun) / 1000;
  const back = createHash("md5");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "large", Key: "object" }));
  await pipeline(Body, new Writable({ write: (chunk, _, done) => (back.update(chunk), done()) }));
  const outSeconds = (performance.now() - begun) / 1000 - inSeconds;
  clearInterval(watch);
  const whole = (value) => Math.round(value);
  return {
    inSeconds: whole(inSeconds),
    outSeconds: whole(outSeconds),
    beforeMb: whole(beforeMb),
    peakMb: whole(peakMb),
    same: sent.digest("hex") === back.digest("hex"),
  };
}
