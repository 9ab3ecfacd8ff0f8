/** The SAM transform as others use it: a function of text, and a command. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transform } from "./sam.ts";

const COMMAND = fileURLToPath(new URL("../bin/seatrial", import.meta.url));
const TEMPLATE = `
Transform: AWS::Serverless-2016-10-31
Parameters: {Name: {Type: String}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Ref Name
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: exports.handler = async () => 1
      Policies: [OwnPolicy]
`;

describe("seatrial/sam", () => {
  it("gives the CloudFormation template that a SAM template stands for", () => {
    const template = transform(TEMPLATE);
    expect(Object.keys(template)).not.toContain("Transform");
    expect(template["Resources"]).toMatchObject({
      Orders: { Type: "AWS::Lambda::Function", Properties: { FunctionName: { Ref: "Name" } } },
      OrdersRole: { Type: "AWS::IAM::Role" },
    });
  });

  it("expands the language extensions first where the template lists them, as CloudFormation does", () => {
    const extended = `
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Version: {Type: String, Default: v1}, Names: {Type: CommaDelimitedList}}
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  Fn::ForEach::Functions:
    - Name
    - !Ref Names
    - '\${Name}Function':
        Type: AWS::Serverless::Function
        Properties:
          Runtime: nodejs22.x
          Handler: index.handler
          InlineCode: exports.handler = async () => 1
          Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: !Sub '/\${Version}/\${Name}'}}}
`;
    const { Resources, ...others } = transform(extended, { parameters: { Names: "Orders, Carts" } });
    expect(Object.keys(others)).toEqual(["Parameters"]);
    expect(Resources).toMatchObject({ OrdersFunction: {}, OrdersFunctionRole: {}, CartsFunction: {} });
    expect(Resources).toMatchObject({
      Api: { Properties: { Body: { paths: { "/v1/Orders": {}, "/v1/Carts": {} } } } },
    });
    expect(() => transform(extended)).toThrow(
      "Transform AWS::LanguageExtensions failed with: Could not find a collection or could not be resolved for Fn::ForEach",
    );
  });

  it("raises what SAM refuses in SAM's words, and what is no template in CloudFormation's", () => {
    expect(() => transform(TEMPLATE.replace("OwnPolicy", "{NoPolicy: {}}"))).toThrow(
      /Resource with id \[Orders\] is invalid/,
    );
    expect(() => transform("a: [")).toThrow(/^Template format error: YAML not well-formed/);
  });
});

describe("seatrial sam translate", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "seatrial-sam-"));
    writeFileSync(join(directory, "good.yml"), TEMPLATE);
    writeFileSync(join(directory, "bad.yml"), TEMPLATE.replace("Handler:", "Handlers:"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const child = execFile(process.execPath, [COMMAND, "sam", "translate", ...args], (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  it("prints the template and ends with 0", async () => {
    const arn = "arn:aws:iam::111111111111:policy/own";
    const { code, stdout } = await run(
      join(directory, "good.yml"),
      "--managed-policy",
      `OwnPolicy=${arn}`,
      "--parameter",
      "Name=n",
    );
    expect(code).toBe(0);
    const { Resources } = JSON.parse(stdout);
    expect(Resources.OrdersRole.Properties.ManagedPolicyArns).toContain(arn);
  });

  it("prints the message on standard error and ends with 1", async () => {
    const refused = await run(join(directory, "bad.yml"));
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("Resource with id [Orders] is invalid");
    expect((await run(join(directory, "none.yml"))).code).toBe(1);
    expect((await run(join(directory, "good.yml"), "--parameter", "Name")).stderr).toContain("NAME=VALUE");
  });
});
