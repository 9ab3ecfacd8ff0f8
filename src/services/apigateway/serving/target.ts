/** Where an integration leads: its URI with the stage's variables in it. */
import type { Exchange } from "./exchange.ts";
import { misconfigured } from "./fault.ts";

/** `…${stageVariables.name}…`; a variable that the stage does not have is an empty text. */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  if (!text.includes("${stageVariables.")) return text;
  return text.replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => variables[name] ?? "");
}

export function unknownTarget({ lines }: Exchange, uri: string): never {
  lines.push(`Execution failed due to configuration error: Seatrial cannot reach ${uri}`);
  return misconfigured();
}
