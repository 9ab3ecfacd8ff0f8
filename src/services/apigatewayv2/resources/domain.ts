/** AWS::ApiGatewayV2::DomainName and AWS::ApiGatewayV2::ApiMapping. */
import type {
  DomainNameConfiguration,
  EndpointType,
  IpAddressType,
  SecurityPolicy,
} from "@aws-sdk/client-apigatewayv2";
import {
  choice,
  given,
  present,
  requiredText,
  structure,
  structures,
  text,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import type { ResourceContext, ResourceType } from "../../../service.ts";
import { managementArn } from "../names.ts";
import { changeTags, ofTemplate, ownTags, unlessNotFound } from "./tags.ts";

export const domainName: ResourceType = {
  properties: ["DomainName", "DomainNameConfigurations", "MutualTlsAuthentication", "RoutingMode", "Tags"],
  required: ["DomainName"],
  replaceOn: ["DomainName"],
  nameProperty: "DomainName",
  identifiers: ["DomainName"],

  async create(context, request) {
    const { properties, retried } = request;
    const DomainName = requiredText(properties, "DomainName");
    const mutual = structure(properties, "MutualTlsAuthentication");
    const input = {
      DomainName,
      DomainNameConfigurations: configurationsOf(properties),
      ...given("RoutingMode", choice<"API_MAPPING_ONLY">(properties, "RoutingMode")),
      ...given("MutualTlsAuthentication", mutual && { ...given("TruststoreUri", text(mutual, "TruststoreUri")) }),
      Tags: ofTemplate(request),
    };
    await context.call("apigatewayv2", "CreateDomainName", input).catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
    });
    return { status: "SUCCESS", physicalId: DomainName, attributes: await attributesOf(context, DomainName) };
  },

  async update(context, request) {
    const { physicalId: DomainName, properties } = request;
    const mutual = structure(properties, "MutualTlsAuthentication");
    await context.call("apigatewayv2", "UpdateDomainName", {
      DomainName,
      DomainNameConfigurations: configurationsOf(properties),
      ...given("RoutingMode", choice<"API_MAPPING_ONLY">(properties, "RoutingMode")),
      ...given("MutualTlsAuthentication", mutual && { ...given("TruststoreUri", text(mutual, "TruststoreUri")) }),
    });
    await changeTags(context, managementArn(context, `/domainnames/${DomainName.toLowerCase()}`), request);
    return { status: "SUCCESS", physicalId: DomainName, attributes: await attributesOf(context, DomainName) };
  },

  async read(context, { physicalId: DomainName }) {
    const call = context.call("apigatewayv2", "GetDomainName", { DomainName });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    const configurations = (found.DomainNameConfigurations ?? []).map((one) =>
      present({
        CertificateArn: one.CertificateArn,
        CertificateName: one.CertificateName,
        EndpointType: one.EndpointType,
        IpAddressType: one.IpAddressType,
        OwnershipVerificationCertificateArn: one.OwnershipVerificationCertificateArn,
        SecurityPolicy: one.SecurityPolicy,
      }),
    );
    return {
      physicalId: DomainName,
      properties: present({
        DomainName: found.DomainName,
        DomainNameConfigurations: configurations,
        RoutingMode: found.RoutingMode,
        Tags: ownTags(found.Tags),
      }),
      attributes: await attributesOf(context, DomainName),
    };
  },

  delete: (context, { physicalId: DomainName }) =>
    unlessNotFound(context.call("apigatewayv2", "DeleteDomainName", { DomainName })),
};

async function attributesOf(context: ResourceContext, DomainName: string) {
  const found = await context.call("apigatewayv2", "GetDomainName", { DomainName });
  const [one] = found.DomainNameConfigurations ?? [];
  return {
    DomainNameArn: found.DomainNameArn,
    RegionalDomainName: one?.ApiGatewayDomainName,
    RegionalHostedZoneId: one?.HostedZoneId,
  };
}

function configurationsOf(properties: Properties): DomainNameConfiguration[] {
  return structures(properties, "DomainNameConfigurations").map((one) => ({
    ...given("CertificateArn", text(one, "CertificateArn")),
    ...given("CertificateName", text(one, "CertificateName")),
    ...given("EndpointType", choice<EndpointType>(one, "EndpointType")),
    ...given("IpAddressType", choice<IpAddressType>(one, "IpAddressType")),
    ...given("OwnershipVerificationCertificateArn", text(one, "OwnershipVerificationCertificateArn")),
    ...given("SecurityPolicy", choice<SecurityPolicy>(one, "SecurityPolicy")),
  }));
}

export const apiMapping: ResourceType = {
  properties: ["ApiId", "ApiMappingKey", "DomainName", "Stage"],
  required: ["ApiId", "DomainName", "Stage"],
  replaceOn: ["DomainName"],
  identifiers: ["ApiMappingId", "DomainName"],
  physicalIdOf: (_, { ApiMappingId = "" }) => ApiMappingId,

  async create(context, { properties, retried }) {
    const input = mappingOf(properties);
    const made = await context.call("apigatewayv2", "CreateApiMapping", input).catch(async (error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
      const { Items = [] } = await context.call("apigatewayv2", "GetApiMappings", { DomainName: input.DomainName });
      return { ApiMappingId: Items.find((one) => (one.ApiMappingKey ?? "") === input.ApiMappingKey)?.ApiMappingId };
    });
    const { ApiMappingId = "" } = made;
    return { status: "SUCCESS", physicalId: ApiMappingId, attributes: { ApiMappingId } };
  },

  async update(context, { physicalId: ApiMappingId, properties }) {
    await context.call("apigatewayv2", "UpdateApiMapping", { ApiMappingId, ...mappingOf(properties) });
    return { status: "SUCCESS", physicalId: ApiMappingId, attributes: { ApiMappingId } };
  },

  async read(context, { physicalId: ApiMappingId, properties }) {
    const DomainName = requiredText(properties, "DomainName");
    const call = context.call("apigatewayv2", "GetApiMapping", { ApiMappingId, DomainName });
    const found = await unlessMissing(call, "NotFoundException");
    if (found === undefined) return undefined;
    const { ApiId, ApiMappingKey, Stage } = found;
    return {
      physicalId: ApiMappingId,
      properties: present({ ApiId, ApiMappingKey: ApiMappingKey || undefined, DomainName, Stage }),
      attributes: { ApiMappingId },
    };
  },

  delete: (context, { physicalId: ApiMappingId, properties }) =>
    unlessNotFound(
      context.call("apigatewayv2", "DeleteApiMapping", {
        ApiMappingId,
        DomainName: requiredText(properties, "DomainName"),
      }),
    ),
};

function mappingOf(properties: Properties) {
  return {
    ApiId: requiredText(properties, "ApiId"),
    ApiMappingKey: text(properties, "ApiMappingKey") ?? "",
    DomainName: requiredText(properties, "DomainName"),
    Stage: requiredText(properties, "Stage"),
  };
}
