/** A deployment begins: the AppSpec file is read as the service role, held against the alias, and the alarms are looked at. */
import type { ServiceContext } from "../../../service.ts";
import { readAppspec } from "../appspec.ts";
import { DeploymentFault, faultOf } from "../errors.ts";
import type { Plan, Revision } from "../state.ts";
import { isAlarmed, stopOnAlarm } from "./alarms.ts";
import { put, start } from "./course.ts";
import { failed } from "./failed.ts";
import { working } from "./work.ts";

/** An AppSpec file is text of a few lines. */
const MOST_BYTES = 1_048_576;

export const begin = working(
  ({ status }) => status === "Created",
  async ({ deployment, role, roleArn }) => {
    // A rollback knows what it is to do, and that the alias may stand anywhere.
    if (deployment.plan !== undefined) return (context, now) => start(context, now);
    const plan = readAppspec(await appspecText(role, deployment.revision, roleArn));
    await checkAlias(role, plan, roleArn);
    let isStopped: boolean;
    try {
      isStopped = await isAlarmed(role, deployment, roleArn);
    } catch (error) {
      if (!(error instanceof DeploymentFault)) throw error;
      return (context, now) => failed(context, put(context, { ...now, plan }), error);
    }
    return (context, now) => {
      const ready = { ...now, plan };
      if (isStopped) stopOnAlarm(context, put(context, { ...ready, startedAt: context.now }));
      else start(context, ready);
    };
  },
);

async function appspecText(role: ServiceContext, revision: Revision, roleArn: string): Promise<string> {
  const { appSpecContent, string, s3Location } = revision;
  if (s3Location === undefined) return appSpecContent?.content ?? string?.content ?? "";
  const { bucket: Bucket = "", key: Key = "", version: VersionId, eTag } = s3Location;
  try {
    const { Body, ETag } = await role.call("s3", "GetObject", {
      Bucket,
      Key,
      ...(VersionId === undefined ? {} : { VersionId }),
    });
    if (eTag !== undefined && eTag.replaceAll('"', "") !== ETag?.replaceAll('"', "")) {
      throw new DeploymentFault("INVALID_REVISION", `The ETag of the AppSpec file in the S3 bucket is not ${eTag}.`);
    }
    return await textOf(Body);
  } catch (error) {
    const fault = faultOf(error, "AmazonS3", roleArn);
    if (fault.code !== "INTERNAL_ERROR") throw fault;
    throw new DeploymentFault(
      "INVALID_REVISION",
      "The AppSpec file cannot be located in the specified S3 bucket. Verify your AppSpec file is present and that the name and key value pair specified for your S3 bucket are correct. The S3 bucket must be in your current region",
    );
  }
}

async function textOf(body: AsyncIterable<unknown> | Uint8Array | string | undefined): Promise<string> {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes =
      typeof chunk === "string" ? Buffer.from(chunk) : chunk instanceof Uint8Array ? chunk : Buffer.alloc(0);
    size += bytes.length;
    if (size > MOST_BYTES)
      throw new DeploymentFault("INVALID_REVISION", `The AppSpec file is larger than ${MOST_BYTES} bytes.`);
    chunks.push(Buffer.from(bytes));
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Raises DeploymentFault unless the alias is where the AppSpec file takes it up. */
async function checkAlias(
  role: ServiceContext,
  { functionName: FunctionName, alias: Name, currentVersion }: Plan,
  roleArn: string,
): Promise<void> {
  let version: string | undefined;
  try {
    ({ FunctionVersion: version } = await role.call("lambda", "GetAlias", { FunctionName, Name }));
  } catch (error) {
    throw faultOf(error, "AWSLambda", roleArn);
  }
  if (version !== currentVersion) {
    throw new DeploymentFault(
      "INVALID_LAMBDA_CONFIGURATION",
      "The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration. The Lambda function alias version does not match the current version in AppSpec file.",
    );
  }
}
