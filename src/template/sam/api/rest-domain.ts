/**
 * The custom domain of an AWS::Serverless::Api, its base paths and records; a private domain has types of its own.
 */
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { hashedId } from "../logical-id.ts";
import { Dict, isTrue, plain, textOf, toJson } from "../python/dict.ts";
import { str, Text } from "../python/text.ts";
import { ref } from "../references.ts";
import { complainOf, expectMap, expectPresent, expectTexts, present } from "./expect.ts";
import type { Complain } from "./expect.ts";
import { recordSetGroup } from "./record-sets.ts";

/** What a Domain comes to. */
export interface CustomDomain {
  readonly domain: Draft;
  readonly mappings: readonly Draft[];
  readonly records: Draft | undefined;
  /** The association of a private domain with a VPC endpoint. */
  readonly association: Draft | undefined;
}

const ENDPOINTS = ["EDGE", "REGIONAL", "PRIVATE"];

/** Makes the domain; notes in the Domain property what has been decided, as the original does. Raises SamFault. */
export function restDomain(
  apiId: string,
  properties: Dict,
  passed: JsonObject,
  context: TransformContext,
): CustomDomain | undefined {
  const written = present(properties.get("Domain"));
  if (written === undefined) return undefined;
  const complain = complainOf(apiId);
  const config = expectMap(written, "Domain", complain);
  const isPrivate = textOf(config.get("EndpointConfiguration")) === "PRIVATE";
  const name = toJson(expectPresent(config.get("DomainName"), "Domain.DomainName", complain));
  const certificate = toJson(expectPresent(config.get("CertificateArn"), "Domain.CertificateArn", complain));
  const suffix = isPrivate ? "V2" : "";
  const domain = new Draft(
    hashedId(`ApiGatewayDomainName${suffix}`, name),
    `AWS::ApiGateway::DomainName${suffix}`,
    passed,
  );
  if (!isPrivate) config.set("ApiDomainName", str(domain.id));
  const endpoint = endpointOf(config, complain);
  domain.set({
    DomainName: name,
    [endpoint === "REGIONAL" ? "RegionalCertificateArn" : "CertificateArn"]: certificate,
    EndpointConfiguration: { Types: [endpoint], ...truthy(config, "IpAddressType") },
    MutualTlsAuthentication: isPrivate ? undefined : mutualTls(config, complain),
    ...truthy(config, "SecurityPolicy"),
    ...truthy(config, "EndpointAccessMode"),
    ...(isPrivate ? truthy(config, "Policy") : truthy(config, "OwnershipVerificationCertificateArn")),
  });
  if (isTrue(config.get("Policy")) && !isPrivate) {
    throw complain("property Policy not defined for resource of type AWS::ApiGateway::DomainName");
  }
  const mappings = basePathMappings(apiId, config, domain.id, passed, complain);
  const association = isPrivate ? accessAssociation(config, domain.id, passed, complain) : undefined;
  const records = recordSetGroup(
    { config, target: isPrivate ? name : domain.id, passed },
    complain,
    context.recordSetGroups,
  );
  noteDistribution(config, domain.id);
  return { domain, mappings, records, association };
}

/** The deployment's id is a hash of the Domain too, in which the original leaves the distribution's name. */
function noteDistribution(config: Dict, domainId: string): void {
  const route = config.get("Route53");
  if (!(route instanceof Dict) || textOf(config.get("EndpointConfiguration")) !== "EDGE") return;
  if (present(route.get("DistributionDomainName")) !== undefined) return;
  route.set("DistributionDomainName", plain({ "Fn::GetAtt": [domainId, "DistributionDomainName"] }));
}

function endpointOf(config: Dict, complain: Complain): string {
  const endpoint = present(config.get("EndpointConfiguration"));
  if (endpoint === undefined) {
    config.set("EndpointConfiguration", str("REGIONAL"));
    return "REGIONAL";
  }
  const text = textOf(endpoint);
  if (text !== undefined && ENDPOINTS.includes(text)) return text;
  throw complain("EndpointConfiguration for Custom Domains must be one of ['EDGE', 'REGIONAL', 'PRIVATE'].");
}

/** A member under its own name, where it is something. */
export function truthy(config: Dict, name: string): JsonObject {
  const value = config.get(name);
  return isTrue(value) ? { [name]: toJson(value) } : {};
}

function mutualTls(config: Dict, complain: Complain): Json | undefined {
  const written = config.get("MutualTlsAuthentication");
  if (!isTrue(written)) return undefined;
  const tls = expectMap(written, "Domain.MutualTlsAuthentication", complain);
  if (!tls.keys().every(({ text }) => text === "TruststoreUri" || text === "TruststoreVersion")) {
    throw complain("Available Domain.MutualTlsAuthentication fields are ['TruststoreUri', 'TruststoreVersion'].");
  }
  return { ...truthy(tls, "TruststoreUri"), ...truthy(tls, "TruststoreVersion") };
}

function basePathMappings(
  apiId: string,
  config: Dict,
  domainId: string,
  passed: JsonObject,
  complain: Complain,
): readonly Draft[] {
  const isPrivate = textOf(config.get("EndpointConfiguration")) === "PRIVATE";
  const make = (id: string, path: string | undefined): Draft =>
    new Draft(id, `AWS::ApiGateway::BasePathMapping${isPrivate ? "V2" : ""}`, passed).set({
      BasePath: path,
      [isPrivate ? "DomainNameArn" : "DomainName"]: ref(domainId),
      RestApiId: ref(apiId),
      Stage: ref(`${apiId}.Stage`),
    });
  const written = config.get("BasePath");
  const isGiven = isTrue(written) && (written instanceof Text || Array.isArray(written));
  if (!isGiven) return [make(`${apiId}BasePathMapping`, undefined)];
  const isNormalized = config.has("NormalizeBasePath") ? isTrue(config.get("NormalizeBasePath")) : true;
  const paths = expectTexts(Array.isArray(written) ? written : [written], "Domain.BasePath", complain);
  return paths.map(({ text }) => {
    const path = text.replace(/[^\p{L}\p{N}]/gu, "");
    return make(`${apiId}${path}BasePathMapping`, isNormalized ? path : text);
  });
}

function accessAssociation(config: Dict, domainId: string, passed: JsonObject, complain: Complain): Draft | undefined {
  const written = present(config.get("AccessAssociation"));
  if (written === undefined) return undefined;
  const association = expectMap(written, "Domain.AccessAssociation", complain);
  const endpoint = toJson(association.get("VpcEndpointId") ?? null);
  const id = hashedId("DomainNameAccessAssociation", [endpoint, domainId]);
  return new Draft(id, "AWS::ApiGateway::DomainNameAccessAssociation", passed).set({
    AccessAssociationSource: endpoint,
    AccessAssociationSourceType: "VPCE",
    DomainNameArn: ref(domainId),
  });
}
