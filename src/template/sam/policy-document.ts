/** The policies that SAM writes, as it writes them. */
import type { Json, JsonObject } from "../value.ts";

/** A trust policy for a service, as SAM writes it. */
export function trustPolicy(service: string): JsonObject {
  return {
    Version: "2012-10-17",
    Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: [service] } }],
  };
}

/** An inline policy with one statement or more. */
export function inlinePolicy(name: string, statements: readonly Json[]): JsonObject {
  return { PolicyName: name, PolicyDocument: { Statement: statements } };
}
