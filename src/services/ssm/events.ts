/** What Parameter Store tells the event bus (AWS page "Setting up notifications or triggering actions based on Parameter Store events"). */
import type { ServiceContext } from "../../service.ts";
import { parameterArn } from "./names.ts";
import type { ParameterPolicy, Version } from "./state.ts";

/** Inside a transaction: `version` is the one that was made, labelled, or the last before the parameter was deleted. */
export function tellChange(
  context: ServiceContext,
  operation: "Create" | "Update" | "Delete" | "LabelParameterVersion",
  name: string,
  { type, description }: Version,
): void {
  context.emit({
    source: "aws.ssm",
    detailType: "Parameter Store Change",
    resources: [parameterArn(context, name)],
    detail: { operation, name, type, ...(description === undefined ? {} : { description }) },
  });
}

/** Inside a transaction: a policy was due. */
export function tellPolicyAction(
  context: ServiceContext,
  name: string,
  { type }: Version,
  { type: policyType, text }: ParameterPolicy,
): void {
  context.emit({
    source: "aws.ssm",
    detailType: "Parameter Store Policy Action",
    resources: [parameterArn(context, name)],
    detail: {
      "parameter-name": name,
      "parameter-type": type,
      "policy-type": policyType,
      "policy-content": text,
      "action-status": "Success",
    },
  });
}
