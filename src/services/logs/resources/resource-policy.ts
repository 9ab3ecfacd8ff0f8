/** AWS::Logs::ResourcePolicy. */
import { document, given, requiredText, unlessGone } from "../../../resource.ts";
import type { ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";

export const resourcePolicy: ResourceType = {
  properties: ["PolicyDocument", "PolicyName"],
  required: ["PolicyDocument", "PolicyName"],
  replaceOn: ["PolicyName"],
  nameProperty: "PolicyName",
  identifiers: ["PolicyName"],
  async read(context, { physicalId }) {
    let nextToken: string | undefined;
    do {
      const page = await context.call("logs", "DescribeResourcePolicies", given("nextToken", nextToken));
      const found = page.resourcePolicies?.find(({ policyName }) => policyName === physicalId);
      if (found !== undefined) {
        return { physicalId, properties: { PolicyDocument: found.policyDocument, PolicyName: physicalId } };
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return undefined;
  },
  create: put,
  update: put,
  delete: (context, request) =>
    unlessGone(context.call("logs", "DeleteResourcePolicy", { policyName: request.physicalId })),
};

async function put(context: ResourceContext, { properties }: ResourceRequest) {
  const policyName = requiredText(properties, "PolicyName");
  const policyDocument = document(properties, "PolicyDocument");
  await context.call("logs", "PutResourcePolicy", { policyName, policyDocument });
  return { status: "SUCCESS", physicalId: policyName } as const;
}
