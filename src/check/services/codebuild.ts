/** CodeBuild's projects, and the buildspecs that stand in them ("CreateProject" and "Docker images provided by CodeBuild"). */
import { subArgument, functionCall } from "../../template/intrinsics.ts";
import { parseData } from "../../template/parse.ts";
import { closest } from "../../template/schema/vocabulary.ts";
import { TemplateError } from "../../template/template-error.ts";
import { isObject } from "../../template/value.ts";
import type { Json } from "../../template/value.ts";
import { checkBuildspec } from "../buildspec.ts";
import type { CheckedDocument, Remark } from "../document.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import { literalsAt, membersAt, propertiesPlace } from "../template/written.ts";

/** Images that CodeBuild has deprecated: neither cached on its hosts nor kept up. */
const DEPRECATED_IMAGES = [
  /^aws\/codebuild\/standard:[1-4]\.0/,
  /^aws\/codebuild\/amazonlinux2-x86_64-standard:[1-3]\.0/,
  /^aws\/codebuild\/amazonlinux2-aarch64-standard:[12]\.0/,
  /^aws\/codebuild\/(?:ubuntu-base|android-java-\d+|docker|dot-net|eb-\w+|golang|java|nodejs|php|python|ruby|windows-base):/,
];

/** "ProjectEnvironment" of the CodeBuild API reference. */
const ENVIRONMENT_TYPES = [
  "WINDOWS_CONTAINER",
  "LINUX_CONTAINER",
  "LINUX_GPU_CONTAINER",
  "ARM_CONTAINER",
  "WINDOWS_SERVER_2019_CONTAINER",
  "WINDOWS_SERVER_2022_CONTAINER",
  "LINUX_LAMBDA_CONTAINER",
  "ARM_LAMBDA_CONTAINER",
  "LINUX_EC2",
  "ARM_EC2",
  "WINDOWS_EC2",
  "MAC_ARM",
];
const COMPUTE_TYPES = [
  ...["SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"].map((size) => `BUILD_GENERAL1_${size}`),
  ...["1GB", "2GB", "4GB", "8GB", "10GB"].map((size) => `BUILD_LAMBDA_${size}`),
  "ATTRIBUTE_BASED_COMPUTE",
  "CUSTOM_INSTANCE_TYPE",
];

type Tell = (path: Remark["path"], message: string, advice?: string, severity?: "warning") => void;

/** Checks the projects; answers the buildspec of each, as far as it stands in the template. */
export function checkCodeBuild(view: TemplateView): ReadonlyMap<string, CheckedDocument> {
  const buildspecs = new Map<string, CheckedDocument>();
  for (const resource of view.ofType("AWS::CodeBuild::Project")) {
    const tell: Tell = (path, message, advice, severity) =>
      view.tell(resource, { rule: "codebuild", path, message, advice, severity: severity ?? "error" });
    checkEnvironment(resource, tell);
    checkSource(resource, tell);
    const inline = inlineBuildspec(view, resource);
    if (inline === undefined) continue;
    checkBuildspec(inline);
    buildspecs.set(resource.id, inline);
  }
  return buildspecs;
}

function checkEnvironment({ properties }: CheckedResource, tell: Tell): void {
  const place = propertiesPlace(properties);
  for (const [property, values] of [
    ["Type", ENVIRONMENT_TYPES],
    ["ComputeType", COMPUTE_TYPES],
  ] as const) {
    for (const { text, path } of literalsAt(place, "Environment", property)) {
      if (values.includes(text)) continue;
      const member = `environment.${property.charAt(0).toLowerCase()}${property.slice(1)}`;
      const near = closest(text, values);
      tell(
        path,
        `Value '${text}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(", ")}]`,
        near === undefined ? undefined : `Write ${near} instead.`,
      );
    }
  }
  const types = literalsAt(place, "Environment", "Type").map(({ text }) => text);
  for (const { text, path } of literalsAt(place, "Environment", "Image")) {
    if (DEPRECATED_IMAGES.some((image) => image.test(text))) {
      const message = `The image ${text} is deprecated: CodeBuild neither caches nor updates it.`;
      tell(path, message, `Write ${currentImage(text)} instead.`, "warning");
    }
    const isArm = text.startsWith("aws/codebuild/") && text.includes("aarch64");
    const [type] = types;
    if (types.length !== 1 || type === undefined || !text.startsWith("aws/codebuild/")) continue;
    if (isArm !== type.startsWith("ARM_") && /^(?:LINUX|ARM)_/.test(type) && !text.includes("windows")) {
      const message = `The image ${text} does not run in an environment of type ${type}.`;
      tell(path, message, isArm ? "Write Type: ARM_CONTAINER." : "Write Type: LINUX_CONTAINER.");
    }
  }
}

function currentImage(image: string): string {
  if (image.includes("aarch64")) return "aws/codebuild/amazonlinux-aarch64-standard:3.0";
  return image.includes("amazonlinux") ? "aws/codebuild/amazonlinux-x86_64-standard:5.0" : "aws/codebuild/standard:7.0";
}

function checkSource({ properties }: CheckedResource, tell: Tell): void {
  const place = propertiesPlace(properties);
  const sources = literalsAt(place, "Source", "Type");
  const artifacts = literalsAt(place, "Artifacts", "Type");
  const [source] = sources;
  const [artifact] = artifacts;
  if (source === undefined || sources.length > 1) return;
  if (artifact !== undefined && artifacts.length === 1) {
    const isPipeline = source.text === "CODEPIPELINE";
    if (isPipeline !== (artifact.text === "CODEPIPELINE")) {
      const message = `The source's type is ${source.text} and the artifacts' ${artifact.text}; a project of a pipeline has CODEPIPELINE for both, any other for neither.`;
      tell(artifact.path, message, isPipeline ? "Write Type: CODEPIPELINE." : "Write Type: NO_ARTIFACTS or S3.");
    }
  }
  const [written] = membersAt(place, "Source");
  if (written === undefined || !isObject(written.value)) return;
  if (source.text === "NO_SOURCE" && !Object.hasOwn(written.value, "BuildSpec")) {
    tell(written.path, "A project without a source needs a buildspec of its own.", "Write BuildSpec with its text.");
  }
  const needsLocation = !["NO_SOURCE", "CODEPIPELINE"].includes(source.text);
  if (needsLocation && !Object.hasOwn(written.value, "Location")) {
    tell(written.path, `A source of type ${source.text} needs a Location.`, "Write Location.");
  }
}

/** The text of a BuildSpec that is one, not the path of one. */
function buildspecText(value: Json | undefined): string | undefined {
  const call = functionCall(value);
  const text = call?.name === "Fn::Sub" ? subArgument(call.argument)?.text : value;
  return typeof text === "string" && /\n|^\s*\{|^version:/.test(text) ? text : undefined;
}

function inlineBuildspec(view: TemplateView, resource: CheckedResource): CheckedDocument | undefined {
  const [found] = membersAt(propertiesPlace(resource.properties), "Source", "BuildSpec");
  const text = buildspecText(found?.value);
  if (found === undefined || text === undefined) return undefined;
  const path = view.sourcePath(["Resources", resource.id, "Properties", ...found.path]);
  try {
    const { value, positionOf } = parseData(text);
    return view.document.inner(path, text, value, positionOf);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { position } = error.details;
    const inner = view.document.inner(path, text, null, () => position);
    inner.remark({
      rule: "buildspec",
      path: [""],
      message: `YAML_FILE_ERROR: ${error.message.replace(/ \(line.*$/, "")}`,
    });
    return undefined;
  }
}

/** The path of a project's buildspec in its source; undefined where the buildspec stands in the template, or is not known. */
export function buildspecPath({ properties }: CheckedResource): string | undefined {
  const found = membersAt(propertiesPlace(properties), "Source", "BuildSpec");
  if (found.length === 0) return "buildspec.yml";
  const [only] = found;
  return found.length === 1 && typeof only?.value === "string" && buildspecText(only.value) === undefined
    ? only.value
    : undefined;
}
