/** The types of deploy.mjs, for the end-to-end test. */
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { S3Client } from "@aws-sdk/client-s3";

export class DeploymentError extends Error {
  readonly failures: readonly string[];
}

export function deploy(options: {
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  readonly stackName: string;
  readonly environment: "dev" | "prd";
  readonly artifacts: string;
  readonly say?: (line: string) => void;
}): Promise<Readonly<Record<string, string>>>;
