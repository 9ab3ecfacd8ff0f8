/** AWS::ApiGateway::DomainName and AWS::ApiGateway::BasePathMapping. */
import { isAwsError } from "../../../kernel/errors.ts";
import {
  choice,
  given,
  present,
  requiredText,
  shownTags,
  structure,
  text,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { Output, Progress, ResourceType } from "../../../service.ts";
import type { PatchOperation } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { arnOf } from "../state.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";
import { membersOf, propertiesOf } from "./members.ts";
import { isOwn, tagsOf, updateTags } from "./tagging.ts";

type Domain = Output<Sdk, "GetDomainName">;

export const domainName: ResourceType = {
  properties: [
    "CertificateArn",
    "DomainName",
    "EndpointConfiguration",
    "RegionalCertificateArn",
    "RoutingMode",
    "SecurityPolicy",
    "Tags",
  ],
  replaceOn: ["DomainName"],
  nameProperty: "DomainName",
  identifiers: ["DomainName"],

  async create(context, request) {
    const { properties, retried } = request;
    const name = requiredText(properties, "DomainName");
    const find = () => unlessMissing(context.call("apigateway", "GetDomainName", { domainName: name }), NOT_FOUND);
    const earlier = retried ? await find() : undefined;
    if (earlier !== undefined && isOwn(request, earlier.tags)) return described(earlier);
    const input = { domainName: name, ...settingsOf(properties), tags: tagsOf(request) };
    return described(await context.call("apigateway", "CreateDomainName", input));
  },

  async update(context, request) {
    const { properties, physicalId } = request;
    const live = await context.call("apigateway", "GetDomainName", { domainName: physicalId });
    const patchOperations = patchesOf(live, properties);
    const call = context.call("apigateway", "UpdateDomainName", { domainName: physicalId, patchOperations });
    const changed = await call;
    await updateTags(context, request, arnOf(context, `/domainnames/${physicalId.toLowerCase()}`));
    return described(changed);
  },

  delete: (context, { physicalId }) =>
    unlessGone(context.call("apigateway", "DeleteDomainName", { domainName: physicalId })),

  async read(context, { physicalId }) {
    const call = context.call("apigateway", "GetDomainName", { domainName: physicalId });
    const found = await unlessMissing(call, NOT_FOUND);
    if (found === undefined) return undefined;
    return {
      physicalId,
      properties: present({
        CertificateArn: found.certificateArn,
        DomainName: found.domainName,
        EndpointConfiguration: found.endpointConfiguration && propertiesOf(found.endpointConfiguration),
        RegionalCertificateArn: found.regionalCertificateArn,
        RoutingMode: found.routingMode,
        SecurityPolicy: found.securityPolicy,
        Tags: shownTags(found.tags),
      }),
      attributes: attributesOf(found),
    };
  },
};

function attributesOf(domain: Domain): Record<string, unknown> {
  return present({
    DistributionDomainName: domain.distributionDomainName,
    DistributionHostedZoneId: domain.distributionHostedZoneId,
    DomainNameArn: domain.domainNameArn,
    RegionalDomainName: domain.regionalDomainName,
    RegionalHostedZoneId: domain.regionalHostedZoneId,
  });
}

function described(domain: Domain): Progress {
  return { status: "SUCCESS", physicalId: domain.domainName ?? "", attributes: attributesOf(domain) };
}

function settingsOf(properties: Properties) {
  const endpoint = structure(properties, "EndpointConfiguration");
  return {
    ...given("certificateArn", text(properties, "CertificateArn")),
    ...given("regionalCertificateArn", text(properties, "RegionalCertificateArn")),
    ...given("endpointConfiguration", endpoint && membersOf<NonNullable<Domain["endpointConfiguration"]>>(endpoint)),
    ...given("securityPolicy", choice<"TLS_1_0" | "TLS_1_2">(properties, "SecurityPolicy")),
    ...given("routingMode", choice<"BASE_PATH_MAPPING_ONLY">(properties, "RoutingMode")),
  };
}

/** What the template says no more is as AWS has it; a certificate that is not of the endpoint's type goes by itself. */
function patchesOf(live: Domain, properties: Properties): PatchOperation[] {
  const wanted = settingsOf(properties);
  const { types: [before] = [], ipAddressType } = live.endpointConfiguration ?? {};
  const { types: [after] = ["EDGE" as const] } = wanted.endpointConfiguration ?? {};
  const values: Readonly<Record<string, readonly [old: string | undefined, value: string | undefined]>> = {
    ...(after === "EDGE"
      ? { certificateArn: [live.certificateArn, wanted.certificateArn] as const }
      : { regionalCertificateArn: [live.regionalCertificateArn, wanted.regionalCertificateArn] as const }),
    [`endpointConfiguration/types/${before ?? ""}`]: [before, after],
    "endpointConfiguration/ipAddressType": [ipAddressType, wanted.endpointConfiguration?.ipAddressType ?? "ipv4"],
    securityPolicy: [live.securityPolicy, wanted.securityPolicy ?? "TLS_1_2"],
    routingMode: [live.routingMode, wanted.routingMode ?? "BASE_PATH_MAPPING_ONLY"],
  };
  return Object.entries(values).flatMap(([path, [old, value]]) =>
    value === undefined || value === old ? [] : [{ op: "replace" as const, path: `/${path}`, value }],
  );
}

/** The base path of what is mapped at the domain's root. */
const NONE = "(none)";

export const basePathMapping: ResourceType = {
  properties: ["BasePath", "DomainName", "RestApiId", "Stage"],
  required: ["DomainName"],
  replaceOn: ["BasePath", "DomainName"],
  identifiers: ["DomainName", "BasePath"],
  physicalIdOf: (_, { DomainName = "", BasePath = NONE }) => `${DomainName}|${BasePath}`,

  async create(context, { properties, retried }) {
    const name = requiredText(properties, "DomainName");
    const stage = text(properties, "Stage");
    const making = context.call("apigateway", "CreateBasePathMapping", {
      domainName: name,
      restApiId: requiredText(properties, "RestApiId"),
      ...given("basePath", text(properties, "BasePath")),
      ...given("stage", stage),
    });
    await making.catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
    });
    return { status: "SUCCESS", physicalId: `${name}|${basePathOf(properties)}` };
  },

  async update(context, { properties, physicalId }) {
    const patchOperations = [
      { op: "replace" as const, path: "/restapiId", value: requiredText(properties, "RestApiId") },
      { op: "replace" as const, path: "/stage", value: text(properties, "Stage") ?? "" },
    ];
    await context.call("apigateway", "UpdateBasePathMapping", { ...parts(physicalId), patchOperations });
    return { status: "SUCCESS", physicalId };
  },

  delete: (context, { physicalId }) =>
    unlessGone(context.call("apigateway", "DeleteBasePathMapping", parts(physicalId))),

  async read(context, { physicalId }) {
    const call = context.call("apigateway", "GetBasePathMapping", parts(physicalId));
    const found = await unlessMissing(call, NOT_FOUND);
    if (found === undefined) return undefined;
    const { basePath, restApiId, stage } = found;
    const properties = {
      BasePath: basePath === NONE ? undefined : basePath,
      DomainName: parts(physicalId).domainName,
      RestApiId: restApiId,
      Stage: stage,
    };
    return { physicalId, properties: present(properties) };
  },
};

function basePathOf(properties: Properties): string {
  const basePath = text(properties, "BasePath");
  return basePath === undefined || basePath === "" ? NONE : basePath;
}

function parts(id: string) {
  const [name = "", basePath = NONE] = id.split("|");
  return { domainName: name, basePath };
}
