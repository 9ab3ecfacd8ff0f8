/** Custom domain names, and which stage of which API each of their paths leads to. */
import type { DomainNameConfiguration } from "@aws-sdk/client-apigatewayv2";
import { LOWER_AND_DIGITS, UPPER_AND_DIGITS } from "../../../kernel/random.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { badRequest, conflict, notFound, unsupported } from "../errors.ts";
import { findApi, findStage } from "../find.ts";
import { managementArn, newId } from "../names.ts";
import { takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { shownDomain } from "../shown.ts";
import { all, domains, mappings, type DomainRow, type MappingRow } from "../state.ts";
import { checkTags } from "../tags.ts";

export const CreateDomainName: Handler<Sdk, "CreateDomainName"> = (context, input) => {
  const { DomainNameConfigurations: configurations = [], Tags, RoutingMode, MutualTlsAuthentication } = input;
  const name = input.DomainName.toLowerCase();
  if (!/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name)) badRequest("Invalid domain name specified");
  checkSupported(MutualTlsAuthentication, RoutingMode);
  if (context.table(domains).has(name)) conflict("The domain name you provided already exists.");
  checkTags(Tags);
  const row: DomainRow = {
    account: context.account,
    region: context.region,
    DomainName: name,
    DomainNameArn: managementArn(context, `/domainnames/${name}`),
    ApiMappingSelectionExpression: "$request.basepath",
    DomainNameConfigurations: configurations.map((one) => configured(context, one, undefined)),
    RoutingMode: "API_MAPPING_ONLY",
    Tags: Tags ?? {},
  };
  context.table(domains).put([name], row);
  return shownDomain(row);
};

function checkSupported(mutual: unknown, mode: string | undefined): void {
  if (mutual !== undefined) unsupported("mutual TLS", "requests come without TLS");
  if (mode !== undefined && mode !== "API_MAPPING_ONLY") {
    unsupported(`the routing mode ${mode}`, "domain names route by their API mappings");
  }
}

/** What AWS adds: the regional name that DNS is to point to, which here leads nowhere by itself. */
function configured(
  context: ServiceContext,
  given: DomainNameConfiguration,
  before: DomainNameConfiguration | undefined,
): DomainNameConfiguration {
  if (given.CertificateArn === undefined) badRequest("A certificate ARN is required for a regional domain name");
  if (given.EndpointType !== undefined && given.EndpointType !== "REGIONAL") {
    badRequest("Only REGIONAL is supported as the endpoint type of an HTTP API's domain name");
  }
  return {
    ...given,
    ApiGatewayDomainName:
      before?.ApiGatewayDomainName ??
      `d-${context.random.text(10, LOWER_AND_DIGITS)}.execute-api.${context.region}.amazonaws.com`,
    HostedZoneId: before?.HostedZoneId ?? `Z${context.random.text(20, UPPER_AND_DIGITS)}`,
    DomainNameStatus: "AVAILABLE",
    EndpointType: "REGIONAL",
    IpAddressType: given.IpAddressType ?? "ipv4",
    SecurityPolicy: given.SecurityPolicy ?? "TLS_1_2",
  };
}

function find(context: ServiceContext, name: string): DomainRow {
  const row = context.table(domains).get(name.toLowerCase());
  if (row === undefined || row.account !== context.account || row.region !== context.region) {
    throw notFound("DomainName", "Invalid domain name identifier specified");
  }
  return row;
}

export const UpdateDomainName: Handler<Sdk, "UpdateDomainName"> = (context, input) => {
  const before = find(context, input.DomainName);
  checkSupported(input.MutualTlsAuthentication, input.RoutingMode);
  const { DomainNameConfigurations: changes } = input;
  const [old] = before.DomainNameConfigurations ?? [];
  const row =
    changes === undefined
      ? before
      : { ...before, DomainNameConfigurations: changes.map((one) => configured(context, one, old)) };
  context.table(domains).put([row.DomainName], row);
  return shownDomain(row);
};

export const GetDomainName: Handler<Sdk, "GetDomainName"> = (context, input) =>
  shownDomain(find(context, input.DomainName));

export const GetDomainNames: Handler<Sdk, "GetDomainNames"> = (context, input) => {
  const own = [...context.table(domains).list()].filter(
    ({ account, region }) => account === context.account && region === context.region,
  );
  const { page, rest } = takePage(own, ({ DomainName }) => DomainName, input);
  return { Items: page.map(shownDomain), ...rest };
};

export const DeleteDomainName: Handler<Sdk, "DeleteDomainName"> = (context, input) => {
  const { DomainName } = find(context, input.DomainName);
  for (const { ApiMappingId } of all(context.table(mappings).list([DomainName]))) {
    context.table(mappings).remove(DomainName, ApiMappingId);
  }
  context.table(domains).remove(DomainName);
  return {};
};

function findMapping(context: ServiceContext, domainName: string, id: string): MappingRow {
  const { DomainName } = find(context, domainName);
  const row = context.table(mappings).get(DomainName, id);
  if (row === undefined) throw notFound("ApiMapping", "Invalid API mapping identifier specified");
  return row;
}

function checkMapping(context: ServiceContext, domainName: string, row: MappingRow): void {
  findApi(context, row.ApiId);
  findStage(context, row.ApiId, row.Stage);
  const key = row.ApiMappingKey ?? "";
  if (key !== "" && !/^[\w$.+!*'()-]+(\/[\w$.+!*'()-]+)*$/.test(key)) {
    badRequest("API mapping key should not start or end with a '/' and only contain valid characters");
  }
  for (const other of context.table(mappings).list([domainName])) {
    if ((other.ApiMappingKey ?? "") === key && other.ApiMappingId !== row.ApiMappingId) {
      conflict("ApiMapping key already exists for this domain name");
    }
  }
}

export const CreateApiMapping: Handler<Sdk, "CreateApiMapping"> = (context, input) => {
  const { DomainName } = find(context, input.DomainName);
  const { ApiId, Stage, ApiMappingKey = "" } = input;
  const row = { ApiId, Stage, ApiMappingKey, ApiMappingId: newId(context.random) };
  checkMapping(context, DomainName, row);
  context.table(mappings).put([DomainName, row.ApiMappingId], row);
  return row;
};

export const UpdateApiMapping: Handler<Sdk, "UpdateApiMapping"> = (context, input) => {
  const before = findMapping(context, input.DomainName, input.ApiMappingId);
  const row = {
    ...before,
    ApiId: input.ApiId,
    Stage: input.Stage ?? before.Stage,
    ApiMappingKey: input.ApiMappingKey ?? before.ApiMappingKey,
  };
  const { DomainName } = find(context, input.DomainName);
  checkMapping(context, DomainName, row);
  context.table(mappings).put([DomainName, row.ApiMappingId], row);
  return row;
};

export const GetApiMapping: Handler<Sdk, "GetApiMapping"> = (context, input) =>
  findMapping(context, input.DomainName, input.ApiMappingId);

export const GetApiMappings: Handler<Sdk, "GetApiMappings"> = (context, input) => {
  const { DomainName } = find(context, input.DomainName);
  const { page, rest } = takePage(context.table(mappings).list([DomainName]), (row) => row.ApiMappingId, input);
  return { Items: page, ...rest };
};

export const DeleteApiMapping: Handler<Sdk, "DeleteApiMapping"> = (context, input) => {
  const { ApiMappingId } = findMapping(context, input.DomainName, input.ApiMappingId);
  context.table(mappings).remove(find(context, input.DomainName).DomainName, ApiMappingId);
  return {};
};
