/** Checks one template: its structure, its references, its functions, its resources and what AWS's services say of them. */
import { checkTemplate } from "../template/check-template.ts";
import { templateOf } from "../template/template.ts";
import type { Template } from "../template/template.ts";
import type { TemplateError } from "../template/template-error.ts";
import { isObject } from "../template/value.ts";
import type { JsonObject } from "../template/value.ts";
import type { CheckedDocument } from "./document.ts";
import type { RuleId } from "./rules.ts";
import { checkFunctions } from "./template/function-form.ts";
import { checkMissingSubs } from "./template/missing-sub.ts";
import { packaged } from "./template/packaged.ts";
import { checkProperties, ToldPlaces } from "./template/properties.ts";
import { checkTransformDeclared, isSamAlone, transformed } from "./template/sam.ts";
import { checkUnused } from "./template/unused.ts";
import { TemplateView } from "./template/view.ts";
import type { Surroundings } from "./template/view.ts";

/** Reads a template and says everything that is wrong with it. Undefined when it is no mapping at all. */
export function checkTemplateDocument(
  document: CheckedDocument,
  around: Surroundings,
  parameters: Readonly<Record<string, string>>,
): TemplateView | undefined {
  if (!isObject(document.value)) {
    const message = "Template format error: unsupported structure.";
    document.remark({ rule: "template-format", path: [], message });
    return undefined;
  }
  const view = viewOf(document, packaged(document.value), around, parameters);
  checkMissingSubs(view);
  if (view.isWhole) checkUnused(view);
  if (!view.isOpen) {
    checkFunctions(view);
    checkProperties(view, new ToldPlaces());
  }
  return view;
}

function viewOf(
  document: CheckedDocument,
  source: JsonObject,
  around: Surroundings,
  parameters: Readonly<Record<string, string>>,
): TemplateView {
  const refuse =
    (rule: RuleId) =>
    (error: TemplateError): void =>
      document.refuse(rule, error);
  const written = templateOf(source, (path) => document.positionOf(path), refuse("template-format"));
  checkTransformDeclared(document, written);
  const isSam = isSamAlone(written);
  if (!isSam) checkTemplate(written, { refuse: refuse("template-reference") });
  if (written.transforms.length === 0 && !isSam) {
    return new TemplateView(document, written, around, { processed: written, origins: new Map(), isWhole: true });
  }
  const made = isSam ? transformed(document, written, { region: around.region, parameters }) : undefined;
  if (made === undefined) {
    return new TemplateView(document, written, around, {
      processed: plainPart(written),
      origins: new Map(),
      isWhole: false,
    });
  }
  const silent = (): void => undefined;
  const processed = templateOf(made.source, () => undefined, silent);
  const view = new TemplateView(document, written, around, { processed, origins: made.origins, isWhole: true });
  checkTemplate(processed, {
    refuse: ({ message, details }) =>
      document.remark({ rule: "template-reference", path: view.sourcePath(details.path ?? ["Resources"]), message }),
  });
  return view;
}

/** The resources that no transform will change, of a template that cannot be transformed here. */
function plainPart(written: Template): Template {
  const resources = new Map([...written.resources].filter(([, { type }]) => !type.startsWith("AWS::Serverless::")));
  return { ...written, resources };
}
