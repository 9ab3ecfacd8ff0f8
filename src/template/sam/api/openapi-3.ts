/**
 * What the original turns from Swagger 2 into OpenAPI 3 when an API asks for that version.
 */
import { Dict, isTrue, py27 } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { invalidDocument } from "../sam-error.ts";
import { deepGet, isOpenApi3, mustBeDict, pathItemDict } from "./definition-editor.ts";
import { present } from "./expect.ts";

/** Changes the definition in place where its version is 3. Raises DocumentFault. */
export function toOpenApi3(definition: Dict, openApiVersion: Data | undefined, isNormalized: boolean): void {
  if (present(definition.get("swagger")) !== undefined) return;
  const own = definition.get("openapi");
  const version = isNormalized
    ? definition.has("openapi")
      ? own
      : openApiVersion
    : present(own) !== undefined && openApiVersion === undefined
      ? own
      : openApiVersion;
  if (!isTrue(version) || !isOpenApi3(version)) return;
  moveToComponents(definition, "securityDefinitions", "securitySchemes");
  moveToComponents(definition, "definitions", "schemas");
  const paths = definition.get("paths");
  if (!isTrue(paths)) return;
  for (const [path, item] of mustBeDict(
    paths,
    "Value of paths must be a dictionary according to Swagger spec.",
  ).entries()) {
    const options = pathItemDict(item, path.text).get("options");
    if (!isTrue(options)) continue;
    changeOptions(
      mustBeDict(
        options,
        `Value of options method for path ${path.text} must be a dictionary according to Swagger spec.`,
      ),
      path.text,
    );
  }
}

function moveToComponents(definition: Dict, from: string, to: string): void {
  const members = definition.get(from);
  if (!isTrue(members)) return;
  const present = definition.get("components");
  const components = present instanceof Dict && present.size > 0 ? present : py27();
  components.set(to, members);
  definition.set("components", components);
  definition.delete(from);
}

function changeOptions(options: Dict, path: string): void {
  options.delete("produces");
  options.delete("consumes");
  if (!options.has("responses")) return;
  const headers = deepGet(options.get("responses"), "200", "headers");
  if (headers instanceof Error) {
    throw invalidDocument(`Invalid responses in options method for path ${path}: ${headers.message}.`);
  }
  if (!isTrue(headers)) return;
  const map = mustBeDict(
    headers,
    `Value of response's headers in options method for path ${path} must be a dictionary according to Swagger spec.`,
  );
  for (const [name, value] of map.entries()) map.set(name, py27({ schema: value }));
}
