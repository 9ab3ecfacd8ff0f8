/** A template through the transforms that are known here, AWS::LanguageExtensions and SAM, each telling what it finds wrong. */
import { checkTemplate } from "../../template/check-template.ts";
import { calls } from "../../template/intrinsics.ts";
import { expandLanguageExtensions, LANGUAGE_EXTENSIONS } from "../../template/language-extensions/transform.ts";
import type { KnownParameter } from "../../template/language-extensions/transform.ts";
import { bindParameters } from "../../template/parameters.ts";
import { SAM_TRANSFORM } from "../../template/sam/sam-error.ts";
import { templateOf } from "../../template/template.ts";
import type { Template } from "../../template/template.ts";
import { closest } from "../../template/schema/vocabulary.ts";
import { attempt } from "../../template/template-error.ts";
import type { TemplateError } from "../../template/template-error.ts";
import type { JsonObject } from "../../template/value.ts";
import type { CheckedDocument } from "../document.ts";
import { checkTransformDeclared, partitionOf, transformed, usesSam } from "./sam.ts";
import { TemplateView } from "./view.ts";
import type { Surroundings } from "./view.ts";

/** The values of parameters that are known. */
export type ParameterValues = Readonly<Record<string, string>>;

/** Reads a template's data, carries out its transforms, and checks what comes out as CloudFormation does before it creates anything. */
export function viewOf(
  document: CheckedDocument,
  source: JsonObject,
  around: Surroundings,
  parameters: ParameterValues,
): TemplateView {
  const written = templateOf(
    source,
    (path) => document.positionOf(path),
    (error) => document.refuse("template-format", error, formAdvice(error)),
  );
  checkTransformDeclared(document, written);
  const names = written.transforms.map(({ name }) => name);
  // What a macro puts in is not seen.
  const isAllHere = !calls(source, "Fn::Transform");
  const isSam = usesSam(written);
  const isExtended = names.includes(LANGUAGE_EXTENSIONS);
  if (!isSam && !isExtended) {
    checkTemplate(written, { refuse: (error) => document.refuse("template-reference", error) });
    return new TemplateView(document, written, around, {
      processed: written,
      origins: new Map(),
      isWhole: names.length === 0 && isAllHere,
    });
  }
  const isKnown = names.every((name) => name === SAM_TRANSFORM || name === LANGUAGE_EXTENSIONS);
  const open = { processed: plainPart(written), origins: new Map<string, string>(), isWhole: false };
  if (!isKnown) return new TemplateView(document, written, around, open);
  const extended = isExtended ? expanded(document, written, around.region, parameters) : written;
  const made =
    extended !== undefined && isSam
      ? transformed(document, extended, { region: around.region, parameters })
      : undefined;
  if (extended === undefined || (isSam && made === undefined)) return new TemplateView(document, written, around, open);
  const processed = templateOf(made?.source ?? extended.source, undefined, () => undefined);
  const view = new TemplateView(document, written, around, {
    processed,
    origins: made?.origins ?? new Map<string, string>(),
    isWhole: isAllHere,
  });
  checkTemplate(processed, {
    isExtended,
    refuse: ({ message, details }) =>
      document.remark({ rule: "template-reference", path: view.sourcePath(details.path ?? ["Resources"]), message }),
  });
  return view;
}

/** What a key that has no place there was probably meant to be. */
function formAdvice({ message, details }: TemplateError): string | undefined {
  if (!message.startsWith("Invalid template")) return undefined;
  const { path = [] } = details;
  const key = String(path.at(-1) ?? "");
  const near = closest(key, KEYS[String(path.length)] ?? []);
  return near === undefined ? `Take ${key} away.` : `Write ${near} instead of ${key}.`;
}

/** What may stand in a template, and in a member of a section, by how deep it stands. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  1: "AWSTemplateFormatVersion Conditions Description Globals Mappings Metadata Outputs Parameters Resources Rules Transform".split(
    " ",
  ),
  3: (
    "Condition CreationPolicy DeletionPolicy DependsOn Metadata Properties Type UpdatePolicy UpdateReplacePolicy " +
    "AllowedPattern AllowedValues ConstraintDescription Default Description MaxLength MaxValue MinLength MinValue NoEcho Export Value"
  ).split(" "),
};

/** What AWS::LanguageExtensions makes of a template. Without a value for every parameter its loops may not be known yet. */
function expanded(
  document: CheckedDocument,
  written: Template,
  region: string,
  parameters: ParameterValues,
): Template | undefined {
  const known = new Map<string, KnownParameter>();
  for (const [name, declaration] of written.parameters) {
    const given = new Map(Object.hasOwn(parameters, name) ? [[name, parameters[name] ?? ""]] : []);
    const bound = attempt(
      () => undefined,
      undefined,
      () => bindParameters(new Map([[name, declaration]]), given).get(name),
    );
    if (bound !== undefined && bound.ssm === undefined) known.set(name, { value: bound.value, noEcho: bound.noEcho });
  }
  const isAllKnown = known.size === written.parameters.size;
  const source = attempt(
    (error) => {
      if (isAllKnown) document.refuse("template-function", error);
    },
    undefined,
    () =>
      expandLanguageExtensions(written.source, {
        parameters: known,
        pseudo: { region, partition: partitionOf(region) },
      }),
  );
  if (source === undefined) return undefined;
  const others = written.transforms.map(({ name }) => name).filter((name) => name !== LANGUAGE_EXTENSIONS);
  const { Transform: _, ...rest } = source;
  return templateOf(others.length > 0 ? { ...rest, Transform: others } : rest, written.positionOf, () => undefined);
}

/** The resources that no transform will change, of a template that cannot be transformed here. */
function plainPart(written: Template): Template {
  const resources = new Map([...written.resources].filter(([, { type }]) => !type.startsWith("AWS::Serverless::")));
  return { ...written, resources };
}
