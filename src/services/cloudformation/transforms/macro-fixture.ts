/** A macro of the account for tests: a real function that does as its parameters tell it. */
import { GetTemplateCommand } from "@aws-sdk/client-cloudformation";
import { startFixture, type Fixture, type Template } from "../stack-fixture.ts";

/** Does as its parameters tell it. */
const CODE = `
exports.handler = async (event) => {
  const { requestId, fragment, params } = event;
  switch (params.Do) {
    case "echo": return { requestId, status: "SUCCESS", fragment: { ...fragment, Metadata: { Event: event } } };
    case "merge": return { requestId, status: "success", fragment: { ...fragment, ...JSON.parse(params.With) } };
    case "text": return { requestId, status: "success", fragment: params.With.toUpperCase() };
    case "append": {
      const mark = (value) => typeof value === "string" ? value.replace("<>", params.With + " <>")
        : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, Array.isArray(v) ? v : mark(v)])) : value;
      return { requestId, status: "success", fragment: mark(fragment) };
    }
    case "fail": return { requestId, status: "failure", errorMessage: params.With };
    case "silent": return { requestId, status: "failure" };
    case "other": return { requestId: "another", status: "success", fragment };
    case "rubbish": return "rubbish";
    case "list": return { requestId, status: "success", fragment: [] };
    case "none": return { requestId, status: "success" };
    case "macro": return { requestId, status: "success", fragment: { ...fragment, Transform: "Probe" } };
    case "throw": throw new Error("no");
    case "large": return { requestId, status: "success", fragment: { ...fragment, Metadata: "x".repeat(1100000) } };
    case "wait": return new Promise((resolve) => { setTimeout(() => resolve({ requestId, status: "success", fragment }), 500); });
    case "sleep": return new Promise(() => { setTimeout(() => {}, 1e6); });
  }
};`;

/** A cloud with the macro `Probe`, and with `Lost`, whose function is not there. */
export async function startMacros(): Promise<Fixture> {
  const given = await startFixture();
  const trust = (service: string): Template => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
  const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const role = (service: string, name: string) => ({
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: trust(service),
      Policies: [{ PolicyName: "all", PolicyDocument: all }],
    },
  });
  await given.create(
    "macros",
    {
      Resources: {
        Role: role("lambda.amazonaws.com", "macro"),
        LogRole: role("cloudformation.amazonaws.com", "macro-log"),
        Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "macro-errors" } },
        Function: {
          Type: "AWS::Lambda::Function",
          Properties: {
            FunctionName: "probe",
            Runtime: "nodejs20.x",
            Handler: "index.handler",
            Timeout: 2,
            Role: { "Fn::GetAtt": ["Role", "Arn"] },
            Code: { ZipFile: CODE },
          },
        },
        Macro: {
          Type: "AWS::CloudFormation::Macro",
          Properties: {
            Name: "Probe",
            Description: "does as it is told",
            FunctionName: { "Fn::GetAtt": ["Function", "Arn"] },
            LogGroupName: { Ref: "Group" },
            LogRoleARN: { "Fn::GetAtt": ["LogRole", "Arn"] },
          },
        },
        Lost: { Type: "AWS::CloudFormation::Macro", Properties: { Name: "Lost", FunctionName: "nobody" } },
      },
      Outputs: { Name: { Value: { Ref: "Macro" } } },
    },
    { Capabilities: ["CAPABILITY_NAMED_IAM"] },
  );
  return given;
}

/** What a template with macros needs. */
export const expanding = { Capabilities: ["CAPABILITY_AUTO_EXPAND" as const] };
/** A call of the macro, that does one of the things in its code. */
export const probe = (Do: string, With?: string): Template => ({
  Name: "Probe",
  Parameters: { Do, ...(With === undefined ? {} : { With }) },
});

/** The template as the macros have left it. */
export async function processedTemplate(given: Fixture, StackName: string): Promise<Template> {
  const { TemplateBody = "" } = await given.client.send(new GetTemplateCommand({ StackName }));
  const template: Template = JSON.parse(TemplateBody);
  return template;
}
