/** Where a deployment package comes from: the request itself, or S3, read as the caller. */
import { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { collect } from "./bytes.ts";
import { invalid, unsupported } from "./errors.ts";
import { MOST_UNPACKED_BYTES } from "./zip.ts";

export interface CodeSource {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly S3ObjectVersion?: string | undefined;
  readonly S3ObjectStorageMode?: string | undefined;
  readonly ImageUri?: string | undefined;
}

/** AWS's bound for a whole request, whose zip is in base64. */
const MOST_REQUEST_BYTES = 70_167_211;

/**
 * The zip's bytes.
 * Raises InvalidParameterValueException, RequestEntityTooLargeException, AccessDeniedException, and NotImplemented for an image.
 */
export async function readCode(context: ServiceContext, operation: string, source: CodeSource): Promise<Uint8Array> {
  const { ZipFile, S3Bucket, S3Key, ImageUri } = source;
  if (ImageUri !== undefined) unsupported("ImageUri", "container images need a container runtime; give a zip");
  if (source.S3ObjectStorageMode === "REFERENCE") unsupported("S3ObjectStorageMode REFERENCE", "code is copied");
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.");
    }
    if (Math.ceil(ZipFile.length / 3) * 4 > MOST_REQUEST_BYTES) {
      throw new AwsError(
        "RequestEntityTooLargeException",
        `Request must be smaller than ${MOST_REQUEST_BYTES} bytes for the ${operation} operation`,
      );
    }
    return ZipFile;
  }
  if (S3Bucket === undefined && S3Key === undefined) invalid("Please provide a source for function code.");
  if (S3Bucket === undefined || S3Key === undefined) return invalid("Both S3Bucket and S3Key must be provided.");
  return await readFromS3(context, S3Bucket, S3Key, source.S3ObjectVersion);
}

/** Errors that are not S3's. */
const OURS = new Set(["InvalidParameterValueException", "NotImplemented", "InternalFailure"]);

async function readFromS3(
  context: ServiceContext,
  Bucket: string,
  Key: string,
  VersionId: string | undefined,
): Promise<Uint8Array> {
  try {
    const { Body } = await context.call("s3", "GetObject", { Bucket, Key, ...(VersionId ? { VersionId } : {}) });
    if (Body === undefined) return new Uint8Array();
    if (typeof Body === "string") return Buffer.from(Body);
    if (Body instanceof Uint8Array) return Body;
    // No zip that is larger can be small enough when it is unpacked.
    const bytes = await collect(Body, MOST_UNPACKED_BYTES);
    return bytes ?? invalid(`Unzipped size must be smaller than ${MOST_UNPACKED_BYTES} bytes`);
  } catch (error) {
    if (!(error instanceof AwsError) || OURS.has(error.code)) throw error;
    const told = `S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`;
    if (error.code === "AccessDenied") {
      throw new AwsError(
        "AccessDeniedException",
        `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for ${Bucket}/${Key}. ${told}`,
        { status: 403 },
      );
    }
    return invalid(`Error occurred while GetObject. ${told}`);
  }
}
