/**
 * The code of a function: inline, in S3, or an image; and what goes with which package type.
 */
import { own } from "../value.ts";
import type { JsonObject } from "../value.ts";
import { codeLocation } from "./code-location.ts";
import type { Draft } from "./draft.ts";
import { isTruthy } from "./property-table.ts";
import { invalidResource } from "./sam-error.ts";

/** Lambda's Code property. Raises SamFault. */
export function functionCode(id: string, properties: JsonObject): JsonObject {
  const given = own(properties, "PackageType");
  const type = isTruthy(given) ? given : "Zip";
  if (type === "Image") {
    const image = own(properties, "ImageUri");
    if (image === undefined) throw invalidResource(id, "'ImageUri' must be set.");
    if (!isTruthy(image))
      throw invalidResource(id, "'ImageUri' requires that a image hosted at a registry be specified.");
    return { ImageUri: image };
  }
  if (type !== "Zip") throw invalidResource(id, `invalid 'PackageType' : ${String(type)}`);
  const inline = own(properties, "InlineCode");
  const location = own(properties, "CodeUri");
  if (inline === undefined && location === undefined) {
    throw invalidResource(id, "Only one of 'InlineCode' or 'CodeUri' can be set.");
  }
  const key = own(properties, "SourceKMSKeyArn");
  const encrypted: JsonObject = isTruthy(key) ? { SourceKMSKeyArn: key } : {};
  if (inline !== undefined) return { ZipFile: inline, ...encrypted };
  return { ...codeLocation(location ?? null, id, "CodeUri"), ...encrypted };
}

/** Checks that handler, runtime, layers and image go with the package type. Raises SamFault. */
export function checkPackageType(lambda: Draft, code: JsonObject): void {
  const has = (name: string): boolean => isTruthy(lambda.get(name));
  if (lambda.get("PackageType") === "Image") {
    if (has("Handler") || has("Runtime") || has("Layers")) {
      throw invalidResource(
        lambda.id,
        "Runtime, Handler, Layers cannot be present when PackageType is of type `Image`",
      );
    }
    if (!isTruthy(own(code, "ImageUri"))) {
      throw invalidResource(lambda.id, "ImageUri needs to be present when PackageType is of type `Image`");
    }
    return;
  }
  if (!has("Runtime") || !has("Handler")) {
    throw invalidResource(lambda.id, "Runtime and Handler needs to be present when PackageType is of type `Zip`");
  }
  if (isTruthy(own(code, "ImageUri")) || has("ImageConfig")) {
    throw invalidResource(lambda.id, "ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`");
  }
}
