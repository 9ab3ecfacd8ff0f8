/** What an authorizer decides by: `$request.header.…`, `$request.querystring.…`, `$context.…`, `$stageVariables.…`. */
import { contextVariable } from "./variables.ts";
import type { Visit } from "./visit.ts";

/** The values in the order of their sources; undefined where one of them is missing or empty. */
export function identitySources(visit: Visit, sources: readonly string[]): string[] | undefined {
  const values = sources.map((source) => valueOf(visit, source));
  const found = values.filter((value): value is string => value !== undefined && value !== "");
  return found.length === sources.length ? found : undefined;
}

function valueOf(visit: Visit, source: string): string | undefined {
  const [, root, part, name = ""] = /^\$(request|context|stageVariables)\.([^.]+)(?:\.(.+))?$/.exec(source) ?? [];
  switch (root) {
    case "request":
      if (part === "header") return visit.headers[name.toLowerCase()];
      return new URLSearchParams(visit.request.query).get(name) ?? undefined;
    case "context":
      return contextVariable(visit, source.slice("$context.".length));
    case "stageVariables":
      return visit.stage.StageVariables?.[source.slice("$stageVariables.".length)];
    case undefined:
    default:
      return undefined;
  }
}
