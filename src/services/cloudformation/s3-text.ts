/** Text that a request names by an S3 address: templates, stack policies, AWS::Include's snippets. Read as the caller. */
import { Readable } from "node:stream";
import { isAwsError } from "../../kernel/errors.ts";
import type { Body, ServiceContext } from "../../service.ts";
import { invalid } from "./names.ts";

/** "CloudFormation quotas": what a template in S3 may weigh, in bytes. */
export const MOST_S3_BYTES = 1_000_000;

interface Address {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

/** Reads the object at an http(s) or s3 URL. Raises ValidationError as CloudFormation words it. */
export async function readS3Text(
  context: Pick<ServiceContext, "call">,
  url: string,
  member = "TemplateURL",
): Promise<string> {
  const address = s3Address(url);
  if (address === undefined) throw invalid(`${member} must be a supported URL.`);
  let bytes: Uint8Array;
  try {
    const { Body } = await context.call("s3", "GetObject", address);
    bytes = await allOf(Body, member);
  } catch (error) {
    if (!isAwsError(error) || error.code === "ValidationError") throw error;
    throw invalid(
      `S3 error: ${error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  }
  return new TextDecoder().decode(bytes);
}

/**
 * Bucket and key of `https://s3.REGION.amazonaws.com/BUCKET/KEY`, `https://BUCKET.s3.REGION.amazonaws.com/KEY`, `s3://BUCKET/KEY`, and of both
 * forms at this cloud's own endpoint; undefined for anything else.
 */
export function s3Address(text: string): Address | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (!["http:", "https:", "s3:"].includes(url.protocol)) return undefined;
  const path = decodeURIComponent(url.pathname.slice(1));
  const versionId = url.searchParams.get("versionId");
  const at = (Bucket: string, Key: string): Address | undefined =>
    Bucket === "" || Key === "" ? undefined : { Bucket, Key, ...(versionId === null ? {} : { VersionId: versionId }) };
  if (url.protocol === "s3:") return at(url.hostname, path);
  const virtual = /^(.+)\.s3(?:[.-][a-z0-9-]+)*\.(?:amazonaws\.com|localhost(?:\.localstack\.cloud)?)$/.exec(
    url.hostname,
  );
  if (virtual !== null) return at(virtual[1] ?? "", path);
  if (url.hostname.endsWith(".amazonaws.com") && !/^s3[.-]/.test(url.hostname)) return undefined;
  const slash = path.indexOf("/");
  return slash < 0 ? undefined : at(path.slice(0, slash), path.slice(slash + 1));
}

async function allOf(body: Body | undefined, member: string): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body);
  if (!(body instanceof Readable)) return body;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_S3_BYTES) {
      body.destroy();
      throw invalid(`${member === "TemplateURL" ? "Template" : member} may not exceed ${MOST_S3_BYTES} bytes in size.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
