/** Who may make and change REST APIs: the verbs and paths that policies name. */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { IAM } from "@aws-sdk/client-iam";
import { expect, it } from "vitest";
import { startCloud } from "../../testing/cloud.ts";

it("a user may do with an API what policies allow by its ARN", async () => {
  const cloud = await startCloud();
  const root = new APIGateway(cloud.client());
  const { id: restApiId = "", rootResourceId: parentId = "" } = await root.createRestApi({ name: "api" });
  const { id: other = "" } = await root.createRestApi({ name: "other" });
  const iam = new IAM(cloud.client());
  await iam.createUser({ UserName: "ann" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "ann" });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const ann = new APIGateway(cloud.client({ credentials }));
  const arn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`;
  await expect(ann.getRestApi({ restApiId })).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::000000000000:user/ann is not authorized to perform: apigateway:GET on resource: ${arn} because no identity-based policy allows the apigateway:GET action`,
  });
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "apigateway:GET", Resource: [arn, `${arn}/*`] },
      { Effect: "Allow", Action: "apigateway:POST", Resource: `${arn}/resources/*` },
      { Effect: "Allow", Action: "apigateway:PUT", Resource: `${arn}/resources/*/methods/GET` },
    ],
  });
  await iam.putUserPolicy({ UserName: "ann", PolicyName: "own", PolicyDocument });
  expect(await ann.getRestApi({ restApiId })).toMatchObject({ name: "api" });
  const { id: resourceId = "" } = await ann.createResource({ restApiId, parentId, pathPart: "a" });
  const where = { restApiId, resourceId, httpMethod: "GET", authorizationType: "NONE" };
  await ann.putMethod(where);
  expect(await ann.getMethod(where)).toMatchObject({ authorizationType: "NONE" });
  const denied = { name: "AccessDeniedException" };
  await expect(ann.putMethod({ ...where, httpMethod: "POST" })).rejects.toMatchObject(denied);
  await expect(ann.putIntegration({ ...where, type: "MOCK" })).rejects.toMatchObject(denied);
  await expect(ann.updateMethod(where)).rejects.toMatchObject(denied);
  await expect(ann.deleteResource({ restApiId, resourceId })).rejects.toMatchObject(denied);
  await expect(ann.getRestApi({ restApiId: other })).rejects.toMatchObject(denied);
  await expect(ann.createRestApi({ name: "x" })).rejects.toMatchObject(denied);
  await expect(ann.createDeployment({ restApiId })).rejects.toMatchObject(denied);
  await expect(ann.tagResource({ resourceArn: arn, tags: { a: "1" } })).rejects.toMatchObject(denied);
  for (const client of [root, iam, ann]) client.destroy();
  await cloud.close();
});
