/** The path of an OpenAPI document's server, and what an import makes of it (AWS page "ImportApi", basepath). */
import { badRequest } from "../errors.ts";
import { fieldsOf, isFields, listOf, textOf, type Fields } from "./document.ts";

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
