/** Which stage of which API a request is for: by the API's own host name, by a path, or by a custom domain name. */
import { executeApiAddress, firstSegment } from "../../../languages/execute-api.ts";
import type { HttpRequest, ServiceContext } from "../../../service.ts";
import { apiOwners, apis, domains, mappings, stages, type ApiRow, type DomainRow, type StageRow } from "../state.ts";

export interface Addressed {
  /** Of the API's own account and region. */
  readonly context: ServiceContext;
  readonly api: ApiRow;
  readonly stage: StageRow;
  /** Behind stage or mapping, still percent-encoded, from its slash on. */
  readonly path: string;
  /** What stands before it in a function's `rawPath`: `/STAGE` but for `$default` and for domain names. */
  readonly prefix: string;
  readonly domainName: string;
  /** The mapping's key, where a domain name was used. */
  readonly mappingKey?: string | undefined;
}

/** True when an HTTP API or a domain name of theirs is meant. */
export function isAddressed(request: HttpRequest, host: string, outside: () => ServiceContext): boolean {
  const address = executeApiAddress(request.path, host);
  if (address !== undefined) return outside().table(apiOwners).has(address.apiId);
  return mayBeDomain(host) && domainOf(outside(), host) !== undefined;
}

/** Most requests are for AWS's own names or for this machine's: for them no table is asked. */
function mayBeDomain(host: string): boolean {
  return (
    !/^(localhost|[\d.]+|\[[\da-f:]*\])(:\d+)?$|\.(amazonaws\.com|localstack\.cloud)(:\d+)?$/i.test(host) &&
    host.includes(".")
  );
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

/** A name of its own before one with a wildcard. */
function domainOf(outside: ServiceContext, host: string): DomainRow | undefined {
  const name = withoutPort(host);
  const table = outside.table(domains);
  return table.get(name) ?? table.get(`*${name.slice(Math.max(0, name.indexOf(".")))}`);
}

/** Undefined where there is no such stage. */
export function addressed(outside: ServiceContext, request: HttpRequest, host: string): Addressed | undefined {
  const address = executeApiAddress(request.path, host);
  if (address === undefined) return mapped(outside, request, host);
  const owner = outside.table(apiOwners).get(address.apiId);
  if (owner === undefined) return undefined;
  const context = outside.as(owner);
  const api = context.table(apis).get(address.apiId);
  if (api === undefined || api.DisableExecuteApiEndpoint === true) return undefined;
  const named = host.includes(".execute-api.") ? withoutPort(host) : undefined;
  const domainName = named ?? `${api.ApiId}.execute-api.${context.region}.amazonaws.com`;
  const table = context.table(stages);
  const { path } = address;
  const { segment, rest } = address.stage === undefined ? firstSegment(path) : { segment: address.stage, rest: path };
  const own = segment === "" || segment === "$default" ? undefined : table.get(api.ApiId, segment);
  if (own !== undefined) return { context, api, stage: own, path: rest, prefix: `/${segment}`, domainName };
  if (address.stage !== undefined && address.stage !== "$default") return undefined;
  const stage = table.get(api.ApiId, "$default");
  return stage && { context, api, stage, path, prefix: "", domainName };
}

/** The mapping with the longest key that the path begins with; the empty one is for all other paths. */
function mapped(outside: ServiceContext, request: HttpRequest, host: string): Addressed | undefined {
  const domain = domainOf(outside, host);
  if (domain === undefined) return undefined;
  const fits = [...outside.table(mappings).list([domain.DomainName])]
    .filter(({ ApiMappingKey: key = "" }) => key === "" || `${request.path}/`.startsWith(`/${key}/`))
    .sort((a, b) => (b.ApiMappingKey ?? "").length - (a.ApiMappingKey ?? "").length);
  const [mapping] = fits;
  if (mapping === undefined) return undefined;
  const context = outside.as({ account: domain.account, region: domain.region });
  const api = context.table(apis).get(mapping.ApiId);
  const stage = context.table(stages).get(mapping.ApiId, mapping.Stage);
  if (api === undefined || stage === undefined) return undefined;
  const key = mapping.ApiMappingKey ?? "";
  const path = key === "" ? request.path : request.path.slice(key.length + 1) || "/";
  return { context, api, stage, path, prefix: "", domainName: withoutPort(host), mappingKey: key };
}
