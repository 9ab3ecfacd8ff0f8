/**
 * The ResourcePolicy of an API or of one method: who may call it from where, as a policy in the definition.
 */
import { Dict, isTrue, plain, py27, sameData } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { str, Text } from "../python/text.ts";
import { invalidDocument } from "../sam-error.ts";
import { pathPattern } from "./swagger-editor.ts";
import type { SwaggerEditor } from "./swagger-editor.ts";

/** Adds what a ResourcePolicy says to the definition's policy, for one path. Raises DocumentFault. */
export function addResourcePolicy(editor: SwaggerEditor, policy: Dict, path: Text, stage: Data): void {
  const resources = (): Data[] => methodResources(editor, path, stage);
  addAccounts(editor, policy.get("AwsAccountWhitelist"), "Allow", resources);
  addAccounts(editor, policy.get("AwsAccountBlacklist"), "Deny", resources);
  addIpRanges(editor, policy.get("IpRangeWhitelist"), "NotIpAddress", resources);
  addIpRanges(editor, policy.get("IpRangeBlacklist"), "IpAddress", resources);
  addVpcs(editor, policy, "Blacklist", "StringEquals", resources);
  addVpcs(editor, policy, "Whitelist", "StringNotEquals", resources);
  editor.setPolicy();
}

/** Adds statements that the template wrote itself. */
export function addCustomStatements(editor: SwaggerEditor, statements: Data): void {
  const policy = editor.resourcePolicy;
  policy.set("Version", str("2012-10-17"));
  const present = policy.get("Statement") ?? null;
  if (present === null) policy.set("Statement", statements);
  else add(policy, Array.isArray(statements) ? statements : [statements]);
  editor.setPolicy();
}

/** The methods of a path, as the policy's Resource. */
function methodResources(editor: SwaggerEditor, path: Text, stage: Data): Data[] {
  const pattern = path.map(pathPattern);
  return editor
    .pathItems(path.text)
    .flatMap((item) => item.keys())
    .map((name) => {
      const isAny = ["x-amazon-apigateway-any-method", "any"].includes(name.text.toLowerCase());
      const method = isAny ? str("*") : name.map((text) => text.toUpperCase());
      const resource = `execute-api:/\${__Stage__}/${method.text}${pattern.text}`;
      const text = new Text(resource, method.isUnicode || pattern.isUnicode);
      return plain({ "Fn::Sub": [text, plain({ __Stage__: stage })] });
    });
}

function addAccounts(editor: SwaggerEditor, accounts: Data | undefined, effect: string, resources: () => Data[]): void {
  if (!isTrue(accounts)) return;
  if (!Array.isArray(accounts) && !(accounts instanceof Dict)) {
    throw invalidDocument(`Type of '${show(accounts)}' must be a list or dictionary`);
  }
  const policy = editor.resourcePolicy;
  policy.set("Version", str("2012-10-17"));
  const statement = py27({
    Effect: effect,
    Action: "execute-api:Invoke",
    Resource: resources(),
    Principal: py27({ AWS: Array.isArray(accounts) ? accounts : [accounts] }),
  });
  const present = policy.get("Statement") ?? null;
  if (present === null) policy.set("Statement", statement);
  else policy.set("Statement", [...(Array.isArray(present) ? present : [present]), statement]);
}

function addIpRanges(editor: SwaggerEditor, ranges: Data | undefined, test: string, resources: () => Data[]): void {
  if (!isTrue(ranges)) return;
  const list = Array.isArray(ranges) ? ranges : [ranges];
  addPair(editor, plain({ [test]: plain({ "aws:SourceIp": list }) }), resources());
}

function addVpcs(
  editor: SwaggerEditor,
  policy: Dict,
  list: "Blacklist" | "Whitelist",
  test: string,
  resources: () => Data[],
): void {
  const endpoints = policy.get(`SourceVpc${list}`) ?? [];
  const texts = (Array.isArray(endpoints) ? endpoints : [endpoints]).map((endpoint) => {
    if (endpoint instanceof Text) return endpoint;
    throw invalidDocument(
      `SourceVpc${list} must be a list of strings. Use IntrinsicVpc${list} instead for values that use Intrinsic Functions`,
    );
  });
  const named = (prefix: string): readonly Text[] => texts.filter(({ text }) => text.startsWith(prefix));
  const condition = py27();
  extend(condition, "aws:SourceVpc", named("vpc-"));
  extend(condition, "aws:SourceVpce", named("vpce-"));
  extend(condition, "aws:SourceVpc", listOf(policy.get(`IntrinsicVpc${list}`)));
  extend(condition, "aws:SourceVpce", listOf(policy.get(`IntrinsicVpce${list}`)));
  if (condition.size === 0) return;
  addPair(editor, plain({ [test]: condition }), resources());
}

function listOf(data: Data | undefined): readonly Data[] {
  return Array.isArray(data) ? data : [];
}

function extend(condition: Dict, key: string, values: readonly Data[]): void {
  if (values.length > 0) condition.set(key, [...listOf(condition.get(key)), ...values]);
}

/** A statement that allows everyone, and one that denies whom the condition is about. */
function addPair(editor: SwaggerEditor, condition: Dict, resources: Data[]): void {
  const policy = editor.resourcePolicy;
  policy.set("Version", str("2012-10-17"));
  const common = { Action: "execute-api:Invoke", Resource: resources, Principal: "*" };
  const allow = py27({ Effect: "Allow", ...common });
  const deny = py27({ Effect: "Deny", ...common, Condition: condition });
  const present = policy.get("Statement") ?? null;
  if (present === null) policy.set("Statement", [allow, deny]);
  else add(policy, [allow, deny]);
}

/** Adds the statements that are not there. */
function add(policy: Dict, statements: readonly Data[]): void {
  const present = policy.get("Statement") ?? null;
  const list = Array.isArray(present) ? [...present] : [present];
  for (const statement of statements) if (!list.some((known) => sameData(known, statement))) list.push(statement);
  policy.set("Statement", list);
}
