/** Ids, ARNs and addresses of HTTP APIs. */
import { LOWER_AND_DIGITS, type Random } from "../../kernel/random.ts";

export interface Where {
  readonly account: string;
  readonly region: string;
}

const API_ID_LENGTH = 10;
const ID_LENGTH = 7;

export function newApiId(random: Random): string {
  return random.text(API_ID_LENGTH, LOWER_AND_DIGITS);
}

/** Of a route, an integration, an authorizer, a deployment … */
export function newId(random: Random): string {
  return random.text(ID_LENGTH, LOWER_AND_DIGITS);
}

/** ARNs of the management API have no account (AWS page "ARN formats" of API Gateway). `path` begins with a slash. */
export function managementArn({ region }: Pick<Where, "region">, path: string): string {
  return `arn:aws:apigateway:${region}::${path}`;
}

/** What a caller of the API, or the policy of a function behind it, names: `arn:aws:execute-api:REGION:ACCOUNT:ID/STAGE/GET/pets`. */
export function executeArn({ account, region }: Where, apiId: string, path: string): string {
  return `arn:aws:execute-api:${region}:${account}:${apiId}/${path}`;
}

/** LocalStack's name for this machine, which resolves to 127.0.0.1 and takes any label before it. */
const HOST = "localhost.localstack.cloud";

/** Where an API is reached on this machine: the port is the cloud's. */
export function apiEndpoint({ endpointUrl, region }: { endpointUrl: string; region: string }, apiId: string): string {
  const { port } = new URL(endpointUrl);
  return `http://${apiId}.execute-api.${region}.${HOST}${port === "" ? "" : `:${port}`}`;
}

/** The function's ARN out of an integration's or an authorizer's URI, in either of the two forms; undefined for what is no function. */
export function functionOfUri(uri: string): string | undefined {
  const invocation = /^arn:[\w-]+:apigateway:[^:]*:lambda:path\/[^/]+\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  const arn = invocation ?? uri;
  return /^arn:[\w-]+:lambda:[^:]*:[^:]*:function:.+$/.test(arn) ? arn : undefined;
}
