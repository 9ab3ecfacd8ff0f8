/** What a request must have before it is handed on: parameters and a body as its method says (AWS page "Request validation for REST APIs"). */
import { headerOf, queryValues, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault } from "./fault.ts";

/** Raises GatewayFault (400), or 415 for a body that only templates of other types could take. */
export function validateRequest(exchange: Exchange, { method, parameters }: Route): void {
  const { served, incoming } = exchange;
  const validator = served.snapshot.definition.requestValidators[method.requestValidatorId ?? ""];
  if (validator?.validateRequestParameters === true) {
    const query = queryValues(incoming.query);
    const missing = Object.entries(method.requestParameters ?? {}).flatMap(([place, required]) => {
      const [, , kind = "", ...rest] = place.split(".");
      const name = rest.join(".");
      return required && !isThere(kind, name) ? [name] : [];
    });
    if (missing.length > 0) {
      throw new GatewayFault("BAD_REQUEST_PARAMETERS", `Missing required request parameters: [${missing.join(", ")}]`);
    }
    function isThere(kind: string, name: string): boolean {
      switch (kind) {
        case "header":
          return (headerOf(incoming, name) ?? "") !== "";
        case "querystring":
          return (query[name]?.at(-1) ?? "") !== "";
        case "path":
          return (parameters[name] ?? "") !== "";
        default:
          return true;
      }
    }
  }
  if (validator?.validateRequestBody === true) validateBody(exchange, method.requestModels ?? {});
}

function validateBody({ served, incoming, lines }: Exchange, models: Readonly<Record<string, string>>): void {
  const type = (headerOf(incoming, "content-type") ?? "application/json").split(";")[0]?.trim() ?? "";
  const model = models[type] ?? models["$default"];
  if (model === undefined) return;
  let value: unknown;
  try {
    value = JSON.parse(incoming.body.toString());
  } catch {
    return refuse(["Unable to parse the body as JSON"]);
  }
  const faults = served.modelFaults(model, value);
  if (faults !== undefined && faults.length > 0) refuse(faults);

  function refuse(faults: readonly string[]): never {
    lines.push(`Request body does not match model schema for content type ${type}: [${faults.join(", ")}]`);
    throw new GatewayFault("BAD_REQUEST_BODY", "Invalid request body", { validation: `[${faults.join(", ")}]` });
  }
}
