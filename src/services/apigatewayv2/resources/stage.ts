/** AWS::ApiGatewayV2::Stage and AWS::ApiGatewayV2::Deployment. */
import type { RouteSettings } from "@aws-sdk/client-apigatewayv2";
import {
  document,
  flag,
  given,
  number,
  present,
  requiredText,
  structure,
  text,
  textMap,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { managementArn } from "../names.ts";
import { changeTags, ofTemplate, ownTags, unlessNotFound } from "./tags.ts";

export const stage: ResourceType = {
  properties: [
    "AccessLogSettings",
    "ApiId",
    "AutoDeploy",
    "ClientCertificateId",
    "DefaultRouteSettings",
    "DeploymentId",
    "Description",
    "RouteSettings",
    "StageName",
    "StageVariables",
    "Tags",
  ],
  required: ["ApiId", "StageName"],
  replaceOn: ["ApiId", "StageName"],
  identifiers: ["ApiId", "StageName"],
  nameProperty: "StageName",
  physicalIdOf: (_, { StageName = "" }) => StageName,

  async create(context, request) {
    const { properties, retried } = request;
    const target = targetOf(properties);
    const input = { ...target, ...settingsOf(properties), Tags: ofTemplate(request) };
    await context.call("apigatewayv2", "CreateStage", input).catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
    });
    return { status: "SUCCESS", physicalId: target.StageName };
  },

  async update(context, request) {
    const { previousProperties, properties } = request;
    const target = targetOf(properties);
    const before = settingsOf(previousProperties);
    const wanted = settingsOf(properties);
    for (const RouteKey of Object.keys(before.RouteSettings ?? {})) {
      if (wanted.RouteSettings?.[RouteKey] !== undefined) continue;
      await unlessNotFound(context.call("apigatewayv2", "DeleteRouteSettings", { ...target, RouteKey }));
    }
    if (before.AccessLogSettings !== undefined && wanted.AccessLogSettings === undefined) {
      await context.call("apigatewayv2", "DeleteAccessLogSettings", target);
    }
    const removed = Object.keys(before.StageVariables ?? {}).filter(
      (name) => wanted.StageVariables?.[name] === undefined,
    );
    await context.call("apigatewayv2", "UpdateStage", {
      ...target,
      ...(before.Description !== undefined ? { Description: "" } : {}),
      ...(before.AutoDeploy !== undefined ? { AutoDeploy: false } : {}),
      ...wanted,
      DefaultRouteSettings: wanted.DefaultRouteSettings ?? {},
      StageVariables: { ...Object.fromEntries(removed.map((name) => [name, ""])), ...wanted.StageVariables },
    });
    await changeTags(context, arnOf(context, target), request);
    return { status: "SUCCESS", physicalId: target.StageName };
  },

  async read(context, { physicalId: StageName, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const call = context.call("apigatewayv2", "GetStage", { ApiId, StageName });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    const { AccessLogSettings, AutoDeploy, DefaultRouteSettings, DeploymentId, Description } = found;
    return {
      physicalId: StageName,
      properties: present({
        AccessLogSettings: AccessLogSettings && { ...AccessLogSettings },
        ApiId,
        AutoDeploy,
        DefaultRouteSettings: unlessEmpty(DefaultRouteSettings && { ...DefaultRouteSettings }),
        // With AutoDeploy it changes by itself.
        DeploymentId: AutoDeploy === true ? undefined : DeploymentId,
        Description,
        RouteSettings: unlessEmpty(found.RouteSettings),
        StageName,
        StageVariables: unlessEmpty(found.StageVariables),
        Tags: ownTags(found.Tags),
      }),
    };
  },

  delete: (context, { properties }) =>
    unlessNotFound(context.call("apigatewayv2", "DeleteStage", targetOf(properties))),
};

function targetOf(properties: Properties) {
  return { ApiId: requiredText(properties, "ApiId"), StageName: requiredText(properties, "StageName") };
}

function arnOf(context: ResourceContext, { ApiId, StageName }: ReturnType<typeof targetOf>): string {
  return managementArn(context, `/apis/${ApiId}/stages/${StageName}`);
}

function settingsOf(properties: Properties) {
  const log = structure(properties, "AccessLogSettings");
  const routes = objectOf(properties, "RouteSettings");
  return {
    ...given("Description", text(properties, "Description")),
    ...given("AutoDeploy", flag(properties, "AutoDeploy")),
    ...given("ClientCertificateId", text(properties, "ClientCertificateId")),
    ...given("DeploymentId", text(properties, "DeploymentId")),
    ...given("DefaultRouteSettings", routeSettings(structure(properties, "DefaultRouteSettings"))),
    ...given("StageVariables", textMap({ StageVariables: objectOf(properties, "StageVariables") }, "StageVariables")),
    ...given(
      "RouteSettings",
      routes &&
        Object.fromEntries(Object.keys(routes).map((key) => [key, routeSettings(structure(routes, key)) ?? {}])),
    ),
    ...given(
      "AccessLogSettings",
      log && {
        ...given("DestinationArn", text(log, "DestinationArn")),
        ...given("Format", text(log, "Format")),
      },
    ),
  };
}

/** A JSON property, which may be given as text. */
function objectOf(properties: Properties, name: string): Properties | undefined {
  if (properties[name] === undefined) return undefined;
  const read: unknown = JSON.parse(document(properties, name));
  return structure({ [name]: read }, name);
}

function routeSettings(settings: Properties | undefined): RouteSettings | undefined {
  if (settings === undefined) return undefined;
  const level = text(settings, "LoggingLevel");
  return {
    ...given("DataTraceEnabled", flag(settings, "DataTraceEnabled")),
    ...given("DetailedMetricsEnabled", flag(settings, "DetailedMetricsEnabled")),
    ...given(
      "LoggingLevel",
      level === undefined ? undefined : level === "INFO" ? "INFO" : level === "ERROR" ? "ERROR" : "OFF",
    ),
    ...given("ThrottlingBurstLimit", number(settings, "ThrottlingBurstLimit")),
    ...given("ThrottlingRateLimit", number(settings, "ThrottlingRateLimit")),
  };
}

export const deployment: ResourceType = {
  properties: ["ApiId", "Description", "StageName"],
  required: ["ApiId"],
  replaceOn: ["ApiId"],
  identifiers: ["ApiId", "DeploymentId"],
  physicalIdOf: (_, { DeploymentId = "" }) => DeploymentId,
  writeOnly: ["StageName"],

  async create(context, { properties }) {
    const made = await context.call("apigatewayv2", "CreateDeployment", {
      ApiId: requiredText(properties, "ApiId"),
      ...given("Description", text(properties, "Description")),
      ...given("StageName", text(properties, "StageName")),
    });
    const DeploymentId = made.DeploymentId ?? "";
    return { status: "SUCCESS", physicalId: DeploymentId, attributes: { DeploymentId } };
  },

  async update(context, { physicalId: DeploymentId, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const Description = text(properties, "Description") ?? "";
    await context.call("apigatewayv2", "UpdateDeployment", { ApiId, DeploymentId, Description });
    const StageName = text(properties, "StageName");
    if (StageName !== undefined) await context.call("apigatewayv2", "UpdateStage", { ApiId, StageName, DeploymentId });
    return { status: "SUCCESS", physicalId: DeploymentId, attributes: { DeploymentId } };
  },

  async read(context, { physicalId: DeploymentId, properties }) {
    const ApiId = requiredText(properties, "ApiId");
    const call = context.call("apigatewayv2", "GetDeployment", { ApiId, DeploymentId });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    const { Description } = found;
    return { physicalId: DeploymentId, properties: present({ ApiId, Description }), attributes: { DeploymentId } };
  },

  delete: (context, { physicalId: DeploymentId, properties }) =>
    unlessNotFound(
      context.call("apigatewayv2", "DeleteDeployment", { ApiId: requiredText(properties, "ApiId"), DeploymentId }),
    ),
};
