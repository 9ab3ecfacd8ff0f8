/** Who may call: security schemes, and what an operation says of them (AWS page "x-amazon-apigateway-authorizer object"). */
import type { Authorizer, Method } from "../state.ts";
import { child, children, count, isJson, text, textList, word, type Json } from "./document.ts";

const AUTHORIZER = "x-amazon-apigateway-authorizer";
const AUTHTYPE = "x-amazon-apigateway-authtype";

export function schemesOf(document: Json): ReadonlyMap<string, Json> {
  const schemes =
    document["swagger"] === undefined
      ? children(child(document, "components"), "securitySchemes")
      : children(document, "securityDefinitions");
  return new Map(schemes);
}

/** The document's authorizers by name, without ids. Raises BadRequestException. */
export function readAuthorizers(schemes: ReadonlyMap<string, Json>): Map<string, Authorizer> {
  const found = new Map<string, Authorizer>();
  for (const [name, scheme] of schemes) {
    const given = scheme[AUTHORIZER];
    if (!isJson(given)) continue;
    const type = word(given, "type", ["TOKEN", "REQUEST", "COGNITO_USER_POOLS"]) ?? "TOKEN";
    const header = text(scheme, "name") ?? "Authorization";
    found.set(name, {
      name,
      type,
      providerARNs: textList(given, "providerARNs"),
      authType: text(scheme, AUTHTYPE),
      authorizerUri: text(given, "authorizerUri"),
      authorizerCredentials: text(given, "authorizerCredentials"),
      identitySource: text(given, "identitySource") ?? `method.request.header.${header}`,
      identityValidationExpression: text(given, "identityValidationExpression"),
      authorizerResultTtlInSeconds: count(given, "authorizerResultTtlInSeconds") ?? 300,
    });
  }
  return found;
}

/** What an operation's security asks for; `authorizerId` is the authorizer's name here. */
export function readSecurity(
  document: Json,
  operation: Json,
  schemes: ReadonlyMap<string, Json>,
): Pick<Method, "authorizationType" | "authorizerId" | "apiKeyRequired" | "authorizationScopes"> {
  const own = operation["security"] ?? document["security"];
  let authorizationType = "NONE";
  let authorizerId: string | undefined;
  let apiKeyRequired = false;
  let authorizationScopes: string[] | undefined;
  for (const requirement of Array.isArray(own) ? own : []) {
    if (!isJson(requirement)) continue;
    for (const [name, scopes] of Object.entries(requirement)) {
      const scheme = schemes.get(name);
      if (scheme === undefined) continue;
      const authorizer = scheme[AUTHORIZER];
      if (isJson(authorizer)) {
        const type = word(authorizer, "type", ["TOKEN", "REQUEST", "COGNITO_USER_POOLS"]);
        authorizationType = type === "COGNITO_USER_POOLS" ? type : "CUSTOM";
        authorizerId = name;
        if (Array.isArray(scopes) && scopes.length > 0) authorizationScopes = scopes.map(String);
      } else if (text(scheme, AUTHTYPE)?.toLowerCase() === "awssigv4") {
        authorizationType = "AWS_IAM";
      } else if (scheme["type"] === "apiKey" && text(scheme, "name")?.toLowerCase() === "x-api-key") {
        apiKeyRequired = true;
      }
    }
  }
  const said = text(child(operation, "x-amazon-apigateway-auth"), "type");
  if (said !== undefined) authorizationType = said.toUpperCase();
  return { authorizationType, authorizerId, apiKeyRequired, authorizationScopes };
}
