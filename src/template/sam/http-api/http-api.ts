/**
 * AWS::Serverless::HttpApi: an HTTP API with its stage, domain and authorizers' permissions.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { authorizerPermission } from "../api/authorizer-permission.ts";
import { deepGet } from "../api/definition-editor.ts";
import { complainOf, present } from "../api/expect.ts";
import type { Complain } from "../api/expect.ts";
import { parseS3Uri } from "../code-location.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "../context.ts";
import { Draft, passThroughOf } from "../draft.ts";
import { hashedId } from "../logical-id.ts";
import { isFlag, isMap, isText, isTruthy, oneOf, passThrough, typed } from "../property-table.ts";
import { Dict, dictFromTemplate, isTrue, textOf, toJson } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { resolveData } from "../python/parameters.ts";
import { str } from "../python/text.ts";
import { ref } from "../references.ts";
import { httpAuthorizers } from "./http-authorizer.ts";
import { addAuth, addCors } from "./http-definition.ts";
import { isOpenApi, OpenApiEditor } from "./openapi-editor.ts";
import { v2Domain } from "./v2-domain.ts";

const TAG = "httpapi:createdBy";
const DEFAULT_STAGE = "$default";

export const httpApiPlugin: SamPlugin = {
  type: "AWS::Serverless::HttpApi",
  table: {
    __MANAGE_SWAGGER: typed(isFlag),
    Name: passThrough(),
    StageName: typed(oneOf(isText, isMap)),
    Tags: typed(isMap),
    PropagateTags: typed(isFlag),
    DefinitionBody: typed(isMap),
    DefinitionUri: typed(oneOf(isText, isMap)),
    StageVariables: typed(isMap),
    CorsConfiguration: typed(oneOf(isFlag, isMap)),
    AccessLogSettings: typed(isMap),
    DefaultRouteSettings: typed(isMap),
    Auth: typed(isMap),
    RouteSettings: typed(isMap),
    Domain: typed(isMap),
    FailOnWarnings: typed(isFlag),
    Description: typed(isText),
    DisableExecuteApiEndpoint: typed(isFlag),
  },
  derived: { Stage: "AWS::ApiGatewayV2::Stage", DomainName: "AWS::ApiGatewayV2::DomainName" },
  rank: 2,
  expand,
};

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id, attributes } = resource;
  const properties = context.apis.get(id) ?? dictFromTemplate(resource.properties);
  for (const name of ["CorsConfiguration", "Domain"]) {
    const value = present(properties.get(name));
    if (value !== undefined) properties.set(name, resolveData(value, context.parameterData));
  }
  const complain = complainOf(id);
  const passed = passThroughOf(attributes);
  const hadDefinition = present(properties.get("DefinitionBody")) !== undefined;
  const draft = makeApi(resource, properties, complain, context);
  const domain = v2Domain({ id, tagName: TAG, passed }, properties.get("Domain"), complain, context.recordSetGroups);
  const drafts = [
    draft,
    ...permissions(id, properties, passed, complain, context),
    ...domain,
    makeStage(id, properties, passed),
  ];
  const tags = properties.get("Tags");
  const json = tags instanceof Dict ? toJson(tags) : undefined;
  if (hadDefinition && isObject(json) && isTruthy(json)) for (const made of drafts) made.assignTags(json);
  return { drafts };
}

function makeApi(
  { id, attributes, dependsOn }: SamResource,
  properties: Dict,
  complain: Complain,
  context: TransformContext,
): Draft {
  const uri = properties.get("DefinitionUri");
  let body = properties.get("DefinitionBody");
  if (isTrue(uri) && isTrue(body)) {
    throw complain("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.");
  }
  if (isTrue(properties.get("CorsConfiguration"))) body = addCors(properties.get("CorsConfiguration"), body, complain);
  body = addAuth(properties.get("Auth"), body, complain, context.partition);
  body = addTags(properties, body, complain);
  const failOnWarnings = properties.get("FailOnWarnings");
  body = addEndpoint(properties, body, complain);
  body = addTitle(properties, body, complain);
  body = addDescription(properties, body, complain);
  if (isTrue(failOnWarnings)) renameDefaultPath(body);
  const location = isTrue(uri) ? bodyLocation(uri, complain) : undefined;
  if (location === undefined && !isTrue(body)) {
    throw complain(
      "'DefinitionUri' or 'DefinitionBody' are required properties of an 'AWS::Serverless::HttpApi'. Add a value for one of these properties or add a 'HttpApi' event to an 'AWS::Serverless::Function'.",
    );
  }
  return new Draft(id, "AWS::ApiGatewayV2::Api", attributes, dependsOn).set({
    Body: location === undefined && isTrue(body) ? toJson(body) : undefined,
    BodyS3Location: location,
    FailOnWarnings: isTrue(failOnWarnings) ? toJson(failOnWarnings) : undefined,
  });
}

/** With warnings as errors, `$default` must be written as a path. */
function renameDefaultPath(body: Data | undefined): void {
  const paths = body instanceof Dict ? body.get("paths") : undefined;
  const route = paths instanceof Dict ? paths.get(DEFAULT_STAGE) : undefined;
  if (!(paths instanceof Dict) || route === undefined) return;
  paths.delete(DEFAULT_STAGE);
  paths.set(`/${DEFAULT_STAGE}`, route);
}

function addTags(properties: Dict, body: Data | undefined, complain: Complain): Data | undefined {
  const tags = properties.get("Tags");
  if (isTrue(tags) && !isTrue(body)) {
    throw complain("Tags works only with inline OpenApi specified in the 'DefinitionBody' property.");
  }
  if (!isTrue(body)) return body;
  if (!isOpenApi(body)) {
    if (!isTrue(tags)) return body;
    throw complain("Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition.");
  }
  const all = (tags instanceof Dict ? tags : new Dict("plain")).set(TAG, str("SAM"));
  properties.set("Tags", all);
  const editor = new OpenApiEditor(body);
  editor.addTags(all);
  return editor.openapi;
}

function addEndpoint(properties: Dict, body: Data | undefined, complain: Complain): Data | undefined {
  const isDisabled = present(properties.get("DisableExecuteApiEndpoint"));
  if (isDisabled === undefined) return body;
  if (!isTrue(body)) throw complain("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.");
  const editor = new OpenApiEditor(body);
  editor.disableExecuteApiEndpoint(isDisabled);
  return editor.openapi;
}

function addTitle(properties: Dict, body: Data | undefined, complain: Complain): Data | undefined {
  const name = properties.get("Name");
  if (!isTrue(name)) return body;
  if (!isTrue(body)) {
    throw complain("Name works only with inline OpenApi specified in the 'DefinitionBody' property.");
  }
  const title = deepGet(body, "info", "title");
  if (title instanceof Error) throw complain(`Invalid 'DefinitionBody': ${title.message}.`);
  if (!OpenApiEditor.isDefaultTitle(title)) {
    throw complain(
      "Unable to set Name because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
    );
  }
  const editor = new OpenApiEditor(body);
  editor.setTitle(name);
  return editor.openapi;
}

function addDescription(properties: Dict, body: Data | undefined, complain: Complain): Data | undefined {
  const description = properties.get("Description");
  if (!isTrue(description)) return body;
  if (!isTrue(body)) {
    throw complain("Description works only with inline OpenApi specified in the 'DefinitionBody' property.");
  }
  const present = deepGet(body, "info", "description");
  // The original closes a quote here that it did not open.
  if (present instanceof Error) throw complain(`Invalid 'DefinitionBody': ${present.message}'.`);
  if (isTrue(present)) {
    throw complain(
      "Unable to set Description because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
    );
  }
  const editor = new OpenApiEditor(body);
  editor.setDescription(description);
  return editor.openapi;
}

function bodyLocation(uri: Data, complain: Complain): Json {
  if (uri instanceof Dict) {
    const [bucket, key, version] = [uri.get("Bucket"), uri.get("Key"), uri.get("Version")];
    if (!isTrue(bucket) || !isTrue(key)) {
      throw complain("'DefinitionUri' requires Bucket and Key properties to be specified.");
    }
    return {
      Bucket: toJson(bucket),
      Key: toJson(key),
      ...(version === undefined ? {} : { Version: toJson(version) }),
    };
  }
  const parsed = parseS3Uri(textOf(uri) ?? "");
  if (parsed === undefined) {
    throw complain(
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

function permissions(
  id: string,
  properties: Dict,
  passed: JsonObject,
  complain: Complain,
  context: TransformContext,
): readonly Draft[] {
  const auth = properties.get("Auth");
  if (!(auth instanceof Dict) || auth.size === 0) return [];
  const authorizers = httpAuthorizers(
    auth.get("Authorizers"),
    auth.get("EnableIamAuthorizer"),
    context.partition,
    complain,
  );
  return [...authorizers].flatMap(([name, { functionArn, isPermitted }]) => {
    if (!isTrue(functionArn) || !isPermitted) return [];
    const permissionId = `${id}${name}AuthorizerPermission`;
    return [authorizerPermission(permissionId, toJson(functionArn), ref(id), "${AWS::Partition}", passed)];
  });
}

function makeStage(id: string, properties: Dict, passed: JsonObject): Draft {
  const written = properties.get("StageName");
  const name = isTrue(written) ? written : str(DEFAULT_STAGE);
  const text = textOf(name) ?? "";
  const json = (property: string): Json | undefined => {
    const value = present(properties.get(property));
    return value === undefined ? undefined : toJson(value);
  };
  return new Draft(stageId(id, text), "AWS::ApiGatewayV2::Stage", passed).set({
    AccessLogSettings: json("AccessLogSettings"),
    DefaultRouteSettings: json("DefaultRouteSettings"),
    RouteSettings: json("RouteSettings"),
    ApiId: ref(id),
    StageName: toJson(name),
    Tags: json("Tags"),
    StageVariables: json("StageVariables"),
    AutoDeploy: true,
  });
}

function stageId(id: string, name: string): string {
  if (/^[\p{L}\p{N}]+$/u.test(name)) return `${id}${name}Stage`;
  return name === DEFAULT_STAGE ? `${id}ApiGatewayDefaultStage` : hashedId(`${id}Stage`, name);
}
