/** What a function may be configured to be, and what Seatrial turns away (AWS pages "CreateFunction", "Configure environment variables"). */
import { AwsError } from "../../kernel/errors.ts";
import type { Input } from "../../service.ts";
import { invalid, unsupported } from "./errors.ts";
import type { Sdk } from "./sdk.ts";
import type { Configuration, VersionRow } from "./state.ts";

/** The members that CreateFunction and UpdateFunctionConfiguration have in common. */
export type Configured = Omit<Input<Sdk, "UpdateFunctionConfiguration">, "FunctionName" | "RevisionId">;

/** AWS page "Using Lambda environment variables", reserved ones. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);
const MOST_ENVIRONMENT_BYTES = 4096;
const LONGEST_TIMEOUT_SECONDS = 900;

/** Raises NotImplemented, naming the member, for what would change what a function does and is not there. */
export function refuseUnsupported(input: Configured): void {
  if (input.DeadLetterConfig?.TargetArn) {
    unsupported("DeadLetterConfig.TargetArn", "its targets are Amazon SQS and Amazon SNS, which are not there yet");
  }
  if (input.FileSystemConfigs?.length) unsupported("FileSystemConfigs", "there is no Amazon EFS here");
  if (input.ImageConfig !== undefined) unsupported("ImageConfig", "container images need a container runtime");
  if (input.SnapStart?.ApplyOn === "PublishedVersions") {
    unsupported("SnapStart.ApplyOn PublishedVersions", "processes cannot be snapshotted here");
  }
  if (input.CapacityProviderConfig !== undefined) unsupported("CapacityProviderConfig", "there are no instances here");
  if (input.DurableConfig !== undefined) unsupported("DurableConfig", "durable executions are not there");
}

/** What `previous` becomes by `input`. Members that are absent stay as they were. Layers and the role are others' matter. */
export function configure(previous: Configuration, input: Configured): Configuration {
  const environment = input.Environment === undefined ? previous.environment : (input.Environment.Variables ?? {});
  if (environment !== undefined) checkEnvironment(environment);
  const { VpcConfig: vpc } = input;
  checkTimeout(input.Timeout);
  return {
    runtime: input.Runtime ?? previous.runtime,
    role: input.Role ?? previous.role,
    handler: input.Handler ?? previous.handler,
    description: input.Description ?? previous.description,
    timeoutSeconds: input.Timeout ?? previous.timeoutSeconds,
    memoryMegabytes: input.MemorySize ?? previous.memoryMegabytes,
    ephemeralStorageMegabytes: input.EphemeralStorage?.Size ?? previous.ephemeralStorageMegabytes,
    architecture: previous.architecture,
    environment,
    layers: previous.layers,
    ...configureLogging(previous, input.LoggingConfig),
    tracing: input.TracingConfig?.Mode ?? previous.tracing,
    kmsKeyArn: input.KMSKeyArn === undefined ? previous.kmsKeyArn : input.KMSKeyArn || undefined,
    vpc: vpc === undefined ? previous.vpc : networkOf(vpc),
  };
}

/** The model has no bound for it. */
function checkTimeout(seconds = 1): void {
  if (seconds <= LONGEST_TIMEOUT_SECONDS) return;
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${seconds}' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to ${LONGEST_TIMEOUT_SECONDS}`,
  );
}

/** No subnets and no security groups: the function leaves its VPC. */
function networkOf(vpc: NonNullable<Configured["VpcConfig"]>): Configuration["vpc"] {
  const { SubnetIds: subnetIds = [], SecurityGroupIds: securityGroupIds = [] } = vpc;
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return undefined;
  return { subnetIds, securityGroupIds, ipv6: vpc.Ipv6AllowedForDualStack ?? false };
}

/** What a function is before anything was said about it. */
export function defaults(functionName: string): Omit<Configuration, "runtime" | "role" | "handler"> {
  return {
    description: "",
    timeoutSeconds: 3,
    memoryMegabytes: 128,
    ephemeralStorageMegabytes: 512,
    architecture: "x86_64",
    layers: [],
    logFormat: "Text",
    logGroup: `/aws/lambda/${functionName}`,
    tracing: "PassThrough",
  };
}

function configureLogging(
  previous: Configuration,
  input: Configured["LoggingConfig"],
): Pick<Configuration, "logFormat" | "logGroup" | "applicationLogLevel" | "systemLogLevel"> {
  const { logFormat, logGroup, applicationLogLevel, systemLogLevel } = previous;
  if (input === undefined) return { logFormat, logGroup, applicationLogLevel, systemLogLevel };
  const format = input.LogFormat ?? logFormat;
  if (format === "Text") {
    if (input.ApplicationLogLevel !== undefined || input.SystemLogLevel !== undefined) {
      invalid("To use ApplicationLogLevel or SystemLogLevel, you must set LogFormat to JSON.");
    }
    // Levels are JSON's alone; those that were there before go.
    return {
      logFormat: format,
      logGroup: input.LogGroup ?? logGroup,
      applicationLogLevel: undefined,
      systemLogLevel: undefined,
    };
  }
  return {
    logFormat: format,
    logGroup: input.LogGroup ?? logGroup,
    applicationLogLevel: input.ApplicationLogLevel ?? applicationLogLevel ?? "INFO",
    systemLogLevel: input.SystemLogLevel ?? systemLogLevel ?? "INFO",
  };
}

function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(environment).filter((name) => RESERVED_NAMES.has(name));
  if (reserved.length > 0) {
    invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  const measured = JSON.stringify(environment);
  if (Buffer.byteLength(measured) > MOST_ENVIRONMENT_BYTES) {
    invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
}

/** Everything about a version that another version could differ in, as text to compare. */
export function fingerprintOf(row: VersionRow): string {
  const { codeHash, runtime, role, handler, description, timeoutSeconds, memoryMegabytes, architecture } = row;
  const { ephemeralStorageMegabytes, environment, layers, logFormat, logGroup, applicationLogLevel } = row;
  const { systemLogLevel, tracing, kmsKeyArn, vpc } = row;
  return JSON.stringify([
    [codeHash, runtime, role, handler, description, timeoutSeconds, memoryMegabytes, architecture],
    [ephemeralStorageMegabytes, environment, layers.map(({ arn }) => arn), logFormat, logGroup, applicationLogLevel],
    [systemLogLevel, tracing, kmsKeyArn, vpc],
  ]);
}
