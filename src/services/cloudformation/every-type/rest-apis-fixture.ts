/** For the tests: the account's REST APIs as they are outside now. */
import type { APIGateway } from "@aws-sdk/client-api-gateway";
import type { IAM } from "@aws-sdk/client-iam";

/** Each with its document, its stages and its deployments. */
export async function restApisOf(gateway: APIGateway): Promise<Record<string, unknown>> {
  const { items = [] } = await gateway.getRestApis({});
  const described = items.map(async (api) => {
    const restApiId = api.id;
    const { item: stages = [] } = await gateway.getStages({ restApiId });
    const { items: deployments } = await gateway.getDeployments({ restApiId });
    const exported = stages.slice(0, 1).map(async ({ stageName }) => {
      const { body } = await gateway.getExport({ restApiId, stageName, exportType: "oas30" });
      return Buffer.from(body ?? "").toString();
    });
    return {
      ...api,
      deployments,
      documents: await Promise.all(exported),
      stages: stages.map(({ lastUpdatedDate: _, createdDate: __, ...stage }) => stage),
    };
  });
  return { restApis: await Promise.all(described) };
}

/** The role that logs are written as, for as long as it is there: the account's settings outlive the stack that made it. */
export async function logsRoleOf(gateway: APIGateway, iam: IAM): Promise<Record<string, unknown>> {
  const { cloudwatchRoleArn = "" } = await gateway.getAccount({});
  const { Roles = [] } = await iam.listRoles({});
  return { logsRole: Roles.find(({ Arn }) => Arn === cloudwatchRoleArn)?.Arn };
}
