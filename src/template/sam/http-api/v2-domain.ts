/**
 * The custom domain of an HTTP or WebSocket API, its mappings and records.
 */
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";
import { hashedId } from "../logical-id.ts";
import { Dict, isTrue, textOf, toJson } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { Text } from "../python/text.ts";
import { ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { present } from "../api/expect.ts";
import type { Complain } from "../api/expect.ts";
import { member, recordSetGroup, regionalAlias } from "../api/record-sets.ts";
import { truthy } from "../api/rest-domain.ts";

/** The domain, its mappings, its record set group, in that order. Raises SamFault. */
export function v2Domain(
  api: { readonly id: string; readonly tagName: string; readonly passed: JsonObject },
  written: Data | undefined,
  complain: Complain,
  groups: Map<string, Draft>,
): readonly Draft[] {
  const config = present(written);
  if (config === undefined) return [];
  if (!(config instanceof Dict)) throw complain("Property 'Domain' should be a map.");
  const [name, certificate] = [present(config.get("DomainName")), present(config.get("CertificateArn"))];
  if (name === undefined || certificate === undefined) {
    throw complain("Custom Domains only works if both DomainName and CertificateArn are provided.");
  }
  const domain = new Draft(
    hashedId("ApiGatewayDomainNameV2", toJson(name)),
    "AWS::ApiGatewayV2::DomainName",
    api.passed,
  );
  const endpoint = present(config.get("EndpointConfiguration"));
  if (endpoint !== undefined && textOf(endpoint) !== "REGIONAL") {
    throw complain("EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].");
  }
  domain.set({
    DomainName: toJson(name),
    DomainNameConfigurations: [
      {
        CertificateArn: toJson(certificate),
        EndpointType: "REGIONAL",
        ...truthy(config, "OwnershipVerificationCertificateArn"),
        ...truthy(config, "SecurityPolicy"),
      },
    ],
    MutualTlsAuthentication: mutualTls(config, complain),
    Tags: { [api.tagName]: "SAM" },
  });
  const mappings = apiMappings(api.id, config, domain.id, api.passed, complain);
  const route = config.get("Route53");
  const records = recordSetGroup(
    { config: route instanceof Dict ? sharedZone(config, route) : config, target: domain.id, passed: api.passed },
    complain,
    groups,
    ({ target }, ofRoute) => ({ ...member(ofRoute, "EvaluateTargetHealth"), ...regionalAlias(target) }),
  );
  return records === undefined ? [domain, ...mappings] : [domain, ...mappings, records];
}

/** Of two ways to name a zone the id counts; and every domain of a zone shares its group. */
function sharedZone(config: Dict, route: Dict): Dict {
  const copy = route.copy();
  copy.delete("SeparateRecordSetGroup");
  if (route.has("HostedZoneId")) copy.delete("HostedZoneName");
  return config.copy().set("Route53", copy);
}

function mutualTls(config: Dict, complain: Complain): Json | undefined {
  const tls = config.get("MutualTlsAuthentication");
  if (!isTrue(tls)) return undefined;
  const fields = "['TruststoreUri', 'TruststoreVersion']";
  if (!(tls instanceof Dict)) {
    throw complain(`MutualTlsAuthentication must be a map with at least one of the following fields ${fields}.`);
  }
  const unknown = tls
    .keys()
    .map(({ text }) => text)
    .filter((key) => key !== "TruststoreUri" && key !== "TruststoreVersion")
    .sort();
  if (unknown.length > 0) {
    throw invalidResource(unknown.join(","), `Available MutualTlsAuthentication fields are ${fields}.`);
  }
  return { ...truthy(tls, "TruststoreUri"), ...truthy(tls, "TruststoreVersion") };
}

function apiMappings(
  apiId: string,
  config: Dict,
  domainId: string,
  passed: JsonObject,
  complain: Complain,
): readonly Draft[] {
  const make = (id: string, key: string | undefined): Draft =>
    new Draft(id, "AWS::ApiGatewayV2::ApiMapping", passed).set({
      ApiId: ref(apiId),
      ApiMappingKey: key,
      DomainName: ref(domainId),
      Stage: ref(`${apiId}.Stage`),
    });
  const written = config.get("BasePath");
  const isGiven = isTrue(written) && (written instanceof Text || Array.isArray(written));
  if (!isGiven) return [make(`${apiId}ApiMapping`, undefined)];
  return (Array.isArray(written) ? written : [written]).map((path) => {
    const text = textOf(path);
    if (text === undefined) throw complain("Basepath must be a string.");
    if (/[^0-9a-zA-Z/\-_]/.test(text)) throw complain("Invalid Basepath name provided.");
    return make(`${apiId}${text.replace(/[-_/]+/g, "")}ApiMapping`, text.replace(/^\/+|\/+$/g, ""));
  });
}
