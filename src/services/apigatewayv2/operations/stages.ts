/** Stages: where a deployment is served, with which settings. And deployments. */
import { tryParseArn } from "../../../languages/arn.ts";
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { deploy, pointStage, removeDeployment } from "../deploy.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { findApi, findDeployment, findStage, merged, mergedMap } from "../find.ts";
import { takePage } from "../paging.ts";
import { checkRouteKey, checkStage, checkStageName } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { shownDeployment, shownStage } from "../shown.ts";
import { deployments, mappings, stages, type ApiRow, type StageRow } from "../state.ts";
import { checkTags } from "../tags.ts";

type Settings = Pick<
  Input<Sdk, "UpdateStage">,
  "AccessLogSettings" | "AutoDeploy" | "ClientCertificateId" | "DefaultRouteSettings" | "DeploymentId" | "RouteSettings"
>;

export const CreateStage: Handler<Sdk, "CreateStage"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const { ApiId, StageName, AutoDeploy, DeploymentId, Tags } = input;
  checkStageName(StageName);
  if (context.table(stages).has(ApiId, StageName)) conflict("Stage already exists");
  check(context, ApiId, input, AutoDeploy === true);
  checkTags(Tags);
  const row: StageRow = {
    StageName,
    Description: input.Description,
    AccessLogSettings: input.AccessLogSettings,
    AutoDeploy,
    DefaultRouteSettings: { DetailedMetricsEnabled: false, ...input.DefaultRouteSettings },
    DeploymentId,
    RouteSettings: input.RouteSettings ?? {},
    StageVariables: mergedMap({}, input.StageVariables) ?? {},
    Tags: Tags ?? {},
    createdAt: context.now,
    updatedAt: context.now,
  };
  context.table(stages).put([ApiId, StageName], row);
  if (AutoDeploy === true) autoDeployOnly(context, api, StageName);
  return shownStage(context.table(stages).get(ApiId, StageName) ?? row);
};

/** A stage that begins to deploy by itself deploys the API as it is; the others have it already. */
function autoDeployOnly(context: ServiceContext, api: ApiRow, stageName: string): void {
  const table = context.table(stages);
  try {
    const Description = "Automatic deployment triggered by changes to the Api configuration";
    pointStage(context, api.ApiId, stageName, deploy(context, api, { AutoDeployed: true, Description }).DeploymentId);
  } catch (error) {
    const stage = table.get(api.ApiId, stageName);
    if (stage === undefined || !(error instanceof Error)) throw error;
    const LastDeploymentStatusMessage = `Deployment attempt failed: ${error.message}`;
    table.put([api.ApiId, stageName], { ...stage, LastDeploymentStatusMessage });
  }
}

function check(context: ServiceContext, apiId: string, settings: Settings, autoDeploys: boolean): void {
  const { AccessLogSettings: log, DeploymentId, RouteSettings = {} } = settings;
  checkStage(settings);
  for (const key of Object.keys(RouteSettings)) checkRouteKey(key);
  if (DeploymentId !== undefined) {
    if (autoDeploys) badRequest("Deployment ID cannot be specified for a stage that has AutoDeploy enabled");
    if (!context.table(deployments).has(apiId, DeploymentId)) badRequest("Invalid deployment identifier specified");
  }
  if (log === undefined) return;
  if (log.Format === undefined || log.DestinationArn === undefined) {
    badRequest("Access log settings need a destination ARN and a format");
  }
  if (!/\$context\.(requestId|extendedRequestId)\b/.test(log.Format)) {
    badRequest("Access log format must contain at least $context.requestId or $context.extendedRequestId");
  }
  const arn = tryParseArn(log.DestinationArn);
  if (arn?.service !== "logs") {
    badRequest(
      "The access log destination must be the ARN of a CloudWatch Logs log group: Seatrial has no Firehose yet",
    );
  }
}

export const UpdateStage: Handler<Sdk, "UpdateStage"> = (context, input) => {
  const api = findApi(context, input.ApiId);
  const before = findStage(context, input.ApiId, input.StageName);
  const {
    ApiId,
    StageName,
    StageVariables,
    RouteSettings,
    DefaultRouteSettings,
    ClientCertificateId: _,
    ...rest
  } = input;
  check(context, ApiId, input, input.AutoDeploy ?? before.AutoDeploy === true);
  const { AccessLogSettings, AutoDeploy, DeploymentId, Description } = rest;
  const row: StageRow = {
    ...merged(before, { AccessLogSettings, AutoDeploy, DeploymentId, Description }),
    DefaultRouteSettings:
      DefaultRouteSettings === undefined
        ? before.DefaultRouteSettings
        : { DetailedMetricsEnabled: false, ...DefaultRouteSettings },
    RouteSettings: { ...before.RouteSettings, ...RouteSettings },
    StageVariables: mergedMap(before.StageVariables, StageVariables) ?? {},
    updatedAt: context.now,
  };
  context.table(stages).put([ApiId, StageName], row);
  if (DeploymentId !== undefined) pointStage(context, ApiId, StageName, DeploymentId);
  if (AutoDeploy === true && before.AutoDeploy !== true) autoDeployOnly(context, api, StageName);
  return shownStage(context.table(stages).get(ApiId, StageName) ?? row);
};

export const GetStage: Handler<Sdk, "GetStage"> = (context, { ApiId, StageName }) =>
  shownStage(findStage(context, ApiId, StageName));

export const GetStages: Handler<Sdk, "GetStages"> = (context, input) => {
  findApi(context, input.ApiId);
  const { page, rest } = takePage(context.table(stages).list([input.ApiId]), ({ StageName }) => StageName, input);
  return { Items: page.map(shownStage), ...rest };
};

export const DeleteStage: Handler<Sdk, "DeleteStage"> = (context, { ApiId, StageName }) => {
  findStage(context, ApiId, StageName);
  for (const { ApiId: mapped, Stage } of context.table(mappings).list()) {
    if (mapped === ApiId && Stage === StageName) {
      badRequest("Deleting stage failed. Please remove all API mappings related to this stage and try again.");
    }
  }
  context.table(stages).remove(ApiId, StageName);
  return {};
};

export const DeleteAccessLogSettings: Handler<Sdk, "DeleteAccessLogSettings"> = (context, { ApiId, StageName }) => {
  const { AccessLogSettings: _, ...row } = findStage(context, ApiId, StageName);
  context.table(stages).put([ApiId, StageName], { ...row, updatedAt: context.now });
  return {};
};

export const DeleteRouteSettings: Handler<Sdk, "DeleteRouteSettings"> = (context, { ApiId, StageName, RouteKey }) => {
  const row = findStage(context, ApiId, StageName);
  const { [RouteKey]: found, ...RouteSettings } = row.RouteSettings ?? {};
  if (found === undefined) throw notFound("RouteSettings", `Unable to find RouteSettings by key ${RouteKey}`);
  context.table(stages).put([ApiId, StageName], { ...row, RouteSettings, updatedAt: context.now });
  return {};
};

export const CreateDeployment: Handler<Sdk, "CreateDeployment"> = (context, { ApiId, Description, StageName }) => {
  const api = findApi(context, ApiId);
  const stage = StageName === undefined ? undefined : findStage(context, ApiId, StageName);
  if (stage?.AutoDeploy === true) {
    badRequest(`Deployments cannot be made by hand for the stage ${stage.StageName}: it has AutoDeploy enabled`);
  }
  const row = deploy(context, api, { AutoDeployed: false, Description });
  if (stage !== undefined) pointStage(context, ApiId, stage.StageName, row.DeploymentId);
  return shownDeployment(row);
};

export const UpdateDeployment: Handler<Sdk, "UpdateDeployment"> = (context, { ApiId, DeploymentId, Description }) => {
  const row = merged(findDeployment(context, ApiId, DeploymentId), { Description });
  context.table(deployments).put([ApiId, DeploymentId], row);
  return shownDeployment(row);
};

export const GetDeployment: Handler<Sdk, "GetDeployment"> = (context, { ApiId, DeploymentId }) =>
  shownDeployment(findDeployment(context, ApiId, DeploymentId));

export const GetDeployments: Handler<Sdk, "GetDeployments"> = (context, input) => {
  findApi(context, input.ApiId);
  const rows = context.table(deployments).list([input.ApiId]);
  const { page, rest } = takePage(rows, ({ DeploymentId }) => DeploymentId, input);
  return { Items: page.map(shownDeployment), ...rest };
};

export const DeleteDeployment: Handler<Sdk, "DeleteDeployment"> = (context, { ApiId, DeploymentId }) => {
  findDeployment(context, ApiId, DeploymentId);
  for (const stage of context.table(stages).list([ApiId])) {
    if (stage.DeploymentId === DeploymentId) {
      badRequest("Active stages pointing to this deployment must be moved or deleted");
    }
  }
  removeDeployment(context, ApiId, DeploymentId);
  return {};
};
