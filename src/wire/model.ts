/**
 * What the wire knows of a service: the tables that `scripts/extract-tables.mjs` takes out of the AWS SDK's schemas.
 * Everything that parses, checks, routes or renders works from these and from nothing else.
 */

/** The protocols, in Smithy's names. A service may be called in more than one; the request decides which. */
export type Protocol = "awsJson1_0" | "awsJson1_1" | "restJson1" | "awsQuery" | "restXml" | "rpcv2Cbor";

/** How a timestamp is written (Smithy's names). */
export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";

/** Where in an HTTP message a member travels (REST protocols). */
export type HttpBinding =
  | { readonly in: "label" }
  | { readonly in: "query"; readonly name: string }
  | { readonly in: "queryParams" }
  | { readonly in: "header"; readonly name: string }
  | { readonly in: "prefixHeaders"; readonly prefix: string }
  | { readonly in: "payload" }
  | { readonly in: "responseCode" };

/** Limits that AWS checks before an operation sees its input. */
export interface Constraints {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly binding?: HttpBinding;
  readonly xmlName?: string;
  readonly xmlFlattened?: boolean;
  readonly xmlAttribute?: boolean;
  readonly xmlNamespace?: readonly [prefix: string, uri: string];
  readonly jsonName?: string;
  readonly timestampFormat?: TimestampFormat;
  readonly idempotencyToken?: boolean;
  readonly hostLabel?: boolean;
  readonly eventHeader?: boolean;
  readonly eventPayload?: boolean;
}

export type Shape =
  | ({
      readonly type: "string";
      readonly name?: string;
      readonly mediaType?: string;
      readonly sensitive?: boolean;
    } & Constraints)
  | ({ readonly type: "number"; readonly name?: string; readonly integer?: boolean } & Constraints)
  | { readonly type: "boolean"; readonly name?: string }
  | ({ readonly type: "blob"; readonly name?: string; readonly streaming?: boolean } & Constraints)
  | { readonly type: "timestamp"; readonly name?: string; readonly timestampFormat?: TimestampFormat }
  | { readonly type: "document"; readonly name?: string }
  | ({ readonly type: "list"; readonly name?: string; readonly member: Member } & Constraints)
  | ({ readonly type: "map"; readonly name?: string; readonly key: Member; readonly value: Member } & Constraints)
  | StructureShape;

export interface StructureShape {
  readonly type: "structure" | "union";
  readonly name: string;
  /** Tables are recursive, so members are looked up when they are first asked for. */
  readonly members: ReadonlyMap<string, Member>;
  readonly xmlName?: string;
  /** An event stream union (`SelectObjectContent`, `StartLiveTail`, `InvokeWithResponseStream`). */
  readonly eventStream?: boolean;
}

export interface ErrorModel {
  /** The shape name, e.g. `QueueDoesNotExist`. */
  readonly name: string;
  readonly status: number;
  readonly fault: "client" | "server";
  /** The code that Query replies carry, e.g. `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly queryCode?: string;
  /** The HTTP status of that code in a Query reply. */
  readonly queryStatus?: number;
  readonly shape: StructureShape;
}

export interface OperationModel {
  readonly name: string;
  readonly input: StructureShape;
  readonly output: StructureShape;
  /** REST protocols only: method, URI pattern with its constant query, and the status of success. */
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
  /** True when the input (or output) has a streaming body. */
  readonly streamsIn: boolean;
  readonly streamsOut: boolean;
  /** Host prefix that the SDK prepends, e.g. `streaming-`. */
  readonly hostPrefix?: string;
}

export interface ServiceModel {
  /** Our name and folder: `sts`, `iam`, `s3`, `lambda`, `logs`, `cloudwatch`, `cloudformation`, `sqs`. */
  readonly name: string;
  readonly serviceId: string;
  /** The name in the credential scope: `sts`, `monitoring` for CloudWatch. */
  readonly signingName: string;
  readonly apiVersion: string;
  /** Every protocol that the service may be called in, its SDK's default first. */
  readonly protocols: readonly Protocol[];
  readonly targetPrefix?: string;
  readonly xmlNamespace?: string;
  readonly awsQueryCompatible?: boolean;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, ErrorModel>;
}
