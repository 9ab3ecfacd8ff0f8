/**
 * What a role of a template may do. Read in the role's favour: what is not known allows, so that what is told missing is missing.
 */
import type { PolicyDocument, Statement } from "../../languages/policy/document.ts";
import { PolicySyntaxError } from "../../languages/policy/document.ts";
import { evaluate } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { PSEUDO_PARAMETERS } from "../../template/pseudo-parameters.ts";
import { isList, isObject } from "../../template/value.ts";
import type { Json } from "../../template/value.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import { branches, itemsOf, membersAt, propertiesPlace, referenced } from "../template/written.ts";
import { documentsOf } from "./documents.ts";
import { overlap } from "./overlap.ts";
import { hasMacro, renderDocument, renderText } from "./rendering.ts";
import type { Names } from "./rendering.ts";

const ROLE = {
  type: "role-session",
  account: "000000000000",
  arn: "arn:aws:sts::000000000000:assumed-role/role/session",
  roleArn: "arn:aws:iam::000000000000:role/role",
} as const;

/** Marks in a rendered text that stand round a resource's logical id. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const TOKEN = /\uE000[^\uE001]*\uE001/g;

/** The permissions of one role. */
export class RoleGrants {
  readonly #names: Names;
  readonly #documents: readonly PolicyDocument[];
  /** Some of the role's policies are not known, so that nothing can be told missing. */
  readonly isOpen: boolean;

  constructor(view: TemplateView, role: CheckedResource) {
    this.#names = namesOf(view);
    const found = policiesOf(view, role);
    const documents = found.texts.map((text) => parsed(text, this.#names));
    this.isOpen = found.isOpen || documents.includes(undefined);
    this.#documents = documents.filter((document) => document !== undefined);
  }

  /** Those of the actions that the role may not do with the resource; any resource where it is not known. */
  missing(actions: readonly string[], resource: Json | undefined): readonly string[] {
    if (this.isOpen) return [];
    const target = resource === undefined ? "*" : renderText(resource, this.#names);
    const identity = this.#documents.map((document, index) => ({
      name: String(index),
      document: { ...document, statements: document.statements.flatMap((statement) => inFavour(statement, target)) },
    }));
    return actions.filter(
      (action) => evaluate({ principal: ROLE, action, resource: "*" }, { identity }).decision !== "allowed",
    );
  }
}

/** How names look to a policy that is judged. */
export function namesOf({ processed }: TemplateView): Names {
  return {
    text: (name) => {
      switch (name) {
        case "AWS::Partition":
          return "aws";
        case "AWS::Region":
        case "AWS::AccountId":
        case "AWS::StackName":
          return "*";
        default:
      }
      const [id = ""] = name.split(".");
      const resource = processed.resources.get(id);
      if (resource === undefined || PSEUDO_PARAMETERS.has(name)) return "*";
      const token = `${OPEN}${id}${CLOSE}`;
      // A bucket's name is all that its ARN has of its own.
      return resource.type === "AWS::S3::Bucket" && name.endsWith(".Arn") ? `arn:aws:s3:::${token}` : token;
    },
  };
}

/** A statement as it is about `target`: with every resource when one of its resources may be it, else not at all. */
function inFavour(statement: Statement, target: string): readonly Statement[] {
  const { resources, effect, conditions } = statement;
  if (effect === "Deny") {
    const isTotal = resources?.patterns.includes("*") === true && !resources.negated;
    return conditions.length === 0 && isTotal ? [statement] : [];
  }
  const isAbout =
    resources === undefined || resources.negated || resources.patterns.some((pattern) => mayMatch(pattern, target));
  return isAbout ? [{ ...statement, conditions: [], resources: { negated: false, patterns: ["*"] } }] : [];
}

/** Whether a policy's resource may be the one that is asked for. Tokens are compared where both have one. */
function mayMatch(pattern: string, target: string): boolean {
  const bothHave = pattern.includes(OPEN) && target.includes(OPEN);
  return bothHave ? overlap(pattern, target) : overlap(pattern.replaceAll(TOKEN, "*"), target.replaceAll(TOKEN, "*"));
}

interface FoundPolicies {
  /** Policies as JSON text, or as data of the template. */
  readonly texts: readonly Json[];
  readonly isOpen: boolean;
}

function policiesOf(view: TemplateView, role: CheckedResource): FoundPolicies {
  const texts: Json[] = documentsOf(role).flatMap(({ kind, value }) => (kind === "identity" ? [value] : []));
  const properties = propertiesPlace(role.properties);
  let isOpen = membersAt(properties, "Policies")
    .flatMap(itemsOf)
    .some(({ value }) => !isObject(value) || hasMacro(value));
  for (const place of membersAt(properties, "ManagedPolicyArns").flatMap(itemsOf)) {
    const managed = view.resource(referenced(place.value), "AWS::IAM::ManagedPolicy");
    if (managed !== undefined) {
      texts.push(...documentsOf(managed).map(({ value }) => value));
      continue;
    }
    const document = view.around.managedPolicy(
      renderText(place.value, { text: (name) => (name === "AWS::Partition" ? "aws" : "*") }),
    );
    if (document === undefined) isOpen = true;
    else texts.push(document);
  }
  for (const other of view.ofType("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")) {
    const place = propertiesPlace(other.properties);
    const roles = [...membersAt(place, "Roles").flatMap(itemsOf), ...membersAt(place, "RoleName").flatMap(branches)];
    const isOurs = roles.some(({ value }) => referenced(value) === role.id || sameName(view, role, value));
    if (isOurs) texts.push(...documentsOf(other).map(({ value }) => value));
  }
  return { texts, isOpen };
}

/** A role that is named by the same text that it has for a name. */
function sameName(view: TemplateView, role: CheckedResource, value: Json): boolean {
  const [name] = membersAt(propertiesPlace(role.properties), "RoleName");
  const names = namesOf(view);
  return name !== undefined && overlap(renderText(name.value, names), renderText(value, names));
}

/** A policy as it may be judged; undefined for what is not known. What is wrong with it is another check's matter. */
function parsed(text: Json, names: Names): PolicyDocument | undefined {
  if (!isObject(text) && typeof text !== "string") return undefined;
  if (isObject(text) && hasMacro(text)) return undefined;
  const rendered = typeof text === "string" ? text : renderDocument(withSubs(text, names), names);
  if (rendered === undefined) return undefined;
  try {
    return parsePolicy(typeof rendered === "string" ? rendered : JSON.stringify(rendered), "identity");
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}

/** `${Name}` outside of Fn::Sub is told elsewhere; here it counts as what it was meant to be. */
function withSubs(value: Json, names: Names): Json {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{([A-Za-z0-9:.]+)\}/g, (whole, name: string) => {
      const text = names.text(name);
      return text === "*" && /^(?:aws|[a-z0-9]+):[a-z]/.test(name) ? whole : text;
    });
  }
  if (isList(value)) return value.map((item) => withSubs(item, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key.startsWith("Fn::") ? member : withSubs(member, names)]),
  );
}
