/** One request to a deployed API, from its head to its reply: what is known of it at every step. */
import { multiValueParameters } from "../../../languages/proxy/request.ts";
import type { Principal, ServiceContext } from "../../../service.ts";
import type { ApiRow, Method, MethodSetting, ResourceNode, StageRow } from "../state.ts";
import type { Served } from "./served.ts";

/** A request's parts as the API sees them. */
export interface Incoming {
  readonly method: string;
  /** Behind the stage, percent-encoded. */
  readonly path: string;
  /** With the stage, as `$context.path` has it. */
  readonly wholePath: string;
  /** What functions are told as `path`, where that is not the same: at a domain name, with its base path. */
  readonly eventPath?: string | undefined;
  readonly query: string;
  /** In the order and spelling in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly domainName: string;
  readonly protocol: string;
}

/** What an authorizer found out. */
export interface Authorized {
  readonly principalId?: string | undefined;
  readonly context?: Readonly<Record<string, string>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly usageIdentifierKey?: string | undefined;
  readonly latencyMs?: number;
}

export interface Route {
  readonly resource: ResourceNode;
  readonly method: Method;
  /** As the path has them, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Exchange {
  /** Of the API's account and region. */
  readonly context: ServiceContext;
  /** Who signed the request, or nobody. */
  readonly caller: Principal;
  readonly api: ApiRow;
  readonly stage: StageRow;
  readonly served: Served;
  readonly isCanary: boolean;
  readonly incoming: Incoming;
  /** The stage's, with the canary's over them. */
  readonly variables: Readonly<Record<string, string>>;
  /** `$context.extendedRequestId` */
  readonly extendedRequestId: string;
  readonly traceHeader: string;
  readonly startedAt: number;
  route?: Route;
  setting?: MethodSetting;
  authorized?: Authorized;
  apiKey?: { readonly id: string; readonly value: string };
  integration?: {
    readonly status?: number;
    readonly latencyMs: number;
    readonly error?: string;
    readonly requestId?: string;
  };
  /** Lines of the execution log. */
  readonly lines: string[];
  readonly error?: { readonly message: string; readonly type: string };
}

/** A header's first value, whatever its spelling. */
export function headerOf({ headers }: Pick<Incoming, "headers">, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.findLast(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`, of the path that was asked for or of the resource. */
export function methodArn({ context, api, stage, incoming }: Exchange, path: string): string {
  const { region, account } = context;
  return `arn:aws:execute-api:${region}:${account}:${api.id}/${stage.stageName}/${incoming.method}${path}`;
}

/** The values of each name of a query, decoded, in their order. */
export function queryValues(query: string): Record<string, string[]> {
  return multiValueParameters(query) ?? {};
}
