/**
 * RequestParameters of an Api event: what a request must or may carry.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { dictFromTemplate, fromTemplate } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { unicode } from "../python/text.ts";
import type { Text } from "../python/text.ts";
import { invalidEvent } from "../sam-error.ts";

/** Reads the property. Raises SamFault. */
export function requestParameters(
  event: string,
  parameters: readonly Json[],
): readonly { readonly name: Text; readonly isRequired: Data; readonly isCached: Data }[] {
  const refuse = (reason: string): never => {
    throw invalidEvent(event, `Invalid value for 'RequestParameters' property. ${reason}`);
  };
  return parameters.map((parameter) => {
    const [name, settings]: readonly [Json, Json] = isObject(parameter) ? firstEntry(parameter) : [parameter, {}];
    if (typeof name !== "string") return refuse("Property must be either a string or an object");
    if (!/^method\.request\.(querystring|path|header)\./.test(name)) {
      return refuse(
        "Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g 'method.request.header.Authorization'.",
      );
    }
    if (!isObject(settings) || !Object.keys(settings).every((key) => key === "Required" || key === "Caching")) {
      return refuse("Values must be an object, e.g { Required: true, Caching: false }");
    }
    return {
      name: unicode(name),
      isRequired: fromTemplate(own(settings, "Required") ?? false),
      isCached: fromTemplate(own(settings, "Caching") ?? false),
    };
  });
}

/** Of several members the one counts that is first in Python's order. */
function firstEntry(parameter: JsonObject): readonly [Json, Json] {
  const [key] = dictFromTemplate(parameter).keys();
  return key === undefined ? ["", null] : [key.text, own(parameter, key.text) ?? null];
}
