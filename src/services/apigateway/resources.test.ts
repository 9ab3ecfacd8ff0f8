/** REST APIs made of their parts in a template, and what is left of those of which a part is refused. */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let stacks: CloudFormation;
let gateway: APIGateway;
beforeEach(async () => {
  cloud = await startCloud();
  stacks = new CloudFormation(cloud.client());
  gateway = new APIGateway(cloud.client());
});
afterEach(async () => {
  stacks.destroy();
  gateway.destroy();
  await cloud.close();
});

async function deploy(operation: "createStack" | "updateStack", Resources: object) {
  const TemplateBody = JSON.stringify({ Resources, Outputs: { Id: { Value: { Ref: "Api" } } } });
  const request = { StackName: "app", TemplateBody };
  await (operation === "createStack" ? stacks.createStack(request) : stacks.updateStack(request));
  await cloud.settled();
  await cloud.advance("1m");
  const { Stacks = [] } = await stacks.describeStacks({ StackName: "app" });
  return { status: Stacks[0]?.StackStatus, id: Stacks[0]?.Outputs?.[0]?.OutputValue ?? "" };
}

const RestApiId = { Ref: "Api" };
const api = { Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "api" } } };
const getting = (ResourceId: object, words: string) => ({
  Type: "AWS::ApiGateway::Method",
  Properties: {
    RestApiId,
    ResourceId,
    HttpMethod: "GET",
    AuthorizationType: "NONE",
    Integration: {
      Type: "MOCK",
      RequestTemplates: { "application/json": '{"statusCode": 200}' },
      IntegrationResponses: [{ StatusCode: 200, ResponseTemplates: { "application/json": words } }],
    },
    MethodResponses: [{ StatusCode: 200 }],
  },
});
const pets = {
  Pets: {
    Type: "AWS::ApiGateway::Resource",
    Properties: { RestApiId, ParentId: { "Fn::GetAtt": ["Api", "RootResourceId"] }, PathPart: "pets" },
  },
};
const deployment = (properties: object = {}) => ({
  Type: "AWS::ApiGateway::Deployment",
  DependsOn: "Get",
  Properties: { RestApiId, ...properties },
});
const stage = (DeploymentId: string, more: object = {}) => ({
  Type: "AWS::ApiGateway::Stage",
  Properties: { RestApiId, DeploymentId: { Ref: DeploymentId }, StageName: "dev", ...more },
});

it("an API of resources and methods serves what its newest deployment has", async () => {
  const parts = (words: string) => ({ ...api, ...pets, Get: getting({ Ref: "Pets" }, words) });
  const { status, id } = await deploy("createStack", { ...parts("one"), First: deployment(), Stage: stage("First") });
  expect(status).toBe("CREATE_COMPLETE");
  const ask = async () => (await fetch(`${cloud.endpointUrl}/restapis/${id}/dev/_user_request_/pets`)).text();
  expect(await ask()).toBe("one");
  // The same deployment is the same snapshot, whatever became of the method.
  await deploy("updateStack", { ...parts("two"), First: deployment(), Stage: stage("First") });
  expect(await ask()).toBe("one");
  await deploy("updateStack", { ...parts("two"), Second: deployment(), Stage: stage("Second") });
  expect(await ask()).toBe("two");
});

const get = { Get: getting({ "Fn::GetAtt": ["Api", "RootResourceId"] }, "one") };
const LOGGED = [{ ResourcePath: "/*", HttpMethod: "*", LoggingLevel: "INFO" }];

it.each([
  [
    "a document that is none",
    {
      Api: {
        Type: "AWS::ApiGateway::RestApi",
        Properties: {
          Name: "api",
          Body: {
            openapi: "3.0.1",
            info: {},
            paths: { "/": { get: { "x-amazon-apigateway-integration": { type: "none" } } } },
          },
        },
      },
    },
  ],
  [
    "a policy that is none",
    { Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "api", Policy: { Statement: "none" } } } },
  ],
  [
    "a method without the model that it names",
    {
      ...api,
      Get: {
        ...get.Get,
        Properties: {
          ...get.Get.Properties,
          MethodResponses: [{ StatusCode: 200, ResponseModels: { "application/json": "None" } }],
        },
      },
    },
  ],
  [
    "a stage that logs without a role to do so",
    { ...api, ...get, First: deployment(), Stage: stage("First", { MethodSettings: LOGGED }) },
  ],
  [
    "a deployment with such a stage",
    { ...api, ...get, First: deployment({ StageName: "dev", StageDescription: { LoggingLevel: "INFO" } }) },
  ],
])("%s leaves nothing behind", async (_, resources) => {
  expect((await deploy("createStack", resources)).status).toBe("ROLLBACK_COMPLETE");
  expect((await gateway.getRestApis({})).items).toEqual([]);
});

it("what was refused of a change is as it was", async () => {
  const resources = { ...api, ...get, First: deployment(), Stage: stage("First") };
  const { id: restApiId } = await deploy("createStack", resources);
  const before = await gateway.getResources({ restApiId, embed: ["methods"] });
  const { Integration, ...rest } = get.Get.Properties;
  const changed = { ...rest, ApiKeyRequired: true, Integration: { ...Integration, TimeoutInMillis: 50_000 } };
  const { status } = await deploy("updateStack", { ...resources, Get: { ...get.Get, Properties: changed } });
  expect(status).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect((await gateway.getResources({ restApiId, embed: ["methods"] })).items).toEqual(before.items);
});
