/** How CodeDeploy's things are called, looked up, and what is answered where there is none. */
import { tryParseArn } from "../../languages/arn.ts";
import type { ServiceContext } from "../../service.ts";
import { refuse } from "./errors.ts";
import { PREDEFINED, type PredefinedConfig } from "./predefined-configs.ts";
import {
  applications,
  configs,
  deployments,
  groups,
  type Application,
  type Config,
  type Deployment,
  type Group,
} from "./state.ts";

export interface Where {
  readonly account: string;
  readonly region: string;
}

type Names =
  | "InvalidApplicationNameException"
  | "InvalidDeploymentGroupNameException"
  | "InvalidDeploymentConfigNameException";

const arn = ({ account, region }: Where, resource: string): string =>
  `arn:aws:codedeploy:${region}:${account}:${resource}`;

export const applicationArn = (where: Where, name: string): string => arn(where, `application:${name}`);
export const groupArn = (where: Where, application: string, name: string): string =>
  arn(where, `deploymentgroup:${application}/${name}`);
export const configArn = (where: Where, name: string): string => arn(where, `deploymentconfig:${name}`);

/** "CreateApplication", "CreateDeploymentGroup": letters, digits and `+=,.@_-`. */
export function checkName(name: string, code: Names, what: string): void {
  if (!/^[\w+=,.@-]{1,100}$/.test(name)) {
    refuse(
      code,
      `The ${what} name ${name} is in an invalid format. It can contain letters, numbers and the characters + = , . @ _ -`,
    );
  }
}

export function applicationNamed(context: ServiceContext, name: string): Application {
  checkName(name, "InvalidApplicationNameException", "application");
  const found = context.table(applications).get(name);
  return found ?? refuse("ApplicationDoesNotExistException", `No application found for name: ${name}`);
}

export function groupNamed(context: ServiceContext, application: string, name: string): Group {
  applicationNamed(context, application);
  checkName(name, "InvalidDeploymentGroupNameException", "deployment group");
  const found = context.table(groups).get(application, name);
  return found ?? refuse("DeploymentGroupDoesNotExistException", `No Deployment Group found for name: ${name}`);
}

export type AnyConfig =
  | { readonly kind: "predefined"; readonly config: PredefinedConfig }
  | { readonly kind: "own"; readonly config: Config };

export function configNamed(context: ServiceContext, name: string): AnyConfig {
  const predefined = PREDEFINED.get(name);
  if (predefined !== undefined) return { kind: "predefined", config: predefined };
  checkName(name, "InvalidDeploymentConfigNameException", "deployment configuration");
  const config = context.table(configs).get(name);
  if (config === undefined)
    refuse("DeploymentConfigDoesNotExistException", `No deployment configuration found for name: ${name}`);
  return { kind: "own", config };
}

/** A configuration that a Lambda deployment can have. */
export function lambdaConfig(context: ServiceContext, name: string) {
  const { kind, config } = configNamed(context, name);
  if (kind === "own") return config;
  if (config.platform !== "Lambda" || config.routing === undefined) {
    refuse(
      "InvalidDeploymentConfigNameException",
      `The deployment configuration ${name} is for the ${config.platform} compute platform; the application's compute platform is Lambda.`,
    );
  }
  return { ...config, routing: config.routing };
}

/** Raises DeploymentIdRequiredException, InvalidDeploymentIdException. */
export function checkDeploymentId(id: string | undefined): asserts id is string {
  if (id === undefined) refuse("DeploymentIdRequiredException", "At least one deployment ID must be specified.");
  if (!/^d-[A-Z0-9]{9}$/.test(id))
    refuse("InvalidDeploymentIdException", `The deployment ID ${id} is in an invalid format.`);
}

export function deploymentWith(context: ServiceContext, id: string | undefined): Deployment {
  checkDeploymentId(id);
  const found = context.table(deployments).get(id);
  return found ?? refuse("DeploymentDoesNotExistException", `The deployment ${id} could not be found`);
}

/** What a resource's ARN names. */
export type Named =
  | { readonly kind: "application"; readonly application: string }
  | { readonly kind: "group"; readonly application: string; readonly group: string };

/** Raises InvalidArnException and ArnNotSupportedException. */
export function readArn(where: Where, text: string): Named {
  const parsed = tryParseArn(text);
  if (
    parsed === undefined ||
    parsed.service !== "codedeploy" ||
    parsed.account !== where.account ||
    parsed.region !== where.region
  )
    refuse("InvalidArnException", `The ARN ${text} is not valid.`);
  const application = /^application:([^/]+)$/.exec(parsed.resource)?.[1];
  if (application !== undefined) return { kind: "application", application };
  const [, of, group] = /^deploymentgroup:([^/]+)\/([^/]+)$/.exec(parsed.resource) ?? [];
  if (of !== undefined && group !== undefined) return { kind: "group", application: of, group };
  refuse(
    "ArnNotSupportedException",
    `The ARN ${text} is not supported: tags belong to applications and deployment groups.`,
  );
}
