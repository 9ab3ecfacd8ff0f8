/** Stack policies: which updates a stack's resources are kept from (AWS page "Prevent updates to stack resources"). */
import { matchesWildcard } from "../../languages/glob.ts";
import { TemplateError } from "../../template/template-error.ts";
import { parseText } from "../../template/parse.ts";
import { isList, isObject, own, type Json, type JsonObject } from "../../template/value.ts";
import { invalid } from "./names.ts";

export type PolicyAction = "Update:Modify" | "Update:Replace" | "Update:Delete";

const ACTIONS = new Set(["Update:*", "Update:Modify", "Update:Replace", "Update:Delete"]);
/** "CloudFormation quotas". */
const MOST_BYTES = 16_384;

/** Raises ValidationError for a policy that CloudFormation would not take. */
export function checkStackPolicy(text: string): void {
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalid(`Stack policy size must not exceed ${MOST_BYTES} bytes.`);
  for (const statement of statementsOf(text)) {
    const effect = own(statement, "Effect");
    if (effect !== "Allow" && effect !== "Deny")
      throw invalid("Error validating stack policy: Invalid statement: Effect must be Allow or Deny");
    const actions = listOf(own(statement, "Action") ?? own(statement, "NotAction"));
    if (actions.length === 0) throw invalid("Error validating stack policy: Invalid statement: Action is required");
    for (const action of actions) {
      if (!ACTIONS.has(action)) throw invalid(`Error validating stack policy: Unknown action ${action}`);
    }
    if (own(statement, "Principal") !== "*" && own(statement, "NotPrincipal") === undefined) {
      throw invalid("Error validating stack policy: Invalid statement: Principal must be *");
    }
    if (listOf(own(statement, "Resource") ?? own(statement, "NotResource")).length === 0) {
      throw invalid("Error validating stack policy: Invalid statement: Resource is required");
    }
    const condition = own(statement, "Condition");
    if (condition === undefined) continue;
    for (const operator of isObject(condition) ? Object.keys(condition) : [""]) {
      if (operator !== "StringEquals" && operator !== "StringLike") {
        throw invalid(`Error validating stack policy: Invalid condition type : ${operator}`);
      }
    }
  }
}

/** The reason why the update is denied; undefined when it is allowed. Without any policy everything is. */
export function policyDenial(
  text: string | undefined,
  action: PolicyAction,
  logicalId: string,
  type: string,
): string | undefined {
  if (text === undefined) return undefined;
  let isAllowed = false;
  for (const [index, statement] of statementsOf(text).entries()) {
    if (!applies(statement, action, logicalId, type)) continue;
    if (own(statement, "Effect") === "Deny") {
      return `Action denied by stack policy: Statement [#${index + 1}] does not allow [${action}] for resource [LogicalResourceId/${logicalId}];`;
    }
    isAllowed = true;
  }
  return isAllowed
    ? undefined
    : `Action not allowed by stack policy: no statement allows [${action}] for resource [LogicalResourceId/${logicalId}];`;
}

function statementsOf(text: string): readonly JsonObject[] {
  let document: JsonObject;
  try {
    document = parseText(text.trim()).value;
  } catch (error) {
    if (error instanceof TemplateError) throw invalid(`Error validating stack policy: Invalid JSON: ${error.message}`);
    throw error;
  }
  const statements = own(document, "Statement");
  const list = isList(statements) ? statements : statements === undefined ? [] : [statements];
  if (list.length === 0) throw invalid("Error validating stack policy: Missing statement block");
  return list.map((statement) => {
    if (isObject(statement)) return statement;
    throw invalid("Error validating stack policy: Invalid statement");
  });
}

function applies(statement: JsonObject, action: string, logicalId: string, type: string): boolean {
  const resource = `LogicalResourceId/${logicalId}`;
  return (
    matches(statement, "Action", action) &&
    matches(statement, "Resource", resource) &&
    conditionHolds(own(statement, "Condition"), type)
  );
}

function matches(statement: JsonObject, key: string, value: string): boolean {
  const listed = own(statement, key);
  if (listed !== undefined) return listOf(listed).some((pattern) => matchesWildcard(pattern, value));
  return !listOf(own(statement, `Not${key}`)).some((pattern) => matchesWildcard(pattern, value));
}

function conditionHolds(condition: Json | undefined, type: string): boolean {
  if (condition === undefined || !isObject(condition)) return true;
  return Object.entries(condition).every(([operator, keys]) => {
    if (!isObject(keys)) return false;
    return Object.entries(keys).every(
      ([key, values]) =>
        key === "ResourceType" &&
        listOf(values).some((value) => (operator === "StringLike" ? matchesWildcard(value, type) : value === type)),
    );
  });
}

function listOf(value: Json | undefined): readonly string[] {
  const list = isList(value) ? value : value === undefined ? [] : [value];
  return list.filter((item) => typeof item === "string");
}
