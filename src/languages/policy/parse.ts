/** Policy text to PolicyDocument, with IAM's words for what is wrong, in the order in which IAM finds it. */
import { checkActions, checkResources } from "./element-format.ts";
import { parseConditions } from "./parse-conditions.ts";
import { parsePrincipals } from "./parse-principals.ts";
import { PolicySyntaxError } from "./document.ts";
import type { PolicyDocument, PolicyKind, PrincipalElement, Selection, Statement } from "./document.ts";

const documentFields = ["Version", "Id", "Statement"];
const statementFields = "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" ");

/** Documents by kind and text: the same few are judged over and over, once for each call. */
const parsed = new Map<string, PolicyDocument>();
const MOST_PARSED = 512;

/**
 * Parses a policy of `kind`. Raises PolicySyntaxError with IAM's message for what is not in the language. Whether a
 * principal exists is the service's matter.
 */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  const key = `${kind} ${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const document = parseAnew(text, kind);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(key, document);
  return document;
}

function parseAnew(text: string, kind: PolicyKind): PolicyDocument {
  const raw = readDocument(text, kind);
  const statements = asList(raw["Statement"]).map((statement) => readStatement(statement, kind));
  if (statements.length === 0) {
    fail("syntax", kind === "trust" ? "Could not parse the policy: Statement is empty!" : "Syntax errors in policy.");
  }
  const version = readVersion(raw["Version"]);
  for (const { effect } of statements) checkEffectCase(effect);
  checkSids(statements, kind);
  for (const statement of statements) checkStatement(statement, kind);
  const id = raw["Id"];
  return {
    version,
    ...(typeof id === "string" ? { id } : {}),
    statements: statements.map(({ effect, ...rest }) => ({ ...rest, effect: effect === "Deny" ? "Deny" : "Allow" })),
  };
}

/** A statement whose effect may still be in the wrong case, which IAM finds later than other faults. */
type RawStatement = Omit<Statement, "effect"> & { readonly effect: string };

function readDocument(text: string, kind: PolicyKind): Readonly<Record<string, unknown>> {
  // IAM wants the opening brace first. For a trust policy it says why, for others it is what "legacy parsing" is known for.
  if (/^\s/.test(text)) {
    if (kind === "trust") fail("json", "JSON strings must not have leading spaces");
    if (kind === "identity") fail("legacy", "The policy failed legacy parsing");
  }
  const raw = parseJson(text);
  if (!isObject(raw)) {
    if (kind === "identity") fail("json", "Syntax errors in policy.");
    fail("json", "This policy contains invalid Json");
  }
  for (const field of Object.keys(raw)) {
    if (!documentFields.includes(field)) unknownField(field, kind);
  }
  if (raw["Id"] !== undefined && typeof raw["Id"] !== "string") fail("syntax", "Syntax errors in policy.");
  if (raw["Statement"] === undefined) missingField("Statement", kind);
  return raw;
}

function readVersion(version: unknown): PolicyDocument["version"] {
  if (version === "2012-10-17") return version;
  // AWS page "IAM JSON policy elements: Version": without one, the policy is of 2008-10-17. SAM's policy templates have none.
  if (version === undefined || version === "2008-10-17") return "2008-10-17";
  fail("version", "The policy must contain a valid version string");
}

function readStatement(raw: unknown, kind: PolicyKind): RawStatement {
  if (!isObject(raw)) fail("syntax", "Syntax errors in policy.");
  for (const field of Object.keys(raw)) {
    if (!statementFields.includes(field)) unknownField(field, kind);
  }
  const { Sid: sid, Effect: effect } = raw;
  if (sid !== undefined && typeof sid !== "string") fail("syntax", "Syntax errors in policy.");
  if (effect === undefined) missingField("Effect", kind);
  if (typeof effect !== "string") fail("syntax", "Syntax errors in policy.");
  if (!["allow", "deny"].includes(effect.toLowerCase())) {
    fail("syntax", kind === "identity" ? "Syntax errors in policy." : `Invalid effect: ${effect}`);
  }
  const principals = readPrincipals(raw, effect, kind);
  const actions = readSelection(raw, "Action", "NotAction");
  const resources = readSelection(raw, "Resource", "NotResource");
  return {
    ...(sid === undefined ? {} : { sid }),
    effect,
    ...(principals === undefined ? {} : { principals }),
    // A statement without actions is refused below, in its turn.
    actions: actions ?? { negated: false, patterns: [] },
    ...(resources === undefined ? {} : { resources }),
    conditions: parseConditions(raw["Condition"]),
  };
}

function readPrincipals(
  raw: Readonly<Record<string, unknown>>,
  effect: string,
  kind: PolicyKind,
): PrincipalElement | undefined {
  const { Principal: principal, NotPrincipal: notPrincipal } = raw;
  if (kind === "identity") {
    if (principal !== undefined) fail("prohibited-field", "Policy document should not specify a principal.");
    if (notPrincipal !== undefined) fail("prohibited-field", "Has prohibited field NotPrincipal");
    return undefined;
  }
  if (principal !== undefined && notPrincipal !== undefined) fail("syntax", "Syntax errors in policy.");
  if (notPrincipal !== undefined) {
    if (effect === "Allow") fail("prohibited-field", "Allow with NotPrincipal is not allowed.");
    if (kind === "trust") fail("prohibited-field", "AssumeRole policy must not contain NotPrincipal field.");
    return { negated: true, names: parsePrincipals(notPrincipal, kind) };
  }
  if (principal === undefined) missingField("Principal", kind);
  return { negated: false, names: parsePrincipals(principal, kind) };
}

function readSelection(
  raw: Readonly<Record<string, unknown>>,
  field: string,
  negatedField: string,
): Selection | undefined {
  const given = raw[field];
  const negated = raw[negatedField];
  if (given !== undefined && negated !== undefined) fail("syntax", "Syntax errors in policy.");
  const value = given ?? negated;
  if (value === undefined) return undefined;
  const patterns = asList(value);
  if (!patterns.every((pattern) => typeof pattern === "string")) fail("syntax", "Syntax errors in policy.");
  return { negated: negated !== undefined, patterns };
}

function checkEffectCase(effect: string): void {
  if (effect !== "Allow" && effect !== "Deny") fail("legacy", "The policy failed legacy parsing");
}

function checkSids(statements: readonly RawStatement[], kind: PolicyKind): void {
  const sids = statements.map(({ sid }) => sid ?? "").filter((sid) => sid !== "");
  // Other services' policies may have spaces and signs in theirs.
  if (kind !== "resource" && sids.some((sid) => !/^[0-9A-Za-z]*$/.test(sid))) {
    const words = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression";
    fail("sid", `${words} [0-9A-Za-z]*`);
  }
  if (new Set(sids).size < sids.length) {
    fail("duplicate-sid", "Statement IDs (SID) in a single policy must be unique.");
  }
}

function checkStatement(statement: RawStatement, kind: PolicyKind): void {
  const { actions, resources } = statement;
  if (actions.patterns.length === 0) {
    if (kind !== "identity") missingField("Action", kind);
    fail("missing-field", "Policy statement must contain actions.");
  }
  if (kind === "trust") {
    if (resources !== undefined) {
      const words = resources.negated
        ? "AssumeRole policy must not contain resources."
        : "Has prohibited field Resource";
      fail("prohibited-field", words);
    }
    if (!actions.patterns.every((action) => action.toLowerCase().startsWith("sts:"))) {
      fail("action", "AssumeRole policy may only specify STS AssumeRole actions.");
    }
  } else if (resources === undefined || resources.patterns.length === 0) {
    if (kind !== "identity") missingField("Resource", kind);
    fail("missing-field", "Policy statement must contain resources.");
  } else if (kind === "identity") {
    checkResources(resources.patterns);
  }
  checkActions(actions.patterns);
}

function missingField(field: string, kind: PolicyKind): never {
  const named = kind !== "identity";
  fail("missing-field", named ? `Missing required field ${field}` : "Syntax errors in policy.");
}

function unknownField(field: string, kind: PolicyKind): never {
  fail("unknown-field", kind === "resource" ? `Unknown field ${field}` : "Syntax errors in policy.");
}

function fail(problem: PolicySyntaxError["problem"], message: string): never {
  throw new PolicySyntaxError(problem, message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
