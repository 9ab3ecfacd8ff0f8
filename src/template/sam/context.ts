/**
 * What the transform of one template shares among its resources, and what a plugin for a resource type is.
 */
import type { Json, JsonObject } from "../value.ts";
import type { DeploymentPreferences } from "./deployment-preferences.ts";
import type { Draft } from "./draft.ts";
import type { PropertyTable } from "./property-table.ts";
import { putMappings, putParameters } from "./references.ts";

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
  /** Raises SamFault. */
  expand(resource: SamResource, context: TransformContext): Expansion;
}

/** The template at work. */
export class TransformContext {
  readonly partition: string;
  /** Parameter values by name, defaults and AWS::Region and AWS::Partition included. */
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  /** Conditions of the template; plugins may add some. */
  readonly conditions: Map<string, Json>;
  /** Every resource of the template as it was written; an event may change the one that it is about. */
  readonly written: Map<string, JsonObject>;
  readonly preferences: DeploymentPreferences;
  /** Whether a function's Condition goes on to its CodeDeploy resources unless its preference says otherwise. */
  readonly passesConditions: boolean;
  readonly managedPolicyArn: (name: string) => string | undefined;

  constructor(parts: {
    readonly partition: string;
    readonly parameters: JsonObject;
    readonly mappings: JsonObject;
    readonly conditions: Map<string, Json>;
    readonly written: Map<string, JsonObject>;
    readonly preferences: DeploymentPreferences;
    readonly passesConditions: boolean;
    readonly managedPolicyArn: (name: string) => string | undefined;
  }) {
    this.partition = parts.partition;
    this.parameters = parts.parameters;
    this.mappings = parts.mappings;
    this.conditions = parts.conditions;
    this.written = parts.written;
    this.preferences = parts.preferences;
    this.passesConditions = parts.passesConditions;
    this.managedPolicyArn = parts.managedPolicyArn;
  }

  /** The value with parameters put in. */
  withParameters(value: Json): Json {
    return putParameters(value, this.parameters);
  }

  /** The value with parameters and mappings put in. */
  withParametersAndMappings(value: Json): Json {
    return putMappings(putParameters(value, this.parameters), this.mappings);
  }

  /** The ARN of an AWS managed policy. */
  managedPolicy(pathAndName: string): string {
    return `arn:${this.partition}:iam::aws:policy/${pathAndName}`;
  }
}
