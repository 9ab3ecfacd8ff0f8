/** An OpenAPI document's security schemes as authorizers, and what of them guards an operation. */
import type { AuthorizationType } from "@aws-sdk/client-apigatewayv2";
import { badRequest } from "../errors.ts";
import type { AuthorizerRow } from "../state.ts";
import { fieldsOf, flagOf, isFields, listOf, numberOf, textOf, textsOf, type Fields } from "./document.ts";

export type AuthorizerPart = Omit<AuthorizerRow, "AuthorizerId">;

/** Who may come by a route; `authorizer` is a name of `authorizers`. */
export interface Guard {
  readonly type: AuthorizationType;
  readonly authorizer?: string;
  readonly scopes?: string[];
}

const EXTENSION = "x-amazon-apigateway-authorizer";

/** The schemes that have an authorizer, by the schemes' names. */
export function authorizersOf(document: Fields, warnings: string[]): AuthorizerPart[] {
  const schemes = fieldsOf(fieldsOf(document, "components"), "securitySchemes");
  return Object.entries(schemes).flatMap(([name, scheme]): AuthorizerPart[] => {
    if (!isFields(scheme)) return [];
    const given = scheme[EXTENSION];
    if (!isFields(given)) {
      if (!isSigned(scheme)) warnings.push(`Security scheme ${name} has no ${EXTENSION} and is ignored`);
      return [];
    }
    return [authorizerOf(name, scheme, given)];
  });
}

/** A scheme that stands for AWS Signature Version 4. */
function isSigned(scheme: Fields): boolean {
  return textOf(scheme, "x-amazon-apigateway-authtype")?.toLowerCase() === "awssigv4";
}

function authorizerOf(name: string, scheme: Fields, given: Fields): AuthorizerPart {
  const type = (textOf(given, "type") ?? "").toLowerCase();
  const IdentitySource = textsOf(given, "identitySource")?.flatMap((source) => source.split(/,\s*/));
  switch (type) {
    case "jwt": {
      const jwt = fieldsOf(given, "jwtConfiguration");
      return {
        Name: name,
        AuthorizerType: "JWT",
        IdentitySource,
        JwtConfiguration: { Issuer: textOf(jwt, "issuer") ?? issuerOf(scheme), Audience: textsOf(jwt, "audience") },
      };
    }
    case "request":
      return {
        Name: name,
        AuthorizerType: "REQUEST",
        AuthorizerUri: textOf(given, "authorizerUri"),
        AuthorizerCredentialsArn: textOf(given, "authorizerCredentials"),
        AuthorizerPayloadFormatVersion: textOf(given, "authorizerPayloadFormatVersion"),
        AuthorizerResultTtlInSeconds: numberOf(given, "authorizerResultTtlInSeconds"),
        EnableSimpleResponses: flagOf(given, "enableSimpleResponses"),
        IdentitySource: IdentitySource ?? [],
      };
    default:
      return badRequest(`Invalid authorizer type specified for security scheme ${name}: ${type}`);
  }
}

/** `openIdConnect` schemes name their issuer by the address of its configuration. */
function issuerOf(scheme: Fields): string | undefined {
  return textOf(scheme, "openIdConnectUrl")?.replace(/\/\.well-known\/openid-configuration$/, "");
}

/** The first requirement that names an authorizer; the operation's own, or the document's where it has none of its own. */
export function guardOf(
  document: Fields,
  operation: Fields,
  authorizers: readonly AuthorizerPart[],
  key: string,
  warnings: string[],
): Guard {
  const auth = textOf(fieldsOf(operation, "x-amazon-apigateway-auth"), "type")?.toUpperCase();
  if (auth === "AWS_IAM") return { type: "AWS_IAM" };
  if (auth === "NONE") return { type: "NONE" };
  const required = operation["security"] === undefined ? listOf(document, "security") : listOf(operation, "security");
  const schemes = fieldsOf(fieldsOf(document, "components"), "securitySchemes");
  for (const requirement of required) {
    if (!isFields(requirement)) continue;
    for (const name of Object.keys(requirement)) {
      if (isSigned(fieldsOf(schemes, name))) return { type: "AWS_IAM" };
      const authorizer = authorizers.find((one) => one.Name === name);
      if (authorizer === undefined) {
        warnings.push(`Route ${key} asks for ${name}, which has no authorizer: it is not guarded`);
        continue;
      }
      if (authorizer.AuthorizerType !== "JWT") return { type: "CUSTOM", authorizer: name };
      const scopes = textsOf(requirement, name) ?? [];
      return { type: "JWT", authorizer: name, ...(scopes.length === 0 ? {} : { scopes }) };
    }
  }
  return { type: "NONE" };
}
