/** Whether one statement is about a request: its principal, action, resource and conditions. */
import { globMatches, matchesWildcard } from "../glob.ts";
import { conditionsHold } from "./conditions.ts";
import type { RequestContext } from "./context.ts";
import type { PolicyDocument, Selection, Statement } from "./document.ts";
import { namedAs } from "./principal.ts";
import type { NamedAs, RequestPrincipal } from "./principal.ts";
import { expandPattern, hasVariable, maskVariables } from "./variables.ts";
import type { VariableLookup } from "./variables.ts";

/** What is asked, once. */
export interface StatementRequest {
  readonly principal: RequestPrincipal;
  /** `service:Operation`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/**
 * How `statement` of `policy` names the request's principal when the statement applies, else undefined. A statement
 * without a principal is the attached identity's own, so it names it.
 */
export function statementApplies(
  policy: Pick<PolicyDocument, "version">,
  statement: Statement,
  request: StatementRequest,
): NamedAs | undefined {
  if (!selects(statement.actions, (pattern) => actionMatches(pattern, request.action))) return undefined;
  const named = statement.principals === undefined ? "identity" : namedAs(statement.principals, request.principal);
  if (named === undefined) return undefined;
  // "If you use 2008-10-17, variables such as ${aws:username} are treated as literal strings."
  const lookup: VariableLookup | undefined =
    policy.version === "2012-10-17" ? (key) => request.context.single(key) : undefined;
  const { resources, conditions } = statement;
  if (resources !== undefined && !selects(resources, (pattern) => resourceMatches(pattern, request.resource, lookup))) {
    return undefined;
  }
  return conditionsHold(conditions, request.context, lookup) ? named : undefined;
}

function selects(selection: Selection, matches: (pattern: string) => boolean): boolean {
  return selection.patterns.some(matches) !== selection.negated;
}

/** "The prefix and the action name are case insensitive." */
function actionMatches(pattern: string, action: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * AWS page "IAM JSON policy elements: Resource": a wildcard may reach over the colons between an ARN's parts, and an
 * ARN with fewer than six parts is completed with wildcards.
 */
function resourceMatches(pattern: string, resource: string, lookup: VariableLookup | undefined): boolean {
  if (lookup === undefined || !hasVariable(pattern)) return matchesWildcard(completed(pattern), resource);
  const glob = expandPattern(completed(pattern), lookup);
  return glob !== undefined && globMatches(glob, resource);
}

function completed(pattern: string): string {
  if (!pattern.startsWith("arn:")) return pattern;
  const missing = 6 - maskVariables(pattern).split(":").length;
  return missing > 0 ? pattern + ":*".repeat(missing) : pattern;
}
