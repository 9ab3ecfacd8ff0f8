/**
 * AWS::Serverless::Api: a REST API with its deployment and stage, domain, authorizers' permissions and usage plan.
 */
import type { Json, JsonObject } from "../../value.ts";
import { isObject, own } from "../../value.ts";
import { parseS3Uri } from "../code-location.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "../context.ts";
import { Draft, passThroughOf } from "../draft.ts";
import { isArray, isFlag, isInteger, isMap, isText, oneOf, strict, typed } from "../property-table.ts";
import { Dict, dictFromTemplate, isTrue, py27, toJson } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { print } from "../python/print.ts";
import { resolveData } from "../python/parameters.ts";
import { Text, unicode } from "../python/text.ts";
import { ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { complainOf, present } from "./expect.ts";
import type { Complain } from "./expect.ts";
import { authorizerPermission } from "./authorizer-permission.ts";
import { restAuthorizers } from "./rest-authorizer.ts";
import { finishDefinition, restDefinition } from "./rest-definition.ts";
import type { RestApi } from "./rest-definition.ts";
import { restDomain } from "./rest-domain.ts";
import { deploymentAndStage } from "./rest-stage.ts";
import { usagePlan } from "./usage-plan.ts";

const textOrMap = oneOf(isText, isMap);

export const restApiPlugin: SamPlugin = {
  type: "AWS::Serverless::Api",
  table: {
    __MANAGE_SWAGGER: typed(isFlag),
    Name: typed(textOrMap),
    StageName: typed(textOrMap, true),
    Tags: typed(isMap),
    PropagateTags: typed(isFlag),
    DefinitionBody: typed(isMap),
    DefinitionUri: typed(textOrMap),
    MergeDefinitions: strict(isFlag),
    CacheClusterEnabled: typed(isFlag),
    CacheClusterSize: typed(isText),
    Variables: typed(isMap),
    EndpointConfiguration: typed(textOrMap),
    MethodSettings: typed(isArray),
    BinaryMediaTypes: typed(isArray),
    MinimumCompressionSize: typed(isInteger),
    Cors: typed(textOrMap),
    Auth: typed(isMap),
    GatewayResponses: typed(isMap),
    AccessLogSetting: typed(isMap),
    CanarySetting: typed(isMap),
    TracingEnabled: typed(isFlag),
    OpenApiVersion: typed(isText),
    Models: typed(isMap),
    Domain: typed(isMap),
    FailOnWarnings: typed(isFlag),
    Description: typed(isText),
    Mode: typed(isText),
    DisableExecuteApiEndpoint: typed(isFlag),
    ApiKeySourceType: typed(isText),
    AlwaysDeploy: strict(isFlag),
    Policy: typed(textOrMap),
    SecurityPolicy: typed(isText),
    EndpointAccessMode: typed(isText),
  },
  derived: {
    Stage: "AWS::ApiGateway::Stage",
    Deployment: "AWS::ApiGateway::Deployment",
    DomainName: "AWS::ApiGateway::DomainName",
    DomainNameV2: "AWS::ApiGateway::DomainNameV2",
    UsagePlan: "AWS::ApiGateway::UsagePlan",
    UsagePlanKey: "AWS::ApiGateway::UsagePlanKey",
    ApiKey: "AWS::ApiGateway::ApiKey",
  },
  rank: 2,
  expand,
};

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id, attributes } = resource;
  const properties = context.apis.get(id) ?? dictFromTemplate(resource.properties);
  for (const name of ["BinaryMediaTypes", "Domain", "Auth"]) {
    const value = present(properties.get(name));
    if (value !== undefined) properties.set(name, resolveData(value, context.parameterData));
  }
  const passed = passThroughOf(attributes);
  const api: RestApi = {
    id,
    properties,
    partition: context.partition,
    isVersionNormalized: context.isOpenApiVersionNormalized,
  };
  const { draft, definition } = makeApi(api, resource, context);
  const domain = restDomain(id, properties, passed, context);
  const [deployment, stage] = deploymentAndStage(id, properties, definition, passed, context);
  const drafts = [
    draft,
    deployment,
    stage,
    ...permissions(api, passed),
    ...(domain === undefined ? [] : [domain.domain, ...domain.mappings]),
    ...(domain?.records === undefined ? [] : [domain.records]),
    ...usagePlan(id, properties, stage.id, passed, context),
    ...(domain?.association === undefined ? [] : [domain.association]),
  ];
  const tags = own(resource.properties, "Tags");
  if (isTrue(properties.get("PropagateTags")) && isObject(tags) && Object.keys(tags).length > 0) {
    for (const made of drafts) made.assignTags(tags);
  }
  return { drafts };
}

function makeApi(
  api: RestApi,
  { attributes, dependsOn }: SamResource,
  context: TransformContext,
): { readonly draft: Draft; readonly definition: Data | undefined } {
  const { id, properties } = api;
  const complain = complainOf(id);
  checkDefinition(properties, complain);
  const draft = new Draft(id, "AWS::ApiGateway::RestApi", attributes, dependsOn);
  const endpoint = endpointConfiguration(properties, context, complain);
  const body = restDefinition(api);
  const uri = properties.get("DefinitionUri");
  const location = isTrue(uri) ? bodyLocation(uri, id) : undefined;
  const definition = location === undefined && isTrue(body) ? finishDefinition(api, body) : undefined;
  const json = (name: string): Json | undefined => {
    const value = present(properties.get(name));
    return value === undefined ? undefined : toJson(value);
  };
  const truthy = (name: string): Json | undefined => (isTrue(properties.get(name)) ? json(name) : undefined);
  draft.set({
    Body: definition === undefined ? undefined : toJson(definition),
    BodyS3Location: location === undefined ? undefined : toJson(location),
    Description: truthy("Description"),
    FailOnWarnings: truthy("FailOnWarnings"),
    Name: truthy("Name"),
    Parameters: endpoint?.parameters,
    EndpointConfiguration: endpoint?.configuration,
    BinaryMediaTypes: json("BinaryMediaTypes"),
    MinimumCompressionSize: json("MinimumCompressionSize"),
    Mode: truthy("Mode"),
    ApiKeySourceType: truthy("ApiKeySourceType"),
    Policy: truthy("Policy"),
    SecurityPolicy: truthy("SecurityPolicy"),
    EndpointAccessMode: truthy("EndpointAccessMode"),
  });
  return { draft, definition: location ?? definition };
}

function checkDefinition(properties: Dict, complain: Complain): void {
  const uri = isTrue(properties.get("DefinitionUri"));
  if (uri && isTrue(properties.get("DefinitionBody"))) {
    throw complain("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.");
  }
  if (uri && isTrue(properties.get("MergeDefinitions"))) {
    throw complain("Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.");
  }
  const version = properties.get("OpenApiVersion");
  if (isTrue(version) && !/^[2-3](\.\d)(\.\d)?\n?$/.test(print(version))) {
    throw complain("The OpenApiVersion value must be of the format '3.0.0'.");
  }
}

function endpointConfiguration(
  properties: Dict,
  context: TransformContext,
  complain: Complain,
): { readonly parameters: JsonObject; readonly configuration: JsonObject } | undefined {
  const written = properties.get("EndpointConfiguration");
  if (!isTrue(written)) return context.hasEdgeEndpoints ? undefined : simpleEndpoint("REGIONAL");
  const type = written instanceof Dict ? written.get("Type") : undefined;
  if (!(written instanceof Dict) || !isTrue(type)) return simpleEndpoint(toJson(written));
  if (written.has("VPCEndpointIds") && written.has("VpcEndpointIds")) {
    throw complain("'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in EndpointConfiguration.");
  }
  const endpoints = written.get("VPCEndpointIds") ?? written.get("VpcEndpointIds");
  const address = written.get("IpAddressType");
  return {
    parameters: { endpointConfigurationTypes: toJson(type) },
    configuration: {
      Types: [toJson(type)],
      ...(endpoints === undefined ? {} : { VpcEndpointIds: toJson(endpoints) }),
      ...(address === undefined ? {} : { IpAddressType: toJson(address) }),
    },
  };
}

function simpleEndpoint(type: Json): { readonly parameters: JsonObject; readonly configuration: JsonObject } {
  return { parameters: { endpointConfigurationTypes: type }, configuration: { Types: [type] } };
}

/** Where the definition lies in S3. Raises SamFault. */
function bodyLocation(uri: Data, id: string): Dict {
  if (uri instanceof Dict) {
    const [bucket, key, version] = [uri.get("Bucket"), uri.get("Key"), uri.get("Version")];
    if (!isTrue(bucket) || !isTrue(key)) {
      throw invalidResource(id, "'DefinitionUri' requires Bucket and Key properties to be specified.");
    }
    const location = py27({ Bucket: bucket, Key: key });
    return version === undefined ? location : location.set("Version", version);
  }
  const parsed = uri instanceof Text ? parseS3Uri(uri.text) : undefined;
  if (parsed === undefined) {
    throw invalidResource(
      id,
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
    );
  }
  const location = py27();
  for (const [name, member] of [
    ["Bucket", "S3Bucket"],
    ["Key", "S3Key"],
    ["Version", "S3ObjectVersion"],
  ] as const) {
    const value = own(parsed, member);
    if (typeof value === "string") location.set(name, unicode(value));
  }
  return location;
}

function permissions(api: RestApi, passed: JsonObject): readonly Draft[] {
  const auth = api.properties.get("Auth");
  if (!(auth instanceof Dict) || auth.size === 0) return [];
  const authorizers = restAuthorizers(api.id, auth.get("Authorizers"), undefined, api.partition);
  return [...(authorizers ?? new Map<string, never>()).entries()].flatMap(([name, { scheme }]) => {
    if (!isTrue(scheme.functionArn) || scheme.isWithoutPermission) return [];
    return [
      authorizerPermission(
        `${api.id}${name}AuthorizerPermission`,
        toJson(scheme.functionArn),
        ref(api.id),
        api.partition,
        passed,
      ),
    ];
  });
}
