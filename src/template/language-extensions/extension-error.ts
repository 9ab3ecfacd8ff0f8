/**
 * What AWS::LanguageExtensions finds wrong, in the words that a stack or a change set tells.
 */
import { TemplateError } from "../template-error.ts";

/** The transform's name in a template's Transform section. */
export const LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions";

/** A template that the transform cannot expand. The message is whole: `Transform AWS::LanguageExtensions failed with: …`. */
export class LanguageExtensionsError extends TemplateError {
  override readonly name = "LanguageExtensionsError";

  constructor(reason: string) {
    super(`Transform ${LANGUAGE_EXTENSIONS} failed with: ${reason}`);
  }
}

/** `Fn::Join layout is incorrect`, which is all that AWS says of a function that is written wrongly. */
export function layoutError(name: string): LanguageExtensionsError {
  return new LanguageExtensionsError(`${name} layout is incorrect`);
}

/** Two members of one name, of which one comes out of a loop. */
export function duplicateKey(key: string): LanguageExtensionsError {
  return new LanguageExtensionsError(`Duplicate key '${key}' when merging keys to parent object in Fn::ForEach`);
}
