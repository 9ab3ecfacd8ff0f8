/** CodeDeploy's verbs, each in the file of its noun. On-premises instances and GitHub's tokens are not there. */
import * as applications from "./operations/applications.ts";
import * as control from "./operations/control.ts";
import { CreateDeployment } from "./operations/create-deployment.ts";
import * as configs from "./operations/deployment-configs.ts";
import {
  BatchGetDeploymentGroups,
  CreateDeploymentGroup,
  DeleteDeploymentGroup,
  GetDeploymentGroup,
  ListDeploymentGroups,
  UpdateDeploymentGroup,
} from "./operations/deployment-groups.ts";
import * as deployments from "./operations/deployments.ts";
import * as instances from "./operations/elsewhere.ts";
import * as revisions from "./operations/revisions.ts";
import * as tags from "./operations/tags.ts";
import * as targets from "./operations/targets.ts";

export const operations = {
  ...applications,
  ...configs,
  CreateDeploymentGroup,
  UpdateDeploymentGroup,
  GetDeploymentGroup,
  BatchGetDeploymentGroups,
  ListDeploymentGroups,
  DeleteDeploymentGroup,
  ...revisions,
  CreateDeployment,
  ...deployments,
  ...targets,
  ...control,
  ...instances,
  ...tags,
};
