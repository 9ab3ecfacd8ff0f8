/** Finds out what a request is: which service, which operation, in which protocol. The first step of a request's life. */
import { AwsError } from "../kernel/errors.ts";
import type { HttpRequest } from "./http.ts";
import type { OperationModel, Protocol, ServiceModel } from "./model.ts";
import { parseParams } from "./params.ts";
import type { Params } from "./params.ts";
import { findRoute } from "./rest-routes.ts";
import { findS3Route, s3Address } from "./s3-routes.ts";
import type { S3Address } from "./s3-routes.ts";
import { scopeOf } from "./scope.ts";
import type { CredentialScope } from "./scope.ts";

/** A request whose meaning is known, though its input is not read yet. */
export interface Claim {
  readonly model: ServiceModel;
  readonly operation: OperationModel;
  readonly protocol: Protocol;
  /** REST: the labels of the path, percent-decoded; for S3 `Bucket` and `Key`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The URL's query, decoded. */
  readonly query: Params;
  /** Query protocol: all parameters, of the form body or of the URL's query. */
  readonly form: Params | undefined;
  /** From the credential scope, else from the host, else undefined: the caller has a default. */
  readonly region: string | undefined;
  /** S3 only: bucket and key and how they were addressed. */
  readonly s3: S3Address | undefined;
  readonly method: string;
}

/** What is known of a request whose claim failed, enough to render the error as its sender expects. */
export type Spoken = Pick<Claim, "protocol" | "method"> & Partial<Pick<Claim, "model" | "operation" | "s3">>;

const NO_PARAMS: Params = new Map();
const NO_LABELS: Readonly<Record<string, string>> = {};

/**
 * Finds service, operation and protocol among `models`. `readForm` gives the whole body; it is called only when the
 * operation's name stands there (Query), and the caller keeps what it read.
 * Raises the protocol's own error for an unknown operation, and NotImplemented (501) for a service that is not there.
 */
export async function claim(
  request: HttpRequest,
  models: readonly ServiceModel[],
  readForm: () => Promise<Uint8Array> | Uint8Array,
): Promise<Claim> {
  const query = request.query === "" ? NO_PARAMS : parseParams(request.query);
  const scope = scopeOf(request, query);
  const spoken = spokenBy(request, models);
  const { protocol } = spoken;
  const foreign = scope !== undefined && !models.some((one) => one.signingName === scope.service);
  if (foreign && spoken.model === undefined) throw notAmong(scope);
  switch (protocol) {
    case "awsJson1_0":
    case "awsJson1_1": {
      const target = request.headers["x-amz-target"] ?? "";
      const model = spoken.model ?? raise(unknownOperation(protocol, target));
      return finish(model, target.slice(target.lastIndexOf(".") + 1), protocol);
    }
    case "rpcv2Cbor": {
      const model = spoken.model ?? raise(unknownOperation(protocol, request.path));
      return finish(model, request.path.slice(request.path.lastIndexOf("/") + 1), protocol);
    }
    case "awsQuery": {
      const form = request.method === "POST" ? formOf(await readForm(), query) : query;
      const action = form.get("Action")?.[0];
      const version = form.get("Version")?.[0];
      const model = spoken.model ?? serviceOfAction(models, action, version);
      if (action === undefined || action === "") throw missingAction();
      const operation = model.operations.get(action);
      if (operation === undefined || (version !== undefined && version !== model.apiVersion)) {
        throw unknownAction(action, version);
      }
      return make({ model, operation, protocol, form });
    }
    case "restJson1": {
      const model = spoken.model ?? raise(unknownOperation(protocol, request.path));
      const match = decoded(() => findRoute(model, request.method, request.path, query));
      if (match === undefined) throw unknownOperation(protocol, `${request.method} ${request.path}`);
      return make({ model, ...match, protocol });
    }
    case "restXml": {
      const model = spoken.model ?? raise(unknownOperation(protocol, request.path));
      const address = s3Address(request);
      return make({ model, ...findS3Route(model, request, address, query), protocol, s3: address });
    }
  }

  function finish(model: ServiceModel, name: string, named: Protocol): Claim {
    const operation = model.operations.get(name) ?? raise(unknownOperation(named, name));
    return make({ model, operation, protocol: named });
  }

  function make(known: Pick<Claim, "model" | "operation" | "protocol"> & Partial<Claim>): Claim {
    return {
      labels: NO_LABELS,
      form: undefined,
      s3: undefined,
      query,
      method: request.method,
      region: scope?.region ?? known.s3?.region ?? regionOfHost(request.headers["host"]),
      ...known,
    };
  }
}

/**
 * What a request seems to speak, told from its head alone: for errors that are raised before or while it is claimed.
 * Never raises.
 */
export function spokenBy(request: HttpRequest, models: readonly ServiceModel[]): Spoken {
  const { method, headers, path } = request;
  const target = headers["x-amz-target"];
  const contentType = headers["content-type"] ?? "";
  if (target !== undefined) {
    const prefix = target.slice(0, Math.max(0, target.lastIndexOf(".")));
    const model = models.find((one) => one.targetPrefix === prefix);
    return speaking(contentType.includes("x-amz-json-1.0") ? "awsJson1_0" : "awsJson1_1", method, model);
  }
  if (headers["smithy-protocol"] === "rpc-v2-cbor") {
    const prefix = path.split("/").at(-3);
    return speaking(
      "rpcv2Cbor",
      method,
      models.find((one) => one.targetPrefix === prefix),
    );
  }
  const scope = scopeOf(request, undefined);
  const isForm = method === "POST" && contentType.startsWith("application/x-www-form-urlencoded");
  const hasAction = /(^|&)Action=/.test(request.query);
  if (scope !== undefined) {
    const model = signedFor(models, scope.service, request);
    if (model === undefined) return speaking(guess(isForm || hasAction, scope.service), method, undefined);
    const rest = model.protocols.find((one) => one === "restXml" || one === "restJson1");
    if (rest !== undefined) return speaking(rest, method, model);
    if (model.protocols.includes("awsQuery")) return speaking("awsQuery", method, model);
    return speaking(model.protocols[0] ?? "awsJson1_1", method, model);
  }
  // Unsigned: a form is a Query call, a path that a REST service knows is that service's, the rest is S3's.
  if (isForm || (hasAction && path === "/")) return speaking("awsQuery", method, undefined);
  const api = models.find((one) => one.protocols[0] === "restJson1" && knows(one, request));
  if (api !== undefined) return speaking("restJson1", method, api);
  return speaking(
    "restXml",
    method,
    models.find((one) => one.name === "s3"),
  );
}

/** The service that a signature names; the two of API Gateway have one name, and only the path tells them apart. */
function signedFor(models: readonly ServiceModel[], name: string, request: HttpRequest): ServiceModel | undefined {
  const named = models.filter((one) => one.signingName === name);
  return named.length > 1 ? (named.find((one) => knows(one, request)) ?? named[0]) : named[0];
}

function speaking(protocol: Protocol, method: string, model: ServiceModel | undefined): Spoken {
  return model === undefined ? { protocol, method } : { protocol, method, model };
}

/** The services beside S3 whose REST replies are XML; a caller of any other REST service reads JSON. */
const XML_SERVICES: ReadonlySet<string> = new Set(["s3", "s3express", "s3-object-lambda", "route53", "cloudfront"]);

function guess(query: boolean, service: string): Protocol {
  if (query) return "awsQuery";
  return XML_SERVICES.has(service) ? "restXml" : "restJson1";
}

function knows(model: ServiceModel, request: HttpRequest): boolean {
  try {
    const query = request.query === "" ? NO_PARAMS : parseParams(request.query);
    return findRoute(model, request.method, request.path, query) !== undefined;
  } catch {
    return false;
  }
}

/** A form's parameters, with those of the URL's query that it does not have itself. */
function formOf(body: Uint8Array, query: Params): Params {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const form = parseParams(text);
  return query.size === 0 ? form : new Map([...query, ...form]);
}

/** An unsigned Query call names its service only by its version and action. */
function serviceOfAction(
  models: readonly ServiceModel[],
  action: string | undefined,
  version: string | undefined,
): ServiceModel {
  if (action === undefined) throw missingAction();
  const model = models.find(
    (one) =>
      one.protocols.includes("awsQuery") &&
      one.operations.has(action) &&
      (version === undefined || version === one.apiVersion),
  );
  return model ?? raise(unknownAction(action, version));
}

function missingAction(): AwsError {
  return new AwsError("MissingAction", "The request is missing an action or a required parameter.", { status: 400 });
}

function unknownAction(action: string, version: string | undefined): AwsError {
  const named = version ?? "NO_VERSION_SPECIFIED";
  return new AwsError("InvalidAction", `Could not find operation ${action} for version ${named}`, { status: 400 });
}

function unknownOperation(protocol: Protocol, what: string): AwsError {
  if (protocol === "restJson1" || protocol === "restXml") {
    return new AwsError("UnknownOperationException", `Unable to determine the operation of '${what}'`, { status: 404 });
  }
  return new AwsError("UnknownOperationException", `The operation '${what}' is not known.`, {
    status: protocol === "rpcv2Cbor" ? 404 : 400,
  });
}

function notAmong(scope: CredentialScope): AwsError {
  return new AwsError("NotImplemented", `The service '${scope.service}' is not part of this Seatrial.`, {
    status: 501,
  });
}

function raise(error: AwsError): never {
  throw error;
}

function decoded<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new AwsError("BadRequestException", "The path has a malformed percent escape.", { status: 400 });
  }
}

function regionOfHost(host: string | undefined): string | undefined {
  if (host === undefined || !host.includes("-")) return undefined;
  return /(?:^|\.)([a-z]{2,3}(?:-[a-z]+)+-\d)\./.exec(host)?.[1];
}
