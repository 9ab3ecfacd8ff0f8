/** `seatrial sam translate`: prints what a SAM template stands for. */
import { readFileSync } from "node:fs";
import { UsageError } from "../kernel/errors.ts";
import { TemplateError, transform, TransformError } from "../sam.ts";

export interface TranslateOptions {
  readonly region: string;
  readonly parameter: readonly string[];
  readonly managedPolicy: readonly string[];
}

/** Prints the template as JSON; raises UsageError with the transform's own message. */
export function translate(file: string, { region, parameter, managedPolicy }: TranslateOptions): void {
  const parameters = pairs("--parameter", parameter);
  const policies = pairs("--managed-policy", managedPolicy);
  const text = read(file);
  try {
    const template = transform(text, {
      region,
      parameters,
      managedPolicyArn: (name) => (Object.hasOwn(policies, name) ? policies[name] : undefined),
    });
    console.log(JSON.stringify(template, undefined, 2));
  } catch (error) {
    if (error instanceof TransformError || error instanceof TemplateError) throw new UsageError(error.message);
    throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function pairs(option: string, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`${option} takes NAME=VALUE; this is ${JSON.stringify(pair)}.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
