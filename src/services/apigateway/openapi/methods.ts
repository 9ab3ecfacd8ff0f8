/** A path's operations as methods: their parameters, bodies and responses, in the forms of Swagger 2.0 and OpenAPI 3.0. */
import type { Method, MethodResponse } from "../state.ts";
import { child, children, flag, followed, isJson, list, text, type Json } from "./document.ts";
import { readIntegration } from "./integration.ts";
import { readSecurity } from "./security.ts";

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch"]);
const ANY = "x-amazon-apigateway-any-method";
const VALIDATOR = "x-amazon-apigateway-request-validator";
const PLACES: Readonly<Record<string, string>> = { header: "header", query: "querystring", path: "path" };

export interface MethodReading {
  readonly document: Json;
  readonly schemes: ReadonlyMap<string, Json>;
  /** The name of the model that a schema is, which is made where it has none. */
  modelOf(schema: unknown): string | undefined;
}

/** By HTTP method; authorizers and validators are named, not identified. Raises BadRequestException. */
export function readMethods(reading: MethodReading, item: Json, resourceId: string): Record<string, Method> {
  const methods: Record<string, Method> = {};
  for (const [key, operation] of Object.entries(item)) {
    if (!isJson(operation) || (!METHODS.has(key.toLowerCase()) && key !== ANY)) continue;
    const httpMethod = key === ANY ? "ANY" : key.toUpperCase();
    const { document, schemes } = reading;
    methods[httpMethod] = {
      httpMethod,
      ...readSecurity(document, operation, schemes),
      operationName: text(operation, "operationId"),
      requestValidatorId: text(operation, VALIDATOR) ?? text(document, VALIDATOR),
      ...readRequest(reading, item, operation),
      methodResponses: readResponses(reading, operation),
      methodIntegration: readIntegration(operation, resourceId),
    };
  }
  return methods;
}

function readRequest(
  reading: MethodReading,
  item: Json,
  operation: Json,
): Pick<Method, "requestParameters" | "requestModels"> {
  const { document } = reading;
  const requestParameters: Record<string, boolean> = {};
  const requestModels: Record<string, string> = {};
  for (const given of [...list(item, "parameters"), ...list(operation, "parameters")]) {
    const parameter = followed(document, given);
    const where = text(parameter, "in") ?? "";
    const name = text(parameter, "name") ?? "";
    const place = PLACES[where];
    if (place !== undefined) {
      requestParameters[`method.request.${place}.${name}`] = flag(parameter, "required") ?? false;
    } else if (where === "body") {
      const model = reading.modelOf(parameter["schema"]);
      for (const type of consumed(document, operation, "consumes"))
        if (model !== undefined) requestModels[type] = model;
    }
  }
  for (const [type, media] of children(followed(document, operation["requestBody"]), "content")) {
    const model = reading.modelOf(media["schema"]);
    if (model !== undefined) requestModels[type] = model;
  }
  return { requestParameters: unlessNone(requestParameters), requestModels: unlessNone(requestModels) };
}

function readResponses(reading: MethodReading, operation: Json): Record<string, MethodResponse> | undefined {
  const { document } = reading;
  const found: Record<string, MethodResponse> = {};
  for (const [statusCode, given] of Object.entries(child(operation, "responses"))) {
    if (!/^\d{3}$/.test(statusCode)) continue;
    const response = followed(document, given);
    const responseParameters: Record<string, boolean> = {};
    for (const name of Object.keys(child(response, "headers"))) {
      responseParameters[`method.response.header.${name}`] = false;
    }
    const responseModels: Record<string, string> = {};
    const model = reading.modelOf(response["schema"]);
    for (const type of consumed(document, operation, "produces")) if (model !== undefined) responseModels[type] = model;
    for (const [type, media] of children(response, "content")) {
      const named = reading.modelOf(media["schema"]);
      if (named !== undefined) responseModels[type] = named;
    }
    found[statusCode] = {
      statusCode,
      responseParameters: unlessNone(responseParameters),
      responseModels: unlessNone(responseModels),
    };
  }
  return unlessNone(found);
}

function consumed(document: Json, operation: Json, name: string): readonly string[] {
  const types = [...list(operation, name)];
  const all = types.length > 0 ? types : [...list(document, name)];
  return all.length > 0 ? all.map(String) : ["application/json"];
}

function unlessNone<T>(found: Record<string, T>): Record<string, T> | undefined {
  return Object.keys(found).length === 0 ? undefined : found;
}
