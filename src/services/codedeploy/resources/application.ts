/** AWS::CodeDeploy::Application. */
import { choice, present, text, unlessMissing } from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import { applicationArn } from "../names.ts";
import { readTags, tagsFor, updateTags } from "./tagging.ts";

export const application: ResourceType = {
  properties: ["ApplicationName", "ComputePlatform", "Tags"],
  replaceOn: ["ApplicationName", "ComputePlatform"],
  nameProperty: "ApplicationName",
  identifiers: ["ApplicationName"],

  async create(context, request) {
    const applicationName = text(request.properties, "ApplicationName") ?? request.generatedName({ maxLength: 100 });
    const computePlatform = choice<"Lambda">(request.properties, "ComputePlatform");
    try {
      await context.call("codedeploy", "CreateApplication", {
        applicationName,
        computePlatform,
        tags: tagsFor(request),
      });
    } catch (error) {
      if (!request.retried || !isAwsError(error, "ApplicationAlreadyExistsException")) throw error;
    }
    return { status: "SUCCESS", physicalId: applicationName };
  },

  async update(context, request) {
    await updateTags(context, request, applicationArn(context, request.physicalId));
    return { status: "SUCCESS", physicalId: request.physicalId };
  },

  async read(context, { physicalId }) {
    const get = context.call("codedeploy", "GetApplication", { applicationName: physicalId });
    const found = await unlessMissing(get, "ApplicationDoesNotExistException");
    if (found?.application === undefined) return undefined;
    const { applicationName: ApplicationName, computePlatform: ComputePlatform } = found.application;
    const Tags = await readTags(context, applicationArn(context, physicalId));
    return { physicalId, properties: present({ ApplicationName, ComputePlatform, Tags }) };
  },

  async delete(context, { physicalId: applicationName }) {
    await context.call("codedeploy", "DeleteApplication", { applicationName });
    return { status: "SUCCESS" };
  },
};
