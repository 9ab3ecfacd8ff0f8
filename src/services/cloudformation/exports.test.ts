/** Exports between stacks, templates as they are kept. */
import {
  DeleteStackCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListExportsCommand,
  ListImportsCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bucket, startFixture, type Fixture } from "./stack-fixture.ts";

let given: Fixture;
beforeEach(async () => {
  given = await startFixture();
});
afterEach(() => given.close());

describe("exports", () => {
  const exporting = (name: string) => ({
    Resources: { A: bucket(name) },
    Outputs: { Name: { Value: { Ref: "A" }, Export: { Name: "shared" } } },
  });
  const importing = {
    Resources: { G: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: { "Fn::ImportValue": "shared" } } } },
  };

  test("give their value to other stacks, and cannot go or change while one uses them", async () => {
    const id = await given.create("giver", exporting("aaa"));
    await given.create("taker", importing);
    expect(await given.status("taker")).toBe("CREATE_COMPLETE");
    expect((await given.client.send(new ListExportsCommand({}))).Exports).toEqual([
      { ExportingStackId: id, Name: "shared", Value: "aaa" },
    ]);
    expect((await given.client.send(new ListImportsCommand({ ExportName: "shared" }))).Imports).toEqual(["taker"]);

    await given.client.send(new DeleteStackCommand({ StackName: "giver" }));
    await given.cloud.settled();
    expect(await given.describe("giver")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      StackStatusReason: "Export shared cannot be deleted as it is in use by taker",
    });
    await given.update("giver", exporting("bbb"));
    expect(await given.story("giver")).toContain(
      "giver UPDATE_ROLLBACK_IN_PROGRESS Export shared cannot be updated as it is in use by taker.",
    );
    expect(await given.bucketNames()).toEqual(["aaa"]);

    await given.client.send(new DeleteStackCommand({ StackName: "taker" }));
    await given.cloud.settled();
    await given.client.send(new DeleteStackCommand({ StackName: "giver" }));
    await given.cloud.settled();
    expect(await given.bucketNames()).toEqual([]);
    expect((await given.client.send(new ListExportsCommand({}))).Exports ?? []).toEqual([]);
  });

  test("of one name belong to one stack", async () => {
    await given.create("giver", exporting("aaa"));
    await given.create("other", exporting("bbb"));
    expect(await given.story("other")).toContain(
      "other ROLLBACK_IN_PROGRESS Export with name shared is already exported by stack giver. Rollback requested by user.",
    );
    expect(await given.bucketNames()).toEqual(["aaa"]);
  });

  test("that are missing fail the resource that asks for them", async () => {
    await given.create("taker", importing);
    expect(await given.story("taker")).toContain("G CREATE_FAILED No export named shared found");
  });
});

describe("templates", () => {
  test("are read from S3 and given back as they were written", async () => {
    await given.s3.send(new CreateBucketCommand({ Bucket: "templates" }));
    const text =
      "Resources:\n  A: # mine\n    Type: AWS::S3::Bucket\n    Properties: { BucketName: !Sub 'a-${AWS::Region}' }\n";
    await given.s3.send(new PutObjectCommand({ Bucket: "templates", Key: "a/b.yml", Body: text }));
    for (const [name, url] of [
      ["one", `${given.cloud.endpointUrl}/templates/a/b.yml`],
      ["two", "https://templates.s3.eu-west-1.amazonaws.com/a/b.yml"],
    ] as const) {
      await given.create(name, {}, { TemplateBody: undefined, TemplateURL: url });
      const { TemplateBody } = await given.client.send(new GetTemplateCommand({ StackName: name }));
      expect(TemplateBody).toBe(text);
    }
    await expect(
      given.create("three", {}, { TemplateBody: undefined, TemplateURL: "https://s3.amazonaws.com/templates/nothing" }),
    ).rejects.toThrow(/^S3 error: The specified key does not exist\./);
    await expect(given.create("three", {}, { TemplateBody: undefined, TemplateURL: "ftp://x/y" })).rejects.toThrow(
      "TemplateURL must be a supported URL.",
    );
  });

  test("are validated and summarised without a stack", async () => {
    const TemplateBody = JSON.stringify({
      Description: "d",
      Parameters: { P: { Type: "Number", Default: 3, Description: "a number" } },
      Resources: { R: { Type: "AWS::IAM::Role", Properties: { RoleName: "r" } } },
    });
    expect(await given.client.send(new ValidateTemplateCommand({ TemplateBody }))).toMatchObject({
      Description: "d",
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: [{ ParameterKey: "P", DefaultValue: "3", NoEcho: false, Description: "a number" }],
    });
    expect(await given.client.send(new GetTemplateSummaryCommand({ TemplateBody }))).toMatchObject({
      ResourceTypes: ["AWS::IAM::Role"],
      Parameters: [{ ParameterKey: "P", ParameterType: "Number" }],
    });
    await expect(
      given.client.send(new ValidateTemplateCommand({ TemplateBody: "Resources: [" })),
    ).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("too large for a request are refused", async () => {
    const template = { Resources: { A: bucket("aaa") }, Metadata: { Filling: "x".repeat(52_000) } };
    await expect(given.create("demo", template)).rejects.toThrow("Member must have length less than or equal to 51200");
  });
});
