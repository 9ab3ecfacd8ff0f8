/**
 * What the transform of one template shares among its resources, and what a plugin for a resource type is.
 */
import type { Json, JsonObject } from "../value.ts";
import { SharedUsagePlan } from "./api/shared-usage-plan.ts";
import { DeploymentPreferences } from "./deployment-preferences.ts";
import type { Draft } from "./draft.ts";
import type { PropertyTable } from "./property-table.ts";
import { fromTemplate, fromTransform } from "./python/dict.ts";
import type { Data, Dict } from "./python/dict.ts";
import type { KeyOrder } from "./python/key-order.ts";
import { putMappings, putParameters } from "./references.ts";
import type { SamFault } from "./sam-error.ts";
import type { TemplateResources } from "./template-resources.ts";

/** A SAM resource, its properties merged with Globals and checked. */
export interface SamResource {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: Json | undefined;
  /** DeletionPolicy, UpdatePolicy, Condition, UpdateReplacePolicy, Metadata: those that are there. */
  readonly attributes: JsonObject;
}

/** What a resource comes to: CloudFormation resources, and the id that now stands for it where that has changed. */
export interface Expansion {
  readonly drafts: readonly Draft[];
  readonly newId?: string;
}

/** One SAM resource type. */
export interface SamPlugin {
  readonly type: string;
  readonly table: PropertyTable;
  /** The derived references (`Function.Alias`) and the types of what they stand for. */
  readonly derived: Readonly<Record<string, string>>;
  /** Types are expanded in this order, the original's, within a type in the template's. */
  readonly rank: number;
  /** Whether properties that the table does not have are left out, as the original does with its newest type. */
  readonly leavesOutUnknown?: boolean;
  /** Changes the properties before they are checked. Raises SamFault. */
  complete?(id: string, properties: JsonObject, context: TransformContext): JsonObject;
  /** What is checked of all events before the resource is expanded. Raises SamFault. */
  check?(resource: SamResource, context: TransformContext): void;
  /** Raises SamFault. */
  expand(resource: SamResource, context: TransformContext): Expansion;
}

/** What the transform of a template is told and finds out before its resources are expanded. */
export interface TransformScope {
  readonly partition: string;
  readonly region: string;
  /** Parameter values by name, defaults and AWS::Region and AWS::Partition included. */
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  /** Conditions of the template; plugins may add some. */
  readonly conditions: Map<string, Json>;
  readonly hasConditions: boolean;
  /** Every resource of the template as it was written; an event may change the one that it is about. */
  readonly written: TemplateResources;
  /** The properties of each API, which events change. */
  readonly apis: Map<string, Dict>;
  /** The order of each caller's events, where it is not the template's. */
  readonly eventOrders: ReadonlyMap<string, KeyOrder>;
  /** The template URLs of nested applications by their id. */
  readonly applications: ReadonlyMap<string, ApplicationState>;
  /** Whether a function's Condition goes on to its CodeDeploy resources unless its preference says otherwise. */
  readonly passesConditions: boolean;
  /** The original's toggle `normalized_open_api_version`. */
  readonly isOpenApiVersionNormalized: boolean;
  /** The time, in milliseconds since 1970, for AlwaysDeploy. */
  readonly now: number | undefined;
  readonly managedPolicyArn: (name: string) => string | undefined;
  /** Told of each resource that is made, with the id of the one that it was made from. */
  readonly onResource: ((generatedId: string, writtenId: string) => void) | undefined;
  /** Whether the template's dictionaries count as Python 2.7's. */
  readonly isPython27: boolean;
}

/** What became of asking for a nested application: its template, or why there is none. */
export type ApplicationState =
  | { readonly kind: "available"; readonly templateUrl: string }
  | { readonly kind: "refused"; readonly fault: SamFault };

/** The template at work. */
export class TransformContext {
  readonly scope: TransformScope;
  readonly preferences: DeploymentPreferences;
  readonly sharedUsagePlan = new SharedUsagePlan();
  /** Record set groups by id, shared among the APIs of a hosted zone. */
  readonly recordSetGroups = new Map<string, Draft>();
  /** The names of the functions behind an API, one for each event. */
  readonly functionNames = new Map<string, string[]>();
  /** Parameter values as Python's data. */
  readonly parameterData: ReadonlyMap<string, Data>;
  /** The resources as they are written so far; connectors look into them. */
  readonly output: Map<string, JsonObject>;

  constructor(scope: TransformScope) {
    this.scope = scope;
    this.preferences = new DeploymentPreferences(scope.partition);
    this.output = new Map(scope.written.entries());
    this.parameterData = new Map(
      Object.entries(scope.parameters).map(([name, value]) => [
        name,
        name.startsWith("AWS::") ? fromTransform(value) : fromTemplate(value),
      ]),
    );
  }

  get partition(): string {
    return this.scope.partition;
  }

  get written(): TemplateResources {
    return this.scope.written;
  }

  get apis(): Map<string, Dict> {
    return this.scope.apis;
  }

  get conditions(): Map<string, Json> {
    return this.scope.conditions;
  }

  get hasConditions(): boolean {
    return this.scope.hasConditions;
  }

  get passesConditions(): boolean {
    return this.scope.passesConditions;
  }

  get isOpenApiVersionNormalized(): boolean {
    return this.scope.isOpenApiVersionNormalized;
  }

  get now(): number | undefined {
    return this.scope.now;
  }

  /** Whether the partition has edge-optimized API endpoints. */
  get hasEdgeEndpoints(): boolean {
    const { partition } = this.scope;
    return !partition.startsWith("aws-iso") && !["aws-us-gov", "aws-cn", "aws-eusc"].includes(partition);
  }

  managedPolicyArn(name: string): string | undefined {
    return this.scope.managedPolicyArn(name);
  }

  /** The value with parameters put in. */
  withParameters(value: Json): Json {
    return putParameters(value, this.scope.parameters);
  }

  /** The value with parameters and mappings put in. */
  withParametersAndMappings(value: Json): Json {
    return putMappings(this.withParameters(value), this.scope.mappings);
  }

  /** The ARN of an AWS managed policy. */
  managedPolicy(pathAndName: string): string {
    return `arn:${this.partition}:iam::aws:policy/${pathAndName}`;
  }
}
