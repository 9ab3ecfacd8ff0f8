/** The types of delivery.mjs, for the tests. */
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { S3Client } from "@aws-sdk/client-s3";

export interface Delivery {
  /** Begins to create or to update the stack. `code` takes the place of handlers' own, by the handler's name. Raises what the API answers. */
  ship(options: {
    readonly stackName: string;
    /** A file of this folder: `canary.yml`. */
    readonly template: string;
    readonly release: string;
    readonly code?: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** `UPDATE_IN_PROGRESS` */
  status(stackName: string): Promise<string>;
  /** The value of an output; "" when there is none. */
  output(stackName: string, name: string): Promise<string>;
  physicalId(stackName: string, logicalId: string): Promise<string>;
  /** `TIME  RESOURCE  STATUS  REASON` of what failed, oldest first. */
  failures(stackName: string): Promise<string[]>;
}

export function createDelivery(options: {
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  /** The name of the artifact bucket, to be created. */
  readonly bucket: string;
}): Promise<Delivery>;
