/** The policies of a template in IAM's language: what IAM, or the service whose policy it is, would refuse. */
import { parsePolicy } from "../../languages/policy/parse.ts";
import { PolicySyntaxError } from "../../languages/policy/document.ts";
import type { PolicyKind, PolicyProblem } from "../../languages/policy/document.ts";
import { closest } from "../../template/schema/vocabulary.ts";
import { isList, isObject, own } from "../../template/value.ts";
import type { Json, JsonObject, Path } from "../../template/value.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import { branches, itemsOf, membersAt, propertiesPlace } from "../template/written.ts";
import type { Place } from "../template/written.ts";
import { hasMacro, renderDocument, renderText, statementsOf } from "./rendering.ts";
import { SERVICE_PREFIXES } from "./service-prefixes.ts";

/** Where policies stand: a type, the way to each document, and what kind it is. */
const PLACES: readonly (readonly [types: readonly string[], way: readonly string[], kind: PolicyKind])[] = [
  [["AWS::IAM::Role"], ["AssumeRolePolicyDocument"], "trust"],
  [["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"], ["Policies", "*", "PolicyDocument"], "identity"],
  [
    ["Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy"].map((name) => `AWS::IAM::${name}`),
    ["PolicyDocument"],
    "identity",
  ],
  [["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"], ["PolicyDocument"], "resource"],
  [["AWS::KMS::Key"], ["KeyPolicy"], "resource"],
];

/** Every policy document of a resource. */
export function documentsOf(resource: CheckedResource): readonly (Place & { kind: PolicyKind })[] {
  return PLACES.filter(([types]) => types.includes(resource.type)).flatMap(([, way, kind]) =>
    wayTo(propertiesPlace(resource.properties), way).map((place) => ({ ...place, kind })),
  );
}

function wayTo(place: Place, way: readonly string[]): readonly Place[] {
  const [step, ...rest] = way;
  if (step === undefined) return branches(place);
  const next = step === "*" ? itemsOf(place) : membersAt(place, step);
  return next.flatMap((found) => wayTo(found, rest));
}

/** Says what is wrong with the policies of the template's resources. */
export function checkPolicies(view: TemplateView): void {
  for (const resource of view.resources.values()) {
    for (const { value, path, kind } of documentsOf(resource)) {
      if (
        !isObject(value) ||
        hasMacro(value) ||
        Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"))
      )
        continue;
      checkDocument(view, resource, value, path, kind);
    }
  }
}

/** How names look to a policy that is only read, not judged. */
const READABLE = {
  text: (name: string): string => {
    switch (name) {
      case "AWS::Partition":
        return "aws";
      case "AWS::Region":
        return "us-east-1";
      case "AWS::AccountId":
        return "000000000000";
      case "AWS::URLSuffix":
        return "amazonaws.com";
      default:
        return "*";
    }
  },
};

function checkDocument(
  view: TemplateView,
  resource: CheckedResource,
  document: JsonObject,
  path: Path,
  kind: PolicyKind,
): void {
  const version = renderDocument(own(document, "Version") ?? "2008-10-17", READABLE) ?? "2012-10-17";
  let found = false;
  const tell = (at: Path, { message }: PolicySyntaxError, advice: string | undefined): void => {
    found = true;
    view.tell(resource, { rule: "policy-document", path: [...path, ...at], message, advice });
  };
  for (const statement of statementsOf(document)) {
    const rendered = renderStatement(statement.value);
    if (rendered === undefined) continue;
    const error = problemOf(JSON.stringify({ Version: "2012-10-17", Statement: rendered }), kind);
    if (error !== undefined) {
      tell(
        [...statement.path, ...elementOf(statement.value, error.problem)],
        error,
        adviceOf(statement.value, error.problem, kind),
      );
    }
    checkPrefixes(view, resource, statement, path);
  }
  if (found) return;
  const whole = {
    ...document,
    Version: version,
    Statement: statementsOf(document).map(({ value }) => renderStatement(value) ?? value),
  };
  const rendered = renderDocument(whole, READABLE);
  const error = rendered === undefined ? undefined : problemOf(JSON.stringify(rendered), kind);
  if (error === undefined) return;
  if (error.problem === "version") tell(["Version"], error, 'Write Version: "2012-10-17".');
  else tell([], error, Object.hasOwn(document, "Statement") ? undefined : "Write Statement.");
}

function problemOf(text: string, kind: PolicyKind): PolicySyntaxError | undefined {
  try {
    parsePolicy(text, kind);
    return undefined;
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error;
    throw error;
  }
}

/** A statement with its functions rendered so that none of them is found wrong; undefined when it is one itself. */
function renderStatement(value: Json): Json | undefined {
  if (!isObject(value) || Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"))) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, Json][] => {
      const rendered = renderDocument(member, READABLE);
      if (rendered === undefined) return [];
      switch (key) {
        case "Resource":
        case "NotResource":
          return [[key, openEnds(rendered)]];
        case "Effect":
          return [[key, rendered === "*" ? "Allow" : rendered]];
        case "Sid":
          return typeof member === "string" ? [[key, rendered]] : [];
        // Values that are not known yet have no form that an operator wants.
        case "Condition":
          return JSON.stringify(member) === JSON.stringify(rendered) ? [[key, rendered]] : [];
        case "Principal":
        case "NotPrincipal":
          return [[key, isObject(rendered) ? knownPrincipals(rendered) : rendered]];
        default:
          return [[key, rendered]];
      }
    }),
  );
}

/** A service or a provider that is not known yet stands as one. */
function knownPrincipals(principals: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(principals).map(([type, names]) => {
      const known = (name: Json): Json => (name === "*" && type === "Service" ? "unknown.amazonaws.com" : name);
      if (type === "Federated" && JSON.stringify(names).includes("*")) return [type, "cognito-identity.amazonaws.com"];
      return [type, isList(names) ? names.map(known) : known(names)];
    }),
  );
}

/** A resource that begins with something unknown may be any; with an unknown service it has the form that is wanted. */
function openEnds(rendered: Json): Json {
  if (isList(rendered)) return rendered.map(openEnds);
  if (typeof rendered !== "string") return rendered;
  return rendered.startsWith("*") || /^arn:[^:]*:\*/.test(rendered) ? "*" : rendered;
}

const ELEMENTS: Readonly<Partial<Record<PolicyProblem, readonly string[]>>> = {
  action: ["Action", "NotAction"],
  resource: ["Resource", "NotResource"],
  principal: ["Principal", "NotPrincipal"],
  sid: ["Sid"],
  "prohibited-field": ["Principal", "NotPrincipal", "Resource", "NotResource"],
};

function elementOf(statement: Json, problem: PolicyProblem): Path {
  if (!isObject(statement)) return [];
  if (problem === "syntax" || problem === "legacy") {
    const effect = own(statement, "Effect");
    return typeof effect === "string" && effect !== "Allow" && effect !== "Deny" ? ["Effect"] : [];
  }
  const key = (ELEMENTS[problem] ?? []).find((name) => Object.hasOwn(statement, name));
  return key === undefined ? [] : [key];
}

function adviceOf(statement: Json, problem: PolicyProblem, kind: PolicyKind): string | undefined {
  if (!isObject(statement)) return undefined;
  const fields = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
  ];
  const unknown = Object.keys(statement).find((key) => !fields.includes(key));
  if (unknown !== undefined) {
    const near = closest(unknown, fields);
    return near === undefined ? `Take ${unknown} away.` : `Write ${near} instead of ${unknown}.`;
  }
  const effect = own(statement, "Effect");
  if (effect === undefined || (typeof effect === "string" && effect !== "Allow" && effect !== "Deny")) {
    return "Write Effect: Allow or Effect: Deny.";
  }
  if (!Object.hasOwn(statement, "Action") && !Object.hasOwn(statement, "NotAction")) return "Write Action.";
  const isWithoutResource = !Object.hasOwn(statement, "Resource") && !Object.hasOwn(statement, "NotResource");
  if (isWithoutResource && kind !== "trust") return "Write Resource.";
  return problem === "resource" ? 'Write an ARN, or "*".' : undefined;
}

/** IAM takes an action of any service, also of one that is none. */
function checkPrefixes(
  view: TemplateView,
  resource: CheckedResource,
  { value, path: at }: { readonly value: Json; readonly path: Path },
  path: Path,
): void {
  const statement: Place = { value, path: [...path, ...at] };
  for (const element of ["Action", "NotAction"]) {
    for (const place of membersAt(statement, element).flatMap(itemsOf)) {
      const action = renderText(place.value, READABLE);
      const prefix = action.split(":")[0]?.toLowerCase() ?? "";
      if (!action.includes(":") || /[*?]/.test(prefix) || prefix.includes("${") || SERVICE_PREFIXES.has(prefix))
        continue;
      const near = closest(prefix, SERVICE_PREFIXES);
      view.tell(resource, {
        rule: "policy-document",
        severity: "warning",
        path: place.path,
        message: `No service has actions that begin with ${prefix}: ${action}.`,
        advice: near === undefined ? undefined : `Write ${near}:${action.slice(prefix.length + 1)} instead.`,
      });
    }
  }
}
