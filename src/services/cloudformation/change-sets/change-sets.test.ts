/** What a change set shows, after AWS's pages "Example change sets for CloudFormation stacks" and "ResourceChange". */
import { DescribeChangeSetCommand } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "../stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

const group = (name: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  Type: "AWS::Logs::LogGroup",
  Properties: { LogGroupName: name, ...more },
});

/** The same as AWS shows it when nobody asks for the values. */
async function withoutValues() {
  const { Changes = [] } = await given.client.send(
    new DescribeChangeSetCommand({ StackName: "demo", ChangeSetName: "proposal" }),
  );
  return Changes.map(({ ResourceChange }) => ResourceChange);
}

describe("a change set shows", () => {
  test("a new resource without a physical id, scope or details, and what it will be", async () => {
    const {
      Changes,
      $metadata: _,
      ...rest
    } = await given.propose(
      "demo",
      { Resources: { B: group({ Ref: "A" }), A: bucket("aaa") } },
      { ChangeSetType: "CREATE" },
    );
    expect(rest).toMatchObject({
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "AVAILABLE",
      IncludeNestedStacks: false,
      NotificationARNs: [],
      Capabilities: [],
    });
    expect(rest).not.toHaveProperty("Parameters");
    // By logical id, whatever the template's order.
    expect(Changes).toEqual([
      {
        Type: "Resource",
        ResourceChange: {
          Action: "Add",
          LogicalResourceId: "A",
          ResourceType: "AWS::S3::Bucket",
          Scope: [],
          Details: [],
          AfterContext: '{"Properties":{"BucketName":"aaa"}}',
        },
      },
      {
        Type: "Resource",
        ResourceChange: {
          Action: "Add",
          LogicalResourceId: "B",
          ResourceType: "AWS::Logs::LogGroup",
          Scope: [],
          Details: [],
          AfterContext: '{"Properties":{"LogGroupName":"{{changeSet:KNOWN_AFTER_APPLY}}"}}',
        },
      },
    ]);
  });

  test("a property written anew once, as a Static DirectModification", async () => {
    await given.create("demo", { Resources: { A: group("aaa", { RetentionInDays: 1 }) } });
    const { Changes } = await given.propose("demo", { Resources: { A: group("aaa", { RetentionInDays: 7 }) } });
    const change = {
      Action: "Modify",
      LogicalResourceId: "A",
      PhysicalResourceId: "aaa",
      ResourceType: "AWS::Logs::LogGroup",
      Replacement: "False",
      Scope: ["Properties"],
    };
    const target = { Attribute: "Properties", Name: "RetentionInDays", RequiresRecreation: "Never" };
    expect(Changes).toEqual([
      {
        Type: "Resource",
        ResourceChange: {
          ...change,
          Details: [
            {
              Target: {
                ...target,
                Path: "/Properties/RetentionInDays",
                BeforeValue: "1",
                AfterValue: "7",
                AttributeChangeType: "Modify",
              },
              Evaluation: "Static",
              ChangeSource: "DirectModification",
            },
          ],
          BeforeContext: '{"Properties":{"LogGroupName":"aaa","RetentionInDays":1}}',
          AfterContext: '{"Properties":{"LogGroupName":"aaa","RetentionInDays":7}}',
        },
      },
    ]);
    expect(await withoutValues()).toEqual([
      { ...change, Details: [{ Target: target, Evaluation: "Static", ChangeSource: "DirectModification" }] },
    ]);
  });

  test("a changed parameter as two details, one Dynamic and one Static", async () => {
    const template = {
      Parameters: { Purpose: { Type: "String", Default: "testing" }, Name: { Type: "String", Default: "aaa" } },
      Resources: {
        A: bucket("", { BucketName: { Ref: "Name" }, Tags: [{ Key: "Purpose", Value: { Ref: "Purpose" } }] }),
      },
    };
    await given.create("demo", template);
    await given.propose("demo", undefined, {
      UsePreviousTemplate: true,
      Parameters: [
        { ParameterKey: "Purpose", ParameterValue: "production" },
        { ParameterKey: "Name", ParameterValue: "bbb" },
      ],
    });
    const name = { Attribute: "Properties", Name: "BucketName", RequiresRecreation: "Always" };
    const tags = { Attribute: "Tags", RequiresRecreation: "Never" };
    expect(await withoutValues()).toEqual([
      {
        PolicyAction: "ReplaceAndDelete",
        Action: "Modify",
        LogicalResourceId: "A",
        PhysicalResourceId: "aaa",
        ResourceType: "AWS::S3::Bucket",
        Replacement: "True",
        Scope: ["Properties", "Tags"],
        Details: [
          { Target: name, Evaluation: "Dynamic", ChangeSource: "DirectModification" },
          { Target: tags, Evaluation: "Dynamic", ChangeSource: "DirectModification" },
          { Target: name, Evaluation: "Static", ChangeSource: "ParameterReference", CausingEntity: "Name" },
          { Target: tags, Evaluation: "Static", ChangeSource: "ParameterReference", CausingEntity: "Purpose" },
        ],
      },
    ]);
  });

  test("a reference to what is replaced as Static, and an attribute of what is only modified as Dynamic", async () => {
    // An attribute of Modified, cut to its name.
    const cut = { "Fn::Select": [6, { "Fn::Split": [":", { "Fn::GetAtt": "Modified.Arn" }] }] };
    const template = (name: string, days: number) => ({
      Resources: {
        Replaced: bucket(name),
        Modified: group("modified", { RetentionInDays: days }),
        Refers: group({ "Fn::Sub": "/x/${Replaced}" }),
        Reads: group("reads", { Tags: [{ Key: "of", Value: cut }] }),
        Renamed: group({ "Fn::Join": ["/", ["/y", cut]] }),
      },
    });
    await given.create("demo", template("aaa", 1));
    await given.propose("demo", template("bbb", 3));
    const changes = new Map((await withoutValues()).map((change) => [change?.LogicalResourceId, change]));
    expect(changes.get("Refers")).toMatchObject({
      Replacement: "True",
      Details: [{ Evaluation: "Static", ChangeSource: "ResourceReference", CausingEntity: "Replaced" }],
    });
    expect(changes.get("Reads")).toMatchObject({
      Replacement: "False",
      Scope: ["Tags"],
      Details: [{ Evaluation: "Dynamic", ChangeSource: "ResourceAttribute", CausingEntity: "Modified.Arn" }],
    });
    // Always, but Dynamic: only the execution will tell.
    expect(changes.get("Renamed")).toMatchObject({
      Replacement: "Conditional",
      Details: [{ Target: { RequiresRecreation: "Always" }, Evaluation: "Dynamic" }],
    });
  });

  test("each place inside of a property, into lists, only together with the values", async () => {
    const rules = (days: number, more: readonly string[]) => ({
      LifecycleConfiguration: {
        Rules: ["a", ...more].map((Id) => ({ Id, Status: "Enabled", ExpirationInDays: days })),
      },
    });
    await given.create("demo", { Resources: { A: bucket("aaa", rules(1, [])) } });
    const { Changes: [change] = [] } = await given.propose("demo", {
      Resources: { A: bucket("aaa", rules(2, ["b"])) },
    });
    expect(change?.ResourceChange?.Details?.map(({ Target }) => Target)).toMatchObject([
      { Path: "/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays", AttributeChangeType: "Modify" },
      {
        Path: "/Properties/LifecycleConfiguration/Rules/1",
        AttributeChangeType: "Add",
        AfterValue: '{"Id":"b","Status":"Enabled","ExpirationInDays":2}',
      },
    ]);
    expect((await withoutValues())[0]?.Details).toHaveLength(1);
  });

  test("metadata, policies and the stack's tags beside the properties", async () => {
    const template = (kept: object) => ({ Resources: { A: { ...bucket("aaa"), ...kept } } });
    await given.create("demo", template({ Metadata: { a: 1 } }), { Tags: [{ Key: "team", Value: "x" }] });
    const { Changes: [change] = [] } = await given.propose(
      "demo",
      template({ Metadata: { a: 2 }, DeletionPolicy: "Retain" }),
      { Tags: [{ Key: "team", Value: "y" }] },
    );
    expect(change?.ResourceChange).toMatchObject({
      Replacement: "False",
      Scope: ["Metadata", "DeletionPolicy", "Tags"],
      Details: [
        { Target: { Attribute: "Metadata", Path: "/Metadata/a", BeforeValue: "1", AfterValue: "2" } },
        {
          Target: {
            Attribute: "DeletionPolicy",
            Path: "/DeletionPolicy",
            AfterValue: "Retain",
            AttributeChangeType: "Add",
          },
        },
        { Target: { Attribute: "Tags", BeforeValue: "x", AfterValue: "y" } },
      ],
    });
    expect(JSON.parse(change?.ResourceChange?.AfterContext ?? "")).toEqual({
      Properties: { BucketName: "aaa" },
      Metadata: { a: 2 },
      DeletionPolicy: "Retain",
    });
  });

  test("what becomes of the old resource", async () => {
    await given.create("demo", {
      Resources: {
        A: { ...bucket("aaa"), DeletionPolicy: "Retain" },
        B: bucket("bbb2"),
        C: { ...bucket("ccc"), UpdateReplacePolicy: "Retain" },
      },
    });
    const { Changes = [] } = await given.propose("demo", {
      Resources: { C: { ...bucket("ccc2"), UpdateReplacePolicy: "Retain" } },
    });
    expect(Changes.map(({ ResourceChange }) => ResourceChange?.PolicyAction)).toEqual([
      "Retain",
      "Delete",
      "ReplaceAndRetain",
    ]);
    expect(Changes[0]?.ResourceChange).toMatchObject({
      Action: "Remove",
      BeforeContext: '{"Properties":{"BucketName":"aaa"},"DeletionPolicy":"Retain"}',
      Details: [],
    });
  });

  test("no value of a NoEcho parameter", async () => {
    const template = {
      Parameters: { Secret: { Type: "String", NoEcho: true } },
      Resources: { A: bucket("aaa", { Tags: [{ Key: "k", Value: { "Fn::Sub": "is ${Secret}" } }] }) },
    };
    await given.create("demo", template, { Parameters: [{ ParameterKey: "Secret", ParameterValue: "hush-1" }] });
    const shown = await given.propose("demo", template, {
      Parameters: [{ ParameterKey: "Secret", ParameterValue: "hush-2" }],
    });
    expect(shown.Parameters).toEqual([{ ParameterKey: "Secret", ParameterValue: "****" }]);
    expect(shown.Changes?.[0]?.ResourceChange?.Details?.[0]?.Target).toMatchObject({
      BeforeValue: "is ****",
      AfterValue: "is ****",
    });
    expect(JSON.stringify(shown)).not.toContain("hush");
  });

  test("its changes page by page", async () => {
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`R${index}`, group(`/g/${index}`)]));
    const { Changes = [], NextToken } = await given.propose("demo", { Resources: many }, { ChangeSetType: "CREATE" });
    const rest = await given.client.send(
      new DescribeChangeSetCommand({ StackName: "demo", ChangeSetName: "proposal", NextToken }),
    );
    const ids = [...Changes, ...(rest.Changes ?? [])].map(({ ResourceChange }) => ResourceChange?.LogicalResourceId);
    expect(new Set(ids).size).toBe(130);
    expect(rest.NextToken).toBeUndefined();
  });
});
