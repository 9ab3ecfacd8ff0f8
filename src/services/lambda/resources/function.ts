/** AWS::Lambda::Function. */
import {
  type Properties,
  choice,
  flag,
  given,
  number,
  pairs,
  requiredText,
  structure,
  text,
  textMap,
  texts,
  unlessGone,
  unlessMade,
} from "../../../resource.ts";
import type {
  Architecture,
  LogFormat,
  RecursiveLoop,
  Runtime,
  SnapStartApplyOn,
  TracingMode,
  UpdateRuntimeOn,
} from "@aws-sdk/client-lambda";
import { AwsError } from "../../../kernel/errors.ts";
import type { Progress, ResourceContext, ResourceRequest, ResourceType, ResourceUpdate } from "../../../service.ts";
import { attributesOf, readFunction } from "./function-read.ts";
import { zipInline } from "./inline-code.ts";

/** What is done one after the other, each when the function has settled from the one before. */
type Stage = "code" | "configuration" | "rest" | "done";

export const lambdaFunction: ResourceType = {
  properties: [
    "Architectures",
    "Code",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Role",
    "Runtime",
    "RuntimeManagementConfig",
    "SnapStart",
    "Tags",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
  ],
  required: ["Code", "Role"],
  unsupported: [
    "Code.ImageUri",
    "Code.S3ObjectStorageMode",
    "CodeSigningConfigArn",
    "DeadLetterConfig.TargetArn",
    "FileSystemConfigs",
    "ImageConfig",
    "RuntimeManagementConfig.RuntimeVersionArn",
  ],
  replaceOn: ["FunctionName", "PackageType"],
  nameProperty: "FunctionName",
  identifiers: ["FunctionName"],
  writeOnly: ["Code"],
  read: readFunction,

  async create(context, request) {
    const { properties } = request;
    const FunctionName = text(properties, "FunctionName") ?? request.generatedName({ maxLength: 64 });
    if (request.callbackContext === undefined) {
      const Tags = tagsOf(request);
      const make = context.call("lambda", "CreateFunction", {
        FunctionName,
        Role: requiredText(properties, "Role"),
        Code: codeOf(properties),
        ...configurationOf(properties, FunctionName),
        ...given("PackageType", choice<"Zip" | "Image">(properties, "PackageType")),
        ...given("CodeSigningConfigArn", text(properties, "CodeSigningConfigArn")),
        ...given("Architectures", architecturesOf(properties)),
        ...(Object.keys(Tags).length === 0 ? {} : { Tags }),
      });
      await unlessMade(request.retried, make);
      return next(FunctionName, "rest");
    }
    if (!(await isSettled(context, FunctionName))) return next(FunctionName, "rest");
    await setRest(context, FunctionName, properties, {});
    return await described(context, FunctionName);
  },

  async update(context, request) {
    const { physicalId: FunctionName, properties, previousProperties } = request;
    let stage = stageOf(request.callbackContext);
    if (stage !== "code" && !(await isSettled(context, FunctionName))) return next(FunctionName, stage);
    if (stage === "code") {
      if (differ(request, "Code", "Architectures", "Runtime")) {
        const change = { ...codeOf(properties), Architectures: architecturesOf(properties) ?? ["x86_64" as const] };
        await context.call("lambda", "UpdateFunctionCode", { FunctionName, ...change });
        return next(FunctionName, "configuration");
      }
      stage = "configuration";
    }
    if (stage === "configuration") {
      if (differ(request, ...CONFIGURATION)) {
        await context.call("lambda", "UpdateFunctionConfiguration", {
          FunctionName,
          Role: requiredText(properties, "Role"),
          ...configurationOf(properties, FunctionName),
        });
        return next(FunctionName, "rest");
      }
      stage = "rest";
    }
    await setRest(context, FunctionName, properties, previousProperties);
    await updateTags(context, request);
    return await described(context, FunctionName);
  },

  delete: (context, request) =>
    unlessGone(context.call("lambda", "DeleteFunction", { FunctionName: request.physicalId })),
};

const CONFIGURATION = [
  "DeadLetterConfig",
  "Description",
  "Environment",
  "EphemeralStorage",
  "FileSystemConfigs",
  "Handler",
  "ImageConfig",
  "KmsKeyArn",
  "Layers",
  "LoggingConfig",
  "MemorySize",
  "Role",
  "Runtime",
  "SnapStart",
  "Timeout",
  "TracingConfig",
  "VpcConfig",
];

function next(physicalId: string, stage: Stage): Progress {
  return { status: "IN_PROGRESS", physicalId, callbackContext: { stage }, callbackDelayMs: 0 };
}

function stageOf(callbackContext: unknown): Stage {
  if (typeof callbackContext !== "object" || callbackContext === null || !("stage" in callbackContext)) return "code";
  return callbackContext.stage === "configuration" || callbackContext.stage === "rest" ? callbackContext.stage : "code";
}

async function isSettled(context: ResourceContext, FunctionName: string): Promise<boolean> {
  const { State, LastUpdateStatus } = await context.call("lambda", "GetFunctionConfiguration", { FunctionName });
  return State !== "Pending" && LastUpdateStatus !== "InProgress";
}

function differ({ properties, previousProperties }: ResourceUpdate, ...names: readonly string[]): boolean {
  return names.some((name) => JSON.stringify(properties[name]) !== JSON.stringify(previousProperties[name]));
}

async function described(context: ResourceContext, FunctionName: string): Promise<Progress> {
  const configuration = await context.call("lambda", "GetFunctionConfiguration", { FunctionName });
  return { status: "SUCCESS", physicalId: FunctionName, attributes: attributesOf(configuration) };
}

function codeOf(properties: Properties) {
  const code = structure(properties, "Code") ?? {};
  for (const name of Object.keys(code)) {
    if (!["ImageUri", "S3Bucket", "S3Key", "S3ObjectVersion", "SourceKMSKeyArn", "ZipFile"].includes(name)) {
      throw new AwsError("ValidationError", `Encountered unsupported property ${name}`);
    }
  }
  const source = text(code, "ZipFile");
  return {
    ...given("ZipFile", source === undefined ? undefined : zipInline(source, text(properties, "Runtime") ?? "")),
    ...given("S3Bucket", text(code, "S3Bucket")),
    ...given("S3Key", text(code, "S3Key")),
    ...given("S3ObjectVersion", text(code, "S3ObjectVersion")),
    ...given("ImageUri", text(code, "ImageUri")),
    ...given("SourceKMSKeyArn", text(code, "SourceKMSKeyArn")),
  };
}

function architecturesOf(properties: Properties): Architecture[] | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the model's check of the call turns others away, in AWS's words
  return texts(properties, "Architectures") as Architecture[] | undefined;
}

/** All that can be configured; what the template does not say is as for a new function. */
function configurationOf(properties: Properties, functionName: string) {
  const logging = structure(properties, "LoggingConfig") ?? {};
  const vpc = structure(properties, "VpcConfig") ?? {};
  const snapStart = structure(properties, "SnapStart");
  const deadLetter = structure(properties, "DeadLetterConfig");
  if (structure(properties, "ImageConfig") !== undefined) {
    throw new AwsError("NotImplemented", "Seatrial's Lambda does not have ImageConfig yet.", { status: 501 });
  }
  if (properties["FileSystemConfigs"] !== undefined) {
    throw new AwsError("NotImplemented", "Seatrial's Lambda does not have FileSystemConfigs yet.", { status: 501 });
  }
  return {
    ...given("Runtime", choice<Runtime>(properties, "Runtime")),
    ...given("Handler", text(properties, "Handler")),
    Description: text(properties, "Description") ?? "",
    Timeout: number(properties, "Timeout") ?? 3,
    MemorySize: number(properties, "MemorySize") ?? 128,
    Environment: { Variables: textMap(structure(properties, "Environment") ?? {}, "Variables") ?? {} },
    EphemeralStorage: { Size: number(structure(properties, "EphemeralStorage") ?? {}, "Size") ?? 512 },
    Layers: texts(properties, "Layers") ?? [],
    TracingConfig: {
      Mode: choice<TracingMode>(structure(properties, "TracingConfig") ?? {}, "Mode") ?? "PassThrough",
    },
    LoggingConfig: {
      LogFormat: choice<LogFormat>(logging, "LogFormat") ?? "Text",
      LogGroup: text(logging, "LogGroup") ?? `/aws/lambda/${functionName}`,
      ...given("ApplicationLogLevel", choice<"INFO">(logging, "ApplicationLogLevel")),
      ...given("SystemLogLevel", choice<"INFO">(logging, "SystemLogLevel")),
    },
    VpcConfig: {
      SubnetIds: texts(vpc, "SubnetIds") ?? [],
      SecurityGroupIds: texts(vpc, "SecurityGroupIds") ?? [],
      ...given("Ipv6AllowedForDualStack", flag(vpc, "Ipv6AllowedForDualStack")),
    },
    KMSKeyArn: text(properties, "KmsKeyArn") ?? "",
    ...(snapStart === undefined ? {} : { SnapStart: given("ApplyOn", choice<SnapStartApplyOn>(snapStart, "ApplyOn")) }),
    ...(deadLetter === undefined ? {} : { DeadLetterConfig: given("TargetArn", text(deadLetter, "TargetArn")) }),
  };
}

/** What has operations of its own. */
async function setRest(
  context: ResourceContext,
  FunctionName: string,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  const reserved = number(properties, "ReservedConcurrentExecutions");
  if (reserved !== undefined) {
    const change = { FunctionName, ReservedConcurrentExecutions: reserved };
    await context.call("lambda", "PutFunctionConcurrency", change);
  } else if (previous["ReservedConcurrentExecutions"] !== undefined) {
    await context.call("lambda", "DeleteFunctionConcurrency", { FunctionName });
  }
  const loop = choice<RecursiveLoop>(properties, "RecursiveLoop");
  if (loop !== undefined || previous["RecursiveLoop"] !== undefined) {
    const change = { FunctionName, RecursiveLoop: loop ?? "Terminate" };
    await context.call("lambda", "PutFunctionRecursionConfig", change);
  }
  const management = structure(properties, "RuntimeManagementConfig");
  if (management !== undefined || previous["RuntimeManagementConfig"] !== undefined) {
    const UpdateRuntimeOn = choice<UpdateRuntimeOn>(management ?? {}, "UpdateRuntimeOn") ?? "Auto";
    await context.call("lambda", "PutRuntimeManagementConfig", { FunctionName, UpdateRuntimeOn });
  }
}

function tagsOf(request: ResourceRequest): Record<string, string> {
  return { ...request.tags, ...pairs(request.properties, "Tags") };
}

async function updateTags(context: ResourceContext, request: ResourceUpdate): Promise<void> {
  const Resource = String(request.attributes["Arn"]);
  const wanted = tagsOf(request);
  const { Tags: present = {} } = await context.call("lambda", "ListTags", { Resource });
  const before = { ...request.previousTags, ...pairs(request.previousProperties, "Tags") };
  // Tags that somebody else has put on the function are not CloudFormation's.
  const TagKeys = Object.keys(before).filter((key) => key in present && !(key in wanted));
  if (TagKeys.length > 0) await context.call("lambda", "UntagResource", { Resource, TagKeys });
  const Tags = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value));
  if (Object.keys(Tags).length > 0) await context.call("lambda", "TagResource", { Resource, Tags });
}
