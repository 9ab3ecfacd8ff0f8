/** For the tests: an administrator account, two target accounts, and the roles of self-managed permissions between them. */
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  type CreateStackInstancesCommandInput,
  type CreateStackSetCommandInput,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import type { CloudOptions } from "../../../cloud.ts";
import { startCloud, type TestCloud } from "../../../testing/cloud.ts";

export const ADMIN = "111111111111";
export const TARGET = "222222222222";
export const OTHER = "333333333333";

const ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole";
const EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole";

export interface StackSetFixture {
  readonly cloud: TestCloud;
  /** Of the administrator account, in us-east-1. */
  readonly client: CloudFormationClient;
  in(account: string, region?: string): CloudFormationClient;
  /** The administration role, trusted by CloudFormation and allowed to assume execution roles. */
  administrationRole(name?: string, more?: Readonly<Record<string, unknown>>): Promise<void>;
  executionRole(account: string, name?: string): Promise<void>;
  createSet(name: string, template: object, more?: Partial<CreateStackSetCommandInput>): Promise<string>;
  /** Waits until the operation has settled; answers its id. */
  addInstances(
    name: string,
    accounts: readonly string[],
    regions: readonly string[],
    more?: Partial<CreateStackInstancesCommandInput>,
  ): Promise<string>;
  operation(name: string, id: string): Promise<string | undefined>;
  /** `ACCOUNT REGION STATUS DETAILED reason`, in the order of the listing. */
  instances(name: string): Promise<readonly string[]>;
  /** `ACCOUNT REGION STATUS reason`, in the order of the operation. */
  results(name: string, id: string): Promise<readonly string[]>;
  /** Without those that are deleted. */
  stacks(account: string, region?: string): Promise<readonly Stack[]>;
  buckets(account: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startStackSetFixture(options: CloudOptions = {}): Promise<StackSetFixture> {
  const cloud = await startCloud(options);
  const closing: { destroy(): void }[] = [];
  const kept = <Client extends { destroy(): void }>(made: Client): Client => {
    closing.push(made);
    return made;
  };
  const inAccount = (account: string, region = "us-east-1") =>
    kept(new CloudFormationClient(cloud.client({ account, region })));
  const iam = (account: string) => kept(new IAMClient(cloud.client({ account })));
  const client = inAccount(ADMIN);
  const role = (account: string, name: string, Principal: object, more: object = {}) =>
    iam(account).send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more }),
      }),
    );
  return {
    cloud,
    client,
    in: inAccount,
    async administrationRole(name = ADMINISTRATION_ROLE, more = {}) {
      await role(ADMIN, name, { Service: "cloudformation.amazonaws.com" }, more);
      await iam(ADMIN).send(
        new PutRolePolicyCommand({
          RoleName: name,
          PolicyName: "AssumeExecutionRoles",
          PolicyDocument: policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::*:role/*Exec*" }),
        }),
      );
    },
    async executionRole(account, name = EXECUTION_ROLE) {
      await role(account, name, { AWS: ADMIN });
      await iam(account).send(
        new AttachRolePolicyCommand({ RoleName: name, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
      );
    },
    async createSet(name, template, more = {}) {
      const input = { StackSetName: name, TemplateBody: JSON.stringify(template), ...more };
      const { StackSetId = "" } = await client.send(new CreateStackSetCommand(input));
      return StackSetId;
    },
    async addInstances(name, accounts, regions, more = {}) {
      const input = { StackSetName: name, Accounts: [...accounts], Regions: [...regions], ...more };
      const { OperationId = "" } = await client.send(new CreateStackInstancesCommand(input));
      await cloud.settled();
      return OperationId;
    },
    async operation(name, id) {
      const input = { StackSetName: name, OperationId: id };
      return (await client.send(new DescribeStackSetOperationCommand(input))).StackSetOperation?.Status;
    },
    async instances(name) {
      const { Summaries = [] } = await client.send(new ListStackInstancesCommand({ StackSetName: name }));
      return Summaries.map((one) =>
        line(one.Account, one.Region, one.Status, one.StackInstanceStatus?.DetailedStatus, one.StatusReason),
      );
    },
    async results(name, id) {
      const input = { StackSetName: name, OperationId: id };
      const { Summaries = [] } = await client.send(new ListStackSetOperationResultsCommand(input));
      return Summaries.map((one) => line(one.Account, one.Region, one.Status, one.StatusReason));
    },
    async stacks(account, region) {
      return (await inAccount(account, region).send(new DescribeStacksCommand({}))).Stacks ?? [];
    },
    async buckets(account) {
      const s3 = kept(new S3Client(cloud.client({ account })));
      return ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name = "" }) => Name);
    },
    async close() {
      for (const one of closing) one.destroy();
      await cloud.close();
    },
  };
}

function policy(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

function line(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(" ");
}

/** A bucket whose name tells account and region, and a log group whose retention is a parameter. */
export const TEMPLATE = {
  Parameters: { Days: { Type: "Number", Default: "7" } },
  Resources: {
    Bucket: {
      Type: "AWS::S3::Bucket",
      Properties: { BucketName: { "Fn::Sub": "b-${AWS::AccountId}-${AWS::Region}" } },
    },
    Logs: {
      Type: "AWS::Logs::LogGroup",
      Properties: { LogGroupName: "central", RetentionInDays: { Ref: "Days" } },
    },
  },
};
