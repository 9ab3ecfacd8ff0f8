/** AWS::CloudFormation::Macro: makes a Lambda function a macro of the account in the region. */
import { AwsError } from "../../../kernel/errors.ts";
import { requiredText, text } from "../../../resource.ts";
import type { ResourceRequest, ServiceContext } from "../../../service.ts";
import { macros, type MacroRow } from "../transforms/macro-state.ts";
import type { EngineType } from "./registry.ts";

export const macro: EngineType = {
  properties: ["Description", "FunctionName", "LogGroupName", "LogRoleARN", "Name"],
  required: ["FunctionName", "Name"],
  replaceOn: ["Name"],
  nameProperty: "Name",
  identifiers: ["Name"],

  async create(context, request) {
    const row = rowOf(request);
    context.transact(() => {
      const there = context.table(macros).get(row.name);
      const isOwn = there?.stackId === row.stackId && there.logicalId === row.logicalId;
      if (there !== undefined && !(isOwn && request.retried)) {
        throw new AwsError("AlreadyExistsException", `Macro ${row.name} already exists`);
      }
      context.table(macros).put([row.name], row);
    });
    return { status: "SUCCESS", physicalId: row.name };
  },

  async update(context, request) {
    context.transact(() => context.table(macros).put([request.physicalId], rowOf(request)));
    return { status: "SUCCESS", physicalId: request.physicalId };
  },

  async delete(context, request) {
    context.transact(() => {
      // A macro that another stack has made under the name since is not this one.
      if (context.table(macros).get(request.physicalId)?.stackId === request.stackId)
        remove(context, request.physicalId);
    });
    return { status: "SUCCESS" };
  },
};

function remove(context: ServiceContext, name: string): void {
  context.table(macros).remove(name);
}

function rowOf({ properties, stackId, logicalId }: ResourceRequest): MacroRow {
  return {
    name: requiredText(properties, "Name"),
    functionName: requiredText(properties, "FunctionName"),
    description: text(properties, "Description"),
    logGroupName: text(properties, "LogGroupName"),
    logRoleArn: text(properties, "LogRoleARN"),
    stackId,
    logicalId,
  };
}
