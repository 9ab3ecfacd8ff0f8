/** `x-amazon-apigateway-integration`: what a method does (the AWS page of that name). */
import { badRequest } from "../errors.ts";
import type { Integration, IntegrationResponse } from "../state.ts";
import { child, children, count, flag, isJson, text, textList, texts, word, type Json } from "./document.ts";

const NAME = "x-amazon-apigateway-integration";

/** Undefined where the operation has none. Raises BadRequestException. */
export function readIntegration(operation: Json, resourceId: string): Integration | undefined {
  const given = operation[NAME];
  if (!isJson(given)) return undefined;
  const type = word(given, "type", ["HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"]);
  if (type === undefined) return badRequest("Invalid OpenAPI input: an integration must have a type");
  return {
    type,
    httpMethod: text(given, "httpMethod")?.toUpperCase(),
    uri: text(given, "uri"),
    connectionType: word(given, "connectionType", ["INTERNET", "VPC_LINK"]),
    connectionId: text(given, "connectionId"),
    credentials: text(given, "credentials"),
    requestParameters: texts(given, "requestParameters"),
    requestTemplates: texts(given, "requestTemplates"),
    passthroughBehavior:
      word(given, "passthroughBehavior", ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]) ?? "WHEN_NO_MATCH",
    contentHandling: word(given, "contentHandling", ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]),
    timeoutInMillis: count(given, "timeoutInMillis") ?? 29_000,
    cacheNamespace: text(given, "cacheNamespace") ?? resourceId,
    cacheKeyParameters: textList(given, "cacheKeyParameters") ?? [],
    tlsConfig: isJson(given["tlsConfig"])
      ? { insecureSkipVerification: flag(child(given, "tlsConfig"), "insecureSkipVerification") }
      : undefined,
    integrationResponses: responsesOf(given),
  };
}

/** By status code; the key in the document is the pattern that selects it. */
function responsesOf(given: Json): Record<string, IntegrationResponse> | undefined {
  if (!isJson(given["responses"])) return undefined;
  const found: Record<string, IntegrationResponse> = {};
  for (const [pattern, response] of children(given, "responses")) {
    const statusCode = text(response, "statusCode") ?? "200";
    found[statusCode] = {
      statusCode,
      selectionPattern: pattern === "default" ? undefined : pattern,
      responseParameters: texts(response, "responseParameters"),
      responseTemplates: texts(response, "responseTemplates"),
      contentHandling: word(response, "contentHandling", ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]),
    };
  }
  return found;
}
