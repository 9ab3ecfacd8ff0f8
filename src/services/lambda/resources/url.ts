/** AWS::Lambda::Url. */
import {
  type Properties,
  choice,
  flag,
  given,
  number,
  present,
  requiredText,
  structure,
  text,
  texts,
  unlessEmpty,
  unlessGone,
  unlessMissing,
} from "../../../resource.ts";
import type { FunctionUrlAuthType, InvokeMode } from "@aws-sdk/client-lambda";
import type { Progress, ResourceType } from "../../../service.ts";
import { isAwsError } from "../../../kernel/errors.ts";
import { functionAsWritten, split } from "../names.ts";

export const functionUrl: ResourceType = {
  properties: ["AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn"],
  required: ["AuthType", "TargetFunctionArn"],
  replaceOn: ["Qualifier", "TargetFunctionArn"],
  identifiers: ["FunctionArn"],

  async read(context, { physicalId, properties }) {
    const { name: FunctionName, qualifier: Qualifier } = split(context, physicalId);
    const target = { FunctionName, ...given("Qualifier", Qualifier) };
    const found = await unlessMissing(context.call("lambda", "GetFunctionUrlConfig", target));
    if (found === undefined) return undefined;
    const { AuthType, Cors, FunctionArn, FunctionUrl, InvokeMode } = found;
    // An alias is named beside the function or, as the SAM transform writes it, by its own ARN.
    const written = text(properties, "TargetFunctionArn");
    const byItsArn = written !== undefined && split(context, written).qualifier !== undefined;
    const live = byItsArn && Qualifier !== undefined ? `${FunctionName}:${Qualifier}` : FunctionName;
    return {
      physicalId,
      properties: present({
        AuthType,
        Cors: unlessEmpty(Cors && { ...Cors }),
        InvokeMode,
        Qualifier: byItsArn ? text(properties, "Qualifier") : Qualifier,
        TargetFunctionArn: functionAsWritten(context, written, live),
      }),
      attributes: { FunctionArn, FunctionUrl },
    };
  },

  async create(context, { properties, retried }) {
    const input = inputOf(properties);
    const made = await context.call("lambda", "CreateFunctionUrlConfig", input).catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ResourceConflictException")) throw error;
      return context.call("lambda", "GetFunctionUrlConfig", targetOf(properties));
    });
    return describe(made);
  },

  async update(context, { properties }) {
    const input = inputOf(properties);
    return describe(await context.call("lambda", "UpdateFunctionUrlConfig", { ...input, Cors: input.Cors ?? {} }));
  },

  delete: (context, { properties }) =>
    unlessGone(context.call("lambda", "DeleteFunctionUrlConfig", targetOf(properties))),
};

function describe({
  FunctionArn = "",
  FunctionUrl = "",
}: {
  FunctionArn?: string | undefined;
  FunctionUrl?: string | undefined;
}): Progress {
  return { status: "SUCCESS", physicalId: FunctionArn, attributes: { FunctionArn, FunctionUrl } };
}

function targetOf(properties: Properties) {
  return {
    FunctionName: requiredText(properties, "TargetFunctionArn"),
    ...given("Qualifier", text(properties, "Qualifier")),
  };
}

function inputOf(properties: Properties) {
  const cors = structure(properties, "Cors");
  return {
    ...targetOf(properties),
    AuthType: choice<FunctionUrlAuthType>(properties, "AuthType") ?? "AWS_IAM",
    InvokeMode: choice<InvokeMode>(properties, "InvokeMode") ?? "BUFFERED",
    ...given(
      "Cors",
      cors === undefined
        ? undefined
        : {
            ...given("AllowCredentials", flag(cors, "AllowCredentials")),
            ...given("AllowHeaders", texts(cors, "AllowHeaders")),
            ...given("AllowMethods", texts(cors, "AllowMethods")),
            ...given("AllowOrigins", texts(cors, "AllowOrigins")),
            ...given("ExposeHeaders", texts(cors, "ExposeHeaders")),
            ...given("MaxAge", number(cors, "MaxAge")),
          },
    ),
  };
}
