/** For the tests: a stack of every resource type of the services with every property that it supports, and how its drift is told. */
import {
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  type Capability,
  type StackResourceDrift,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { zipSync } from "fflate";
import { startFixture, type Fixture, type Template } from "../stack-fixture.ts";
import { IAM_RESOURCES } from "./every-iam-fixture.ts";
import { LAMBDA_RESOURCES } from "./every-lambda-fixture.ts";
import { LOGS_RESOURCES, S3_RESOURCES } from "./every-logs-and-s3-fixture.ts";
import { CODE_BUCKET } from "./every-part-fixture.ts";

export const EVERY_TYPE: Template & {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;
} = {
  Resources: { ...IAM_RESOURCES, ...LAMBDA_RESOURCES, ...LOGS_RESOURCES, ...S3_RESOURCES },
};

/** Properties that a type's list has and its handler refuses, by type and name, with why. */
export const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "AWS::Lambda::Alias": ["ProvisionedConcurrencyConfig", "RoutingConfig"],
  "AWS::Lambda::Function": [
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "KmsKeyArn",
    "VpcConfig",
  ],
  "AWS::Lambda::Version": ["CodeSha256", "ProvisionedConcurrencyConfig"],
  "AWS::Logs::LogGroup": ["KmsKeyId"],
  "AWS::Logs::MetricFilter": ["ApplyOnTransformedLogs", "EmitSystemFieldDimensions", "FieldSelectionCriteria"],
  "AWS::Logs::SubscriptionFilter": ["ApplyOnTransformedLogs", "EmitSystemFields", "FieldSelectionCriteria", "RoleArn"],
};

export const CAPABILITIES: { Capabilities: Capability[] } = { Capabilities: ["CAPABILITY_NAMED_IAM"] };

/** A cloud with the stack `every`, of all types, with these tags. */
export async function startWithEveryType(Tags: { Key: string; Value: string }[]): Promise<Fixture> {
  const fixture = await startFixture();
  await fixture.s3.send(new CreateBucketCommand({ Bucket: CODE_BUCKET }));
  const Body = zipSync({ "readme.txt": Buffer.from("a layer") });
  await fixture.s3.send(new PutObjectCommand({ Bucket: CODE_BUCKET, Key: "layer.zip", Body }));
  await fixture.create("every", EVERY_TYPE, { ...CAPABILITIES, Tags });
  await fixture.cloud.advance("1m");
  return fixture;
}

/** Detects the stack's drift and answers what was found of each resource. */
export async function detect({ client, cloud }: Fixture, StackName = "every"): Promise<readonly StackResourceDrift[]> {
  await client.send(new DetectStackDriftCommand({ StackName }));
  await cloud.settled();
  const found = await client.send(new DescribeStackResourceDriftsCommand({ StackName }));
  return found.StackResourceDrifts ?? [];
}

/** `/path TYPE expected → actual`, by logical id, of all that has drifted. */
export function told(drifts: readonly StackResourceDrift[]): Readonly<Record<string, readonly string[] | string>> {
  return Object.fromEntries(
    drifts
      .filter(({ StackResourceDriftStatus }) => StackResourceDriftStatus !== "IN_SYNC")
      .map(({ LogicalResourceId = "", StackResourceDriftStatus = "", PropertyDifferences = [] }) => [
        LogicalResourceId,
        StackResourceDriftStatus === "MODIFIED"
          ? PropertyDifferences.map(
              ({ PropertyPath, DifferenceType, ExpectedValue, ActualValue }) =>
                `${PropertyPath} ${DifferenceType} ${ExpectedValue} → ${ActualValue}`,
            )
          : StackResourceDriftStatus,
      ]),
  );
}
