/** What a function is now, as AWS::Lambda::Function has it: all but its code, which Lambda does not give back. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { present, shownTags, unlessEmpty, unlessMissing, type Properties } from "../../../resource.ts";
import type { ResourceContext, ResourceRead, ResourceReading } from "../../../service.ts";

/** As CloudFormation's own handler asks: GetFunction, and for what has operations of its own these. */
export async function readFunction(
  { call }: ResourceContext,
  { physicalId: FunctionName }: ResourceRead,
): Promise<ResourceReading | undefined> {
  const found = await unlessMissing(call("lambda", "GetFunction", { FunctionName }));
  const { Configuration: configuration, Concurrency, Tags } = found ?? {};
  if (configuration === undefined) return undefined;
  const { CodeSigningConfigArn } = await call("lambda", "GetFunctionCodeSigningConfig", { FunctionName });
  const { RecursiveLoop } = await call("lambda", "GetFunctionRecursionConfig", { FunctionName });
  const runtime = await call("lambda", "GetRuntimeManagementConfig", { FunctionName });
  return {
    physicalId: FunctionName,
    properties: present({
      ...propertiesOf(configuration),
      CodeSigningConfigArn: CodeSigningConfigArn === "" ? undefined : CodeSigningConfigArn,
      RecursiveLoop,
      ReservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions,
      RuntimeManagementConfig: {
        UpdateRuntimeOn: runtime.UpdateRuntimeOn,
        RuntimeVersionArn: runtime.RuntimeVersionArn,
      },
      Tags: shownTags(Tags),
    }),
    attributes: attributesOf(configuration),
  };
}

function propertiesOf(configuration: FunctionConfiguration): Properties {
  const { DeadLetterConfig, Environment, EphemeralStorage, LoggingConfig, SnapStart, VpcConfig } = configuration;
  return {
    Architectures: configuration.Architectures,
    DeadLetterConfig: unlessEmpty(DeadLetterConfig && { TargetArn: DeadLetterConfig.TargetArn }),
    Description: configuration.Description,
    Environment: Environment?.Variables && { Variables: Environment.Variables },
    EphemeralStorage: EphemeralStorage && { Size: EphemeralStorage.Size },
    FunctionName: configuration.FunctionName,
    Handler: configuration.Handler,
    KmsKeyArn: configuration.KMSKeyArn,
    Layers: configuration.Layers?.map(({ Arn }) => Arn),
    LoggingConfig: LoggingConfig && { ...LoggingConfig },
    MemorySize: configuration.MemorySize,
    PackageType: configuration.PackageType,
    Role: configuration.Role,
    Runtime: configuration.Runtime,
    SnapStart: SnapStart && { ApplyOn: SnapStart.ApplyOn },
    Timeout: configuration.Timeout,
    TracingConfig: configuration.TracingConfig && { Mode: configuration.TracingConfig.Mode },
    VpcConfig: VpcConfig && {
      Ipv6AllowedForDualStack: VpcConfig.Ipv6AllowedForDualStack,
      SecurityGroupIds: VpcConfig.SecurityGroupIds,
      SubnetIds: VpcConfig.SubnetIds,
    },
  };
}

/** What Fn::GetAtt gives of a function. */
export function attributesOf({ FunctionArn, SnapStart }: FunctionConfiguration): Readonly<Record<string, unknown>> {
  return {
    Arn: FunctionArn,
    SnapStartResponse: SnapStart,
    "SnapStartResponse.ApplyOn": SnapStart?.ApplyOn,
    "SnapStartResponse.OptimizationStatus": SnapStart?.OptimizationStatus,
  };
}
