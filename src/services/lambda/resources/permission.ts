/** AWS::Lambda::Permission: one statement of a function's policy. */
import {
  choice,
  flag,
  given,
  present,
  requiredText,
  text,
  unlessGone,
  unlessMade,
  unlessMissing,
} from "../../../resource.ts";
import type { FunctionUrlAuthType } from "@aws-sdk/client-lambda";
import { propertiesOf, statementIn } from "./statement.ts";
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
  identifiers: ["FunctionName", "Id"],
  physicalIdOf: (_, identifiers) => identifiers["Id"] ?? "",

  async read(context, { physicalId, properties }) {
    const FunctionName = requiredText(properties, "FunctionName");
    const found = await unlessMissing(context.call("lambda", "GetPolicy", { FunctionName }));
    const statement = statementIn(found?.Policy, physicalId);
    return statement === undefined
      ? undefined
      : {
          physicalId,
          properties: present({ FunctionName, ...propertiesOf(statement, properties["Principal"]) }),
          attributes: { Id: physicalId },
        };
  },

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
