/** What a template takes from Parameter Store: parameters of the SSM types, and dynamic references. */
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startFixture, type Fixture, type Template } from "./stack-fixture.ts";

let given: Fixture;
let ssm: SSM;
let logs: CloudWatchLogs;
beforeEach(async () => {
  given = await startFixture();
  ssm = new SSM(given.cloud.client());
  logs = new CloudWatchLogs(given.cloud.client());
  await store("/app/days", "7");
  await store("/app/days", "14");
  await store("/app/secret", "s3cr3t-Value", "SecureString");
  await store("/app/list", "a,b, c ,d", "StringList");
});
afterEach(async () => {
  ssm.destroy();
  logs.destroy();
  await given.close();
});

async function store(
  Name: string,
  Value: string,
  Type: "String" | "StringList" | "SecureString" = "String",
): Promise<void> {
  await ssm.putParameter({ Name, Value, Type, Overwrite: true });
}

const group = (properties: Template, name = "g") => ({
  Type: "AWS::Logs::LogGroup",
  Properties: { LogGroupName: name, ...properties },
});
const handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };

async function retention(name = "g"): Promise<number | undefined> {
  const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: name });
  return logGroups.find(({ logGroupName }) => logGroupName === name)?.retentionInDays;
}

describe("a parameter of an SSM type", () => {
  const typed = (type: string, more: Template = {}) => ({
    Parameters: { P: { Type: type, ...more } },
    Resources: { A: handle },
    Outputs: { Value: { Value: { Ref: "P" } } },
  });
  const by = (value: string) => ({ Parameters: [{ ParameterKey: "P", ParameterValue: value }] });

  test("is what Parameter Store has under its name, and shown with it", async () => {
    await given.create("demo", typed("AWS::SSM::Parameter::Value<String>"), by("/app/days"));
    expect(await given.describe("demo")).toMatchObject({
      Parameters: [{ ParameterKey: "P", ParameterValue: "/app/days", ResolvedValue: "14" }],
      Outputs: [{ OutputValue: "14" }],
    });
    await given.create("pinned", typed("AWS::SSM::Parameter::Value<String>", { Default: "/app/days:1" }));
    expect(await given.describe("pinned")).toMatchObject({ Parameters: [{ ResolvedValue: "7" }] });
  });

  test("is asked for again by every update and every change set, also with UsePreviousValue", async () => {
    const type = typed("AWS::SSM::Parameter::Value<String>");
    await given.create("demo", type, by("/app/days"));
    const again = { UsePreviousTemplate: true, Parameters: [{ ParameterKey: "P", UsePreviousValue: true }] };
    await store("/app/days", "30");
    await given.client.send(new UpdateStackCommand({ StackName: "demo", ...again }));
    await given.cloud.settled();
    expect(await given.describe("demo")).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      Parameters: [{ ParameterValue: "/app/days", ResolvedValue: "30" }],
      Outputs: [{ OutputValue: "30" }],
    });
    await store("/app/days", "60");
    const set = { StackName: "demo", ChangeSetName: "next" };
    await given.client.send(new CreateChangeSetCommand({ ...set, ...again }));
    await given.cloud.settled();
    const shown = await given.client.send(new DescribeChangeSetCommand(set));
    expect(shown.Parameters).toEqual([{ ParameterKey: "P", ParameterValue: "/app/days", ResolvedValue: "60" }]);
  });

  test("that is a list loses the space around its items; NoEcho hides what was found too", async () => {
    await given.create("demo", {
      ...typed("AWS::SSM::Parameter::Value<List<String>>", { Default: "/app/list", NoEcho: true }),
      Outputs: { Joined: { Value: { "Fn::Join": ["|", { Ref: "P" }] } } },
    });
    expect(await given.describe("demo")).toMatchObject({
      Parameters: [{ ParameterValue: "****", ResolvedValue: "****" }],
      Outputs: [{ OutputValue: "a|b|c|d" }],
    });
  });

  test.each([
    ["Value<String>", "/app/none", "Unable to fetch parameters [/app/none] from parameter store for this account."],
    ["Value<String>", "/app/days:9", "Unable to fetch parameters [/app/days:9] from parameter store for this account."],
    [
      "Value<String>",
      "/app/secret",
      "Parameters [/app/secret] referenced by template have types not supported by CloudFormation.",
    ],
    [
      "Value<String>",
      "/app/list",
      "Types for SSM parameters [/app/list] defined in CFN template and SSM are incompatible",
    ],
    [
      "Value<CommaDelimitedList>",
      "/app/days",
      "Types for SSM parameters [/app/days] defined in CFN template and SSM are incompatible",
    ],
  ])("%s is refused for %s", async (type, name, message) => {
    const refused = given.create("demo", typed(`AWS::SSM::Parameter::${type}`), by(name));
    await expect(refused).rejects.toMatchObject({ name: "ValidationError", message });
  });

  test("is read with the powers of whoever asks for the stack", async () => {
    const iam = new IAM(given.cloud.client());
    const UserName = "limited";
    await iam.createUser({ UserName });
    const Statement = [{ Effect: "Allow", Action: "cloudformation:*", Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putUserPolicy({ UserName, PolicyName: "stacks", PolicyDocument });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    iam.destroy();
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    };
    const limited = new CloudFormationClient(given.cloud.client({ credentials }));
    const TemplateBody = JSON.stringify(typed("AWS::SSM::Parameter::Value<String>"));
    const refused = limited.send(new CreateStackCommand({ StackName: "demo", TemplateBody, ...by("/app/days") }));
    await expect(refused).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringMatching(
        /^User: arn:aws:iam::000000000000:user\/limited is not authorized to perform: ssm:GetParameters .*Error Code: AccessDeniedException/,
      ),
    });
    limited.destroy();
  });

  test("holds its constraints against the name, not the value", async () => {
    const type = typed("AWS::SSM::Parameter::Value<String>", { AllowedPattern: "^[0-9]+$" });
    await expect(given.create("demo", type, by("/app/days"))).rejects.toThrow("Parameter 'P' must match pattern");
  });
});

describe("a dynamic reference", () => {
  test("to a plain parameter is resolved in properties, alone or within a text, and its number is taken", async () => {
    const Tags = [{ Key: "k", Value: "a-{{resolve:ssm:/app/days:1}}-{{resolve:ssm:/app/days}}" }];
    await given.create("demo", { Resources: { A: group({ RetentionInDays: "{{resolve:ssm:/app/days}}", Tags }) } });
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    expect(await retention()).toBe(14);
    const resourceArn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    expect((await logs.listTagsForResource({ resourceArn })).tags).toMatchObject({ k: "a-7-14" });
    const { TemplateBody } = await given.client.send(new GetTemplateCommand({ StackName: "demo" }));
    expect(TemplateBody).toContain("{{resolve:ssm:/app/days}}");
  });

  test("without a version is fetched again by every update, and put back by its rollback", async () => {
    const A = group({ RetentionInDays: "{{resolve:ssm:/app/days}}" });
    await given.create("demo", { Resources: { A } });
    await store("/app/days", "30");
    await given.update("demo", { Resources: { A } });
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
    expect(await retention()).toBe(30);
    await expect(given.update("demo", { Resources: { A } })).rejects.toThrow("No updates are to be performed.");

    await store("/app/days", "60");
    const Later = { Type: "AWS::Logs::LogStream", DependsOn: "A", Properties: { LogGroupName: "not-there" } };
    await given.update("demo", { Resources: { A, Later } });
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await retention()).toBe(30);
  });

  test("may be put together by functions, also from a resource that the same template makes", async () => {
    await given.create("demo", {
      Parameters: { Key: { Type: "String", Default: "days" } },
      Resources: {
        A: group({ RetentionInDays: { "Fn::Sub": "{{resolve:ssm:/app/${Key}:1}}" } }),
        Stored: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "/app/days" } },
        B: group({ RetentionInDays: { "Fn::Join": ["", ["{{resolve:ssm:", { Ref: "Stored" }, "}}"]] } }, "h"),
      },
    });
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    expect(await retention()).toBe(7);
    expect(await retention("h")).toBe(14);
  });

  test("that only a resource completes fails that resource when it is not there", async () => {
    await given.create("demo", {
      Resources: {
        Stored: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "/app/none" } },
        B: group({ RetentionInDays: { "Fn::Join": ["", ["{{resolve:ssm:", { Ref: "Stored" }, "}}"]] } }, "h"),
      },
    });
    expect(await given.story("demo")).toEqual(
      expect.arrayContaining([
        "B CREATE_FAILED Parameters: [ssm:/app/none] cannot be found.",
        "demo ROLLBACK_COMPLETE",
      ]),
    );
  });

  test("in a parameter's default must have a version, and is what Ref gives", async () => {
    const template = (Default: string) => ({
      Parameters: { P: { Type: "String", Default } },
      Resources: { A: handle },
      Outputs: { Value: { Value: { Ref: "P" } } },
    });
    await expect(given.create("demo", template("{{resolve:ssm:/app/days}}"))).rejects.toThrow(
      "Template error: parameter P should not contain ssm versionless resolver",
    );
    await given.create("demo", template("{{resolve:ssm:/app/days:1}}"));
    expect(await given.describe("demo")).toMatchObject({ Outputs: [{ OutputValue: "7" }] });
  });

  test.each([
    ["{{resolve:ssm:/app/none}}", "Parameters: [ssm:/app/none] cannot be found."],
    [
      "{{resolve:ssm:/app/days:prod}}",
      "Incorrect format is used in the following SSM reference: [{{resolve:ssm:/app/days:prod}}]",
    ],
    ["{{resolve:ssm:/app/secret}}", "Non-secure ssm prefix was used for secure parameter /app/secret"],
    [
      "{{resolve:ssm-secure:/app/secret}}",
      "SSM Secure reference is not supported in: [AWS::Logs::LogGroup/Properties/LogGroupName]",
    ],
    [
      "{{resolve:secretsmanager:s:SecretString:p}}",
      "Seatrial's CloudFormation does not support the dynamic reference {{resolve:secretsmanager:s:SecretString:p}} (there is no Secrets Manager) yet.",
    ],
  ])("%s is refused, and nothing is made", async (LogGroupName, message) => {
    await expect(given.create("demo", { Resources: { A: group({ LogGroupName }) } })).rejects.toMatchObject({
      name: "ValidationError",
      message,
    });
    await expect(given.describe("demo")).rejects.toThrow("does not exist");
  });

  test("is one of sixty at most", async () => {
    const Tags = Array.from({ length: 61 }, (_, index) => ({ Key: `k${index}`, Value: "{{resolve:ssm:/app/days}}" }));
    await expect(given.create("demo", { Resources: { A: group({ Tags }) } })).rejects.toThrow(
      "Number of dynamic references, 61, is greater than maximum allowed, 60",
    );
  });

  test("to a secure parameter gives its value to the resource alone", async () => {
    const template = (more: Template = {}) => ({
      Resources: {
        User: {
          Type: "AWS::IAM::User",
          Properties: { UserName: "u", LoginProfile: { Password: "{{resolve:ssm-secure:/app/secret}}" }, ...more },
        },
      },
    });
    const iam = { Capabilities: ["CAPABILITY_NAMED_IAM" as const] };
    await store("/app/secret", "short", "SecureString");
    await given.create("short", template(), iam);
    // What the password policy says shows that it was the value that it got.
    expect(await given.status("short")).toBe("ROLLBACK_COMPLETE");
    await store("/app/secret", "Long-enough-1234", "SecureString");
    await given.create("demo", template(), iam);
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    const client = new IAM(given.cloud.client());
    expect((await client.getLoginProfile({ UserName: "u" })).LoginProfile?.UserName).toBe("u");
    client.destroy();
    expect(JSON.stringify(await given.events("demo"))).not.toContain("Long-enough");
    expect(JSON.stringify(await given.events("demo"))).toContain("{{resolve:ssm-secure:/app/secret}}");
    // The reference is the same: nothing has changed for CloudFormation.
    await store("/app/secret", "Another-long-1234", "SecureString");
    await expect(given.update("demo", template(), iam)).rejects.toThrow("No updates are to be performed.");
    await given.update("demo", template({ Path: "/p/" }), iam);
    expect(await given.status("demo")).toBe("UPDATE_COMPLETE");
  });
});

describe("a parameter that names something of the account", () => {
  const named = (Type: string, Default: string) => ({ Parameters: { P: { Type, Default } }, Resources: { A: handle } });

  test.each([
    ["AWS::SSM::Parameter::Name", "/app/days", "/app/none"],
    ["AWS::EC2::AvailabilityZone::Name", "us-east-1a", "eu-west-1a"],
    ["List<AWS::EC2::AvailabilityZone::Name>", "us-east-1a,us-east-1b", "us-east-9z"],
    ["AWS::EC2::VPC::Id", "vpc-0123456789abcdef0", "my-vpc"],
  ])("of type %s is taken for %s, and for %s the stack fails as soon as it has begun", async (type, there, missing) => {
    await given.create("demo", named(type, there));
    expect(await given.status("demo")).toBe("CREATE_COMPLETE");
    const reason = `Parameter validation failed: parameter value ${missing} for parameter name P does not exist.`;
    await given.create("other", named(type, missing));
    expect(await given.story("other")).toEqual([
      "other CREATE_IN_PROGRESS User Initiated",
      `other ROLLBACK_IN_PROGRESS ${reason} Rollback requested by user.`,
      "other ROLLBACK_COMPLETE",
    ]);
    await given.update("demo", named(type, missing));
    expect((await given.story("demo")).slice(0, 2)).toEqual([
      "demo UPDATE_IN_PROGRESS User Initiated",
      `demo UPDATE_ROLLBACK_IN_PROGRESS ${reason} Rollback requested by user.`,
    ]);
    expect(await given.status("demo")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });
});
