/**
 * AWS::Serverless::GraphQLApi: an AppSync API with its schema, keys, cache, domain, data sources, functions and resolvers.
 */
import { isObject, own } from "../../value.ts";
import type { Json } from "../../value.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "../context.ts";
import { Draft, tagList } from "../draft.ts";
import { trustPolicy } from "../policy-document.ts";
import { checkModel, firstComplaint } from "../model.ts";
import { isFlag, isMap, isText, isTruthy, oneOf, passThrough, strict } from "../property-table.ts";
import { getAtt, ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { dataSources } from "./data-sources.ts";
import { authentication } from "./graphql-auth.ts";
import { mapOf } from "./graphql-draft.ts";
import type { GraphQlApi } from "./graphql-draft.ts";
import { GRAPHQL_PROPERTIES } from "./graphql-model.ts";
import { functionsAndResolvers } from "./resolvers.ts";

export const graphQlApiPlugin: SamPlugin = {
  type: "AWS::Serverless::GraphQLApi",
  table: {
    Name: passThrough(),
    Tags: strict(isMap),
    XrayEnabled: passThrough(),
    Auth: strict(isMap, true),
    SchemaInline: strict(isText),
    SchemaUri: strict(isText),
    Logging: strict(oneOf(isMap, isFlag)),
    DataSources: strict(isMap),
    Functions: strict(isMap),
    Resolvers: strict(isMap),
    ApiKeys: strict(isMap),
    DomainName: strict(isMap),
    Cache: strict(isMap),
    Visibility: passThrough(),
    OwnerContact: passThrough(),
    IntrospectionConfig: passThrough(),
    QueryDepthLimit: passThrough(),
    ResolverCountLimit: passThrough(),
  },
  derived: {},
  rank: 3,
  leavesOutUnknown: true,
  expand,
};

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id, attributes, dependsOn } = resource;
  const properties = checkModel(resource.properties, GRAPHQL_PROPERTIES, firstComplaint(id));
  const api: GraphQlApi = {
    id,
    properties,
    draft: (draftId, type) => new Draft(draftId, type, attributes, dependsOn),
    apiId: getAtt(id, "ApiId"),
  };
  const auth = authentication(api, context);
  const log = logging(api);
  const main = makeApi(api).set(auth.properties).set({ LogConfig: log.config });
  const schemaDraft = schema(api);
  const sources = dataSources(api, context);
  const drafts = [
    main,
    schemaDraft,
    ...auth.drafts,
    ...(log.role === undefined ? [] : [log.role]),
    ...apiKeys(api),
    ...cache(api),
    ...sources.drafts,
    ...domainName(api),
    ...functionsAndResolvers(api, sources.names, schemaDraft.id, attributes),
  ];
  return { drafts };
}

function makeApi(api: GraphQlApi): Draft {
  const { id, properties } = api;
  const truthy = (name: string): Json | undefined =>
    isTruthy(own(properties, name)) ? own(properties, name) : undefined;
  return api.draft(id, "AWS::AppSync::GraphQLApi").set({
    Name: truthy("Name") ?? id,
    Tags: tagList({ ...mapOf(properties, "Tags"), "graphqlapi:createdBy": "SAM" }),
    XrayEnabled: own(properties, "XrayEnabled"),
    Visibility: truthy("Visibility"),
    OwnerContact: truthy("OwnerContact"),
    IntrospectionConfig: truthy("IntrospectionConfig"),
    QueryDepthLimit: truthy("QueryDepthLimit"),
    ResolverCountLimit: truthy("ResolverCountLimit"),
  });
}

/** How the API logs, and the role that is made for it where none is named. */
function logging(api: GraphQlApi): { readonly config: Json | undefined; readonly role: Draft | undefined } {
  const written = own(api.properties, "Logging");
  if (written === false) return { config: undefined, role: undefined };
  const config = isObject(written) ? written : {};
  const [verbose, level, named] = [
    own(config, "ExcludeVerboseContent"),
    own(config, "FieldLogLevel"),
    own(config, "CloudWatchLogsRoleArn"),
  ];
  const role = isTruthy(named) ? undefined : logRole(api);
  return {
    config: {
      ...(isTruthy(verbose) ? { ExcludeVerboseContent: verbose } : {}),
      FieldLogLevel: isTruthy(level) ? level : "ALL",
      CloudWatchLogsRoleArn: role === undefined ? (named ?? "") : getAtt(role.id, "Arn"),
    },
    role,
  };
}

function logRole(api: GraphQlApi): Draft {
  const arn = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs";
  return api.draft(`${api.id}CloudWatchRole`, "AWS::IAM::Role").set({
    AssumeRolePolicyDocument: trustPolicy("appsync.amazonaws.com"),
    ManagedPolicyArns: [{ "Fn::Sub": arn }],
  });
}

function schema(api: GraphQlApi): Draft {
  const [inline, uri] = [own(api.properties, "SchemaInline"), own(api.properties, "SchemaUri")];
  if (!isTruthy(inline) && !isTruthy(uri)) {
    throw invalidResource(api.id, "One of 'SchemaInline' or 'SchemaUri' must be set.");
  }
  if (isTruthy(inline) && isTruthy(uri)) {
    throw invalidResource(api.id, "Both 'SchemaInline' and 'SchemaUri' cannot be defined at the same time.");
  }
  return api.draft(`${api.id}Schema`, "AWS::AppSync::GraphQLSchema").set({
    ApiId: api.apiId,
    Definition: inline,
    DefinitionS3Location: uri,
  });
}

function apiKeys(api: GraphQlApi): readonly Draft[] {
  return Object.entries(mapOf(api.properties, "ApiKeys")).map(([name, key]) => {
    const members = isObject(key) ? key : {};
    return api.draft(api.id + name, "AWS::AppSync::ApiKey").set({
      ApiId: api.apiId,
      ApiKeyId: own(members, "ApiKeyId"),
      Description: own(members, "Description"),
      Expires: own(members, "ExpiresOn"),
    });
  });
}

function cache(api: GraphQlApi): readonly Draft[] {
  const config = own(api.properties, "Cache");
  if (!isObject(config)) return [];
  return [api.draft(`${api.id}ApiCache`, "AWS::AppSync::ApiCache").set({ ApiId: api.apiId, ...config })];
}

function domainName(api: GraphQlApi): readonly Draft[] {
  const config = own(api.properties, "DomainName");
  if (!isObject(config)) return [];
  const domain = api.draft(`${api.id}DomainName`, "AWS::AppSync::DomainName").set(config);
  const association = api.draft(`${api.id}DomainNameApiAssociation`, "AWS::AppSync::DomainNameApiAssociation").set({
    ApiId: api.apiId,
    DomainName: ref(domain.id),
  });
  return [domain, association];
}
