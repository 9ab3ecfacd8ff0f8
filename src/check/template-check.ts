/** Checks one template: its structure, its references, its functions, its resources and what AWS's services say of them. */
import { isObject } from "../template/value.ts";
import type { JsonObject } from "../template/value.ts";
import type { Folder } from "./folder.ts";
import type { CheckedDocument } from "./document.ts";
import { checkPolicies } from "./policy/documents.ts";
import { deploysTo } from "./policy/needs.ts";
import { checkRoles } from "./policy/roles.ts";
import { buildspecPath, checkCodeBuild } from "./services/codebuild.ts";
import { checkCodeDeploy, platformOf } from "./services/codedeploy.ts";
import { checkLambda } from "./services/lambda.ts";
import { actionsOf, checkPipeline } from "./services/pipeline.ts";
import { checkFunctions } from "./template/function-form.ts";
import { checkMissingSubs } from "./template/missing-sub.ts";
import { packaged, packagedFiles } from "./template/packaged.ts";
import { viewOf } from "./template/processed.ts";
import { checkProperties } from "./template/properties.ts";
import { checkUnused } from "./template/unused.ts";
import type { CheckedResource, Surroundings, TemplateView } from "./template/view.ts";
import { propertiesPlace } from "./template/written.ts";

/** Reads a template and says everything that is wrong with it. Undefined when it is no mapping at all. */
export function checkTemplateDocument(
  document: CheckedDocument,
  around: Surroundings,
  parameters: Readonly<Record<string, string>>,
  folder: Folder,
): TemplateView | undefined {
  if (!isObject(document.value)) {
    const message = "Template format error: unsupported structure.";
    document.remark({ rule: "template-format", path: [], message });
    return undefined;
  }
  const view = viewOf(document, packaged(document.value), around, parameters);
  checkPackagedFiles(document, document.value, around);
  checkMissingSubs(view);
  if (view.isWhole) checkUnused(view);
  if (!view.isOpen) {
    checkFunctions(view);
    checkServices(view, folder);
    checkProperties(view);
  }
  return view;
}

/** What the services say that the resources are of, before the schemas: they know better what was meant. */
function checkServices(view: TemplateView, folder: Folder): void {
  for (const pipeline of view.ofType("AWS::CodePipeline::Pipeline")) {
    checkPipeline(propertiesPlace(pipeline.properties), "template", (remark) =>
      view.tell(pipeline, { rule: "pipeline", ...remark }),
    );
    checkDeployTargets(view, pipeline);
  }
  checkCodeDeploy(view);
  const buildspecs = checkCodeBuild(view);
  checkLambda(view);
  checkPolicies(view);
  checkBuildspecPlaces(view, folder);
  checkRoles(view, buildspecs, folder);
}

/** `aws cloudformation package` looks for them beside the template. */
function checkPackagedFiles(document: CheckedDocument, source: JsonObject, { isThere }: Surroundings): void {
  if (isThere === undefined) return;
  const folder = document.file.slice(0, document.file.lastIndexOf("/") + 1);
  for (const { id, property, file, path } of packagedFiles(source)) {
    if (isThere(file.startsWith("/") ? file : folder + file)) continue;
    document.remark({
      rule: "template-reference",
      path,
      message: `Parameter ${property} of resource ${id} refers to a file or folder that does not exist ${file}`,
      advice: "Write the path from the template's folder, or s3://BUCKET/KEY.",
    });
  }
}

/** A project finds its buildspec from its source's root, which the template's folder lies below. */
function checkBuildspecPlaces(view: TemplateView, folder: Folder): void {
  for (const project of view.ofType("AWS::CodeBuild::Project")) {
    const path = buildspecPath(project);
    const file = path === undefined ? undefined : folder.buildspecAt(path)?.file;
    if (path === undefined || file === undefined || view.document.file.startsWith(file.slice(0, -path.length)))
      continue;
    view.tell(project, {
      rule: "codebuild",
      severity: "warning",
      path: ["Source", "BuildSpec"],
      message: `YAML_FILE_ERROR: YAML file does not exist: ${path} is not in the source's root, where the build looks for it; ${file} is there.`,
      advice: `Write BuildSpec: ${file} instead.`,
    });
  }
}

/** CodePipeline hands CodeDeploy a zip, which is a revision for servers alone. */
function checkDeployTargets(view: TemplateView, pipeline: CheckedResource): void {
  for (const action of actionsOf(propertiesPlace(pipeline.properties), "template")) {
    const group = deploysTo(view, action);
    if (group === undefined || platformOf(view, group) !== "Lambda") continue;
    view.tell(pipeline, {
      rule: "pipeline",
      path: action.place.path,
      message: `BundleType must be either YAML or JSON: action ${action.name ?? ""} hands its artifact on as a zip, which no deployment group of the Lambda compute platform takes.`,
      advice:
        "Deploy with a CloudFormation action whose template has AutoPublishAlias and DeploymentPreference, or call aws deploy create-deployment in a build.",
    });
  }
}
