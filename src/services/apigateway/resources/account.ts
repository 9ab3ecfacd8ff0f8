/** AWS::ApiGateway::Account: there is one in each region of an account, whatever stacks say; it outlives them. */
import { present, text, unlessMissing, type Properties } from "../../../resource.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { NOT_FOUND } from "./gone.ts";

async function settle(context: ResourceContext, properties: Properties): Promise<void> {
  const value = text(properties, "CloudWatchRoleArn");
  if (value === undefined) return;
  const patchOperations = [{ op: "replace" as const, path: "/cloudwatchRoleArn", value }];
  await context.call("apigateway", "UpdateAccount", { patchOperations });
}

export const account: ResourceType = {
  properties: ["CloudWatchRoleArn"],
  replaceOn: [],
  identifiers: ["Id"],

  async create(context, request) {
    await settle(context, request.properties);
    const physicalId = request.generatedName();
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },

  async update(context, { properties, previousProperties, physicalId }) {
    const isGone =
      properties["CloudWatchRoleArn"] === undefined && previousProperties["CloudWatchRoleArn"] !== undefined;
    await settle(context, isGone ? { CloudWatchRoleArn: "" } : properties);
    return { status: "SUCCESS", physicalId, attributes: { Id: physicalId } };
  },

  // The account keeps its role, as on AWS: another stack's APIs may log with it.
  delete: async () => ({ status: "SUCCESS" }),

  async read(context, { physicalId }) {
    const found = await unlessMissing(context.call("apigateway", "GetAccount", {}), NOT_FOUND);
    if (found === undefined) return undefined;
    const properties = present({ CloudWatchRoleArn: found.cloudwatchRoleArn });
    return { physicalId, properties, attributes: { Id: physicalId } };
  },
};
