/** Rows as AWS's replies show them. */
import type { ServiceContext } from "../../service.ts";
import { apiEndpoint } from "./names.ts";
import type { ApiRow, DeploymentRow, DomainRow, StageRow } from "./state.ts";

export function shownApi(context: ServiceContext, { createdAt, ...row }: ApiRow) {
  return { ...row, ApiEndpoint: apiEndpoint(context, row.ApiId), CreatedDate: new Date(createdAt) };
}

/** How the last deployment went is told of stages with AutoDeploy alone (AWS page "Stages"). */
export function shownStage({ createdAt, updatedAt, LastDeploymentStatusMessage, ...row }: StageRow) {
  const told = row.AutoDeploy === true ? { LastDeploymentStatusMessage } : {};
  return { ...row, ...told, CreatedDate: new Date(createdAt), LastUpdatedDate: new Date(updatedAt) };
}

export function shownDeployment({ createdAt, ...row }: DeploymentRow) {
  return { ...row, CreatedDate: new Date(createdAt) };
}

export function shownDomain({ account: _, region: __, ...row }: DomainRow) {
  return row;
}
