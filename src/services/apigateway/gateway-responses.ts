/** What API Gateway itself answers: its types, their statuses and words (AWS page "Gateway response types for API Gateway"). */
import type { Output } from "../../service.ts";
import type { Sdk } from "./sdk.ts";
import type { Definition, GatewayResponse } from "./state.ts";

export type GatewayResponseType = NonNullable<Output<Sdk, "GetGatewayResponse">["responseType"]>;

interface Usual {
  /** Of the two DEFAULT types none: it is that of the response that they stand for. */
  readonly status?: number;
  /** `x-amzn-ErrorType` */
  readonly errorType?: string;
}

const USUAL: Readonly<Record<GatewayResponseType, Usual>> = {
  ACCESS_DENIED: { status: 403, errorType: "AccessDeniedException" },
  API_CONFIGURATION_ERROR: { status: 500, errorType: "InternalServerErrorException" },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, errorType: "AuthorizerConfigurationException" },
  AUTHORIZER_FAILURE: { status: 500, errorType: "AuthorizerConfigurationException" },
  BAD_REQUEST_BODY: { status: 400, errorType: "BadRequestException" },
  BAD_REQUEST_PARAMETERS: { status: 400, errorType: "BadRequestException" },
  DEFAULT_4XX: {},
  DEFAULT_5XX: {},
  EXPIRED_TOKEN: { status: 403, errorType: "ExpiredTokenException" },
  INTEGRATION_FAILURE: { status: 504, errorType: "InternalServerErrorException" },
  INTEGRATION_TIMEOUT: { status: 504, errorType: "InternalServerErrorException" },
  INVALID_API_KEY: { status: 403, errorType: "ForbiddenException" },
  INVALID_SIGNATURE: { status: 403, errorType: "InvalidSignatureException" },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, errorType: "MissingAuthenticationTokenException" },
  QUOTA_EXCEEDED: { status: 429, errorType: "LimitExceededException" },
  REQUEST_TOO_LARGE: { status: 413, errorType: "RequestTooLargeException" },
  RESOURCE_NOT_FOUND: { status: 404, errorType: "NotFoundException" },
  THROTTLED: { status: 429, errorType: "TooManyRequestsException" },
  UNAUTHORIZED: { status: 401, errorType: "UnauthorizedException" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, errorType: "UnsupportedMediaTypeException" },
  WAF_FILTERED: { status: 403, errorType: "ForbiddenException" },
};

const TEMPLATE = '{"message":$context.error.messageString}';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record are its key type
export const GATEWAY_RESPONSE_TYPES = Object.keys(USUAL).sort() as GatewayResponseType[];

/** A response as it is by itself. */
export function usualResponse(responseType: GatewayResponseType): GatewayResponse {
  const { status } = USUAL[responseType];
  return {
    responseType,
    statusCode: status === undefined ? undefined : String(status),
    responseParameters: {},
    responseTemplates: { "application/json": TEMPLATE },
    defaultResponse: true,
  };
}

export function errorTypeOf(type: GatewayResponseType): string | undefined {
  return USUAL[type].errorType;
}

/**
 * The response that an API gives: its own for the type, its DEFAULT_4XX or DEFAULT_5XX, or the usual one. `status` is what a plain one of the type
 * would have.
 */
export function effectiveResponse(
  definition: Pick<Definition, "gatewayResponses">,
  type: GatewayResponseType,
  status: number,
): { readonly response: GatewayResponse; readonly status: number } {
  const { gatewayResponses } = definition;
  const own = gatewayResponses[type] ?? gatewayResponses[status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"];
  if (own === undefined) return { response: usualResponse(type), status };
  return { response: own, status: own.statusCode === undefined ? status : Number(own.statusCode) };
}

export function usualStatus(type: GatewayResponseType): number {
  return USUAL[type].status ?? 500;
}
