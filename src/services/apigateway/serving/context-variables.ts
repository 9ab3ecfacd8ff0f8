/** `$context` (AWS page "Variables for data transformations for API Gateway"), for templates, logs and gateway responses. */
import { commonLogTime } from "../../../languages/proxy/request.ts";
import { headerOf, type Exchange } from "./exchange.ts";

export interface Variables extends Readonly<Record<string, unknown>> {
  readonly identity: Readonly<Record<string, unknown>>;
}

export function contextVariables(
  exchange: Exchange,
  reply?: { readonly status: number; readonly length: number },
): Variables {
  const { context, api, stage, incoming, route, extendedRequestId, startedAt, isCanary, authorized, integration } =
    exchange;
  const claims = authorized?.claims;
  return {
    accountId: context.account,
    apiId: api.id,
    authorizer:
      authorized === undefined
        ? undefined
        : {
            ...authorized.context,
            principalId: authorized.principalId,
            claims,
            integrationLatency: authorized.latencyMs,
          },
    awsEndpointRequestId: integration?.requestId,
    domainName: incoming.domainName,
    domainPrefix: incoming.domainName.split(".")[0],
    deploymentId: isCanary ? stage.canarySettings?.deploymentId : stage.deploymentId,
    error: undefined,
    extendedRequestId,
    httpMethod: incoming.method,
    identity: identityOf(exchange),
    integration: integration && {
      status: integration.status,
      latency: integration.latencyMs,
      integrationStatus: integration.status,
      error: integration.error,
      requestId: integration.requestId,
    },
    integrationErrorMessage: integration?.error,
    integrationLatency: integration?.latencyMs,
    integrationStatus: integration?.status,
    isCanaryRequest: stage.canarySettings === undefined ? undefined : isCanary,
    path: incoming.wholePath,
    protocol: incoming.protocol,
    requestId: context.requestId,
    requestTime: commonLogTime(startedAt),
    requestTimeEpoch: startedAt,
    resourceId: route?.resource.id,
    resourcePath: route?.resource.path,
    stage: stage.stageName,
    status: reply?.status,
    responseLength: reply?.length,
    xrayTraceId: exchange.traceHeader,
  };
}

/** Who asks; what is not known is null, as the proxy event has it. */
export function identityOf({ caller, apiKey, incoming }: Exchange): Record<string, unknown> {
  const known = caller.type !== "anonymous";
  const userId = "userId" in caller ? caller.userId : known ? caller.account : null;
  return {
    cognitoIdentityPoolId: null,
    accountId: known ? caller.account : null,
    cognitoIdentityId: null,
    caller: userId,
    sourceIp: incoming.sourceIp,
    principalOrgId: null,
    accessKey: "accessKeyId" in caller && caller.accessKeyId !== undefined ? caller.accessKeyId : null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: known ? caller.arn : null,
    userAgent: headerOf(incoming, "user-agent") ?? null,
    user: userId,
    ...(apiKey === undefined ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.id }),
  };
}
