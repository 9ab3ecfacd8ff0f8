/** AWS::Lambda::EventInvokeConfig. */
import {
  type Properties,
  given,
  number,
  present,
  requiredText,
  structure,
  text,
  unlessEmpty,
  unlessGone,
  unlessMissing,
} from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";

export const eventInvokeConfig: ResourceType = {
  properties: ["DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts", "Qualifier"],
  required: ["FunctionName", "Qualifier"],
  replaceOn: ["FunctionName", "Qualifier"],
  identifiers: ["FunctionName", "Qualifier"],
  physicalIdOf: (_, { FunctionName = "", Qualifier = "" }) => `${FunctionName}|${Qualifier}`,

  async read(context, { physicalId }) {
    const [FunctionName = "", Qualifier = ""] = physicalId.split("|");
    const target = { FunctionName, Qualifier };
    const found = await unlessMissing(context.call("lambda", "GetFunctionEventInvokeConfig", target));
    if (found === undefined) return undefined;
    const { DestinationConfig: destinations, MaximumEventAgeInSeconds, MaximumRetryAttempts } = found;
    return {
      physicalId,
      properties: present({
        DestinationConfig: unlessEmpty(
          present({
            OnFailure: unlessEmpty(destinations?.OnFailure && { ...destinations.OnFailure }),
            OnSuccess: unlessEmpty(destinations?.OnSuccess && { ...destinations.OnSuccess }),
          }),
        ),
        ...target,
        MaximumEventAgeInSeconds,
        MaximumRetryAttempts,
      }),
    };
  },

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
