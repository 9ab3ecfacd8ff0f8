/** For the tests: a cloud with a CloudFormation client, and stacks' stories as lines of text. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type CreateChangeSetCommandInput,
  type CreateStackCommandInput,
  type DescribeChangeSetCommandOutput,
  type ExecuteChangeSetCommandInput,
  type Stack,
  type StackEvent,
  type UpdateStackCommandInput,
} from "@aws-sdk/client-cloudformation";
import { S3Client, ListBucketsCommand } from "@aws-sdk/client-s3";
import type { CloudOptions } from "../../cloud.ts";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

export type Template = Readonly<Record<string, unknown>>;

export interface Fixture {
  readonly cloud: TestCloud;
  readonly client: CloudFormationClient;
  readonly s3: S3Client;
  /** Creates a stack and waits until it has settled; answers its id. */
  create(name: string, template: Template, more?: Partial<CreateStackCommandInput>): Promise<string>;
  update(name: string, template: Template, more?: Partial<UpdateStackCommandInput>): Promise<void>;
  describe(name: string): Promise<Stack>;
  status(name: string): Promise<string | undefined>;
  /** `LogicalId STATUS reason`, oldest first, from the last `User Initiated` of the stack on. */
  story(name: string): Promise<readonly string[]>;
  /** The newest first. */
  events(name: string): Promise<readonly StackEvent[]>;
  bucketNames(): Promise<readonly string[]>;
  /** Creates the change set `proposal`, and shows it with its values when it has settled. */
  propose(
    name: string,
    template: Template | undefined,
    more?: Partial<CreateChangeSetCommandInput>,
  ): Promise<DescribeChangeSetCommandOutput>;
  /** Executes the change set `proposal`, and waits until the stack has settled. */
  execute(name: string, more?: Partial<ExecuteChangeSetCommandInput>): Promise<void>;
  close(): Promise<void>;
}

export async function startFixture(options: CloudOptions = {}): Promise<Fixture> {
  const cloud = await startCloud(options);
  const client = new CloudFormationClient(cloud.client());
  const s3 = new S3Client(cloud.client());
  const describe = async (name: string): Promise<Stack> => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks;
    if (stack === undefined) throw new Error(`no stack ${name}`);
    return stack;
  };
  return {
    cloud,
    client,
    s3,
    describe,
    async create(name, template, more = {}) {
      const input = { StackName: name, TemplateBody: JSON.stringify(template), ...more };
      const { StackId = "" } = await client.send(new CreateStackCommand(input));
      await cloud.settled();
      return StackId;
    },
    async update(name, template, more = {}) {
      await client.send(new UpdateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template), ...more }));
      await cloud.settled();
    },
    status: async (name) => (await describe(name)).StackStatus,
    async story(name) {
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
      const begin = StackEvents.findIndex(({ ResourceStatusReason }) => ResourceStatusReason === "User Initiated");
      return StackEvents.slice(0, begin + 1)
        .toReversed()
        .map((e) => [e.LogicalResourceId, e.ResourceStatus, e.ResourceStatusReason].filter(Boolean).join(" ").trim());
    },
    async events(name) {
      return (await client.send(new DescribeStackEventsCommand({ StackName: name }))).StackEvents ?? [];
    },
    async bucketNames() {
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      return Buckets.map(({ Name = "" }) => Name);
    },
    async propose(name, template, more = {}) {
      const TemplateBody = template === undefined ? undefined : JSON.stringify(template);
      const input = { StackName: name, ChangeSetName: "proposal", TemplateBody, ...more };
      await client.send(new CreateChangeSetCommand(input));
      await cloud.settled();
      const { ChangeSetName } = input;
      return client.send(new DescribeChangeSetCommand({ StackName: name, ChangeSetName, IncludePropertyValues: true }));
    },
    async execute(name, more = {}) {
      await client.send(new ExecuteChangeSetCommand({ StackName: name, ChangeSetName: "proposal", ...more }));
      await cloud.settled();
    },
    async close() {
      client.destroy();
      s3.destroy();
      await cloud.close();
    },
  };
}

/** A bucket with a name of its own. */
export function bucket(name: string, more: Readonly<Record<string, unknown>> = {}) {
  return { Type: "AWS::S3::Bucket", Properties: { BucketName: name, ...more } };
}
