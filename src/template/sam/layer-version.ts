/**
 * AWS::Serverless::LayerVersion: a layer whose logical id changes with what it says, so that old versions can be kept.
 */
import { isList, isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { codeLocation } from "./code-location.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "./context.ts";
import { Draft, passThroughOf } from "./draft.ts";
import { hashedId } from "./logical-id.ts";
import { isFlag, isMap, isText, isTruthy, listOf, oneOf, typed } from "./property-table.ts";
import { isIntrinsic } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

export const layerVersionPlugin: SamPlugin = {
  type: "AWS::Serverless::LayerVersion",
  table: {
    LayerName: typed(oneOf(isText, isMap)),
    Description: typed(isText),
    PublishLambdaVersion: typed(isFlag),
    ContentUri: typed(oneOf(isText, isMap), true),
    CompatibleArchitectures: typed(listOf(oneOf(isText, isMap))),
    CompatibleRuntimes: typed(listOf(oneOf(isText, isMap))),
    LicenseInfo: typed(isText),
    RetentionPolicy: typed(isText),
  },
  derived: {},
  rank: 3,
  expand,
};

function expand(resource: SamResource, context: TransformContext): Expansion {
  const { id, dependsOn } = resource;
  const properties = withParameters(resource, context);
  const retention = retentionPolicy(id, own(properties, "RetentionPolicy"));
  const passed = passThroughOf(resource.attributes);
  const deletion = retention ?? own(passed, "DeletionPolicy") ?? "Retain";
  const newId = hashedId(id, { [id]: hashedData(resource, properties) });
  const layerName = own(properties, "LayerName");
  const architectures = own(properties, "CompatibleArchitectures");
  checkArchitectures(newId, architectures);
  const draft = new Draft(newId, "AWS::Lambda::LayerVersion", { ...passed, DeletionPolicy: deletion }, dependsOn).set({
    Content: codeLocation(own(properties, "ContentUri") ?? null, newId, "ContentUri"),
    Description: own(properties, "Description"),
    LayerName: isTruthy(layerName) ? layerName : id,
    CompatibleArchitectures: architectures,
    CompatibleRuntimes: own(properties, "CompatibleRuntimes"),
    LicenseInfo: own(properties, "LicenseInfo"),
  });
  return { drafts: [draft], newId };
}

function withParameters({ id, properties }: SamResource, context: TransformContext): JsonObject {
  const put = new Map(Object.entries(properties));
  for (const name of ["LayerName", "LicenseInfo", "Description", "RetentionPolicy"]) {
    const written = own(properties, name);
    if (!isTruthy(written)) continue;
    const value = context.withParameters(written);
    if (typeof value !== "string" && !isObject(value)) {
      throw invalidResource(id, `Could not resolve parameter for '${name}' or parameter is not a String.`);
    }
    put.set(name, value);
  }
  return Object.fromEntries(put);
}

/** The resource as it is written, parameters put in, without the attributes that are no part of the layer. */
function hashedData(resource: SamResource, properties: JsonObject): JsonObject {
  const ignored = ["DeletionPolicy", "UpdateReplacePolicy", "Metadata"];
  const attributes = Object.entries(resource.attributes).filter(([name]) => !ignored.includes(name));
  return {
    Type: resource.type,
    ...(isTruthy(resource.dependsOn) ? { DependsOn: resource.dependsOn } : {}),
    ...Object.fromEntries(attributes),
    Properties: properties,
  };
}

function retentionPolicy(id: string, policy: Json | undefined): string | undefined {
  if (isIntrinsic(policy)) {
    throw invalidResource(
      id,
      "'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: ['Retain', 'Delete']",
    );
  }
  if (policy === undefined) return undefined;
  if (typeof policy !== "string") {
    throw invalidResource(
      id,
      "Invalid 'RetentionPolicy' type, please use one of the following options: ['Retain', 'Delete']",
    );
  }
  const option = ["Retain", "Delete"].find((known) => known.toLowerCase() === policy.toLowerCase());
  if (option !== undefined) return option;
  throw invalidResource(id, "'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].");
}

function checkArchitectures(id: string, architectures: Json | undefined): void {
  if (!isTruthy(architectures) || isIntrinsic(architectures) || !isList(architectures)) return;
  const isKnown = architectures.every((name) => isIntrinsic(name) || name === "arm64" || name === "x86_64");
  if (!isKnown) throw invalidResource(id, "CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'");
}
