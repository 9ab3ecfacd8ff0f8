/**
 * GatewayResponses: what an API answers when it does not come to calling a function.
 */
import { Decimal, Dict, isTrue, py27 } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { print } from "../python/print.ts";
import { str, Text } from "../python/text.ts";
import { expectMap, present } from "./expect.ts";
import type { Complain } from "./expect.ts";
import { isIntrinsicData } from "./definition-editor.ts";

const PROPERTIES = ["ResponseParameters", "ResponseTemplates", "StatusCode"];

/** The kinds of response parameters, and how a definition names them. */
const PREFIXES = [
  ["Headers", "header."],
  ["Paths", "path."],
  ["QueryStrings", "querystring."],
] as const;

/** Checks the property's outer form. Raises SamFault. */
export function checkGatewayResponses(responses: Dict, complain: Complain): void {
  for (const [type, response] of responses.entries()) {
    if (isIntrinsicData(response)) {
      throw complain(
        "Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field.",
      );
    }
    if (!(response instanceof Dict)) {
      throw complain(
        `Invalid property type '${typeName(response)}' for GatewayResponses. Expected an object of type 'GatewayResponse'.`,
      );
    }
    const unknown = response.keys().find(({ text }) => !PROPERTIES.includes(text));
    if (unknown !== undefined) {
      throw complain(`Invalid property '${unknown.text}' in 'GatewayResponses' property '${type.text}'.`);
    }
  }
}

/** A type as Python names it. */
export function typeName(data: Data): string {
  if (data === null) return "NoneType";
  if (data instanceof Text) return "str";
  if (data instanceof Decimal) return "float";
  if (data instanceof Dict) return "dict";
  if (Array.isArray(data)) return "list";
  if (typeof data === "boolean") return "bool";
  return Number.isInteger(data) ? "int" : "float";
}

/** One response as the definition has it. Raises SamFault. */
export function gatewayResponse(type: string, response: Dict, complain: Complain): Dict {
  const parameters = response.get("ResponseParameters") ?? py27();
  const map = isTrue(parameters)
    ? expectMap(parameters, `GatewayResponses.${type}.ResponseParameters`, complain)
    : py27();
  const unknown = map.keys().find(({ text }) => !PREFIXES.some(([name]) => name === text));
  if (unknown !== undefined) throw complain(`Invalid gateway response parameter '${unknown.text}'`);
  const status = present(response.get("StatusCode"));
  const code = status === undefined ? undefined : print(status);
  if (isTrue(status) && !/^[0-9]{1,3}\n?$/.test(code ?? "")) {
    throw complain("Property 'StatusCode' must be numeric");
  }
  const templates = response.get("ResponseTemplates");
  const swagger = py27({
    responseParameters: prefixed(map, complain),
    responseTemplates: isTrue(templates) ? templates : py27(),
  });
  if (code !== undefined && code !== "") swagger.set("statusCode", str(code));
  return swagger;
}

function prefixed(parameters: Dict, complain: Complain): Dict {
  const made = py27();
  for (const [name, prefix] of PREFIXES) {
    const members = parameters.has(name) ? parameters.get(name) : py27();
    for (const [key, value] of expectMap(members, `ResponseParameters.${name}`, complain).entries()) {
      made.set(
        key.map((text) => `gatewayresponse.${prefix}${text}`),
        value,
      );
    }
  }
  return made;
}
