/** The parameters that a template gives a macro, evaluated. */
import { resolve } from "../../../template/evaluate.ts";
import { TemplateError } from "../../../template/template-error.ts";
import { isList, scalarText, type Json, type JsonObject } from "../../../template/value.ts";
import { parameterValues } from "../../../template/parameters.ts";
import { invalid } from "../names.ts";
import type { TransformFacts } from "./facts.ts";

/**
 * References to the template's parameters, to mappings and to pseudo parameters become their values; `name` is the macro's, as the message
 * has it. Raises ValidationError for what does not come to a text, a number, a boolean or a list of them.
 */
export function macroParameters(facts: TransformFacts, name: string, given: JsonObject): JsonObject {
  const unresolved = (): undefined => undefined;
  const scope = {
    pseudo: facts.pseudo,
    parameters: parameterValues(facts.parameters),
    mappings: facts.mappings,
    conditions: new Map<string, boolean>(),
    ref: unresolved,
    getAtt: unresolved,
    importValue: unresolved,
    availabilityZones: () => [],
  };
  return Object.fromEntries(
    Object.entries(given).map(([key, value]): [string, Json] => {
      const wrong = `The value of parameter ${key} under transform ${name} must resolve to a string, number, boolean or a list of any of these.`;
      try {
        const resolved = resolve(value, scope);
        const items = isList(resolved) ? resolved : [resolved];
        if (resolved !== undefined && items.every((item) => scalarText(item) !== undefined)) return [key, resolved];
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
      }
      throw invalid(wrong);
    }),
  );
}
