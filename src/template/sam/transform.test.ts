/** The SAM transform makes of a function what AWS makes of it, and names what it cannot do. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseText } from "../parse.ts";
import { templateOf } from "../template.ts";
import { TemplateError } from "../template-error.ts";
import type { JsonObject } from "../value.ts";
import { decimalsOf } from "./decimals.ts";
import { transform } from "./transform.ts";

const options = { region: "eu-central-1", partition: "aws", parameters: {} };

function transformed(text: string, parameters: Record<string, string> = {}): JsonObject {
  return transform(parseText(text).value, { ...options, parameters });
}

function resources(
  text: string,
  parameters: Record<string, string> = {},
): ReadonlyMap<string, { readonly type: string; readonly properties: JsonObject }> {
  return templateOf(transformed(text, parameters)).resources;
}

const FUNCTION = "Type: AWS::Serverless::Function, Properties: {Runtime: nodejs20.x, Handler: i.h, CodeUri: 's3://b/k'";

describe("a function", () => {
  it("gets a role with what its policies say, and what Globals say where it does not say it itself", () => {
    const made = resources(
      [
        "Transform: AWS::Serverless-2016-10-31",
        "Globals: {Function: {Timeout: 30, MemorySize: 256, Environment: {Variables: {A: a, B: b}}}}",
        `Resources: {F: {${FUNCTION}, MemorySize: 512, Environment: {Variables: {B: c}}, Policies: [AmazonS3ReadOnlyAccess, {S3ReadPolicy: {BucketName: !Ref Bucket}}]}}}`,
      ].join("\n"),
    );
    expect([...made.keys()]).toEqual(["F", "FRole"]);
    expect(made.get("F")?.properties).toMatchObject({
      Code: { S3Bucket: "b", S3Key: "k" },
      Timeout: 30,
      MemorySize: 512,
      Environment: { Variables: { A: "a", B: "c" } },
      Role: { "Fn::GetAtt": ["FRole", "Arn"] },
      Tags: [{ Key: "lambda:createdBy", Value: "SAM" }],
    });
    expect(made.get("FRole")?.properties).toMatchObject({
      ManagedPolicyArns: [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
      ],
      Policies: [{ PolicyName: "FRolePolicy1" }],
    });
    expect(JSON.stringify(made.get("FRole")?.properties["Policies"])).toContain('{"bucketName":{"Ref":"Bucket"}}');
  });

  it("is told by its bucket, which waits for the permission", () => {
    const made = resources(
      `Resources: {F: {${FUNCTION}, Role: arn, Events: {Zip: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}}}}}, B: {Type: AWS::S3::Bucket}}`,
    );
    expect([...made.keys()].sort()).toEqual(["B", "F", "FZipPermission"]);
    expect(made.get("B")).toMatchObject({
      dependsOn: ["FZipPermission"],
      properties: {
        NotificationConfiguration: {
          LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function: { "Fn::GetAtt": ["F", "Arn"] } }],
        },
      },
    });
  });

  it("publishes a new version when a parameter in its code location changes, and only then", () => {
    const text = `Parameters: {Key: {Type: String}}\nResources: {F: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h, Role: arn, AutoPublishAlias: live, CodeUri: {Bucket: b, Key: !Ref Key}}}}\nOutputs: {V: {Value: !Ref F.Version}, A: {Value: !Sub '\${F.Alias}'}}`;
    const ids = (key: string): readonly string[] => [...resources(text, { Key: key }).keys()];
    const [, version = "", alias] = ids("one.zip");
    expect(version).toMatch(/^FVersion[0-9a-f]{10}$/);
    expect(alias).toBe("FAliaslive");
    expect(ids("one.zip")).toEqual(ids("one.zip"));
    expect(ids("two.zip")[1]).not.toBe(version);
    expect(transformed(text, { Key: "one.zip" })["Outputs"]).toEqual({
      V: { Value: { Ref: version } },
      A: { Value: { "Fn::Sub": "${FAliaslive}" } },
    });
  });
});

describe("the transform", () => {
  it("takes its own name away and leaves other macros, other resources and the input as they are", () => {
    const input = parseText(
      "Transform: [Mine, AWS::Serverless-2016-10-31]\nResources: {T: {Type: AWS::Serverless::SimpleTable}, Q: {Type: AWS::SQS::Queue}}",
    ).value;
    const before = structuredClone(input);
    expect(transform(input, options)).toMatchObject({
      Transform: ["Mine"],
      Resources: { Q: { Type: "AWS::SQS::Queue" }, T: { Type: "AWS::DynamoDB::Table" } },
    });
    expect(input).toEqual(before);
  });

  it("tells every fault in the order of the resources' ids", () => {
    expect(() =>
      transformed(
        `Resources: {F: {${FUNCTION}, Events: {Web: {Type: Web}}}}, A: {Type: AWS::Serverless::Api, Properties: {Stage: x}}}`,
      ),
    ).toThrow(
      "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 2. " +
        "Resource with id [A] is invalid. property Stage not defined for resource of type AWS::Serverless::Api " +
        "Resource with id [F] is invalid. Event with id [Web] is invalid. Resource dict has missing or invalid value for key Type. Event Type is: Web.",
    );
    expect(() => transformed(`Resources: {F: {${FUNCTION}, Memory: 5}}}`)).toThrow(
      "Resource with id [F] is invalid. property Memory not defined for resource of type AWS::Serverless::Function",
    );
  });

  it("refuses AlwaysDeploy where it is not told the time, and makes the deployment's id from it where it is", () => {
    const { value } = parseText(
      "Resources: {A: {Type: AWS::Serverless::Api, Properties: {StageName: x, AlwaysDeploy: true, DefinitionUri: 's3://b/k'}}}",
    );
    expect(() => transform(value, options)).toThrow("needs to know the time");
    const ids = (now: number): readonly string[] => [
      ...templateOf(transform(value, { ...options, now })).resources.keys(),
    ];
    expect(ids(1_000)).toEqual(ids(1_999));
    expect(ids(1_000)).not.toEqual(ids(2_000));
  });

  it("never fails with anything but a TemplateError, however a template is mutated", () => {
    const whole = {
      Globals: { Function: { Timeout: 3 } },
      Resources: {
        F: {
          Type: "AWS::Serverless::Function",
          Properties: {
            Handler: "h",
            Runtime: "r",
            InlineCode: "x",
            AutoPublishAlias: "live",
            Policies: [{ S3ReadPolicy: { BucketName: "b" } }, { Statement: [] }],
            DeploymentPreference: { Type: "AllAtOnce", Alarms: ["a"], Hooks: { PreTraffic: { Ref: "H" } } },
            EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: "SQS" } } },
            FunctionUrlConfig: { AuthType: "NONE", Cors: { MaxAge: 5 } },
            Layers: [{ Ref: "L" }],
            Events: {
              B: { Type: "S3", Properties: { Bucket: { Ref: "B" }, Events: ["e"], Filter: { S3Key: "x" } } },
              S: { Type: "Schedule", Properties: { Schedule: "rate(1 day)", DeadLetterConfig: { Type: "SQS" } } },
              Q: { Type: "SQS", Properties: { Queue: "q", BatchSize: 1 } },
              W: { Type: "Api", Properties: { Path: "/a", Method: "get", Auth: { ApiKeyRequired: true } } },
              V: { Type: "HttpApi", Properties: { Path: "/{b}", Method: "any", TimeoutInMillis: 5 } },
            },
          },
        },
        B: { Type: "AWS::S3::Bucket", DependsOn: "F" },
        L: { Type: "AWS::Serverless::LayerVersion", Properties: { ContentUri: { Bucket: "b", Key: "k" } } },
      },
    };
    fc.assert(
      fc.property(fc.nat(95), fc.jsonValue({ maxDepth: 2 }), (where, replacement) => {
        let count = 0;
        const mutated = JSON.stringify(whole, (_key, value: unknown) => (count++ === where + 1 ? replacement : value));
        try {
          transformed(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe("an API", () => {
  const WEB = `F: {${FUNCTION}, Role: arn, Events: {Get: {Type: Api, Properties: {Path: /a, Method: get}}}}}`;

  it("is made for the events that name none, with a deployment whose id follows its definition", () => {
    const made = resources(`Resources: {${WEB}}`);
    const deployment = [...made.keys()].find((id) => id.startsWith("ServerlessRestApiDeployment"));
    expect([...made.keys()].sort()).toEqual([
      "F",
      "FGetPermissionProd",
      "ServerlessRestApi",
      deployment,
      "ServerlessRestApiProdStage",
    ]);
    expect(deployment).toMatch(/^ServerlessRestApiDeployment[0-9a-f]{10}$/);
    const other = resources(`Resources: {${WEB.replace("/a", "/b")}}`);
    expect([...other.keys()]).not.toContain(deployment);
  });

  it("has its paths under the conditions of all functions behind them", () => {
    const conditional = (id: string, condition: string): string =>
      `${id}: {Condition: ${condition}, ${FUNCTION}, Role: arn, Events: {E: {Type: HttpApi, Properties: {Path: /p, Method: ${id === "F" ? "get" : "put"}}}}}}`;
    const output = transformed(
      `Conditions: {C: true, D: true}\nResources: {${conditional("F", "C")}, ${conditional("G", "D")}}`,
    );
    expect(output["Conditions"]).toMatchObject({
      ServerlessHttpApiCondition: { "Fn::Or": [{ Condition: "C" }, { Condition: "D" }] },
      ServerlessHttpApiSLASHpPathCondition: { "Fn::Or": [{ Condition: "C" }, { Condition: "D" }] },
    });
    expect(output["Resources"]).toMatchObject({ ServerlessHttpApi: { Condition: "ServerlessHttpApiCondition" } });
  });

  it("is named by a deployment that tells 2.0 from 2 where the text is known", () => {
    const ids = (version: string): readonly string[] => {
      const text = `Resources: {A: {Type: AWS::Serverless::Api, Properties: {StageName: x, DefinitionBody: {swagger: ${version}, paths: {}}}}}`;
      const parsed = parseText(text);
      const told = transform(parsed.value, { ...options, isDecimal: decimalsOf(text, parsed) });
      return [...templateOf(told).resources.keys()];
    };
    expect(ids("2.0")).not.toEqual(ids("2"));
    expect(ids("2.0")).toEqual(ids("2.0 "));
  });
});
