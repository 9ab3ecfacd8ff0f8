/**
 * AutoPublishAlias: a version whose logical id changes with the code, and the alias that points at it.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import type { SamResource, TransformContext } from "./context.ts";
import { Draft, passThroughOf } from "./draft.ts";
import { hashedId } from "./logical-id.ts";
import { isTruthy } from "./property-table.ts";
import { getAtt, ref, referencedId } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

/** The version and alias of a function. */
export interface Published {
  readonly version: Draft;
  readonly alias: Draft;
  readonly aliasName: string;
}

/**
 * Makes version and alias where AutoPublishAlias asks for them. Puts parameters into the function draft's Code, as the
 * original does, so that a new key in a parameter is a new version. Raises SamFault.
 */
export function publish(resource: SamResource, lambda: Draft, context: TransformContext): Published | undefined {
  const { id, properties } = resource;
  const wanted = own(properties, "AutoPublishAlias");
  if (!isTruthy(wanted)) return undefined;
  const aliasName = context.withParameters(wanted);
  if (typeof aliasName !== "string") {
    throw invalidResource(id, "'AutoPublishAlias' must be a string or a Ref to a template parameter");
  }
  const sha = codeSha(resource, lambda, context);
  const version = makeVersion(resource, lambda, sha, context);
  return { version, alias: makeAlias(resource, aliasName, version), aliasName };
}

function codeSha(resource: SamResource, lambda: Draft, context: TransformContext): string | undefined {
  const given = own(resource.properties, "AutoPublishCodeSha256");
  if (!isTruthy(given)) return undefined;
  const sha = context.withParameters(given);
  if (typeof sha !== "string") throw invalidResource(resource.id, "AutoPublishCodeSha256 must be a string");
  // Lambda makes no new version of the same configuration, so the code's hash goes into the description.
  const written = own(resource.properties, "Description");
  const description = written === undefined ? undefined : context.withParameters(written);
  if (!isTruthy(description)) lambda.set({ Description: sha });
  else if (typeof description === "string") lambda.set({ Description: `${description} ${sha}` });
  else lambda.set({ Description: { "Fn::Join": [" ", [description, sha]] } });
  return sha;
}

function makeVersion(resource: SamResource, lambda: Draft, sha: string | undefined, context: TransformContext): Draft {
  const { id, properties } = resource;
  const code = context.withParameters(lambda.get("Code") ?? {});
  lambda.set({ Code: code });
  const prefix = `${id}Version`;
  const logicalId =
    sha === undefined || sha === ""
      ? hashedId(prefix, hashedData(resource, lambda, code, context))
      : prefix + sha.slice(0, 10);
  const attributes = passThroughOf(resource.attributes);
  const isManaged = own(properties, "CapacityProviderConfig") !== undefined;
  const policy =
    own(attributes, "DeletionPolicy") ?? own(properties, "VersionDeletionPolicy") ?? (isManaged ? "Delete" : "Retain");
  return new Draft(logicalId, "AWS::Lambda::Version", { ...attributes, DeletionPolicy: policy }).set({
    Description: own(properties, "VersionDescription"),
    FunctionName: ref(id),
    FunctionScalingConfig: isManaged ? own(properties, "FunctionScalingConfig") : undefined,
  });
}

/** What a new version follows from: the code, environment and memory; every property when the template asks for that. */
function hashedData(resource: SamResource, lambda: Draft, code: Json, context: TransformContext): JsonObject {
  if (isTruthy(own(resource.properties, "AutoPublishAliasAllProperties"))) {
    return { ...lambda.properties(), ...publishingLayers(lambda, context) };
  }
  const environment = lambda.get("Environment");
  const memory = lambda.get("MemorySize");
  const snapStart = lambda.get("SnapStart");
  const applyOn = isObject(snapStart) ? (own(snapStart, "ApplyOn") ?? "None") : "None";
  return {
    ...(isObject(code) ? code : {}),
    ...(isObject(environment) ? environment : {}),
    ...(isTruthy(memory) ? { MemorySize: memory } : {}),
    ...(applyOn !== "None" && snapStart !== undefined ? { SnapStart: snapStart } : {}),
  };
}

/** The properties of the layers of this template that want a new version of the function with each of theirs. */
function publishingLayers(lambda: Draft, context: TransformContext): JsonObject {
  const layers = lambda.get("Layers");
  const found: [string, Json][] = [];
  for (const layer of Array.isArray(layers) ? layers : []) {
    const id = referencedId(layer);
    const written = id === undefined ? undefined : context.written.get(id);
    const properties = written === undefined ? undefined : own(written, "Properties");
    if (id !== undefined && isObject(properties) && isTruthy(own(properties, "PublishLambdaVersion")))
      found.push([id, properties]);
  }
  return Object.fromEntries(found);
}

function makeAlias(resource: SamResource, name: string, version: Draft): Draft {
  const { id, properties } = resource;
  if (name === "") throw invalidResource(id, "Alias name is required to create an alias");
  if (!/^(?![0-9]+$)[a-zA-Z0-9\-_]+$/.test(name)) {
    throw invalidResource(
      id,
      `AutoPublishAlias name ('${name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.`,
    );
  }
  const suffix = name.replaceAll("-", "D").replaceAll("_", "U");
  const provisioned = own(properties, "ProvisionedConcurrencyConfig");
  return new Draft(`${id}Alias${suffix}`, "AWS::Lambda::Alias", passThroughOf(resource.attributes)).set({
    Name: name,
    FunctionName: ref(id),
    FunctionVersion: getAtt(version.id, "Version"),
    ProvisionedConcurrencyConfig: isTruthy(provisioned) ? provisioned : undefined,
  });
}
