/** What the users of roles need: pipelines and their actions, builds, deployments. */
import { isObject, own } from "../../template/value.ts";
import type { Json } from "../../template/value.ts";
import { commandsOf } from "../buildspec.ts";
import type { Folder } from "../folder.ts";
import type { CheckedDocument } from "../document.ts";
import { buildspecPath } from "../services/codebuild.ts";
import { platformOf } from "../services/codedeploy.ts";
import { actionsOf } from "../services/pipeline.ts";
import type { PipelineAction } from "../services/pipeline.ts";
import type { CheckedResource, TemplateView } from "../template/view.ts";
import { isCall, literalsAt, membersAt, propertiesPlace, referenced } from "../template/written.ts";
import { MODE_NEEDS, PROVIDER_NEEDS } from "./need.ts";
import type { Need } from "./need.ts";
import { GENERATED } from "./overlap.ts";
import { cliNeeds } from "./cli-commands.ts";

/** The needs of everything in the template that acts as a role of the template. */
export function needsOf(
  view: TemplateView,
  buildspecs: ReadonlyMap<string, CheckedDocument>,
  folder: Folder,
): readonly Need[] {
  const pipelines = view.ofType("AWS::CodePipeline::Pipeline");
  return [
    ...pipelines.flatMap((pipeline) => pipelineNeeds(view, pipeline)),
    ...view.ofType("AWS::CodeBuild::Project").flatMap((project) => {
      const path = buildspecPath(project);
      const buildspec = buildspecs.get(project.id) ?? (path === undefined ? undefined : folder.buildspecAt(path));
      return buildNeeds(view, project, pipelines, buildspec);
    }),
    ...hookNeeds(view),
    ...view
      .ofType("AWS::CodeDeploy::DeploymentGroup")
      .flatMap((group) => deploymentNeeds(view, group, pipelines, folder.hooks)),
  ];
}

function roleAt(view: TemplateView, resource: CheckedResource, property: string): CheckedResource | undefined {
  const places = membersAt(propertiesPlace(resource.properties), property);
  return places.length === 1 ? view.resource(referenced(places[0]?.value), "AWS::IAM::Role") : undefined;
}

function pipelineNeeds(view: TemplateView, pipeline: CheckedResource): readonly Need[] {
  const role = roleAt(view, pipeline, "RoleArn");
  const place = propertiesPlace(pipeline.properties);
  const needs: Need[] = [];
  for (const action of actionsOf(place, "template")) {
    const [own] = membersAt(action.place, "RoleArn");
    // An action may have a role of its own, which the pipeline's then assumes.
    const actor = own === undefined ? role : view.resource(referenced(own.value), "AWS::IAM::Role");
    if (actor === undefined) continue;
    const purpose = `action ${action.name ?? ""} of stage ${action.stage ?? ""} (${action.provider ?? ""})`;
    needs.push(...actionNeeds(action, actor, purpose));
  }
  const bucket = bucketOf(pipeline);
  if (role !== undefined && bucket !== undefined) {
    needs.push({
      role,
      actions: ["s3:GetObject", "s3:PutObject"],
      resource: objectsOf(bucket),
      purpose: `the artifact store of ${pipeline.id}`,
      severity: "error",
    });
    needs.push({
      role,
      actions: ["s3:GetBucketVersioning"],
      resource: arnOf(bucket),
      purpose: `the artifact store of ${pipeline.id}`,
      severity: "warning",
    });
  }
  return needs;
}

function actionNeeds(action: PipelineAction, role: CheckedResource, purpose: string): readonly Need[] {
  const { category = "", provider = "", configuration, owner } = action;
  if (owner !== undefined && owner !== "AWS") return [];
  const [mode] = configuration === undefined ? [] : literalsAt(configuration, "ActionMode");
  if (provider === "CloudFormation") {
    if (mode === undefined || !Object.hasOwn(MODE_NEEDS, mode.text)) return [];
    const needs: Need[] = [{ role, actions: MODE_NEEDS[mode.text] ?? [], purpose, severity: "error" }];
    const [passed] = configuration === undefined ? [] : membersAt(configuration, "RoleArn");
    if (passed !== undefined)
      needs.push({ role, actions: ["iam:PassRole"], resource: passed.value, purpose, severity: "error" });
    return needs;
  }
  const name = `${category}/${provider}`;
  const actions = Object.hasOwn(PROVIDER_NEEDS, name) ? (PROVIDER_NEEDS[name] ?? []) : [];
  // A build that clones the repository by itself is handed no archive.
  const isClone =
    configuration !== undefined &&
    literalsAt(configuration, "OutputArtifactFormat").some(({ text }) => text !== "CODE_ZIP");
  if (actions.length === 0 || (isClone && provider === "CodeCommit")) return [];
  return [{ role, actions, purpose, severity: "error" }];
}

/** The artifact store's bucket, when the pipeline has one. */
function bucketOf(pipeline: CheckedResource): Json | undefined {
  const places = membersAt(propertiesPlace(pipeline.properties), "ArtifactStore", "Location");
  return places.length === 1 ? places[0]?.value : undefined;
}

function arnOf(bucket: Json): Json {
  return { "Fn::Join": ["", ["arn:aws:s3:::", bucket]] };
}

function objectsOf(bucket: Json): Json {
  return { "Fn::Join": ["", ["arn:aws:s3:::", bucket, "/*"]] };
}

function buildNeeds(
  view: TemplateView,
  project: CheckedResource,
  pipelines: readonly CheckedResource[],
  buildspec: CheckedDocument | undefined,
): readonly Need[] {
  const role = roleAt(view, project, "ServiceRole");
  if (role === undefined) return [];
  const place = propertiesPlace(project.properties);
  const needs: Need[] = [];
  const logs = literalsAt(place, "LogsConfig", "CloudWatchLogs", "Status").map(({ text }) => text);
  if (!logs.includes("DISABLED") && membersAt(place, "LogsConfig").every(({ value }) => !isCall(value))) {
    needs.push({
      role,
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      purpose: `the logs of ${project.id}`,
      severity: "error",
    });
    const isGiven = membersAt(place, "LogsConfig", "CloudWatchLogs", "GroupName").length > 0;
    if (!isGiven)
      needs.push({ role, actions: ["logs:CreateLogGroup"], purpose: `the logs of ${project.id}`, severity: "warning" });
  }
  for (const pipeline of pipelines) {
    const bucket = bucketOf(pipeline);
    const uses = actionsOf(propertiesPlace(pipeline.properties), "template").filter((action) =>
      usesProject(view, action, project),
    );
    if (bucket === undefined || uses.length === 0) continue;
    const actions = uses.some(({ outputs }) => outputs.length > 0)
      ? ["s3:GetObject", "s3:PutObject"]
      : ["s3:GetObject"];
    needs.push({
      role,
      actions,
      resource: objectsOf(bucket),
      purpose: `the pipeline's artifacts, of ${project.id}`,
      severity: "error",
    });
  }
  if (buildspec !== undefined) needs.push(...buildspecNeeds(role, project.id, buildspec));
  return needs;
}

function usesProject(view: TemplateView, { configuration }: PipelineAction, project: CheckedResource): boolean {
  if (configuration === undefined) return false;
  const [name] = membersAt(configuration, "ProjectName");
  const [given] = membersAt(propertiesPlace(project.properties), "Name");
  if (name === undefined) return false;
  return (
    view.resource(referenced(name.value))?.id === project.id ||
    (given !== undefined && JSON.stringify(given.value) === JSON.stringify(name.value))
  );
}

function buildspecNeeds(role: CheckedResource, project: string, buildspec: CheckedDocument): readonly Need[] {
  const { value } = buildspec;
  const needs = cliNeeds(commandsOf(value).map(({ text }) => text)).map(({ command, actions, isForgiven }): Need => ({
    role,
    actions,
    purpose: `the command \`${command}\` of ${project}`,
    severity: isForgiven ? "warning" : "error",
  }));
  const env = isObject(value) ? own(value, "env") : undefined;
  const has = (section: string): boolean => {
    const members = isObject(env) ? own(env, section) : undefined;
    return isObject(members) && Object.keys(members).length > 0;
  };
  if (has("parameter-store")) {
    needs.push({
      role,
      actions: ["ssm:GetParameters"],
      purpose: `env.parameter-store of ${project}`,
      severity: "error",
    });
  }
  if (has("secrets-manager")) {
    needs.push({
      role,
      actions: ["secretsmanager:GetSecretValue"],
      purpose: `env.secrets-manager of ${project}`,
      severity: "error",
    });
  }
  return needs;
}

/** What AWSCodeDeployRoleForLambda allows, and what for. A revision lies in S3 when a pipeline hands it on. */
function deploymentNeeds(
  view: TemplateView,
  group: CheckedResource,
  pipelines: readonly CheckedResource[],
  hooks: readonly string[],
): readonly Need[] {
  const role = roleAt(view, group, "ServiceRoleArn");
  if (role === undefined || platformOf(view, group) !== "Lambda") return [];
  const place = propertiesPlace(group.properties);
  const need = (what: string, severity: Need["severity"], ...actions: readonly string[]): Need => ({
    role,
    actions,
    purpose: `${what} ${group.id}`,
    severity,
  });
  const needs = [
    need("the shift of an alias by", "error", "lambda:GetAlias", "lambda:UpdateAlias"),
    // Asked for whether an alias has provisioned concurrency or not.
    need("the shift of an alias by", "warning", "lambda:GetProvisionedConcurrencyConfig"),
  ];
  if (membersAt(place, "AlarmConfiguration", "Alarms").length > 0) {
    needs.push(need("the alarms of", "error", "cloudwatch:DescribeAlarms"));
  }
  if (membersAt(place, "TriggerConfigurations").length > 0) needs.push(need("the triggers of", "error", "sns:Publish"));
  for (const hook of view.ofType("AWS::CodeDeploy::DeploymentGroup").length === 1 ? hooks : []) {
    const name = hook.startsWith("arn:") ? hook : `arn:aws:lambda:${GENERATED}:${GENERATED}:function:${hook}`;
    needs.push({ ...need(`the hook ${hook} of`, "error", "lambda:InvokeFunction"), resource: name });
  }
  const isOfPipeline = pipelines.some((pipeline) =>
    actionsOf(propertiesPlace(pipeline.properties), "template").some(
      (action) => deploysTo(view, action)?.id === group.id,
    ),
  );
  if (isOfPipeline) needs.push(need("the revision in S3 of", "warning", "s3:GetObject", "s3:GetObjectVersion"));
  return needs;
}

/**
 * The functions that CodeDeploy calls before and after it shifts an alias. AWSCodeDeployRoleForLambda lets it call those
 * whose names begin with CodeDeployHook_ alone.
 */
function hookNeeds(view: TemplateView): readonly Need[] {
  return [...view.processed.resources].flatMap(([id, { type, updatePolicy }]): readonly Need[] => {
    if (type !== "AWS::Lambda::Alias" || updatePolicy === undefined) return [];
    const [update] = membersAt({ value: updatePolicy, path: [] }, "CodeDeployLambdaAliasUpdate");
    const [name] = update === undefined ? [] : membersAt(update, "DeploymentGroupName");
    const group = view.resource(referenced(name?.value), "AWS::CodeDeploy::DeploymentGroup");
    const role = group === undefined ? undefined : roleAt(view, group, "ServiceRoleArn");
    if (update === undefined || role === undefined) return [];
    return ["BeforeAllowTrafficHook", "AfterAllowTrafficHook"].flatMap((event) =>
      membersAt(update, event).flatMap(({ value }): Need[] => {
        const hook = view.resource(referenced(value), "AWS::Lambda::Function");
        if (hook === undefined) return [];
        const given = own(hook.properties, "FunctionName") ?? `${GENERATED}-${hook.id}-${GENERATED}`;
        const resource = { "Fn::Join": ["", [`arn:aws:lambda:${GENERATED}:${GENERATED}:function:`, given]] };
        const purpose = `the function ${hook.id}, which ${event} of ${id} calls`;
        return [{ role, actions: ["lambda:InvokeFunction"], resource, purpose, severity: "error" }];
      }),
    );
  });
}

/** The deployment group that a CodeDeploy action names, where the template has it. */
export function deploysTo(
  view: TemplateView,
  { provider, configuration }: PipelineAction,
): CheckedResource | undefined {
  if (provider !== "CodeDeploy" || configuration === undefined) return undefined;
  const [name] = membersAt(configuration, "DeploymentGroupName");
  if (name === undefined) return undefined;
  return (
    view.resource(referenced(name.value), "AWS::CodeDeploy::DeploymentGroup") ??
    view
      .ofType("AWS::CodeDeploy::DeploymentGroup")
      .find(({ properties }) => JSON.stringify(own(properties, "DeploymentGroupName")) === JSON.stringify(name.value))
  );
}
