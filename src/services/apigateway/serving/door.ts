/** The way in to deployed APIs: any request whose host begins `ID.execute-api.`, whose host is a custom domain, or whose path names an API. */
import { executeApiAddress, firstSegment } from "../../../languages/execute-api.ts";
import type { Door, HttpReply, HttpRequest, ServiceContext } from "../../../service.ts";
import { apis, domainOwners, mappings, owners, stages, type Owner } from "../state.ts";
import type { Serving } from "./serving.ts";

/** AWS page "Amazon API Gateway quotas": payload size. */
const MOST_BYTES = 10_485_760;

/** Which stage of which API, and what of the path is behind it. */
interface Destination {
  readonly owner: Owner;
  readonly apiId: string;
  readonly stageName: string;
  readonly path: string;
  readonly wholePath: string;
  readonly eventPath?: string;
  readonly domainName: string;
  readonly isCustom: boolean;
}

export function door(serving: Serving): Door {
  return {
    claims(request, host, outside) {
      // What is for no API that anybody here has made is answered here, too, as AWS answers it.
      if (executeApiAddress(request.path, host) !== undefined) return true;
      return isCustomName(host) && ownedName(outside(), hostName(host)) !== undefined;
    },
    signingName: "execute-api",
    async handle(outside, request) {
      const host = outside.http?.host ?? "";
      const destination =
        executeApiAddress(request.path, host) === undefined
          ? byDomain(outside, request, host)
          : byId(outside, request, host);
      const found = destination && open(outside, destination);
      if (destination === undefined || found === undefined) return forbidden(outside);
      const { context, api, stage } = found;
      if (api.disableExecuteApiEndpoint === true && !destination.isCustom) return forbidden(outside);
      const body = await collect(request, MOST_BYTES);
      return serving.answer({ context, caller: outside.principal, api, stage, request, body, ...destination });
    },
  };
}

/** AWS's answer for an API or a stage that is not there. */
function forbidden({ requestId }: ServiceContext): HttpReply {
  const headers = {
    "Content-Type": "application/json",
    "x-amzn-RequestId": requestId,
    "x-amzn-ErrorType": "ForbiddenException",
  };
  return { status: 403, headers, body: '{"message":"Forbidden"}' };
}

function byId(outside: ServiceContext, request: HttpRequest, host: string): Destination | undefined {
  const address = executeApiAddress(request.path, host);
  if (address === undefined) return undefined;
  const { apiId, stage } = address;
  const owner = outside.table(owners).get(apiId);
  if (owner === undefined) return undefined;
  const inHost = hostName(host).startsWith(`${apiId}.execute-api.`);
  const domainName = inHost ? hostName(host) : `${apiId}.execute-api.${owner.region}.amazonaws.com`;
  if (stage !== undefined) {
    const wholePath = `/${stage}${address.path === "/" ? "/" : address.path}`;
    return { owner, apiId, stageName: stage, path: address.path, wholePath, domainName, isCustom: false };
  }
  const { segment, rest } = firstSegment(address.path);
  return { owner, apiId, stageName: segment, path: rest, wholePath: address.path, domainName, isCustom: false };
}

/** The domain name that a host is for: its own, or the one with a wildcard for its first part. */
function ownedName(outside: ServiceContext, host: string): string | undefined {
  const table = outside.table(domainOwners);
  const wildcard = `*${host.slice(Math.max(0, host.indexOf(".")))}`;
  return table.has(host) ? host : table.has(wildcard) ? wildcard : undefined;
}

/** The longest base path that the request's path begins with decides (AWS page "API mappings for custom domain names"). */
function byDomain(outside: ServiceContext, request: HttpRequest, host: string): Destination | undefined {
  const domainName = hostName(host);
  const name = ownedName(outside, domainName);
  const owner = name === undefined ? undefined : outside.table(domainOwners).get(name);
  if (name === undefined || owner === undefined) return undefined;
  const table = outside.as(owner).table(mappings);
  const { segment, rest } = firstSegment(request.path);
  const own = segment === "" ? undefined : table.get(name, segment);
  const mapping = own ?? table.get(name, "(none)");
  if (mapping === undefined) return undefined;
  const behind = own === undefined ? request.path : rest;
  const common = {
    owner,
    apiId: mapping.restApiId,
    domainName,
    wholePath: request.path,
    eventPath: request.path,
    isCustom: true,
  };
  if (mapping.stage !== undefined && mapping.stage !== "") return { ...common, stageName: mapping.stage, path: behind };
  const staged = firstSegment(behind);
  return { ...common, stageName: staged.segment, path: staged.rest };
}

function open(outside: ServiceContext, { owner, apiId, stageName }: Destination) {
  const context = outside.as({ account: owner.account, region: owner.region });
  const api = context.table(apis).get(apiId);
  const stage = context.table(stages).get(apiId, stageName);
  return api === undefined || stage === undefined ? undefined : { context, api, stage };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

/** No address of a machine: those that nobody can have made a domain of need no look at the table. */
function isCustomName(host: string): boolean {
  return /[a-z]/i.test(host) && host.includes(".") && !host.includes(".amazonaws.com") && !host.includes(".localhost");
}

/** Undefined as soon as there are more bytes than `limit`. */
async function collect({ body, headers }: HttpRequest, limit: number): Promise<Buffer | undefined> {
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return EMPTY;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a request's body is bytes
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > limit) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const EMPTY = Buffer.alloc(0);
