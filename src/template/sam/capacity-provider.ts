/**
 * AWS::Serverless::CapacityProvider: instances of one's own for functions to run on, with the role that manages them.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "./context.ts";
import { Draft, passThroughOf, tagList } from "./draft.ts";
import { trustPolicy } from "./policy-document.ts";
import {
  allComplaints,
  anything,
  checkModel,
  decimal,
  either,
  flag,
  integer,
  list,
  mapping,
  model,
  text,
} from "./model.ts";
import { isFlag, isMap, isText, isTruthy, oneOf, strict } from "./property-table.ts";
import { getAtt } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

export const capacityProviderPlugin: SamPlugin = {
  type: "AWS::Serverless::CapacityProvider",
  table: {
    CapacityProviderName: strict(oneOf(isText, isMap)),
    VpcConfig: strict(isMap, true),
    OperatorRole: strict(oneOf(isText, isMap)),
    Tags: strict(isMap),
    PropagateTags: strict(isFlag),
    InstanceRequirements: strict(isMap),
    ScalingConfig: strict(isMap),
    KmsKeyArn: strict(oneOf(isText, isMap)),
  },
  derived: {},
  rank: 3,
  expand,
};

const texts = either(mapping, list(either(mapping, text)));

const PROPERTIES = model(
  {},
  {
    CapacityProviderName: anything,
    VpcConfig: model({ SubnetIds: texts }, { SecurityGroupIds: texts }, ["SecurityGroupIds", "SubnetIds"]),
    OperatorRole: anything,
    Tags: mapping,
    PropagateTags: flag,
    InstanceRequirements: model({}, { Architectures: texts, AllowedTypes: texts, ExcludedTypes: texts }),
    ScalingConfig: model(
      {},
      { MaxVCpuCount: either(mapping, integer), AverageCPUUtilization: either(mapping, decimal) },
    ),
    KmsKeyArn: anything,
  },
);

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id, attributes, dependsOn } = resource;
  const properties = checkModel(resource.properties, PROPERTIES, allComplaints(id));
  const mapOf = (name: string): JsonObject => {
    const value = own(properties, name);
    return isObject(value) ? value : {};
  };
  const vpc = mapOf("VpcConfig");
  const requirements = mapOf("InstanceRequirements");
  if (Object.hasOwn(requirements, "AllowedTypes") && Object.hasOwn(requirements, "ExcludedTypes")) {
    throw invalidResource(
      id,
      "Cannot specify 'InstanceRequirements.AllowedTypes' and 'InstanceRequirements.ExcludedTypes' together.",
    );
  }
  const passed = passThroughOf(attributes);
  const named = own(properties, "OperatorRole");
  const role = isTruthy(named) ? undefined : operatorRole(id, passed, context);
  const scaling = mapOf("ScalingConfig");
  const tags = mapOf("Tags");
  const truthy = (name: string): Json | undefined =>
    isTruthy(own(properties, name)) ? own(properties, name) : undefined;
  const draft = new Draft(id, "AWS::Lambda::CapacityProvider", { ...attributes, ...passed }, dependsOn).set({
    CapacityProviderName: truthy("CapacityProviderName"),
    VpcConfig: renamed(vpc, { SubnetIds: "SubnetIds", SecurityGroupIds: "SecurityGroupIds" }),
    PermissionsConfig: {
      CapacityProviderOperatorRoleArn: role === undefined ? (named ?? "") : getAtt(role.id, "Arn"),
    },
    Tags: tagList({ ...tags, "lambda:createdBy": "SAM" }),
    InstanceRequirements: isTruthy(requirements)
      ? renamed(requirements, {
          Architectures: "Architectures",
          AllowedTypes: "AllowedInstanceTypes",
          ExcludedTypes: "ExcludedInstanceTypes",
        })
      : undefined,
    CapacityProviderScalingConfig: isTruthy(scaling) ? scalingConfig(scaling) : undefined,
    KmsKeyArn: truthy("KmsKeyArn"),
  });
  if (own(properties, "PropagateTags") === true && isTruthy(tags))
    role?.set({ Tags: tagList({ ...SAM_TAG, ...tags }) });
  return { drafts: role === undefined ? [draft] : [role, draft] };
}

const SAM_TAG: JsonObject = { "lambda:createdBy": "SAM" };

function renamed(members: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => {
      const value = own(members, from);
      return value === undefined ? [] : [[to, value] as const];
    }),
  );
}

function scalingConfig(scaling: JsonObject): JsonObject {
  const utilization = own(scaling, "AverageCPUUtilization");
  const policy = { PredefinedMetricType: "LambdaCapacityProviderAverageCPUUtilization", TargetValue: utilization ?? 0 };
  return {
    ...renamed(scaling, { MaxVCpuCount: "MaxVCpuCount" }),
    ...(utilization === undefined ? { ScalingMode: "Auto" } : { ScalingMode: "Manual", ScalingPolicies: [policy] }),
  };
}

function operatorRole(id: string, passed: JsonObject, context: TransformContext): Draft {
  return new Draft(`${id}OperatorRole`, "AWS::IAM::Role", passed).set({
    AssumeRolePolicyDocument: trustPolicy("lambda.amazonaws.com"),
    ManagedPolicyArns: [context.managedPolicy("AWSLambdaManagedEC2ResourceOperator")],
    Tags: tagList(SAM_TAG),
  });
}
