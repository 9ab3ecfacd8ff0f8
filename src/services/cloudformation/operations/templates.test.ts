/** Templates are looked at without being carried out: validated, summed up, shown as they were given and as they were processed. */
import { GetTemplateCommand, GetTemplateSummaryCommand, ValidateTemplateCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucket, startFixture, type Fixture } from "../stack-fixture.ts";

let given: Fixture;
beforeAll(async () => {
  given = await startFixture();
});
afterAll(() => given.close());

const TEMPLATE = `
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::LanguageExtensions, Own]
Description: what it is for
Metadata: {Author: me, Groups: [a]}
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod], Description: where}
  Secret: {Type: String, NoEcho: true}
Resources:
  A: {Type: AWS::S3::Bucket}
  B: {Type: AWS::S3::Bucket, DependsOn: A}
  R: {Type: AWS::IAM::Role, Properties: {RoleName: own, AssumeRolePolicyDocument: {}}}
`;

describe("GetTemplateSummary", () => {
  it("tells parameters, types, identifiers, capabilities, transforms, metadata and version", async () => {
    const { $metadata: _, ...summary } = await given.client.send(
      new GetTemplateSummaryCommand({ TemplateBody: TEMPLATE }),
    );
    expect(summary).toEqual({
      Description: "what it is for",
      Version: "2010-09-09",
      Metadata: '{"Author":"me","Groups":["a"]}',
      DeclaredTransforms: ["AWS::LanguageExtensions", "Own"],
      Capabilities: ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
      CapabilitiesReason:
        "The following resource(s) require capabilities: [AWS::IAM::Role, AWS::LanguageExtensions, Own]",
      Parameters: [
        {
          ParameterKey: "Stage",
          ParameterType: "String",
          DefaultValue: "dev",
          NoEcho: false,
          Description: "where",
          ParameterConstraints: { AllowedValues: ["dev", "prod"] },
        },
        { ParameterKey: "Secret", ParameterType: "String", NoEcho: true, ParameterConstraints: {} },
      ],
      ResourceTypes: ["AWS::S3::Bucket", "AWS::S3::Bucket", "AWS::IAM::Role"],
      ResourceIdentifierSummaries: [
        { ResourceType: "AWS::S3::Bucket", LogicalResourceIds: ["A", "B"], ResourceIdentifiers: ["BucketName"] },
        { ResourceType: "AWS::IAM::Role", LogicalResourceIds: ["R"], ResourceIdentifiers: ["RoleName"] },
      ],
    });
  });

  it("warns of unknown types where it is asked to, and refuses them otherwise", async () => {
    const TemplateBody = "Resources: {A: {Type: AWS::S3::Bucket}, B: {Type: AWS::Foo::Bar}, C: {Type: Custom::X}}";
    await expect(given.client.send(new GetTemplateSummaryCommand({ TemplateBody }))).rejects.toThrow(
      "Template format error: Unrecognized resource types: [AWS::Foo::Bar]",
    );
    const TemplateSummaryConfig = { TreatUnrecognizedResourceTypesAsWarnings: true };
    const { Warnings, ResourceTypes } = await given.client.send(
      new GetTemplateSummaryCommand({ TemplateBody, TemplateSummaryConfig }),
    );
    expect(Warnings).toEqual({ UnrecognizedResourceTypes: ["AWS::Foo::Bar"] });
    expect(ResourceTypes).toEqual(["AWS::S3::Bucket", "AWS::Foo::Bar", "Custom::X"]);
  });

  it("tells the same of a stack's template, and takes one source only", async () => {
    await given.create("known", { Description: "a stack's", Resources: { A: bucket("summed-up") } });
    expect(await given.client.send(new GetTemplateSummaryCommand({ StackName: "known" }))).toMatchObject({
      Description: "a stack's",
      ResourceTypes: ["AWS::S3::Bucket"],
    });
    await expect(
      given.client.send(new GetTemplateSummaryCommand({ StackName: "known", TemplateBody: TEMPLATE })),
    ).rejects.toMatchObject({ name: "ValidationError" });
  });
});

describe("ValidateTemplate", () => {
  const validate = (TemplateBody: string) => given.client.send(new ValidateTemplateCommand({ TemplateBody }));

  it("runs no macro, and knows every type that AWS has", async () => {
    expect(await validate(TEMPLATE)).toMatchObject({
      Description: "what it is for",
      DeclaredTransforms: ["AWS::LanguageExtensions", "Own"],
      Parameters: [
        { ParameterKey: "Stage", DefaultValue: "dev", NoEcho: false },
        { ParameterKey: "Secret", NoEcho: true },
      ],
    });
    await validate("Resources: {A: {Type: AWS::MediaLive::Channel}}");
    await expect(validate("Resources: {A: {Type: AWS::Serverless::Function}}")).rejects.toThrow(
      "Template format error: Unrecognized resource types: [AWS::Serverless::Function]",
    );
    await validate("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Function}}");
  });

  it("takes 51,200 bytes in the request and 1,000,000 from S3", async () => {
    const padded = (size: number): string => {
      const text = "Resources: {A: {Type: AWS::S3::Bucket}}\n#";
      return text + "x".repeat(size - text.length);
    };
    await validate(padded(51_200));
    await expect(validate(padded(51_201))).rejects.toThrow(
      "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
    );
    await given.s3.send(new CreateBucketCommand({ Bucket: "large-templates" }));
    for (const size of [1_000_000, 1_000_001]) {
      await given.s3.send(new PutObjectCommand({ Bucket: "large-templates", Key: `${size}`, Body: padded(size) }));
    }
    const from = (size: number) =>
      given.client.send(
        new ValidateTemplateCommand({ TemplateURL: `https://large-templates.s3.amazonaws.com/${size}` }),
      );
    await from(1_000_000);
    await expect(from(1_000_001)).rejects.toThrow("Template may not exceed 1000000 bytes in size.");
  });
});

describe("GetTemplate", () => {
  it("shows a template as it was given, to the letter, and as macros left it", async () => {
    const TemplateBody =
      "# mine\nTransform: AWS::LanguageExtensions\nParameters: {N: {Type: String, Default: shown}}\nResources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref N}}}\n";
    await given.create("shown", {}, { TemplateBody, Capabilities: ["CAPABILITY_AUTO_EXPAND"] });
    const stage = async (TemplateStage?: "Original" | "Processed") =>
      (await given.client.send(new GetTemplateCommand({ StackName: "shown", TemplateStage }))).TemplateBody ?? "";
    expect(await stage("Original")).toBe(TemplateBody);
    expect(await stage()).toBe(await stage("Processed"));
    expect(JSON.parse(await stage())).toEqual({
      Parameters: { N: { Type: "String", Default: "shown" } },
      Resources: { A: { Type: "AWS::S3::Bucket", Properties: { BucketName: "shown" } } },
    });
  });
});
