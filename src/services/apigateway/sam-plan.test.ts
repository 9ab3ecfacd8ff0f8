/** What SAM makes of an Api's Auth.UsagePlan and Domain, from the template to replies. */
import { request } from "node:http";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { expect, it } from "vitest";
import { startCloud } from "../../testing/cloud.ts";

const template = (plan: string) =>
  JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Resources: {
      Api: {
        Type: "AWS::Serverless::Api",
        Properties: {
          StageName: "dev",
          Auth: {
            ApiKeyRequired: true,
            UsagePlan: {
              CreateUsagePlan: plan,
              Quota: { Limit: 2, Period: "DAY" },
              Throttle: { RateLimit: 50, BurstLimit: 50 },
            },
          },
          Domain: {
            DomainName: "api.example.com",
            CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d",
            BasePath: ["v1"],
          },
        },
      },
      Hello: {
        Type: "AWS::Serverless::Function",
        Properties: {
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          InlineCode:
            "exports.handler = async (event) => ({ statusCode: 200, body: `${event.path} ${event.requestContext.identity.apiKeyId}` });",
          Events: { Hello: { Type: "Api", Properties: { Path: "/hello", Method: "GET", RestApiId: { Ref: "Api" } } } },
        },
      },
    },
  });

it.each(["PER_API", "SHARED"])("an Api with a %s usage plan and a domain is served for its key alone", async (plan) => {
  const cloud = await startCloud();
  const stacks = new CloudFormation(cloud.client());
  const gateway = new APIGateway(cloud.client());
  const Capabilities = ["CAPABILITY_IAM" as const, "CAPABILITY_AUTO_EXPAND" as const];
  await stacks.createStack({ StackName: "app", TemplateBody: template(plan), Capabilities });
  await cloud.settled();
  await cloud.advance("1m");
  const { Stacks = [] } = await stacks.describeStacks({ StackName: "app" });
  expect(Stacks[0]?.StackStatus).toBe("CREATE_COMPLETE");
  const { items: [key] = [] } = await gateway.getApiKeys({ includeValues: true });

  const get = (apiKey: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(cloud.endpointUrl);
      const headers = { host: "api.example.com", "x-api-key": apiKey };
      const asked = request({ hostname, port, path: "/v1/hello", headers }, (response) => {
        response.setEncoding("utf8").on("data", (body: string) => resolve(`${response.statusCode ?? 0} ${body}`));
      });
      asked.on("error", reject).end();
    });
  const value = key?.value ?? "";
  expect(await get("nobody's")).toBe('403 {"message":"Forbidden"}');
  expect(await get(value)).toBe(`200 /v1/hello ${key?.id ?? ""}`);
  expect(await get(value)).toMatch(/^200 /);
  expect(await get(value)).toBe('429 {"message":"Limit Exceeded"}');

  await stacks.deleteStack({ StackName: "app" });
  await cloud.advance("1m");
  expect((await gateway.getApiKeys({})).items).toEqual([]);
  expect((await gateway.getUsagePlans({})).items).toEqual([]);
  expect((await gateway.getDomainNames({})).items).toEqual([]);
  stacks.destroy();
  gateway.destroy();
  await cloud.close();
});
