/** Versions and aliases as Lambda's replies show them. */
import type { LastUpdateStatusReasonCode } from "@aws-sdk/client-lambda";
import type { Output, ServiceContext } from "../../service.ts";
import { functionArn, versionText } from "./names.ts";
import type { Sdk } from "./sdk.ts";
import type { AliasRow, VersionRow } from "./state.ts";

/** `2026-01-01T00:00:00.000+0000`: Lambda's own way of writing a time. */
export function lambdaTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "+0000");
}

export function codeSha256(hash: string): string {
  return Buffer.from(hash, "hex").toString("base64");
}

/**
 * A version's configuration. `qualified` for the ARN with the version (or with the alias that was asked for); `$LATEST` shows no
 * version in its ARN unless it was asked for so.
 */
export function configurationOf(
  context: ServiceContext,
  row: VersionRow,
  qualifier = row.version === 0 ? undefined : versionText(row.version),
): Output<Sdk, "GetFunctionConfiguration"> {
  const { environment, layers, vpc, kmsKeyArn } = row;
  return {
    FunctionName: row.functionName,
    FunctionArn: functionArn(context, row.functionName, qualifier),
    Runtime: row.runtime,
    Role: row.role,
    Handler: row.handler,
    CodeSize: row.codeSize,
    Description: row.description,
    Timeout: row.timeoutSeconds,
    MemorySize: row.memoryMegabytes,
    LastModified: lambdaTime(row.modifiedAt),
    CodeSha256: codeSha256(row.codeHash),
    Version: versionText(row.version),
    ...(vpc === undefined
      ? {}
      : {
          VpcConfig: {
            SubnetIds: [...vpc.subnetIds],
            SecurityGroupIds: [...vpc.securityGroupIds],
            VpcId: "",
            Ipv6AllowedForDualStack: vpc.ipv6,
          },
        }),
    ...(environment === undefined || Object.keys(environment).length === 0
      ? {}
      : { Environment: { Variables: { ...environment } } }),
    ...(kmsKeyArn === undefined ? {} : { KMSKeyArn: kmsKeyArn }),
    TracingConfig: { Mode: row.tracing },
    RevisionId: row.revisionId,
    ...(layers.length === 0 ? {} : { Layers: layers.map(({ arn, codeSize }) => ({ Arn: arn, CodeSize: codeSize })) }),
    State: row.state,
    ...(row.state === "Pending" ? { StateReason: "The function is being created.", StateReasonCode: "Creating" } : {}),
    LastUpdateStatus: row.lastUpdateStatus,
    ...(row.lastUpdateStatus === "InProgress" ? UPDATING : {}),
    PackageType: "Zip",
    Architectures: [row.architecture],
    EphemeralStorage: { Size: row.ephemeralStorageMegabytes },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: {
      LogFormat: row.logFormat,
      ...(row.applicationLogLevel === undefined ? {} : { ApplicationLogLevel: row.applicationLogLevel }),
      ...(row.systemLogLevel === undefined ? {} : { SystemLogLevel: row.systemLogLevel }),
      LogGroup: row.logGroup,
    },
  };
}

const UPDATING = {
  LastUpdateStatusReason: "The function is being created.",
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- AWS answers a code here that its model does not list
  LastUpdateStatusReasonCode: "Creating" as LastUpdateStatusReasonCode,
};

export function aliasOf(context: ServiceContext, functionName: string, row: AliasRow): Output<Sdk, "GetAlias"> {
  const { additional } = row;
  return {
    AliasArn: functionArn(context, functionName, row.name),
    Name: row.name,
    FunctionVersion: versionText(row.version),
    Description: row.description,
    ...(additional === undefined
      ? {}
      : { RoutingConfig: { AdditionalVersionWeights: { [String(additional.version)]: additional.weight } } }),
    RevisionId: row.revisionId,
  };
}
