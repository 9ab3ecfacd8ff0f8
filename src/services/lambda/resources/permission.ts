/** AWS::Lambda::Permission: one statement of a function's policy. */
import { choice, flag, given, requiredText, text, unlessGone, unlessMade } from "../../../resource.ts";
import type { FunctionUrlAuthType } from "@aws-sdk/client-lambda";
import type { ResourceType } from "../../../service.ts";

const PROPERTIES = [
  "Action",
  "EventSourceToken",
  "FunctionName",
  "FunctionUrlAuthType",
  "InvokedViaFunctionUrl",
  "Principal",
  "PrincipalOrgID",
  "SourceAccount",
  "SourceArn",
];

export const permission: ResourceType = {
  properties: PROPERTIES,
  required: ["Action", "FunctionName", "Principal"],
  replaceOn: PROPERTIES,

  async create(context, request) {
    const { properties } = request;
    const StatementId = request.generatedName({ maxLength: 100 });
    const add = context.call("lambda", "AddPermission", {
      StatementId,
      FunctionName: requiredText(properties, "FunctionName"),
      Action: requiredText(properties, "Action"),
      Principal: requiredText(properties, "Principal"),
      ...given("EventSourceToken", text(properties, "EventSourceToken")),
      ...given("FunctionUrlAuthType", choice<FunctionUrlAuthType>(properties, "FunctionUrlAuthType")),
      ...given("InvokedViaFunctionUrl", flag(properties, "InvokedViaFunctionUrl")),
      ...given("PrincipalOrgID", text(properties, "PrincipalOrgID")),
      ...given("SourceAccount", text(properties, "SourceAccount")),
      ...given("SourceArn", text(properties, "SourceArn")),
    });
    await unlessMade(request.retried, add);
    return { status: "SUCCESS", physicalId: StatementId, attributes: { Id: StatementId } };
  },

  update: async (_, { physicalId, attributes }) => ({ status: "SUCCESS", physicalId, attributes }),

  delete: (context, { physicalId: StatementId, properties }) => {
    const FunctionName = requiredText(properties, "FunctionName");
    return unlessGone(context.call("lambda", "RemovePermission", { FunctionName, StatementId }));
  },
};
