/** Who may make and change HTTP APIs: the verbs and paths that policies name. */
import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { IAM } from "@aws-sdk/client-iam";
import { expect, it } from "vitest";
import { startCloud } from "../../testing/cloud.ts";

it("a user may do with an API what policies allow by its ARN", async () => {
  const cloud = await startCloud();
  const root = new ApiGatewayV2(cloud.client());
  const { ApiId = "" } = await root.createApi({ Name: "api", ProtocolType: "HTTP" });
  const { ApiId: other = "" } = await root.createApi({ Name: "other", ProtocolType: "HTTP" });
  const iam = new IAM(cloud.client());
  await iam.createUser({ UserName: "ann" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "ann" });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const ann = new ApiGatewayV2(cloud.client({ credentials }));
  const arn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`;
  await expect(ann.getApi({ ApiId })).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:iam::000000000000:user/ann is not authorized to perform: apigateway:GET on resource: ${arn} because no identity-based policy allows the apigateway:GET action`,
  });
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "apigateway:GET", Resource: [arn, `${arn}/*`] },
      { Effect: "Allow", Action: "apigateway:POST", Resource: `${arn}/routes` },
      { Effect: "Allow", Action: "apigateway:PATCH", Resource: `${arn}/routes/*` },
    ],
  });
  await iam.putUserPolicy({ UserName: "ann", PolicyName: "own", PolicyDocument });
  expect(await ann.getApi({ ApiId })).toMatchObject({ Name: "api" });
  const { RouteId = "" } = await ann.createRoute({ ApiId, RouteKey: "GET /" });
  expect(await ann.updateRoute({ ApiId, RouteId, RouteKey: "GET /a" })).toMatchObject({ RouteKey: "GET /a" });
  const denied = { name: "AccessDeniedException" };
  await expect(ann.deleteRoute({ ApiId, RouteId })).rejects.toMatchObject(denied);
  await expect(ann.getApi({ ApiId: other })).rejects.toMatchObject(denied);
  await expect(ann.getApis({})).rejects.toMatchObject(denied);
  await expect(ann.createApi({ Name: "x", ProtocolType: "HTTP" })).rejects.toMatchObject(denied);
  await expect(ann.tagResource({ ResourceArn: arn, Tags: { a: "1" } })).rejects.toMatchObject(denied);
  for (const client of [root, iam, ann]) client.destroy();
  await cloud.close();
});
