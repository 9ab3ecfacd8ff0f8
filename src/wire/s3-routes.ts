/** S3's own routing: the bucket in the host or in the path, and the operation from the query's keys. */
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";
import type { ServiceModel } from "./model.ts";
import type { Params } from "./params.ts";
import { compileRoute, conditionsHold } from "./rest-routes.ts";
import type { Route, RouteMatch } from "./rest-routes.ts";

/** What an S3 request is about, decoded; no bucket: the service itself; no key: the bucket itself. */
export interface S3Address {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Where the bucket's name stood. */
  readonly style: "path" | "virtual-host";
  /** The region that the host names, as `bucket.s3.eu-west-1.amazonaws.com` does. */
  readonly region: string | undefined;
}

/**
 * Reads the bucket and key of a request (the page "Virtual hosting of general purpose buckets").
 * Raises InvalidURI when the path's percent escapes are broken, NotImplemented for website and other special hosts.
 */
export function s3Address(request: HttpRequest): S3Address {
  const { bucket, region } = hostAddress(request.headers["host"] ?? "");
  const path = request.path;
  if (bucket !== undefined) return { bucket, key: decodePath(path.slice(1)), style: "virtual-host", region };
  const slash = path.indexOf("/", 1);
  const inPath = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const key = slash < 0 ? undefined : decodePath(path.slice(slash + 1));
  return { bucket: decodePath(inPath), key, style: "path", region };
}

/** "" is no name at all. */
function decodePath(text: string): string | undefined {
  if (text === "") return undefined;
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", { status: 400, members: { URI: text } });
  }
}

/**
 * The bucket and region of a host such as `b.s3.localhost.localstack.cloud:4566`, `b.s3.eu-west-1.amazonaws.com`,
 * `b.s3-eu-west-1.amazonaws.com`, `b.s3.localhost` and `b.localhost`; bucket names may have dots in them.
 */
function hostAddress(host: string): HostAddress {
  let address = knownHosts.get(host);
  if (address === undefined) {
    address = readHost(host);
    // Callers use few hosts; one who makes them up is not remembered.
    if (knownHosts.size < 256) knownHosts.set(host, address);
  }
  return address;
}

interface HostAddress {
  readonly bucket: string | undefined;
  readonly region: string | undefined;
}

const knownHosts = new Map<string, HostAddress>();

function readHost(host: string): HostAddress {
  const colon = host.lastIndexOf(":");
  const name = (colon >= 0 && !host.endsWith("]") ? host.slice(0, colon) : host).toLowerCase();
  const labels = name.split(".");
  const service = labels.findLastIndex((label) => label === "s3" || label.startsWith("s3-"));
  if (service < 0) {
    const bare = labels.length > 1 && labels.at(-1) === "localhost";
    return { bucket: bare ? labels.slice(0, -1).join(".") : undefined, region: undefined };
  }
  const label = labels[service] ?? "";
  if (label.startsWith("s3-website") || label === "s3-object-lambda" || label === "s3-control") {
    throw new AwsError("NotImplemented", `The S3 endpoint '${label}' is not there: only the S3 REST API is.`, {
      status: 501,
    });
  }
  const bucket = service === 0 ? undefined : labels.slice(0, service).join(".");
  return { bucket, region: label === "s3" ? regionAmong(labels.slice(service + 1)) : regionIn(label.slice(3)) };
}

const REGION = /^[a-z]{2,3}(-[a-z]+)+-\d$/;

function regionAmong(labels: readonly string[]): string | undefined {
  return labels.find((label) => REGION.test(label));
}

function regionIn(text: string): string | undefined {
  return REGION.test(text) ? text : undefined;
}

/** A route with what else must be there: a copy is a PutObject with a source, a part is one with an upload's id. */
interface S3Route extends Route {
  readonly copies: boolean;
}

type Level = "service" | "bucket" | "object";

type Routes = Readonly<Record<Level, ReadonlyMap<string, readonly S3Route[]>>>;

const compiled = new WeakMap<ServiceModel, Routes>();

function routesOf(model: ServiceModel): Routes {
  let routes = compiled.get(model);
  if (routes === undefined) {
    const byLevel: Record<Level, Map<string, S3Route[]>> = { service: new Map(), bucket: new Map(), object: new Map() };
    for (const operation of model.operations.values()) {
      const { http, input } = operation;
      // ListDirectoryBuckets and WriteGetObjectResponse have the same paths on endpoints of their own.
      if (http === undefined || operation.hostPrefix !== undefined || operation.name === "ListDirectoryBuckets")
        continue;
      const level: Level = http.uri.startsWith("/{Key+}")
        ? "object"
        : input.members.has("Bucket")
          ? "bucket"
          : "service";
      const route = compileRoute(operation, http.uri);
      const required = [...input.members.values()].filter((member) => member.required).map(({ binding }) => binding);
      const conditions = [...route.conditions];
      for (const binding of required) {
        if (binding?.in === "query") conditions.push({ name: binding.name, value: undefined });
      }
      const copies = required.some((binding) => binding?.in === "header" && binding.name === "x-amz-copy-source");
      const list: S3Route[] = byLevel[level].get(http.method) ?? [];
      list.push({ ...route, conditions, copies, specificity: conditions.length + (copies ? 1 : 0) });
      list.sort((a, b) => b.specificity - a.specificity);
      byLevel[level].set(http.method, list);
    }
    routes = byLevel;
    compiled.set(model, routes);
  }
  return routes;
}

/** The S3 operation that a request means. Raises MethodNotAllowed when there is none for its method and resource. */
export function findS3Route(model: ServiceModel, request: HttpRequest, address: S3Address, query: Params): RouteMatch {
  const level: Level = address.bucket === undefined ? "service" : address.key === undefined ? "bucket" : "object";
  const copies = request.headers["x-amz-copy-source"] !== undefined;
  for (const route of routesOf(model)[level].get(request.method) ?? []) {
    if (route.copies && !copies) continue;
    if (!conditionsHold(route.conditions, query)) continue;
    const labels: Record<string, string> = {};
    if (address.bucket !== undefined) labels["Bucket"] = address.bucket;
    if (address.key !== undefined) labels["Key"] = address.key;
    return { operation: route.operation, labels };
  }
  throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    status: 405,
    members: { Method: request.method, ResourceType: level.toUpperCase() },
  });
}
