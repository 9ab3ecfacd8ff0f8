/**
 * MergeDefinitions: what an event says of its method goes into the definition that the template has.
 */
import { Dict, isTrue, py27 } from "../python/dict.ts";
import type { Text } from "../python/text.ts";
import { invalidResource } from "../sam-error.ts";
import { deepGet, methodName } from "./definition-editor.ts";
import type { SwaggerEditor } from "./swagger-editor.ts";

/** The template's definition with the editor's method in it. Raises SamFault. */
export function mergeDefinition(
  apiId: string,
  definition: Dict,
  editor: SwaggerEditor,
  path: Text,
  method: Text,
): Dict {
  const merged = definition.copy();
  const written = merged.get("paths");
  // Without paths the original leaves the definition as it is.
  const paths = written instanceof Dict && written.size > 0 ? written : py27();
  const found = deepGet(paths, path.text, method.text);
  if (found instanceof Error) {
    throw invalidResource(apiId, `Property 'DefinitionBody' is invalid: ${found.message}`);
  }
  const before = isTrue(found) ? found : new Dict("plain");
  if (!(before instanceof Dict)) {
    throw invalidResource(apiId, `Property 'DefinitionBody.paths.${path.text}.${method.text}' should be a map.`);
  }
  const swagger = editor.swagger;
  const generated = deepGet(swagger, "paths", path.text, methodName(method).text);
  const body = new Dict("plain");
  for (const [key, value] of before.entries()) body.set(key, value);
  for (const [key, value] of generated instanceof Dict ? generated.entries() : []) body.set(key, value);
  const item = paths.get(path.text);
  if (item instanceof Dict) item.set(method, body);
  else paths.set(path, new Dict("plain").set(method, body));
  return merged;
}
