/**
 * The properties of AWS::Serverless::GraphQLApi, all the way down.
 */
import { anything, either, flag, list, literal, mapOf, mapping, model, text } from "../model.ts";
import type { Model } from "../model.ts";

function all(...names: readonly string[]): Readonly<Record<string, Model>> {
  return Object.fromEntries(names.map((name) => [name, anything]));
}

const authorizerMembers = {
  LambdaAuthorizer: model(all("AuthorizerUri"), all("AuthorizerResultTtlInSeconds", "IdentityValidationExpression"), [
    "AuthorizerResultTtlInSeconds",
    "AuthorizerUri",
    "IdentityValidationExpression",
  ]),
  OpenIDConnect: model({}, all("AuthTTL", "ClientId", "IatTTL", "Issuer")),
  UserPool: model(all("UserPoolId"), all("AppIdClientRegex", "AwsRegion", "DefaultAction"), [
    "AppIdClientRegex",
    "AwsRegion",
    "DefaultAction",
    "UserPoolId",
  ]),
};

const authenticationType = literal("AWS_IAM", "API_KEY", "AWS_LAMBDA", "OPENID_CONNECT", "AMAZON_COGNITO_USER_POOLS");
const authorizer = model({ Type: authenticationType }, authorizerMembers);
const runtime = model(all("Name", "Version"), {});

const sync = model(all("ConflictDetection"), {
  ...all("ConflictHandler"),
  LambdaConflictHandlerConfig: model(all("LambdaConflictHandlerArn"), {}),
});

const dynamoDb = model(all("TableName"), {
  ...all("ServiceRoleArn", "TableArn"),
  Permissions: list(literal("Read", "Write")),
  ...all("Name", "Description", "Region"),
  DeltaSync: model(all("BaseTableTTL", "DeltaSyncTableName", "DeltaSyncTableTTL"), {}),
  ...all("UseCallerCredentials", "Versioned"),
});

const resolverFunction = model(
  {},
  {
    DataSource: either(mapping, text),
    Runtime: runtime,
    ...all("InlineCode", "CodeUri", "Description", "MaxBatchSize"),
    Name: text,
    ...all("Id"),
    Sync: sync,
  },
);

const resolver = model(
  {},
  {
    FieldName: text,
    Caching: model(all("Ttl"), { CachingKeys: list(anything) }),
    ...all("InlineCode", "CodeUri", "MaxBatchSize"),
    Pipeline: list(text),
    Runtime: runtime,
    Sync: sync,
  },
);

export const GRAPHQL_PROPERTIES: Model = model(
  { Auth: model({ Type: authenticationType }, { ...authorizerMembers, Additional: list(authorizer) }) },
  {
    Tags: mapping,
    ...all("Name"),
    XrayEnabled: flag,
    ...all("SchemaInline", "SchemaUri"),
    Logging: either(model({}, all("CloudWatchLogsRoleArn", "ExcludeVerboseContent", "FieldLogLevel")), flag),
    DataSources: model(
      {},
      {
        DynamoDb: mapOf(dynamoDb),
        Lambda: mapOf(model(all("FunctionArn"), all("ServiceRoleArn", "Name", "Description"))),
      },
    ),
    Functions: mapOf(resolverFunction),
    Resolvers: mapOf(mapOf(resolver)),
    ApiKeys: mapOf(model({}, all("ApiKeyId", "Description", "ExpiresOn"))),
    DomainName: model(all("CertificateArn", "DomainName"), all("Description")),
    Cache: model(all("ApiCachingBehavior", "Ttl", "Type"), all("AtRestEncryptionEnabled", "TransitEncryptionEnabled")),
    ...all("Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit"),
  },
);
