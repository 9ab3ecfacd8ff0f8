/** Custom domain names of REST APIs (AWS page "Custom domain name for public REST APIs in API Gateway"). They are served by their Host header. */
import { LOWER_AND_DIGITS, UPPER_AND_DIGITS } from "../../../kernel/random.ts";
import type { Input, Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest, notFound, unsupported } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { members, patched, replaced, type Patchable, type PatchOperation } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { arnOf, domainOwners, domains, mappings, type DomainRow } from "../state.ts";

export function domainOf(context: ServiceContext, { domainName, domainNameId }: Named): DomainRow {
  if (domainNameId !== undefined) unsupported("domainNameId", "there are no private domain names");
  return context.table(domains).get(domainName.toLowerCase()) ?? notFound("Invalid domain name identifier specified");
}

/** Whom an operation is for. */
export interface Named {
  readonly domainName: string;
  readonly domainNameId?: string | undefined;
}

function shown({ uploadedAt, endpoints, ...row }: DomainRow): Output<Sdk, "GetDomainName"> {
  const own =
    row.endpointConfiguration?.types?.[0] === "EDGE"
      ? { distributionDomainName: endpoints.distribution, distributionHostedZoneId: DISTRIBUTION_ZONE }
      : { regionalDomainName: endpoints.regional, regionalHostedZoneId: endpoints.regionalZone };
  return { ...row, ...own, certificateUploadDate: new Date(uploadedAt) };
}

const NAME = /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
/** CloudFront's, for all distributions. */
const DISTRIBUTION_ZONE = "Z2FDTNDATAQYW2";

/** With the certificate of its type alone. Raises BadRequestException, and NotImplemented for what there is not. */
function checked(row: DomainRow): DomainRow {
  const { types = [] } = row.endpointConfiguration ?? {};
  const [type, second] = types;
  if (type === "PRIVATE") unsupported("private domain names", "there are no VPC endpoints");
  if ((type !== "EDGE" && type !== "REGIONAL") || second !== undefined) {
    badRequest("A domain name has one endpoint type. Must be one of: [EDGE, REGIONAL]");
  }
  if (row.securityPolicy !== "TLS_1_0" && row.securityPolicy !== "TLS_1_2") {
    unsupported(`the security policy ${row.securityPolicy ?? ""}`, "there is no TLS here");
  }
  if (row.routingMode !== "BASE_PATH_MAPPING_ONLY") {
    unsupported(`the routing mode ${row.routingMode ?? ""}`, "domain names route by their base path mappings");
  }
  if (type === "EDGE") {
    if (row.certificateArn === undefined) badRequest("A certificate ARN is required for an edge-optimized domain name");
    const { regionalCertificateArn: _, regionalCertificateName: __, ...rest } = row;
    return rest;
  }
  if (row.regionalCertificateArn === undefined) badRequest("A certificate ARN is required for a regional domain name");
  const { certificateArn: _, certificateName: __, ...rest } = row;
  return rest;
}

/** Names that lead nowhere by themselves here: DNS is nobody's part of this. */
function newEndpoints({ random, region }: ServiceContext): DomainRow["endpoints"] {
  return {
    distribution: `d${random.text(13, LOWER_AND_DIGITS)}.cloudfront.net`,
    regional: `d-${random.text(10, LOWER_AND_DIGITS)}.execute-api.${region}.amazonaws.com`,
    regionalZone: `Z${random.text(20, UPPER_AND_DIGITS)}`,
  };
}

function checkSupported(input: Input<Sdk, "CreateDomainName">): void {
  const { certificateBody, certificateChain, certificatePrivateKey, endpointAccessMode, policy } = input;
  if ((certificateBody ?? certificateChain ?? certificatePrivateKey) !== undefined) {
    unsupported("certificates that are uploaded", "requests come without TLS; give a certificate's ARN");
  }
  if ((input.mutualTlsAuthentication ?? input.ownershipVerificationCertificateArn) !== undefined) {
    unsupported("mutual TLS", "requests come without TLS");
  }
  if (endpointAccessMode !== undefined) unsupported("endpointAccessMode", "there is no TLS here");
  if (policy !== undefined) unsupported("a domain name's policy", "there are no private domain names");
}

const PATCHABLE: Patchable = {
  "/certificateArn": replaced(),
  "/certificateName": replaced(),
  "/regionalCertificateArn": replaced(),
  "/regionalCertificateName": replaced(),
  "/securityPolicy": replaced(),
  "/routingMode": replaced(),
  "/endpointConfiguration/ipAddressType": replaced(),
  "/endpointConfiguration/types/*": members,
};

/** A type is added and removed by the operation's value, too. */
function byPath(operation: PatchOperation): PatchOperation {
  const { op, path, value = "" } = operation;
  const isList = path === "/endpointConfiguration/types" && (op === "add" || op === "remove");
  return isList ? { op, path: `${path}/${value}` } : operation;
}

export const domainOperations = {
  CreateDomainName(context, input) {
    checkSupported(input);
    const domainName = input.domainName.toLowerCase();
    if (!NAME.test(domainName)) badRequest("Invalid domain name specified");
    if (context.table(domainOwners).has(domainName)) badRequest("The domain name you provided already exists.");
    const row = checked({
      domainName,
      domainNameArn: arnOf(context, `/domainnames/${domainName}`),
      certificateName: input.certificateName,
      certificateArn: input.certificateArn,
      regionalCertificateName: input.regionalCertificateName,
      regionalCertificateArn: input.regionalCertificateArn,
      endpointConfiguration: { types: ["EDGE"], ipAddressType: "ipv4", ...input.endpointConfiguration },
      domainNameStatus: "AVAILABLE",
      securityPolicy: input.securityPolicy ?? "TLS_1_2",
      routingMode: input.routingMode ?? "BASE_PATH_MAPPING_ONLY",
      tags: input.tags ?? {},
      uploadedAt: context.now,
      endpoints: newEndpoints(context),
    });
    context.table(domainOwners).put([domainName], { account: context.account, region: context.region });
    context.table(domains).put([domainName], row);
    return shown(row);
  },

  GetDomainName: (context, input) => shown(domainOf(context, input)),

  GetDomainNames(context, { resourceOwner = "SELF", ...page }) {
    if (resourceOwner !== "SELF") unsupported("domain names of other accounts", "they are private ones");
    const { items, position } = pageOf(context.table(domains).list(), page);
    return { items: items.map(shown), position };
  },

  UpdateDomainName(context, { patchOperations = [], ...input }) {
    const row = checked(patched(domainOf(context, input), patchOperations.map(byPath), PATCHABLE));
    context.table(domains).put([row.domainName], row);
    return shown(row);
  },

  DeleteDomainName(context, input) {
    const { domainName } = domainOf(context, input);
    for (const [key] of context.table(mappings).entries([domainName])) context.table(mappings).remove(...key);
    context.table(domainOwners).remove(domainName);
    context.table(domains).remove(domainName);
    return {};
  },
} satisfies Operations<Sdk>;
