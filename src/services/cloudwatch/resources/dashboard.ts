/** AWS::CloudWatch::Dashboard (CloudFormation Template Reference). */
import { isAwsError } from "../../../kernel/errors.ts";
import { present, requiredText, text, unlessMissing } from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { dashboardArn } from "../dashboards/state.ts";
import { liveTags, tagsOf, updateTags } from "./tagging.ts";

export const dashboard: ResourceType = {
  properties: ["DashboardBody", "DashboardName", "Tags"],
  required: ["DashboardBody"],
  replaceOn: ["DashboardName"],
  nameProperty: "DashboardName",
  identifiers: ["DashboardName"],

  async create(context, request) {
    const name = text(request.properties, "DashboardName") ?? request.generatedName({ maxLength: 255 });
    const DashboardBody = requiredText(request.properties, "DashboardBody");
    await context.call("cloudwatch", "PutDashboard", { DashboardName: name, DashboardBody, Tags: tagsOf(request) });
    return { status: "SUCCESS", physicalId: name };
  },

  async update(context, request) {
    const { physicalId: name } = request;
    const DashboardBody = requiredText(request.properties, "DashboardBody");
    await context.call("cloudwatch", "PutDashboard", { DashboardName: name, DashboardBody });
    await updateTags(context, dashboardArn(context.account, name), request);
    return { status: "SUCCESS", physicalId: name };
  },

  async read(context, { physicalId: name }) {
    const asked = context.call("cloudwatch", "GetDashboard", { DashboardName: name });
    const found = await unlessMissing(asked, "DashboardNotFoundError");
    if (found === undefined) return undefined;
    const Tags = await liveTags(context, dashboardArn(context.account, name));
    return { physicalId: name, properties: present({ DashboardName: name, DashboardBody: found.DashboardBody, Tags }) };
  },

  async delete(context, { physicalId: name }) {
    try {
      await context.call("cloudwatch", "DeleteDashboards", { DashboardNames: [name] });
    } catch (error) {
      if (!isAwsError(error, "DashboardNotFoundError")) throw error;
    }
    return { status: "SUCCESS" };
  },
};
