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
    const { items: models } = await gateway.getModels({ restApiId });
    const { items: nodes = [] } = await gateway.getResources({ restApiId, embed: ["methods"] });
    const parts = await Promise.all([
      gateway.getRequestValidators({ restApiId }),
      gateway.getAuthorizers({ restApiId }),
      gateway.getGatewayResponses({ restApiId, limit: 100 }),
    ]);
    return {
      ...api,
      // A document that is put back makes its resources anew.
      methods: Object.fromEntries(
        nodes.map(({ path, id, resourceMethods = {} }) => [path, withoutId(resourceMethods, id)]),
      ),
      models: models?.map(({ id: _, ...model }) => model),
      parts: parts.map(({ items: all }) => all),
      deployments,
      documents: await Promise.all(exported),
      stages: stages.map(({ lastUpdatedDate: _, createdDate: __, ...stage }) => stage),
    };
  });
  const { items: keys = [] } = await gateway.getApiKeys({ includeValues: true });
  const { items: plans = [] } = await gateway.getUsagePlans({});
  const { items: names = [] } = await gateway.getDomainNames({});
  const withMappings = names.map(async ({ domainName, ...name }) => ({
    ...name,
    domainName,
    mappings: (await gateway.getBasePathMappings({ domainName })).items,
  }));
  const withKeys = plans.map(async (plan) => ({
    ...plan,
    keys: (await gateway.getUsagePlanKeys({ usagePlanId: plan.id })).items,
  }));
  return {
    restApis: await Promise.all(described),
    apiKeys: keys.map(({ lastUpdatedDate: _, ...key }) => key),
    usagePlans: await Promise.all(withKeys),
    restDomains: await Promise.all(withMappings),
  };
}

function withoutId(methods: object, id = ""): unknown {
  return JSON.parse(JSON.stringify(methods).replaceAll(id, "its id"));
}

/** The role that logs are written as, for as long as it is there: the account's settings outlive the stack that made it. */
export async function logsRoleOf(gateway: APIGateway, iam: IAM): Promise<Record<string, unknown>> {
  const { cloudwatchRoleArn = "" } = await gateway.getAccount({});
  const { Roles = [] } = await iam.listRoles({});
  return { logsRole: Roles.find(({ Arn }) => Arn === cloudwatchRoleArn)?.Arn };
}
