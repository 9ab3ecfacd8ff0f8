/**
 * Dynamic references ("Using dynamic references to specify template values"). Plaintext ones are fetched when an operation is asked for, the
 * same as parameters, so that each operation has the latest; what names a resource is fetched when that one is there. Secure ones stay
 * as they are written, in the template, in the stack and in its events, and are looked up for the handler's call alone.
 */
import type { ServiceContext } from "../../service.ts";
import { dynamicReferencesOf, replaceReferences, type DynamicReference } from "../../template/dynamic-references.ts";
import { resolve, type Scope } from "../../template/evaluate.ts";
import { presentResources } from "../../template/graph.ts";
import { functionCall } from "../../template/intrinsics.ts";
import type { ParameterDeclaration, ResourceDeclaration } from "../../template/sections.ts";
import { TemplateError } from "../../template/template-error.ts";
import type { Template } from "../../template/template.ts";
import { isList, isObject, sameJson, type Json, type JsonObject } from "../../template/value.ts";
import { ResourceFailure } from "./failure.ts";
import { invalid, unsupported } from "./names.ts";
import { storedParameters, type ResolvedParameter } from "./parameter-store.ts";
import { scopeOf, templateFor } from "./scope.ts";
import type { StackConfig, StackRow } from "./state.ts";

/** Values by the whole text of the reference. */
export type References = Readonly<Record<string, string>>;

/** "You can include up to 60 dynamic references in a stack template." */
const MOST_REFERENCES = 60;
const MARK = "{{resolve:";

/** "Resources that support dynamic parameter patterns for secure strings". */
const SECURE = new Set([
  "AWS::DirectoryService::MicrosoftAD/Properties/Password",
  "AWS::DirectoryService::SimpleAD/Properties/Password",
  "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
  "AWS::IAM::User/Properties/LoginProfile/Password",
  "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password",
  "AWS::RDS::DBCluster/Properties/MasterUserPassword",
  "AWS::RDS::DBInstance/Properties/MasterUserPassword",
  "AWS::Redshift::Cluster/Properties/MasterUserPassword",
]);

/** Raises ValidationError for references that CloudFormation would not take, seen as they are written. */
export function checkReferences(
  resources: ReadonlyMap<string, ResourceDeclaration>,
  parameters: ReadonlyMap<string, ParameterDeclaration>,
): void {
  const insecure: string[] = [];
  let count = 0;
  for (const { type, properties } of resources.values()) {
    eachReference(properties, `${type}/Properties`, (reference, path) => {
      count++;
      if (reference.service === "secretsmanager") {
        throw unsupported(`the dynamic reference ${reference.text} (there is no Secrets Manager)`);
      }
      storeName(reference);
      if (reference.service === "ssm-secure" && !SECURE.has(path)) insecure.push(path);
    });
  }
  if (count > MOST_REFERENCES) {
    throw invalid(
      `Template format error: Number of dynamic references, ${count}, is greater than maximum allowed, ${MOST_REFERENCES}`,
    );
  }
  if (insecure.length > 0) throw invalid(`SSM Secure reference is not supported in: [${insecure.join(",")}]`);
  for (const [name, { defaultValue = "" }] of parameters) {
    for (const reference of dynamicReferencesOf(defaultValue)) {
      if (!storeName(reference).includes(":"))
        throw invalid(`Template error: parameter ${name} should not contain ssm versionless resolver`);
    }
  }
}

/** Each reference with the path to it, which AWS tells as far as the first list. */
function eachReference(
  value: Json,
  path: string,
  tell: (reference: DynamicReference, path: string) => void,
  isPathOpen = true,
): void {
  if (isList(value)) for (const item of value) eachReference(item, path, tell, false);
  else if (isObject(value)) {
    const goesOn = isPathOpen && functionCall(value) === undefined;
    for (const [key, member] of Object.entries(value))
      eachReference(member, goesOn ? `${path}/${key}` : path, tell, goesOn);
  } else if (typeof value === "string") for (const reference of dynamicReferencesOf(value)) tell(reference, path);
}

/** The parameter's name, with its version where one is given. Raises ValidationError: a label is no version. */
function storeName({ key, text }: DynamicReference): string {
  if (/^[a-zA-Z0-9_.\-/]+(?::\d+)?$/.test(key)) return key;
  throw invalid(`Incorrect format is used in the following SSM reference: [${text}]`);
}

/** The plaintext references in properties, as far as they can be known in this scope: what needs a resource that is not there is left out. */
export function plainReferences(properties: JsonObject, scope: Scope): readonly DynamicReference[] {
  const isHidden = [...scope.parameters.values()].some((value) => JSON.stringify(value).includes(MARK));
  return isHidden || JSON.stringify(properties).includes(MARK) ? collect(properties, scope, isHidden) : [];
}

function collect(value: Json, scope: Scope, isHidden: boolean): readonly DynamicReference[] {
  if (isList(value)) return value.flatMap((item) => collect(item, scope, isHidden));
  if (typeof value === "string") return dynamicReferencesOf(value).filter(({ service }) => service === "ssm");
  if (!isObject(value)) return [];
  if (functionCall(value) === undefined)
    return Object.values(value).flatMap((member) => collect(member, scope, isHidden));
  if (!isHidden && !JSON.stringify(value).includes(MARK)) return [];
  try {
    const resolved = resolve(value, scope);
    return resolved === undefined ? [] : collect(resolved, scope, isHidden);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

/** What the template's resources refer to in plain text, as far as it can be known before any of them is made. Raises ValidationError. */
export function referencesOf(
  context: ServiceContext,
  stack: Pick<StackRow, "id" | "name">,
  config: StackConfig,
  template: Template,
): Promise<References> {
  const scope = scopeOf(context, stack, config, template, { ref: () => undefined, getAtt: () => undefined });
  const present = presentResources(template.resources, scope.conditions);
  return fetchReferences(
    context,
    [...present.values()].flatMap(({ properties }) => plainReferences(properties, scope)),
  );
}

/** What a resource refers to that could not be known before those that it needs were there. Raises ValidationError. */
export async function lateReferences(context: ServiceContext, stack: StackRow, logicalId: string): Promise<References> {
  const { config } = stack;
  if (config === undefined) return {};
  const template = templateFor(context, stack.id, config.templateId);
  const properties = template.resources.get(logicalId)?.properties ?? {};
  const { references = {} } = config;
  const found = plainReferences(properties, scopeOf(context, stack, config, template));
  return fetchReferences(
    context,
    found.filter(({ text }) => !Object.hasOwn(references, text)),
  );
}

/** The parameters with the references in their values replaced: what a Ref of them gives. Raises ValidationError. */
export async function withPinnedReferences(
  context: ServiceContext,
  bound: ReadonlyMap<string, ResolvedParameter>,
): Promise<ReadonlyMap<string, ResolvedParameter>> {
  const references = [...bound.values()].flatMap(({ value }) =>
    dynamicReferencesOf(value).filter(({ service }) => service === "ssm"),
  );
  if (references.length === 0) return bound;
  const values = await fetchReferences(context, references);
  const replaced = [...bound].map(([key, parameter]): [string, ResolvedParameter] => {
    const value = replaceReferences(parameter.value, (text) => values[text]);
    if (sameJson(value, parameter.value)) return [key, parameter];
    return [key, { ...parameter, value, resolved: typeof value === "string" ? value : JSON.stringify(value) }];
  });
  return new Map(replaced);
}

/** Fetches plaintext references. Raises ValidationError in CloudFormation's words. */
export async function fetchReferences(
  context: ServiceContext,
  references: readonly DynamicReference[],
): Promise<References> {
  if (references.length === 0) return {};
  const names = new Map(references.map((reference) => [reference.text, storeName(reference)]));
  const found = await storedParameters(context, names.values());
  const missing = [...new Set(names.values())].filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw invalid(`Parameters: [${missing.map((name) => `ssm:${name}`).join(", ")}] cannot be found.`);
  }
  const values: [string, string][] = [];
  for (const [text, name] of names) {
    const stored = found.get(name);
    if (stored?.type === "SecureString")
      throw invalid(`Non-secure ssm prefix was used for secure parameter ${name.replace(/:\d+$/, "")}`);
    values.push([text, stored?.value ?? ""]);
  }
  return Object.fromEntries(values);
}

/** The properties with the references that are known replaced. */
export function withReferences(properties: JsonObject, references: References): JsonObject {
  if (Object.keys(references).length === 0) return properties;
  const replaced = replaceReferences(properties, (text) => references[text]);
  return isObject(replaced) ? replaced : properties;
}

/** The properties with their secure references looked up, for a handler alone. Raises ResourceFailure. */
export async function withSecrets(context: ServiceContext, properties: JsonObject): Promise<JsonObject> {
  const references = dynamicReferencesOf(properties).filter(({ service }) => service === "ssm-secure");
  if (references.length === 0) return properties;
  const found = await storedParameters(context, references.map(storeName), { decrypted: true });
  const values = new Map<string, string>();
  for (const reference of references) {
    const name = storeName(reference);
    const stored = found.get(name);
    if (stored === undefined) throw new ResourceFailure(`Parameters: [ssm-secure:${name}] cannot be found.`);
    if (stored.type !== "SecureString") {
      throw new ResourceFailure(`Secure ssm prefix was used for non-secure parameter ${name.replace(/:\d+$/, "")}`);
    }
    values.set(reference.text, stored.value);
  }
  const replaced = replaceReferences(properties, (text) => values.get(text));
  return isObject(replaced) ? replaced : properties;
}
