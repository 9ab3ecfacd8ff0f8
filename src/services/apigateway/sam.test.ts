/** What SAM makes of an Api and its events, from the template to a reply over HTTP: seed 001's way, with the document in S3. */
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let stacks: CloudFormation;
beforeEach(async () => {
  cloud = await startCloud();
  stacks = new CloudFormation(cloud.client());
  const s3 = new S3(cloud.client());
  await s3.createBucket({ Bucket: "artifacts" });
  await s3.putObject({ Bucket: "artifacts", Key: "swagger.yml", Body: SWAGGER });
  s3.destroy();
});
afterEach(async () => {
  stacks.destroy();
  await cloud.close();
});

const SWAGGER = `
swagger: "2.0"
info: { title: demo, version: "1.0" }
paths:
  /:
    get:
      responses: {}
      x-amazon-apigateway-integration:
        httpMethod: POST
        type: aws_proxy
        uri:
          Fn::Sub: arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${Func1.Arn}:\${!stageVariables.Stage}/invocations
  /items/{id}:
    get:
      responses: {}
      x-amazon-apigateway-integration:
        httpMethod: POST
        type: aws_proxy
        uri:
          Fn::Sub: arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${Func1.Arn}:dev/invocations
`;

const code = (version: string) =>
  `exports.handler = async (event, context) => ({ statusCode: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ message: "${version}", event, version: context.functionVersion }) });`;

const template = (version: string, swagger = true) =>
  JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Resources: {
      Api: {
        Type: "AWS::Serverless::Api",
        Properties: {
          StageName: "dev",
          ...(swagger && {
            DefinitionBody: {
              "Fn::Transform": { Name: "AWS::Include", Parameters: { Location: "s3://artifacts/swagger.yml" } },
            },
          }),
          Variables: { Stage: "dev" },
        },
      },
      Func1: {
        Type: "AWS::Serverless::Function",
        Properties: {
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          AutoPublishAlias: "dev",
          InlineCode: code(version),
          Events: {
            Root: { Type: "Api", Properties: { Path: "/", Method: "GET", RestApiId: { Ref: "Api" } } },
            Item: { Type: "Api", Properties: { Path: "/items/{id}", Method: "GET", RestApiId: { Ref: "Api" } } },
          },
        },
      },
    },
    Outputs: { Id: { Value: { Ref: "Api" } } },
  });

async function deploy(operation: "createStack" | "updateStack", TemplateBody: string): Promise<string> {
  const Capabilities = ["CAPABILITY_IAM" as const, "CAPABILITY_AUTO_EXPAND" as const];
  const request = { StackName: "app", TemplateBody, Capabilities };
  await (operation === "createStack" ? stacks.createStack(request) : stacks.updateStack(request));
  await cloud.settled();
  await cloud.advance("1m");
  const { Stacks = [] } = await stacks.describeStacks({ StackName: "app" });
  const { StackEvents = [] } = await stacks.describeStackEvents({ StackName: "app" });
  const failures = StackEvents.flatMap(({ ResourceStatusReason: reason, ResourceStatus: status }) =>
    status?.endsWith("FAILED") === true ? [reason] : [],
  );
  expect([Stacks[0]?.StackStatus, failures]).toEqual([expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/), []]);
  return Stacks[0]?.Outputs?.[0]?.OutputValue ?? "";
}

const get = async (id: string, path: string) => {
  const response = await fetch(`${cloud.endpointUrl}/restapis/${id}/dev/_user_request_${path}`);
  const body: unknown = await response.json();
  return { status: response.status, body };
};

it.each([true, false])(
  "an Api serves its function's alias (with a document in S3: %s), and a new version after an update",
  async (swagger) => {
    const id = await deploy("createStack", template("v1", swagger));
    expect(await get(id, "/")).toMatchObject({
      status: 200,
      body: { message: "v1", event: { stageVariables: { Stage: "dev" } } },
    });
    expect(await get(id, "/items/a%20b?q=1&q=2")).toMatchObject({
      body: {
        event: {
          resource: "/items/{id}",
          pathParameters: { id: "a b" },
          queryStringParameters: { q: "2" },
          multiValueQueryStringParameters: { q: ["1", "2"] },
          isBase64Encoded: false,
          body: null,
          requestContext: { stage: "dev", apiId: id, httpMethod: "GET", path: "/dev/items/a%20b" },
        },
      },
    });
    expect(await get(id, "/nowhere")).toEqual({ status: 403, body: { message: "Missing Authentication Token" } });
    await deploy("updateStack", template("v2", swagger));
    expect(await get(id, "/")).toMatchObject({ status: 200, body: { message: "v2" } });
  },
);

it("a function whose policy does not let the API call it is an internal server error", async () => {
  const id = await deploy("createStack", template("v1"));
  const lambda = new Lambda(cloud.client());
  const { Functions = [] } = await lambda.listFunctions({});
  const FunctionName = Functions[0]?.FunctionName ?? "";
  const { Policy = "" } = await lambda.getPolicy({ FunctionName, Qualifier: "dev" });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a policy document
  const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
  for (const { Sid } of Statement) await lambda.removePermission({ FunctionName, Qualifier: "dev", StatementId: Sid });
  expect(await get(id, "/")).toEqual({ status: 500, body: { message: "Internal server error" } });
  lambda.destroy();
});
