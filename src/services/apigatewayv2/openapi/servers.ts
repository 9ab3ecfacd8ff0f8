/** An OpenAPI document's servers: their path, and what an import makes of it (AWS page "ImportApi", basepath); whether the API has an address of its own. */
import { badRequest } from "../errors.ts";
import { fieldsOf, flagOf, isFields, listOf, textOf, type Fields } from "./document.ts";

export const ENDPOINT_EXTENSION = "x-amazon-apigateway-endpoint-configuration";

/** A server has it (AWS page "x-amazon-apigateway-endpoint-configuration object"), older documents have it at their top. */
export function isEndpointDisabled(document: Fields): boolean | undefined {
  return [...listOf(document, "servers"), document]
    .map((place) =>
      isFields(place) ? flagOf(fieldsOf(place, ENDPOINT_EXTENSION), "disableExecuteApiEndpoint") : undefined,
    )
    .find((given) => given !== undefined);
}

export type BasePath = "ignore" | "prepend" | "split";

/** Raises BadRequestException for another value. */
export function readBasePath(given: string | undefined): BasePath {
  const value = (given ?? "ignore").toLowerCase();
  return value === "ignore" || value === "prepend" || value === "split"
    ? value
    : badRequest(`Invalid basepath value specified: ${given}. Valid values are ignore, prepend, split`);
}

/** What stands before each path: "" or `/v1`, without a slash at its end. */
export function basePathOf(document: Fields, mode: BasePath): string {
  const [server] = listOf(document, "servers");
  if (mode === "ignore" || !isFields(server)) return "";
  const variables = fieldsOf(server, "variables");
  const url = (textOf(server, "url") ?? "").replaceAll(
    /\{([^}]+)\}/g,
    (_, name: string) => textOf(fieldsOf(variables, name), "default") ?? "",
  );
  const path = url.replace(/^\w+:\/\/[^/]*/, "").replace(/\/+$/, "");
  if (path === "" || path === "/") return "";
  const whole = path.startsWith("/") ? path : `/${path}`;
  // Split: the first part is the API's, the rest is in the paths.
  return mode === "prepend" ? whole : whole.replace(/^\/[^/]*/, "");
}
