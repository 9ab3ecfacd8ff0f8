/** AWS::Lambda::EventInvokeConfig. */
import { type Properties, given, number, requiredText, structure, text, unlessGone } from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";

export const eventInvokeConfig: ResourceType = {
  properties: ["DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts", "Qualifier"],
  required: ["FunctionName", "Qualifier"],
  replaceOn: ["FunctionName", "Qualifier"],

  // Put creates and replaces alike, so that neither a retry nor an update differs from the first time.
  async create(context, { properties }) {
    await context.call("lambda", "PutFunctionEventInvokeConfig", inputOf(properties));
    const { FunctionName, Qualifier } = targetOf(properties);
    return { status: "SUCCESS", physicalId: `${FunctionName}|${Qualifier}` };
  },

  async update(context, { properties, physicalId }) {
    await context.call("lambda", "PutFunctionEventInvokeConfig", inputOf(properties));
    return { status: "SUCCESS", physicalId };
  },

  delete: (context, { properties }) =>
    unlessGone(context.call("lambda", "DeleteFunctionEventInvokeConfig", targetOf(properties))),
};

function targetOf(properties: Properties) {
  return { FunctionName: requiredText(properties, "FunctionName"), Qualifier: requiredText(properties, "Qualifier") };
}

function inputOf(properties: Properties) {
  const destinations = structure(properties, "DestinationConfig");
  const one = (name: string) => {
    const destination = structure(destinations ?? {}, name);
    return destination === undefined ? undefined : given("Destination", text(destination, "Destination"));
  };
  return {
    ...targetOf(properties),
    ...given("MaximumEventAgeInSeconds", number(properties, "MaximumEventAgeInSeconds")),
    ...given("MaximumRetryAttempts", number(properties, "MaximumRetryAttempts")),
    ...(destinations === undefined
      ? {}
      : { DestinationConfig: { ...given("OnSuccess", one("OnSuccess")), ...given("OnFailure", one("OnFailure")) } }),
  };
}
