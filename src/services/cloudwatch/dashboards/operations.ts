/** PutDashboard, GetDashboard, ListDashboards, DeleteDashboards. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { invalidValue } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { putTags, removeTags } from "../tags.ts";
import { bodyFaults } from "./body.ts";
import { dashboardArn, dashboards, type Dashboard } from "./state.ts";

const LISTED_AT_ONCE = 1000;
const LONGEST_NAME = 255;

export const PutDashboard: Handler<Sdk, "PutDashboard"> = (context, input) => {
  const { DashboardName: name, DashboardBody: body, Tags = [] } = input;
  checkName(name);
  const faults = bodyFaults(body);
  if (faults.length > 0) {
    const listed = faults.map(({ DataPath, Message }) => ({ dataPath: DataPath, message: Message }));
    throw new AwsError(
      "DashboardInvalidInputError",
      `The dashboard body is invalid, there are ${faults.length} validation errors:\n${JSON.stringify(listed, undefined, 2)}`,
      { members: { dashboardValidationMessages: faults } },
    );
  }
  const table = context.table(dashboards);
  if (!table.has(name)) putTags(context, dashboardArn(context.account, name), Tags);
  table.put([name], { name, body, modifiedAt: context.now });
  return { DashboardValidationMessages: [] };
};

function checkName(name: string): void {
  if (name === "" || name.length > LONGEST_NAME) {
    invalidValue(`The value ${name} for field DashboardName must have a length between 1 and ${LONGEST_NAME}.`);
  }
  if (!/^[\w-]+$/.test(name)) {
    invalidValue(
      `The value ${name} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).`,
    );
  }
}

export const GetDashboard: Handler<Sdk, "GetDashboard"> = (context, { DashboardName: name }) => {
  const { body } = find(context, name);
  return { DashboardArn: dashboardArn(context.account, name), DashboardBody: body, DashboardName: name };
};

function find(context: ServiceContext, name: string): Dashboard {
  const found = context.table(dashboards).get(name);
  if (found === undefined) throw notThere(name);
  return found;
}

function notThere(name: string): AwsError {
  return new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`);
}

export const ListDashboards: Handler<Sdk, "ListDashboards"> = (context, { DashboardNamePrefix = "", NextToken }) => {
  const found = Array.from(context.table(dashboards).beginning([], DashboardNamePrefix), ([, dashboard]) => dashboard);
  const last = NextToken === undefined ? "" : Buffer.from(NextToken, "base64url").toString();
  const from = NextToken === undefined ? 0 : found.findIndex(({ name }) => name === last) + 1;
  if (NextToken !== undefined && from === 0) invalidValue("The value for parameter NextToken is invalid.");
  const page = found.slice(from, from + LISTED_AT_ONCE);
  const next = from + page.length < found.length ? page.at(-1) : undefined;
  return {
    DashboardEntries: page.map(({ name, body, modifiedAt }) => ({
      DashboardName: name,
      DashboardArn: dashboardArn(context.account, name),
      LastModified: new Date(modifiedAt),
      Size: Buffer.byteLength(body),
    })),
    ...(next === undefined ? {} : { NextToken: Buffer.from(next.name).toString("base64url") }),
  };
};

/** Those that are there go, also where others are not. */
export const DeleteDashboards: Handler<Sdk, "DeleteDashboards"> = async (context, { DashboardNames }) => {
  const missing = DashboardNames.filter((name) => !context.table(dashboards).has(name));
  context.transact(() => {
    for (const name of DashboardNames) {
      context.table(dashboards).remove(name);
      removeTags(context, dashboardArn(context.account, name));
    }
  });
  const [first] = missing;
  if (first !== undefined) throw notThere(first);
  return {};
};
