/** AWS::ApiGatewayV2::Api: from an OpenAPI definition, in the template or in S3, or from its properties. */
import { isDeepStrictEqual } from "node:util";
import {
  document,
  flag,
  given,
  number,
  present,
  requiredText,
  structure,
  text,
  texts,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { IpAddressType } from "@aws-sdk/client-apigatewayv2";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { executeArn, managementArn } from "../names.ts";
import { changeTags, ofTemplate, ownTags, unlessNotFound } from "./tags.ts";

export const api: ResourceType = {
  properties: [
    "ApiKeySelectionExpression",
    "BasePath",
    "Body",
    "BodyS3Location",
    "CorsConfiguration",
    "CredentialsArn",
    "Description",
    "DisableExecuteApiEndpoint",
    "DisableSchemaValidation",
    "FailOnWarnings",
    "IpAddressType",
    "Name",
    "ProtocolType",
    "RouteKey",
    "RouteSelectionExpression",
    "Tags",
    "Target",
    "Version",
  ],
  replaceOn: ["ProtocolType"],
  identifiers: ["ApiId"],
  writeOnly: [
    "BasePath",
    "Body",
    "BodyS3Location",
    "CredentialsArn",
    "DisableSchemaValidation",
    "FailOnWarnings",
    "RouteKey",
    "Target",
  ],

  async create(context, request) {
    const { properties } = request;
    const body = await bodyOf(context, properties);
    if (body === undefined) {
      const made = await context.call("apigatewayv2", "CreateApi", {
        Name: requiredText(properties, "Name"),
        ProtocolType: text(properties, "ProtocolType") === "WEBSOCKET" ? "WEBSOCKET" : "HTTP",
        ...settingsOf(properties),
        ...quickOf(properties),
        ...given("CorsConfiguration", corsOf(properties)),
        Tags: ofTemplate(request),
      });
      return described(context, made.ApiId ?? "", made.ApiEndpoint);
    }
    const made = await context.call("apigatewayv2", "ImportApi", { Body: body, ...importOf(properties) });
    const ApiId = made.ApiId ?? "";
    await overwrite(context, ApiId, properties);
    const tags = ofTemplate(request);
    if (Object.keys(tags).length > 0) {
      await context.call("apigatewayv2", "TagResource", { ResourceArn: arnOf(context, ApiId), Tags: tags });
    }
    return described(context, ApiId, made.ApiEndpoint);
  },

  async update(context, request) {
    const { physicalId: ApiId, previousProperties, properties } = request;
    const isSame = onlyTagsChanged(properties, previousProperties);
    const body = isSame ? undefined : await bodyOf(context, properties);
    if (body !== undefined) {
      await context.call("apigatewayv2", "ReimportApi", { ApiId, Body: body, ...importOf(properties) });
      await overwrite(context, ApiId, properties);
    } else if (!isSame) {
      await context.call("apigatewayv2", "UpdateApi", {
        ApiId,
        Name: requiredText(properties, "Name"),
        ...cleared(properties, previousProperties),
        ...settingsOf(properties),
        ...quickOf(properties),
        ...given("CorsConfiguration", corsOf(properties)),
      });
      if (corsOf(properties) === undefined && corsOf(previousProperties) !== undefined) {
        await context.call("apigatewayv2", "DeleteCorsConfiguration", { ApiId });
      }
    }
    await changeTags(context, arnOf(context, ApiId), request);
    const found = await context.call("apigatewayv2", "GetApi", { ApiId });
    return described(context, ApiId, found.ApiEndpoint);
  },

  async read(context, { physicalId: ApiId }) {
    const found = await unlessMissing(context.call("apigatewayv2", "GetApi", { ApiId }), "NotFoundException");
    if (found === undefined) return undefined;
    const { ApiEndpoint, CorsConfiguration, Description, DisableExecuteApiEndpoint, Name, Version } = found;
    return {
      physicalId: ApiId,
      properties: present({
        ApiKeySelectionExpression: found.ApiKeySelectionExpression,
        CorsConfiguration: unlessEmpty(CorsConfiguration && { ...CorsConfiguration }),
        Description,
        DisableExecuteApiEndpoint,
        IpAddressType: found.IpAddressType,
        Name,
        ProtocolType: found.ProtocolType,
        RouteSelectionExpression: found.RouteSelectionExpression,
        Tags: ownTags(found.Tags),
        Version,
      }),
      attributes: attributesOf(context, ApiId, ApiEndpoint),
    };
  },

  delete: (context, { physicalId: ApiId }) => unlessNotFound(context.call("apigatewayv2", "DeleteApi", { ApiId })),
};

/** Then a definition stays as it was imported, and its routes keep their ids. */
function onlyTagsChanged({ Tags: _, ...properties }: Properties, { Tags: __, ...previous }: Properties): boolean {
  return isDeepStrictEqual(properties, previous);
}

function arnOf(context: ResourceContext, apiId: string): string {
  return managementArn(context, `/apis/${apiId}`);
}

function attributesOf(context: ResourceContext, ApiId: string, ApiEndpoint: string | undefined) {
  return { ApiId, ApiEndpoint, ExecuteApiArn: executeArn(context, ApiId, "").replace(/\/$/, "") };
}

function described(context: ResourceContext, apiId: string, endpoint: string | undefined): Progress {
  return { status: "SUCCESS", physicalId: apiId, attributes: attributesOf(context, apiId, endpoint) };
}

/** The definition as text: the property's own, or what lies in S3, which the stack's principal must be able to read. */
async function bodyOf(context: ResourceContext, properties: Properties): Promise<string | undefined> {
  if (properties["Body"] !== undefined) return document(properties, "Body");
  const location = structure(properties, "BodyS3Location");
  if (location === undefined) return undefined;
  const object = await context.call("s3", "GetObject", {
    Bucket: requiredText(location, "Bucket"),
    Key: requiredText(location, "Key"),
    ...given("VersionId", text(location, "Version")),
  });
  const etag = text(location, "Etag");
  if (etag !== undefined && object.ETag?.replaceAll('"', "") !== etag.replaceAll('"', "")) {
    throw new AwsError("BadRequestException", "S3 resource ETag does not match ETag provided");
  }
  return textOfBody(object.Body);
}

async function textOfBody(body: unknown): Promise<string> {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Buffer[] = [];
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a streaming body gives bytes
    for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString();
}

function importOf(properties: Properties) {
  return {
    ...given("Basepath", text(properties, "BasePath")),
    ...given("FailOnWarnings", flag(properties, "FailOnWarnings")),
  };
}

function settingsOf(properties: Properties) {
  return {
    ...given("Description", text(properties, "Description")),
    ...given("Version", text(properties, "Version")),
    ...given("RouteSelectionExpression", text(properties, "RouteSelectionExpression")),
    ...given("ApiKeySelectionExpression", text(properties, "ApiKeySelectionExpression")),
    ...given("DisableExecuteApiEndpoint", flag(properties, "DisableExecuteApiEndpoint")),
    ...given("DisableSchemaValidation", flag(properties, "DisableSchemaValidation")),
    ...given("IpAddressType", ipType(properties)),
  };
}

function ipType(properties: Properties): IpAddressType | undefined {
  const value = text(properties, "IpAddressType");
  return value === undefined ? undefined : value === "dualstack" ? "dualstack" : "ipv4";
}

function quickOf(properties: Properties) {
  return {
    ...given("Target", text(properties, "Target")),
    ...given("RouteKey", text(properties, "RouteKey")),
    ...given("CredentialsArn", text(properties, "CredentialsArn")),
  };
}

/** What the template says no more. */
function cleared(properties: Properties, previous: Properties) {
  const gone = (name: string): boolean => previous[name] !== undefined && properties[name] === undefined;
  return {
    ...(gone("Description") ? { Description: "" } : {}),
    ...(gone("Version") ? { Version: "" } : {}),
    ...(gone("DisableExecuteApiEndpoint") ? { DisableExecuteApiEndpoint: false } : {}),
    ...(gone("IpAddressType") ? { IpAddressType: "ipv4" as const } : {}),
  };
}

/** Properties beside a definition win over what it says. */
async function overwrite(context: ResourceContext, ApiId: string, properties: Properties): Promise<void> {
  const changes = {
    ...given("Name", text(properties, "Name")),
    ...settingsOf(properties),
    ...given("CorsConfiguration", corsOf(properties)),
  };
  if (Object.keys(changes).length > 0) await context.call("apigatewayv2", "UpdateApi", { ApiId, ...changes });
}

function corsOf(properties: Properties) {
  const cors = structure(properties, "CorsConfiguration");
  if (cors === undefined) return undefined;
  return {
    ...given("AllowCredentials", flag(cors, "AllowCredentials")),
    ...given("AllowHeaders", texts(cors, "AllowHeaders")),
    ...given("AllowMethods", texts(cors, "AllowMethods")),
    ...given("AllowOrigins", texts(cors, "AllowOrigins")),
    ...given("ExposeHeaders", texts(cors, "ExposeHeaders")),
    ...given("MaxAge", number(cors, "MaxAge")),
  };
}
