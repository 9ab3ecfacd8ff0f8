/**
 * Ships the applications of this folder through AWS's API, as `aws cloudformation package` and `deploy` do, but for the waiting: what
 * happens while a release goes on is for the caller to see. Knows nothing of where the API is.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { zipSync } from "fflate";
import { bundle } from "./build.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** Makes the artifact bucket, with swagger.yml in it. Returns what ships to it. */
export async function createDelivery({ cloudFormation, s3, bucket }) {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "swagger.yml", Body: read("swagger.yml") }));

  /** Uploads code under a name that tells its content; the same code makes the same zip. */
  async function upload(code) {
    const zip = zipSync({ "index.mjs": [Buffer.from(code), { mtime: new Date("2020-01-01T00:00:00Z") }] });
    const key = `${createHash("sha256").update(zip).digest("hex")}.zip`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: zip }));
    return `s3://${bucket}/${key}`;
  }

  /** The template with addresses in place of `dist/NAME`. */
  async function packaged(template, code) {
    let text = read(template);
    for (const [, name] of text.matchAll(/CodeUri: dist\/([\w-]+)/g)) {
      if (code[name] === undefined) throw new Error(`${template} wants dist/${name}, which is not built`);
      text = text.replace(`CodeUri: dist/${name}`, `CodeUri: ${await upload(code[name])}`);
    }
    return text;
  }

  async function stackOf(StackName) {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0];
  }

  return {
    async ship({ stackName, template, release, code = {} }) {
      const TemplateBody = await packaged(template, { ...(await bundle(release)), ...code });
      const wantsBucket = /^ {2}ArtifactBucket:$/m.test(TemplateBody);
      const input = {
        StackName: stackName,
        TemplateBody,
        Capabilities: ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters: wantsBucket ? [{ ParameterKey: "ArtifactBucket", ParameterValue: bucket }] : [],
      };
      const there = await stackOf(stackName).catch(() => undefined);
      await cloudFormation.send(there === undefined ? new CreateStackCommand(input) : new UpdateStackCommand(input));
    },

    async status(stackName) {
      const stack = await stackOf(stackName);
      return stack?.StackStatus ?? "";
    },

    async output(stackName, name) {
      const stack = await stackOf(stackName);
      return stack?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? "";
    },

    async physicalId(StackName, LogicalResourceId) {
      const { StackResources: [resource] = [] } = await cloudFormation.send(
        new DescribeStackResourcesCommand({ StackName, LogicalResourceId }),
      );
      return resource?.PhysicalResourceId ?? "";
    },

    async failures(StackName) {
      const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
      return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith("FAILED"))
        .toReversed()
        .map(({ Timestamp, LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
          [Timestamp?.toISOString(), LogicalResourceId, ResourceStatus, ResourceStatusReason].join("  "),
        );
    },
  };
}

function read(name) {
  return readFileSync(join(here, name), "utf8");
}
