/** What Lambda calls: makes the S3 client and the FileProcessor once for each environment, and hands the events on. */
import { S3Client } from "@aws-sdk/client-s3";
import { FileProcessor, type S3Event } from "./file-processor.ts";

const bucketProcessed = process.env["BUCKET_PROCESSED"];
if (bucketProcessed === undefined) throw new Error("The variable BUCKET_PROCESSED is not set");

const fileProcessor = new FileProcessor(new S3Client(), bucketProcessed);

export async function handler(event: S3Event): Promise<string[]> {
  const keys = await fileProcessor.process(event);
  console.log(`Wrote ${keys.join(", ")}`);
  return keys;
}
