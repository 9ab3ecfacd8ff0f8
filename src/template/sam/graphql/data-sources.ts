/**
 * The data sources of a GraphQL API: tables and functions, each with the role that AppSync reads it with.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { expandConnector } from "../connector/connector.ts";
import type { TransformContext } from "../context.ts";
import type { Draft } from "../draft.ts";
import { trustPolicy } from "../policy-document.ts";
import { isTruthy } from "../property-table.ts";
import { getAtt, ref } from "../references.ts";
import { mapOf } from "./graphql-draft.ts";
import type { GraphQlApi } from "./graphql-draft.ts";

/** The resources, and what each data source's name in the template stands for. Raises SamFault. */
export function dataSources(
  api: GraphQlApi,
  context: TransformContext,
): { readonly drafts: readonly Draft[]; readonly names: ReadonlyMap<string, Json> } {
  const written = mapOf(api.properties, "DataSources");
  const names = new Map<string, Json>();
  const make = (
    kind: "DynamoDb" | "Lambda",
    complete: (source: Draft, config: JsonObject) => readonly Draft[],
  ): readonly Draft[] =>
    Object.entries(mapOf(written, kind)).flatMap(([name, config]) => {
      const members = isObject(config) ? config : {};
      const suffix = kind === "DynamoDb" ? "DynamoDB" : "Lambda";
      const given = own(members, "Name");
      const source = api.draft(`${api.id}${name}${suffix}DataSource`, "AWS::AppSync::DataSource").set({
        ApiId: api.apiId,
        Description: own(members, "Description"),
        Name: isTruthy(given) ? given : name,
      });
      names.set(name, getAtt(source.id, "Name"));
      return [source, ...complete(source, members)];
    });
  const drafts = [
    ...make("DynamoDb", (source, config) => table(api, source, config, context)),
    ...make("Lambda", (source, config) => lambda(api, source, config, context)),
  ];
  return { drafts, names };
}

function table(api: GraphQlApi, source: Draft, config: JsonObject, context: TransformContext): readonly Draft[] {
  const truthy = (name: string, as = name): JsonObject => {
    const value = own(config, name);
    return isTruthy(value) ? { [as]: value } : {};
  };
  const region = own(config, "Region");
  const inRegion: Json = isTruthy(region) ? region : ref("AWS::Region");
  const tableName = own(config, "TableName") ?? "";
  source.set({
    Type: "AMAZON_DYNAMODB",
    DynamoDBConfig: {
      AwsRegion: inRegion,
      TableName: tableName,
      ...truthy("UseCallerCredentials"),
      ...truthy("Versioned"),
      ...truthy("DeltaSync", "DeltaSyncConfig"),
    },
  });
  const given = own(config, "TableArn");
  const composed: Json = {
    "Fn::Sub": [
      "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}",
      { __TableName__: tableName, __Region__: inRegion },
    ],
  };
  const permissions = own(config, "Permissions");
  return withRole(
    { api, source, config, suffix: "ToTableConnector" },
    { Type: "AWS::DynamoDB::Table", Arn: isTruthy(given) ? given : composed },
    isTruthy(permissions) && isList(permissions) ? permissions : ["Read", "Write"],
    context,
  );
}

function lambda(api: GraphQlApi, source: Draft, config: JsonObject, context: TransformContext): readonly Draft[] {
  const arn = own(config, "FunctionArn") ?? "";
  source.set({ Type: "AWS_LAMBDA", LambdaConfig: { LambdaFunctionArn: arn } });
  return withRole(
    { api, source, config, suffix: "ToLambdaConnector" },
    { Type: "AWS::Lambda::Function", Arn: arn },
    ["Write"],
    context,
  );
}

/** Gives a data source its role: the one that it names, or one that may do what is asked for. */
function withRole(
  of: { readonly api: GraphQlApi; readonly source: Draft; readonly config: JsonObject; readonly suffix: string },
  destination: JsonObject,
  permissions: readonly Json[],
  context: TransformContext,
): readonly Draft[] {
  const { api, source, config, suffix } = of;
  const named = own(config, "ServiceRoleArn");
  if (isTruthy(named)) {
    source.set({ ServiceRoleArn: named });
    return [];
  }
  const role = api.draft(`${source.id}Role`, "AWS::IAM::Role").set({
    AssumeRolePolicyDocument: trustPolicy("appsync.amazonaws.com"),
  });
  source.set({ ServiceRoleArn: getAtt(role.id, "Arn") });
  const connector = {
    id: source.id + suffix,
    type: "AWS::Serverless::Connector",
    properties: {
      Source: {
        Type: "AWS::AppSync::DataSource",
        Arn: getAtt(source.id, "DataSourceArn"),
        RoleName: ref(role.id),
      },
      Destination: destination,
      Permissions: permissions,
    },
    dependsOn: undefined,
    attributes: {},
  };
  return [role, ...expandConnector(connector, context).drafts];
}
