/** An account's settings: the role with which API Gateway writes logs is tried before it is taken. */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";

let cloud: TestCloud;
let gateway: APIGateway;
let iam: IAM;
beforeEach(async () => {
  cloud = await startCloud();
  gateway = new APIGateway(cloud.client());
  iam = new IAM(cloud.client());
});
afterEach(async () => {
  gateway.destroy();
  iam.destroy();
  await cloud.close();
});

const PUSH = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
const LIMITS = {
  throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
  features: ["UsagePlans"],
  apiKeyVersion: "4",
};

async function role(RoleName: string, service: string, mayWrite: boolean): Promise<string> {
  const Statement = [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument });
  if (mayWrite) await iam.attachRolePolicy({ RoleName, PolicyArn: PUSH });
  return Role?.Arn ?? "";
}

const setRole = (value: string) =>
  gateway.updateAccount({ patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value }] });

it("takes a role that API Gateway may assume and write logs as, and is rid of it by an empty one", async () => {
  const arn = await role("logger", "apigateway.amazonaws.com", true);
  expect(await setRole(arn)).toMatchObject({ cloudwatchRoleArn: arn, ...LIMITS });
  expect(await gateway.getAccount({})).toMatchObject({ cloudwatchRoleArn: arn, ...LIMITS });
  const logs = new CloudWatchLogs(cloud.client());
  const { events = [] } = await logs.filterLogEvents({ logGroupName: "/aws/apigateway/welcome" });
  expect(events.map(({ message }) => message)).toEqual(["Cloudwatch logs enabled for API Gateway"]);
  logs.destroy();
  await setRole("");
  expect((await gateway.getAccount({})).cloudwatchRoleArn).toBeUndefined();
});

it("refuses a role that does not trust API Gateway, one that may not write, and one that is not there", async () => {
  const untrusting = {
    name: "BadRequestException",
    message:
      "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
  };
  await expect(setRole(await role("lambdas", "lambda.amazonaws.com", true))).rejects.toMatchObject(untrusting);
  await expect(setRole("arn:aws:iam::000000000000:role/nobody")).rejects.toMatchObject(untrusting);
  await expect(setRole(await role("mute", "apigateway.amazonaws.com", false))).rejects.toMatchObject(untrusting);
  await expect(setRole("logger")).rejects.toMatchObject({ name: "BadRequestException" });
  await expect(
    gateway.updateAccount({ patchOperations: [{ op: "replace", path: "/throttleSettings", value: "1" }] }),
  ).rejects.toMatchObject({ message: expect.stringMatching(/^Invalid patch path '\/throttleSettings'/) });
  expect((await gateway.getAccount({})).cloudwatchRoleArn).toBeUndefined();
});

it("lets a stage log only when the role is there", async () => {
  const mock = { get: { "x-amazon-apigateway-integration": { type: "mock" } } };
  const document = { openapi: "3.0.1", info: { title: "api", version: "1" }, paths: { "/a": mock } };
  const { id: restApiId } = await gateway.importRestApi({ body: Buffer.from(JSON.stringify(document)) });
  await gateway.createDeployment({ restApiId, stageName: "dev" });
  const logged = {
    restApiId,
    stageName: "dev",
    patchOperations: [{ op: "replace" as const, path: "/*/*/logging/loglevel", value: "INFO" }],
  };
  await expect(gateway.updateStage(logged)).rejects.toMatchObject({
    message: "CloudWatch Logs role ARN must be set in account settings to enable logging",
  });
  await setRole(await role("logger", "apigateway.amazonaws.com", true));
  expect(await gateway.updateStage(logged)).toMatchObject({ methodSettings: { "*/*": { loggingLevel: "INFO" } } });
});
