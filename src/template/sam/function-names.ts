/**
 * The names of the functions behind an API: the id of its deployment changes with them.
 */
import { isObject, own } from "../value.ts";
import type { SamResource, TransformContext } from "./context.ts";
import { isTruthy } from "./property-table.ts";
import { apiIdOf } from "./api/implicit-api.ts";
import { fromTemplate } from "./python/dict.ts";
import { resolveData } from "./python/parameters.ts";
import { print } from "./python/print.ts";

/** Notes a function's name with the API of each of its events. */
export function noteFunctionNames({ type, properties }: SamResource, context: TransformContext): void {
  const events = own(properties, "Events");
  const name = own(properties, "FunctionName");
  if (type !== "AWS::Serverless::Function" || !isObject(events) || name === undefined) return;
  const resolved = resolveData(fromTemplate(name), context.parameterData);
  if (!isTruthy(name)) return;
  for (const event of Object.values(events)) {
    const ofEvent = isObject(event) && own(event, "Type") === "Api" ? own(event, "Properties") : undefined;
    const api = isObject(ofEvent) ? apiIdOf(own(ofEvent, "RestApiId")) : undefined;
    if (typeof api !== "string") continue;
    const names = context.functionNames.get(api) ?? [];
    names.push(print(resolved));
    context.functionNames.set(api, names);
  }
}
