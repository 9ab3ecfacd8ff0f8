/**
 * The contract that every service completes, and what it is given: `defineService`, `Operations<typeof sdk>`, `ServiceContext`.
 * Services meet only through `context.call`.
 */
import type { Blobs } from "./kernel/blobs.ts";
import type { Deadline } from "./kernel/deadlines.ts";
import type { Random } from "./kernel/random.ts";
import type { Table, TableDefinition } from "./kernel/table.ts";
import type { NamedPolicy, Policies } from "./languages/policy/evaluate.ts";
import type { IssuedKey, Principal } from "./principal.ts";
import type { Input, OperationName, Output } from "./sdk-shapes.ts";
import type { HttpReply, HttpRequest } from "./wire/http.ts";

export {
  ANONYMOUS,
  iamIdentity,
  requestPrincipal,
  rootOf,
  serviceOf,
  type IssuedKey,
  type Principal,
} from "./principal.ts";
export type { Body, Input, OperationName, Output } from "./sdk-shapes.ts";
export type { HttpReply, HttpRequest } from "./wire/http.ts";

// ── Operations ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every SDK that a call may go to: a new service adds its line. Types only; nothing is loaded. */
export interface Sdks {
  sts: typeof import("@aws-sdk/client-sts");
  iam: typeof import("@aws-sdk/client-iam");
  s3: typeof import("@aws-sdk/client-s3");
  lambda: typeof import("@aws-sdk/client-lambda");
  logs: typeof import("@aws-sdk/client-cloudwatch-logs");
  cloudwatch: typeof import("@aws-sdk/client-cloudwatch");
  cloudformation: typeof import("@aws-sdk/client-cloudformation");
  codedeploy: typeof import("@aws-sdk/client-codedeploy");
  ssm: typeof import("@aws-sdk/client-ssm");
  apigatewayv2: typeof import("@aws-sdk/client-apigatewayv2");
  apigateway: typeof import("@aws-sdk/client-api-gateway");
}
export type ServiceName = keyof Sdks;

/**
 * One operation. A plain function is one transaction, from its first line to its return. An `async` one is in no transaction of its own: it
 * writes inside `context.transact`, and best once, at the end, so that nothing can be half done. (A plain function that returns
 * a promise is a bug: declare it `async`.) Raises AwsError.
 */
export type Handler<Sdk, Name extends string> = (
  context: ServiceContext,
  input: Input<Sdk, Name>,
) => Output<Sdk, Name> | Promise<Output<Sdk, Name>>;

/** A service's operations, by AWS's names; those left out answer that they are not there. */
export type Operations<Sdk> = { readonly [Name in OperationName<Sdk>]?: Handler<Sdk, Name> };

/** What an operation needs to be allowed (the page "Actions, resources, and condition keys" of its service). */
export interface AccessRule<In> {
  /** `s3:GetObject`; several when the operation needs them all. */
  readonly action: string | readonly string[] | ((input: In) => string | readonly string[]);
  /** ARN or ARNs, "*" where the action takes no resource. The tables are for inputs that do not say what they belong to. */
  readonly resource: (
    input: In,
    where: Pick<ServiceContext, "account" | "region" | "table">,
  ) => string | readonly string[];
}

/** The access rule of each operation that is there: none may be missing. */
export type Access<Sdk, Ops extends Operations<Sdk>> = {
  readonly [Name in keyof Ops & OperationName<Sdk>]: AccessRule<Input<Sdk, Name>>;
};

// ── What a service is given ─────────────────────────────────────────────────────────────────────────────────────────

export interface CallOptions {
  /** Who acts; the context's own principal otherwise. */
  readonly as?: Principal;
  readonly account?: string;
  readonly region?: string;
}

/** What names a deadline inside its service; account and region are the context's. */
export interface DeadlineHandle {
  readonly name: string;
  readonly key: string;
}

/** What AWS's services tell the default event bus of their account and region, in EventBridge's own words. */
export interface ServiceEvent {
  /** `aws.cloudwatch` */
  readonly source: string;
  /** `CloudWatch Alarm State Change` */
  readonly detailType: string;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event as those hear it who listen: with its id and its time (epoch milliseconds). */
export interface HeardEvent extends ServiceEvent {
  readonly id: string;
  readonly time: number;
}

/** Everything that an operation, a deadline or a resource type may lean on. */
export interface ServiceContext {
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly partition: "aws";
  readonly principal: Principal;
  readonly requestId: string;
  /** The services through which the caller came, the nearest last (aws:CalledVia): `["cloudformation"]`. */
  readonly calledVia: readonly string[];
  /** Epoch milliseconds in the cloud. For a deadline: its own due time or, after a stop of the cloud, later. */
  readonly now: number;
  readonly random: Random;
  readonly blobs: Blobs;
  /** Where clients and functions reach this cloud, e.g. `http://127.0.0.1:4566`. */
  readonly endpointUrl: string;
  /** This service's directory for files; exists. Not for state: what is not in a table does not count. */
  readonly directory: string;
  /** Set for a request that came over HTTP: for what the models do not show (S3's raw headers, source address). */
  readonly http?: {
    readonly headers: Readonly<Record<string, string>>;
    readonly sourceIp: string;
    readonly host: string;
  };
  /** The table's rows of this account and region, or of another one. */
  table<Row>(definition: TableDefinition<Row>, owner?: { account?: string; region?: string }): Table<Row>;
  /** Runs `work` now, all or nothing; what it returns is durable when this returns. */
  transact<T>(work: () => T): T;
  /** Inside a transaction: after it has been committed. */
  afterCommit(work: () => void): void;
  readonly deadlines: {
    /** Inside a transaction. `due` in epoch milliseconds; `background` for what repeats for ever. */
    set(deadline: DeadlineHandle & { due: number; payload?: unknown; background?: boolean }): void;
    /** Inside a transaction. True when there was one. */
    cancel(handle: DeadlineHandle): boolean;
    get(handle: DeadlineHandle): Deadline | undefined;
  };
  /** Inside a transaction. Told to the journal, and soon after the commit to every service that hears its detail type. */
  emit(event: ServiceEvent): void;
  /** A line for the journal beside the operation's own entry; inside a transaction. */
  note(name: string, detail: string): void;
  /**
   * Calls another service (or one's own) as a client does, without bytes: checked against the model, authorized, journaled. Raises the
   * AwsError that it answers with. Never inside `transact`.
   */
  call<S extends ServiceName, Name extends OperationName<Sdks[S]>>(
    service: S,
    operation: Name,
    input: Input<Sdks[S], Name>,
    options?: CallOptions,
  ): Promise<Output<Sdks[S], Name>>;
  /** The same context for another account, region or principal. */
  as(change: { account?: string; region?: string; principal?: Principal }): ServiceContext;
}

// ── CloudFormation resource types ───────────────────────────────────────────────────────────────────────────────────

/**
 * What a resource handler answers, after CloudFormation's own contract for resource providers (ProgressEvent): done, or not yet, to be
 * called again after a delay with what it wants to remember. Failure is an AwsError raised.
 */
export type Progress =
  | {
      readonly status: "SUCCESS";
      /** What Ref gives, unless `ref` says otherwise. */
      readonly physicalId: string;
      readonly ref?: string;
      /** What Fn::GetAtt gives, by attribute name (dotted names flat: `"Endpoint.Address"`). */
      readonly attributes?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly status: "IN_PROGRESS";
      readonly physicalId?: string;
      readonly callbackContext: unknown;
      readonly callbackDelayMs: number;
      /** Told in the stack's events. */
      readonly message?: string;
      /** `SERVICE:ID` of something whose end is heard of by an event: the handler is then called at once. */
      readonly waitsFor?: string;
    };

export interface ResourceRequest {
  readonly logicalId: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** A physical name of AWS's form, `STACK-LOGICALID-RANDOM`, the same at each call for this resource; cut to `maxLength`. */
  generatedName(options?: { maxLength?: number; lowercase?: boolean; alphabet?: string; separator?: string }): string;
  /** Stack tags and `aws:cloudformation:*` tags, for types that propagate them. */
  readonly tags: Readonly<Record<string, string>>;
  /** What an earlier IN_PROGRESS wanted to remember. */
  readonly callbackContext?: unknown;
  /** True when an earlier attempt may have done its work without being recorded (the cloud was killed in between). */
  readonly retried: boolean;
}

export interface ResourceUpdate extends ResourceRequest {
  readonly physicalId: string;
  readonly previousProperties: Readonly<Record<string, unknown>>;
  /** The stack's tags as the resource has them so far: of what went from them too, the resource must be rid. */
  readonly previousTags: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ResourceDelete extends ResourceRequest {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What `read` is asked. */
export interface ResourceRead {
  readonly physicalId: string;
  /** As the stack has them; of what is about to be imported only the identifiers. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A resource as it is outside now, whoever made it so. */
export interface ResourceReading {
  readonly physicalId: string;
  readonly ref?: string;
  /**
   * The live properties in CloudFormation's own form. What the service fills in by itself is there too; what it never gives back
   * (write-only properties) is left out.
   */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What a resource handler may do: call, as the stack's role or caller, and ask for the time. */
export type ResourceContext = Pick<
  ServiceContext,
  "account" | "region" | "partition" | "now" | "random" | "call" | "principal" | "endpointUrl"
>;

/**
 * A CloudFormation resource type, in its own service's folder, written only against `call`. `T` is e.g. `AWS::S3::Bucket`.
 */
export interface ResourceType {
  /** Every property that is supported; others fail the resource with an error that names them. */
  readonly properties: readonly string[];
  readonly required?: readonly string[];
  /**
   * What AWS has below `properties` and this type refuses, as paths without the indexes of lists: `SnapStart.ApplyOn`. A resource that has
   * one of them fails before any is made.
   */
  readonly unsupported?: readonly string[];
  /** Properties whose change needs a new resource ("Update requires: Replacement"). */
  readonly replaceOn: readonly string[];
  /** The property that holds a custom physical name: such a resource cannot be replaced under the same name. */
  readonly nameProperty?: string;
  /** What a resource of this type makes AWS ask for: CAPABILITY_IAM types. */
  readonly iam?: boolean;
  create(context: ResourceContext, request: ResourceRequest): Promise<Progress>;
  /** Called only when no property of `replaceOn` changed. */
  update(context: ResourceContext, request: ResourceUpdate): Promise<Progress>;
  /** The properties that tell one of these from all others (the schema's primaryIdentifier): what an import is given. */
  readonly identifiers?: readonly string[];
  /** The physical id that the identifiers' values stand for; that of the only one unless given. */
  physicalIdOf?(context: ResourceContext, identifiers: Readonly<Record<string, string>>): string;
  /** Properties that the service takes and never gives back, as paths (`Code`, `LoginProfile/Password`): nobody can tell of their drift. */
  readonly writeOnly?: readonly string[];
  /** For drift and import; undefined when it is gone. A type without it answers that it does not support them. */
  read?(context: ResourceContext, request: ResourceRead): Promise<ResourceReading | undefined>;
  /** A resource that is gone already is deleted. */
  delete(
    context: ResourceContext,
    request: ResourceDelete,
  ): Promise<{ status: "SUCCESS" } | Extract<Progress, { status: "IN_PROGRESS" }>>;
}

/** What an update policy is asked: the update, and what the attribute says. */
export interface PolicyUpdate extends ResourceUpdate {
  readonly policy: Readonly<Record<string, unknown>>;
}

/**
 * A resource's update by another way than its type's, which its UpdatePolicy attribute asks for; in the folder of the service that knows the
 * way, and written only against `call`.
 */
export interface UpdatePolicy {
  /** The resource type that may have it. */
  readonly type: string;
  /** False for an update that the type makes as ever. */
  applies(update: ResourceUpdate): boolean;
  /** Raises AwsError when the update has failed. */
  update(context: ResourceContext, request: PolicyUpdate): Promise<Progress>;
  /** The update is given up halfway. SUCCESS when nothing of it is at work any more. */
  cancel(context: ResourceContext, request: PolicyUpdate): Promise<Progress>;
}

// ── A service ───────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What time does. Like an operation, a plain function is one transaction, which takes the row away too. After an `async` one the
 * row is taken away when it is done; killed in between, it runs again: such a handler must bear to be run twice.
 */
export type DeadlineHandler = (context: ServiceContext, deadline: Deadline) => void | Promise<void>;

/** A way in beside the operations: a function URL, a callback address. */
export interface Door {
  /**
   * True when this request is for this door; must be cheap and must not touch the body. `outside` gives a context of nobody's, for what only a
   * table knows (whose API an id is).
   */
  claims(request: HttpRequest, host: string, outside: () => ServiceContext): boolean;
  handle(context: ServiceContext, request: HttpRequest): Promise<HttpReply>;
  /**
   * The name that requests may be signed for (`lambda`): then the context's principal is who signed, after the signature was checked, or
   * anonymous. Without it nobody is asked.
   */
  readonly signingName?: string;
}

/** Runs as a deadline does, in the event's account and region, as the service itself. */
export type EventListener = (context: ServiceContext, event: HeardEvent) => void | Promise<void>;

export interface Service<Sdk = unknown, Ops extends Operations<Sdk> = Operations<Sdk>> {
  readonly name: string;
  readonly operations: Ops;
  readonly access: Access<Sdk, Ops>;
  readonly deadlines?: Readonly<Record<string, DeadlineHandler>>;
  /** The events of other services that it hears, by detail type. */
  readonly hears?: Readonly<Record<string, EventListener>>;
  readonly resources?: Readonly<Record<string, ResourceType>>;
  /** By the key of the UpdatePolicy attribute. */
  readonly updatePolicies?: Readonly<Record<string, UpdatePolicy>>;
  readonly doors?: readonly Door[];
  /** Headers that a reply to a browser of another origin also carries (S3's CORS), success or not. `labels` are the path's. */
  readonly replyHeaders?: (
    context: ServiceContext,
    method: string,
    labels: Readonly<Record<string, string>>,
  ) => Record<string, string>;
  /**
   * True when callers' identity policies are judged before its operations (AWS page "Policy evaluation logic"). A service takes this on
   * when its access rules are proven.
   */
  readonly judged?: boolean;
  /** The resource's own policy, which may allow a caller of its account as well as the caller's own policies. */
  readonly resourcePolicy?: (context: ServiceContext, resource: string) => NamedPolicy | undefined;
  /** What a user or a role of the context's account may do (IAM); undefined when nobody of that name is there. */
  readonly identityPolicies?: (
    context: ServiceContext,
    principal: Extract<Principal, { type: "user" | "role-session" }>,
  ) => Pick<Policies, "identity" | "permissionsBoundary"> | undefined;
  /** Keys that this service issued (IAM, STS). */
  readonly issuedKey?: (context: ServiceContext, accessKeyId: string) => IssuedKey | undefined;
  /** Once, before the first request. */
  readonly start?: (context: ServiceContext) => void | Promise<void>;
  readonly close?: () => Promise<void>;
}

/** Checks a service's manifest against its SDK: `defineService<typeof sdk>()({ name: "sqs", operations, access })`. */
export function defineService<Sdk>() {
  return <const Ops extends Operations<Sdk>>(service: Service<Sdk, Ops>): Service<Sdk, Ops> => service;
}
