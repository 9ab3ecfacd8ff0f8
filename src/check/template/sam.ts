/** The SAM transform as a check: its faults where they stand, and what it makes of the template. */
import { decimalsOf } from "../../template/sam/decimals.ts";
import { SAM_TRANSFORM, TransformError } from "../../template/sam/sam-error.ts";
import { transform } from "../../template/sam/transform.ts";
import type { ApplicationRepository } from "../../template/sam/transform.ts";
import type { Template } from "../../template/template.ts";
import type { JsonObject } from "../../template/value.ts";
import type { CheckedDocument } from "../document.ts";

/** What SAM made of a template, and from which of its resources each came. */
export interface Transformed {
  readonly source: JsonObject;
  readonly origins: ReadonlyMap<string, string>;
}

/** Nested applications are what the repository says at deploy time; here each is there. */
const EVERY_APPLICATION: ApplicationRepository = {
  createTemplate: () => ({ kind: "active", templateUrl: "https://serverlessrepo.example/template" }),
  templateStatus: () => "ACTIVE",
};

/** Transforms a template; what SAM refuses is said of the document, and undefined is the answer. */
export function transformed(
  document: CheckedDocument,
  template: Template,
  { region, parameters }: { readonly region: string; readonly parameters: Readonly<Record<string, string>> },
): Transformed | undefined {
  const origins = new Map<string, string>();
  try {
    const source = transform(template.source, {
      region,
      partition: partitionOf(region),
      parameters,
      applications: EVERY_APPLICATION,
      now: 0,
      isDecimal: decimalsOf(document.text, { value: template.source, positionOf: template.positionOf }),
      onResource: (made, written) => origins.set(made, written),
    });
    return { source, origins };
  } catch (error) {
    if (!(error instanceof TransformError)) throw error;
    for (const { message, path } of error.faults) {
      document.remark({ rule: "sam-transform", path: path.length === 0 ? ["Transform"] : path, message });
    }
    return undefined;
  }
}

/** The partition of a region ("AWS service endpoints"). */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * Whether the template asks for SAM. One that uses SAM's types without asking counts too: it is told so, and looked at as
 * if it had asked.
 */
export function usesSam({ transforms, resources }: Template): boolean {
  if (transforms.length > 0) return transforms.some(({ name }) => name === SAM_TRANSFORM);
  return [...resources.values()].some(({ type }) => type.startsWith(SAM_TYPES));
}

/** SAM's own resource types begin with it. */
export const SAM_TYPES = "AWS::Serverless::";

/** Says that SAM's types are used without its transform: CloudFormation does not know them. */
export function checkTransformDeclared(document: CheckedDocument, { transforms, resources }: Template): void {
  if (transforms.length > 0) return;
  const used = [...resources].filter(([, { type }]) => type.startsWith(SAM_TYPES));
  const [first] = used;
  if (first === undefined) return;
  const types = [...new Set(used.map(([, { type }]) => type))];
  document.remark({
    rule: "resource-type",
    path: ["Resources", first[0], "Type"],
    message: `Template format error: Unrecognized resource types: [${types.join(", ")}]`,
    advice: `Write Transform: ${SAM_TRANSFORM} at the top of the template.`,
  });
}
