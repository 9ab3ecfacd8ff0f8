/**
 * The Route 53 records of an API's custom domain; domains of the same hosted zone share one record set group.
 */
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";
import { hashedId } from "../logical-id.ts";
import { isTrue, textOf, toJson } from "../python/dict.ts";
import type { Data, Dict } from "../python/dict.ts";
import { getAtt } from "../references.ts";
import { expectFlag, expectMap, present } from "./expect.ts";
import type { Complain } from "./expect.ts";

/** A domain that is to have records. */
export interface RoutedDomain {
  /** The Domain property, with its EndpointConfiguration as it has been decided. */
  readonly config: Dict;
  /** What the records' attributes are read from: the domain resource's id. */
  readonly target: Json;
  readonly passed: JsonObject;
}

/** The record set group, made or added to; undefined when no Route53 is asked for. Raises SamFault. */
export function recordSetGroup(
  domain: RoutedDomain,
  complain: Complain,
  groups: Map<string, Draft>,
  alias: (domain: RoutedDomain, route: Dict) => JsonObject = restAlias,
): Draft | undefined {
  const written = present(domain.config.get("Route53"));
  if (written === undefined) return undefined;
  const route = expectMap(written, "Domain.Route53", complain);
  const [zoneId, zoneName] = [present(route.get("HostedZoneId")), present(route.get("HostedZoneName"))];
  if (zoneId === undefined && zoneName === undefined) {
    throw complain("HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.");
  }
  const zone: Data = isTrue(zoneId) ? zoneId : (zoneName ?? null);
  const isSeparate = route.get("SeparateRecordSetGroup");
  if (isTrue(isSeparate)) {
    expectFlag(isSeparate, "Domain.Route53.SeparateRecordSetGroup", complain);
    const id = hashedId("RecordSetGroup", [toJson(zone), toJson(domain.config.get("DomainName") ?? null)]);
    return zoned(new Draft(id, "AWS::Route53::RecordSetGroup", domain.passed), route).set({
      RecordSets: recordSets(domain, route, alias(domain, route)),
    });
  }
  const id = hashedId("RecordSetGroup", toJson(zone));
  const group = groups.get(id) ?? zoned(new Draft(id, "AWS::Route53::RecordSetGroup", domain.passed), route);
  groups.set(id, group);
  const there = group.get("RecordSets");
  const before = Array.isArray(there) ? there : [];
  return group.set({ RecordSets: [...before, ...recordSets(domain, route, alias(domain, route))] });
}

function zoned(group: Draft, route: Dict): Draft {
  const [id, name] = [route.get("HostedZoneId"), route.get("HostedZoneName")];
  return group.set({
    HostedZoneId: id === undefined ? undefined : toJson(id),
    HostedZoneName: name === undefined ? undefined : toJson(name),
  });
}

function recordSets({ config }: RoutedDomain, route: Dict, AliasTarget: JsonObject): readonly JsonObject[] {
  const record = (Type: string): JsonObject => ({
    Name: toJson(config.get("DomainName") ?? null),
    Type,
    AliasTarget,
    ...member(route, "Region"),
    ...member(route, "SetIdentifier"),
  });
  return route.get("IpV6") === true ? [record("A"), record("AAAA")] : [record("A")];
}

/** A member under its own name, where it is there. */
export function member(dict: Dict, name: string): JsonObject {
  const value = present(dict.get(name));
  return value === undefined ? {} : { [name]: toJson(value) };
}

/** Where the records of a REST API's domain point to. */
function restAlias({ config, target }: RoutedDomain, route: Dict): JsonObject {
  const health = member(route, "EvaluateTargetHealth");
  switch (textOf(config.get("EndpointConfiguration")) ?? "PRIVATE") {
    case "REGIONAL":
      return { ...health, ...regionalAlias(target) };
    case "EDGE": {
      const name = present(route.get("DistributionDomainName"));
      // CloudFront's own zone ("AliasTarget" of the CloudFormation user guide).
      return {
        ...health,
        HostedZoneId: "Z2FDTNDATAQYW2",
        DNSName: name === undefined ? attribute(target, "DistributionDomainName") : toJson(name),
      };
    }
    default:
      return {
        ...health,
        HostedZoneId: toJson(route.get("VpcEndpointHostedZoneId") ?? null),
        DNSName: toJson(route.get("VpcEndpointDomainName") ?? null),
      };
  }
}

/** Where the records of a regional domain point to. */
export function regionalAlias(target: Json): JsonObject {
  return {
    HostedZoneId: attribute(target, "RegionalHostedZoneId"),
    DNSName: attribute(target, "RegionalDomainName"),
  };
}

function attribute(target: Json, name: string): Json {
  return typeof target === "string" ? getAtt(target, name) : { "Fn::GetAtt": [target, name] };
}
