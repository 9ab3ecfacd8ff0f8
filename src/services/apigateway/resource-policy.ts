/** An API's own policy: its text is checked when it is set, and what it says of a request is judged by ../../languages/policy. */
import type { NamedPolicy } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { badRequest } from "./errors.ts";

/** Raises BadRequestException. */
export function checkPolicy(text: string): void {
  try {
    parsePolicy(text, "resource");
  } catch {
    badRequest("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.");
  }
}

/**
 * The policy as it is judged: a resource may be written short, `execute-api:/stage/METHOD/path` (AWS page "API Gateway resource policy examples"),
 * and is this API's then.
 */
export function readPolicy(text: string, arnPrefix: string): NamedPolicy {
  const whole = text.replaceAll(/"execute-api:\/([^"]*)"/g, (_, rest: string) => `"${arnPrefix}/${rest}"`);
  return { name: "resource policy", document: parsePolicy(whole, "resource") };
}
