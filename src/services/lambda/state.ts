/** Lambda's nouns and their tables. Times are epoch milliseconds. */
import type {
  ApplicationLogLevel,
  Architecture,
  Cors,
  DestinationConfig,
  FunctionUrlAuthType,
  InvokeMode,
  LastUpdateStatus,
  LogFormat,
  Runtime,
  State,
  SystemLogLevel,
  TracingMode,
} from "@aws-sdk/client-lambda";
import type { Blob } from "../../kernel/blobs.ts";
import { defineTable } from "../../kernel/table.ts";

/** What a function's versions and aliases share. */
export interface FunctionRow {
  readonly name: string;
  /** The number of the newest version that was ever published; numbers are not used again. */
  readonly lastVersion: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number | undefined;
  readonly recursiveLoop?: "Allow" | "Terminate" | undefined;
}

export interface LayerReference {
  /** The layer version's ARN. */
  readonly arn: string;
  readonly codeSize: number;
  readonly codeHash: string;
}

/** What can be configured, apart from the code. */
export interface Configuration {
  readonly runtime: Runtime;
  readonly role: string;
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly ephemeralStorageMegabytes: number;
  readonly architecture: Architecture;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly layers: readonly LayerReference[];
  readonly logFormat: LogFormat;
  readonly logGroup: string;
  readonly applicationLogLevel?: ApplicationLogLevel | undefined;
  readonly systemLogLevel?: SystemLogLevel | undefined;
  readonly tracing: TracingMode;
  readonly kmsKeyArn?: string | undefined;
  readonly vpc?:
    | {
        readonly subnetIds: readonly string[];
        readonly securityGroupIds: readonly string[];
        readonly ipv6: boolean;
      }
    | undefined;
}

export interface CodeFacts {
  /** SHA-256 of the zip in hexadecimal: the key of its row in `codes`. */
  readonly codeHash: string;
  readonly codeSize: number;
}

/**
 * One version: `$LATEST` is number 0, published ones count from 1.
 *
 *   create ─▶ Pending ──deadline─▶ Active          update ─▶ InProgress ──deadline─▶ Successful
 */
export interface VersionRow extends Configuration, CodeFacts {
  readonly functionName: string;
  readonly version: number;
  /** Execution environments of one id are alike; new with every change of code or configuration. */
  readonly environmentId: string;
  readonly modifiedAt: number;
  readonly revisionId: string;
  readonly state: State;
  readonly lastUpdateStatus: LastUpdateStatus;
  /** Published versions: what `$LATEST` was like, to see whether another version would say anything new. */
  readonly fingerprint?: string | undefined;
}

export interface AliasRow {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  /** At most one further version and its share, 0 to 1. */
  readonly additional?: { readonly version: number; readonly weight: number } | undefined;
  readonly revisionId: string;
}

export interface PolicyRow {
  readonly statements: readonly Readonly<Record<string, unknown>>[];
  readonly revisionId: string;
}

export interface UrlRow {
  readonly id: string;
  readonly functionName: string;
  /** An alias; "" for the function itself. */
  readonly qualifier: string;
  readonly authType: FunctionUrlAuthType;
  readonly invokeMode: InvokeMode;
  readonly cors?: Cors | undefined;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface InvokeConfigRow {
  readonly functionName: string;
  /** `$LATEST`, a version or an alias. */
  readonly qualifier: string;
  readonly maximumRetryAttempts?: number | undefined;
  readonly maximumEventAgeSeconds?: number | undefined;
  readonly destinations: DestinationConfig;
  readonly modifiedAt: number;
}

export interface LayerVersionRow extends CodeFacts {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly createdAt: number;
  readonly runtimes?: readonly Runtime[] | undefined;
  readonly architectures?: readonly Architecture[] | undefined;
  readonly licenseInfo?: string | undefined;
  readonly policy?: PolicyRow | undefined;
}

/** A zip, whoever uses it. */
export interface CodeRow {
  readonly hash: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly blob: Blob;
  /** How many versions and layer versions refer to it. */
  readonly references: number;
}

/** An asynchronous invocation that is not done yet. */
export interface EventRow {
  readonly requestId: string;
  readonly functionName: string;
  /** As the caller gave it: an alias is resolved anew at each attempt. */
  readonly qualifier?: string | undefined;
  readonly payload: Uint8Array;
  readonly clientContext?: string | undefined;
  readonly traceHeader?: string | undefined;
  readonly receivedAt: number;
  /** Attempts that the function has failed. */
  readonly failures: number;
  /** Attempts that found no free concurrency since the last failure. */
  readonly throttles: number;
}

/** What one invocation, or one throttled attempt, adds to AWS's metrics. */
export interface Measurement {
  readonly at: number;
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly executedVersion?: string | undefined;
  readonly throttled: boolean;
  readonly failed: boolean;
  readonly durationMs: number;
  readonly concurrent: number;
}

/** What happened to an event: for AWS/Lambda's asynchronous metrics. */
export interface EventMeasurement {
  readonly at: number;
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly event: "received" | "attempted" | "dropped";
  /** How old it is when it is attempted. */
  readonly ageMs?: number;
}

/** [name] */
export const functions = defineTable<FunctionRow>("lambda.functions");
/** [function name, number]; 0 is $LATEST */
export const versions = defineTable<VersionRow>("lambda.versions");
/** [function name, alias name] */
export const aliases = defineTable<AliasRow>("lambda.aliases");
/** [function name, qualifier or ""] */
export const policies = defineTable<PolicyRow>("lambda.policies");
/** [function name, alias or ""] */
export const urls = defineTable<UrlRow>("lambda.urls");
/** [URL id]: whose it is */
export const urlOwners = defineTable<{ account: string; region: string; functionName: string; qualifier: string }>(
  "lambda.url-owners",
  "global",
);
/** [function name, qualifier] */
export const invokeConfigs = defineTable<InvokeConfigRow>("lambda.invoke-configs");
/** [layer name]: the newest number that was ever published */
export const layers = defineTable<{ name: string; lastVersion: number }>("lambda.layers");
/** [layer name, number] */
export const layerVersions = defineTable<LayerVersionRow>("lambda.layer-versions");
/** [hash] */
export const codes = defineTable<CodeRow>("lambda.codes", "global");
/** [request id] */
export const events = defineTable<EventRow>("lambda.events");
/** [time, random]: waiting to be published */
export const measurements = defineTable<Measurement | EventMeasurement>("lambda.measurements");
/** ["links"]: what signs the links to code */
export const secrets = defineTable<string>("lambda.secrets", "global");

/** Rows to walk while their table is written to, which a listing of its own does not allow. */
export function all<Row>(rows: Iterable<Row>): readonly Row[] {
  return [...rows];
}
