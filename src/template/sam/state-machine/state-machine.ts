/**
 * AWS::Serverless::StateMachine: a Step Functions state machine with its role, version, alias and events.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { parseS3Uri } from "../code-location.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "../context.ts";
import { Draft, passThroughOf, tagList } from "../draft.ts";
import { withPolicies, xrayPolicy } from "../function-role.ts";
import { trustPolicy } from "../policy-document.ts";
import {
  isFlag,
  isMap,
  isText,
  isTruthy,
  listOf,
  mapOf,
  oneOf,
  passThrough,
  strict,
  typed,
} from "../property-table.ts";
import { withFilledPolicies } from "../policies.ts";
import { getAtt, ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { definitionString } from "./definition.ts";
import { checkStateMachineEvents, expandStateMachineEvents } from "./events.ts";

export const stateMachinePlugin: SamPlugin = {
  type: "AWS::Serverless::StateMachine",
  table: {
    Definition: typed(isMap),
    DefinitionUri: typed(oneOf(isText, isMap)),
    Logging: typed(isMap),
    Role: typed(isText),
    RolePath: passThrough(),
    DefinitionSubstitutions: typed(isMap),
    Events: typed(mapOf(isMap)),
    Name: typed(isText),
    Type: typed(isText),
    Tags: typed(isMap),
    PropagateTags: typed(isFlag),
    Policies: typed(oneOf(isText, isMap, listOf(oneOf(isText, isMap)))),
    Tracing: typed(isMap),
    PermissionsBoundary: typed(isText),
    AutoPublishAlias: passThrough(),
    DeploymentPreference: passThrough(),
    UseAliasAsEventTarget: strict(isFlag),
  },
  derived: {},
  rank: 1,
  complete: withFilledPolicies,
  check: checkStateMachineEvents,
  expand,
};

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id, properties, attributes, dependsOn } = resource;
  const machine = new Draft(id, "AWS::StepFunctions::StateMachine", attributes, dependsOn);
  setDefinition(machine, resource);
  const role = machineRole(resource, context);
  machine.set({
    LoggingConfiguration: own(properties, "Logging"),
    RoleArn: role === undefined ? own(properties, "Role") : getAtt(role.id, "Arn"),
    StateMachineName: own(properties, "Name"),
    StateMachineType: own(properties, "Type"),
    Tags: machineTags(properties),
    TracingConfiguration: own(properties, "Tracing"),
  });
  const published = publish(resource);
  const alias = published.at(-1);
  const target = isTruthy(own(properties, "UseAliasAsEventTarget")) && alias !== undefined ? alias : machine;
  const drafts = [
    machine,
    ...(role === undefined ? [] : [role]),
    ...published,
    ...expandStateMachineEvents(resource, target, context),
  ];
  const tags = own(properties, "Tags");
  if (isTruthy(own(properties, "PropagateTags")) && isObject(tags) && isTruthy(tags)) {
    for (const draft of drafts) draft.assignTags(tags);
  }
  return { drafts };
}

function machineTags(properties: JsonObject): readonly Json[] {
  const tags = own(properties, "Tags");
  return [...tagList({ "stateMachine:createdBy": "SAM" }), ...tagList(isObject(tags) ? tags : {})];
}

function setDefinition(machine: Draft, { id, properties }: SamResource): void {
  const [definition, uri] = [own(properties, "Definition"), own(properties, "DefinitionUri")];
  const written = own(properties, "DefinitionSubstitutions");
  const given = isTruthy(written) && isObject(written) ? written : undefined;
  if (isTruthy(definition) && isTruthy(uri)) {
    throw invalidResource(id, "Specify either 'Definition' or 'DefinitionUri' property and not both.");
  }
  if (isTruthy(definition) && isObject(definition)) {
    const { text, substitutions } = definitionString(definition);
    const all = { ...given, ...substitutions };
    machine.set({
      DefinitionString: text,
      DefinitionSubstitutions: Object.keys(all).length > 0 ? all : undefined,
    });
  } else if (isTruthy(uri)) {
    machine.set({ DefinitionS3Location: definitionLocation(id, uri), DefinitionSubstitutions: given });
  } else {
    throw invalidResource(id, "Either 'Definition' or 'DefinitionUri' property must be specified.");
  }
}

function definitionLocation(id: string, uri: Json): JsonObject {
  if (isObject(uri)) {
    const [bucket, key, version] = [own(uri, "Bucket"), own(uri, "Key"), own(uri, "Version")];
    if (!isTruthy(bucket) || !isTruthy(key)) {
      throw invalidResource(id, "'DefinitionUri' requires Bucket and Key properties to be specified.");
    }
    return { Bucket: bucket, Key: key, ...(version === undefined ? {} : { Version: version }) };
  }
  const parsed = typeof uri === "string" ? parseS3Uri(uri) : undefined;
  if (parsed === undefined) {
    throw invalidResource(
      id,
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    );
  }
  const version = own(parsed, "S3ObjectVersion");
  return {
    Bucket: own(parsed, "S3Bucket") ?? "",
    Key: own(parsed, "S3Key") ?? "",
    ...(version === undefined ? {} : { Version: version }),
  };
}

/** The role that is made where none is named. Raises SamFault. */
function machineRole({ id, properties, attributes }: SamResource, context: TransformContext): Draft | undefined {
  const [role, policies] = [own(properties, "Role"), own(properties, "Policies")];
  if (isTruthy(role) && isTruthy(policies)) {
    throw invalidResource(id, "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of them");
  }
  if (isTruthy(role)) return undefined;
  const tracing = own(properties, "Tracing");
  const isTraced = isObject(tracing) && own(tracing, "Enabled") === true;
  const given = isTruthy(policies) ? (Array.isArray(policies) ? policies : [policies]) : [];
  const all = isTraced ? [...given, xrayPolicy(context.partition)] : given;
  const draft = new Draft(`${id}Role`, "AWS::IAM::Role", passThroughOf(attributes)).set({
    AssumeRolePolicyDocument: trustPolicy("states.amazonaws.com"),
  });
  return withPolicies(draft, all, { id, arns: [], documents: [] }, context).set({
    Path: own(properties, "RolePath"),
    PermissionsBoundary: own(properties, "PermissionsBoundary"),
    Tags: machineTags(properties),
  });
}

/** The version and the alias that shifts executions to it, the alias last. Raises SamFault. */
function publish({ id, properties, attributes }: SamResource): readonly Draft[] {
  const alias = own(properties, "AutoPublishAlias");
  const preference = own(properties, "DeploymentPreference");
  if (!isTruthy(alias)) {
    const refuse = (property: string): never => {
      throw invalidResource(id, `'${property}' requires 'AutoPublishAlias' property to be specified.`);
    };
    if (isTruthy(own(properties, "UseAliasAsEventTarget"))) refuse("UseAliasAsEventTarget");
    if (isTruthy(preference)) refuse("DeploymentPreference");
    return [];
  }
  const passed = passThroughOf(attributes);
  const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", ...passed };
  const version = new Draft(`${id}Version`, "AWS::StepFunctions::StateMachineVersion", kept).set({
    StateMachineArn: ref(id),
    StateMachineRevisionId: getAtt(id, "StateMachineRevisionId"),
  });
  const shift = isTruthy(preference) && isObject(preference) ? preference : { Type: "ALL_AT_ONCE" };
  const made = new Draft(`${id}Alias${String(alias)}`, "AWS::StepFunctions::StateMachineAlias", passed).set({
    Name: alias,
    DeploymentPreference: { ...shift, StateMachineVersionArn: ref(version.id) },
  });
  return [version, made];
}
