/** Access log formats of API Gateway: text with `$context.…` variables (AWS page "Customize HTTP API access logs"). */

const VARIABLE = /\$context\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_:-]+)*)/g;

/** The line; a variable that has no value is a dash. `variable` is given the name behind `$context.`. */
export function formatAccessLog(format: string, variable: (name: string) => string | undefined): string {
  return format.replaceAll(VARIABLE, (_, name: string) => variable(name) ?? "-");
}
