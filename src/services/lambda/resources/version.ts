/** AWS::Lambda::Version and AWS::Lambda::Alias. */
import {
  type Properties,
  given,
  number,
  present,
  requiredText,
  structure,
  structures,
  text,
  unlessGone,
  unlessMade,
  unlessMissing,
} from "../../../resource.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { Progress, ResourceContext, ResourceType } from "../../../service.ts";
import { functionAsWritten, split } from "../names.ts";

export const version: ResourceType = {
  properties: ["CodeSha256", "Description", "FunctionName", "ProvisionedConcurrencyConfig", "RuntimePolicy"],
  required: ["FunctionName"],
  unsupported: ["ProvisionedConcurrencyConfig", "RuntimePolicy.RuntimeVersionArn"],
  replaceOn: ["CodeSha256", "Description", "FunctionName", "ProvisionedConcurrencyConfig", "RuntimePolicy"],
  identifiers: ["FunctionArn"],

  async read(context, { physicalId, properties }) {
    const input = { FunctionName: physicalId };
    const found = await unlessMissing(context.call("lambda", "GetFunctionConfiguration", input));
    if (found === undefined) return undefined;
    const { UpdateRuntimeOn } = await context.call("lambda", "GetRuntimeManagementConfig", input);
    const { FunctionName, FunctionArn, Version, CodeSha256, Description } = found;
    return {
      physicalId,
      properties: present({
        CodeSha256,
        Description,
        FunctionName: functionAsWritten(context, properties["FunctionName"], FunctionName),
        RuntimePolicy: { UpdateRuntimeOn },
      }),
      attributes: { Version, FunctionArn },
    };
  },

  async create(context, request) {
    const { properties } = request;
    const FunctionName = requiredText(properties, "FunctionName");
    refuseProvisioned(properties);
    const policy = structure(properties, "RuntimePolicy");
    if (policy !== undefined && text(policy, "UpdateRuntimeOn") !== "Auto") {
      throw notThere("RuntimePolicy other than Auto");
    }
    const known = await versionsOf(context, FunctionName);
    const { Version = "", FunctionArn = "" } = await context.call("lambda", "PublishVersion", {
      FunctionName,
      ...given("Description", text(properties, "Description")),
      ...given("CodeSha256", text(properties, "CodeSha256")),
    });
    if (known.has(Version) && !request.retried) {
      throw new AwsError(
        "AlreadyExists",
        `A version for this Lambda function exists ( ${Version} ). Modify the function to create a new version.`,
      );
    }
    return { status: "SUCCESS", physicalId: FunctionArn, attributes: { Version, FunctionArn } };
  },

  update: async (_, { physicalId, attributes }) => ({ status: "SUCCESS", physicalId, attributes }),

  delete: (context, request) =>
    unlessGone(context.call("lambda", "DeleteFunction", { FunctionName: request.physicalId })),
};

async function versionsOf(context: ResourceContext, FunctionName: string): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  let Marker: string | undefined;
  do {
    const page = await context.call("lambda", "ListVersionsByFunction", { FunctionName, ...given("Marker", Marker) });
    for (const { Version } of page.Versions ?? []) if (Version !== undefined) known.add(Version);
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return known;
}

function notThere(what: string): AwsError {
  return new AwsError("NotImplemented", `Seatrial's Lambda does not have ${what} yet.`, { status: 501 });
}

function refuseProvisioned(properties: Properties): void {
  if (properties["ProvisionedConcurrencyConfig"] !== undefined) throw notThere("ProvisionedConcurrencyConfig");
}

export const alias: ResourceType = {
  properties: [
    "Description",
    "FunctionName",
    "FunctionVersion",
    "Name",
    "ProvisionedConcurrencyConfig",
    "RoutingConfig",
  ],
  required: ["FunctionName", "FunctionVersion", "Name"],
  unsupported: ["ProvisionedConcurrencyConfig"],
  replaceOn: ["FunctionName", "Name"],
  nameProperty: "Name",
  identifiers: ["AliasArn"],

  async read(context, { physicalId, properties }) {
    const { name: FunctionName, qualifier: Name = "" } = split(context, physicalId);
    const found = await unlessMissing(context.call("lambda", "GetAlias", { FunctionName, Name }));
    if (found === undefined) return undefined;
    const { AliasArn, Description, FunctionVersion, RoutingConfig } = found;
    const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
    return {
      physicalId,
      properties: present({
        Description,
        FunctionName: functionAsWritten(context, properties["FunctionName"], FunctionName),
        FunctionVersion,
        Name,
        RoutingConfig:
          weights.length === 0
            ? undefined
            : {
                AdditionalVersionWeights: weights.map(([version, FunctionWeight]) => ({
                  FunctionVersion: version,
                  FunctionWeight,
                })),
              },
      }),
      attributes: { AliasArn },
    };
  },

  async create(context, request) {
    const { properties } = request;
    const make = context.call("lambda", "CreateAlias", inputOf(properties));
    await unlessMade(request.retried, make);
    return await describeAlias(context, properties);
  },

  async update(context, request) {
    const { properties } = request;
    const input = inputOf(properties);
    // Without a share for another version, what had one loses it.
    const RoutingConfig = input.RoutingConfig ?? { AdditionalVersionWeights: {} };
    await context.call("lambda", "UpdateAlias", { ...input, RoutingConfig });
    return await describeAlias(context, properties);
  },

  delete: (context, { properties }) => {
    const FunctionName = requiredText(properties, "FunctionName");
    return unlessGone(context.call("lambda", "DeleteAlias", { FunctionName, Name: requiredText(properties, "Name") }));
  },
};

function inputOf(properties: Properties) {
  refuseProvisioned(properties);
  const routing = structure(properties, "RoutingConfig");
  const weights: Record<string, number> = {};
  for (const one of structures(routing ?? {}, "AdditionalVersionWeights")) {
    weights[requiredText(one, "FunctionVersion")] = number(one, "FunctionWeight") ?? 0;
  }
  return {
    FunctionName: requiredText(properties, "FunctionName"),
    Name: requiredText(properties, "Name"),
    FunctionVersion: requiredText(properties, "FunctionVersion"),
    Description: text(properties, "Description") ?? "",
    ...(routing === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
  };
}

async function describeAlias(context: ResourceContext, properties: Properties): Promise<Progress> {
  const FunctionName = requiredText(properties, "FunctionName");
  const { AliasArn = "" } = await context.call("lambda", "GetAlias", {
    FunctionName,
    Name: requiredText(properties, "Name"),
  });
  return { status: "SUCCESS", physicalId: AliasArn, attributes: { AliasArn } };
}
