/** Applications. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { lambdaOnly, refuse } from "../errors.ts";
import { applicationNamed, checkName } from "../names.ts";
import { checkBatch, takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { applicationInfo } from "../shown.ts";
import { applications, deployments, groups, revisions, type Group } from "../state.ts";
import { withTags } from "../tags.ts";
import { removeGroup } from "./deployment-groups.ts";

export const CreateApplication: Handler<Sdk, "CreateApplication"> = (context, input) => {
  const { applicationName: name, computePlatform = "Server" } = input;
  checkName(name, "InvalidApplicationNameException", "application");
  if (computePlatform !== "Lambda")
    lambdaOnly(`an application of the platform ${computePlatform} cannot be made; give computePlatform=Lambda`);
  if (context.table(applications).has(name))
    refuse("ApplicationAlreadyExistsException", `Application already exists: ${name}`);
  const id = context.random.uuid();
  context
    .table(applications)
    .put([name], { id, name, createdAt: context.now, tags: withTags({}, input.tags, context) });
  return { applicationId: id };
};

export const GetApplication: Handler<Sdk, "GetApplication"> = (context, { applicationName }) => ({
  application: applicationInfo(applicationNamed(context, applicationName)),
});

/** Those that are not there are left out, as on AWS. */
export const BatchGetApplications: Handler<Sdk, "BatchGetApplications"> = (context, { applicationNames }) => {
  const required = "The minimum number of required application names was not specified.";
  checkBatch(applicationNames, ["ApplicationNameRequiredException", required]);
  for (const name of applicationNames) checkName(name, "InvalidApplicationNameException", "application");
  const found = applicationNames.flatMap((name) => context.table(applications).get(name) ?? []);
  return { applicationsInfo: found.map(applicationInfo) };
};

export const ListApplications: Handler<Sdk, "ListApplications"> = (context, { nextToken }) => {
  const { page, rest } = takePage(context.table(applications).list(), nextToken, ({ name }) => name);
  return { applications: page.map(({ name }) => name), ...rest };
};

/** A new name for the application, and for all that is kept under it. */
export const UpdateApplication: Handler<Sdk, "UpdateApplication"> = (context, input) => {
  const { applicationName: name, newApplicationName: next } = input;
  if (name === undefined)
    refuse("ApplicationNameRequiredException", "The minimum number of required application names was not specified.");
  const application = applicationNamed(context, name);
  if (next === undefined || next === name) return {};
  checkName(next, "InvalidApplicationNameException", "application");
  if (context.table(applications).has(next))
    refuse("ApplicationAlreadyExistsException", `Application already exists: ${next}`);
  context.table(applications).remove(name);
  context.table(applications).put([next], { ...application, name: next });
  for (const group of groupsOf(context, name)) {
    context.table(groups).remove(name, group.name);
    context.table(groups).put([next, group.name], { ...group, application: next });
  }
  for (const [[, key = ""], row] of Array.from(context.table(revisions).entries([name]))) {
    context.table(revisions).remove(name, key);
    context.table(revisions).put([next, key], row);
  }
  for (const deployment of Array.from(context.table(deployments).list())) {
    if (deployment.application === name)
      context.table(deployments).put([deployment.id], { ...deployment, application: next });
  }
  return {};
};

/** With its groups, revisions and deployments ("Delete an application in CodeDeploy"). What is not there is deleted. */
export const DeleteApplication: Handler<Sdk, "DeleteApplication"> = (context, { applicationName: name }) => {
  checkName(name, "InvalidApplicationNameException", "application");
  const message = `The deployment failed because the application ${name} was deleted.`;
  for (const group of groupsOf(context, name)) removeGroup(context, group, { code: "APPLICATION_MISSING", message });
  for (const [[, key = ""]] of Array.from(context.table(revisions).entries([name])))
    context.table(revisions).remove(name, key);
  context.table(applications).remove(name);
  return {};
};

function groupsOf(context: ServiceContext, application: string): Group[] {
  return Array.from(context.table(groups).list([application]));
}
