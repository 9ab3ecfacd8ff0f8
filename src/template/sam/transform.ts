/**
 * The SAM transform: a template with AWS::Serverless resources → one that CloudFormation knows all types of.
 * Follows the serverless-application-model project (Apache-2.0), whose test cases are its measure.
 */
import { isList, isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { TransformContext } from "./context.ts";
import type { SamPlugin, SamResource } from "./context.ts";
import { DeploymentPreferences } from "./deployment-preferences.ts";
import type { Draft } from "./draft.ts";
import { checkEvents } from "./events/function-events.ts";
import { functionPlugin } from "./function.ts";
import { mergeGlobals, readGlobals } from "./globals.ts";
import type { Globals } from "./globals.ts";
import { awsManagedPolicyArn } from "./managed-policies.ts";
import { layerVersionPlugin } from "./layer-version.ts";
import { readProperties } from "./property-table.ts";
import { followDerived, renameDependsOn, renameResources } from "./references.ts";
import { invalidResource, invalidTemplate, SAM_TRANSFORM, SamFault, TransformError, unsupported } from "./sam-error.ts";
import { simpleTablePlugin } from "./simple-table.ts";

/** What the transform has to know beside the template. */
export interface TransformOptions {
  readonly region: string;
  readonly partition: string;
  /** The parameters' values; defaults are taken from the template. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * The ARN of a managed policy that is named without one; asked before AWS's own list. A name that
   * nobody knows stays as it is.
   */
  managedPolicyArn?(name: string): string | undefined;
  /** The original's toggle `deployment_preference_condition_fix`; off unless told. */
  readonly passDeploymentConditions?: boolean;
}

const PLUGINS: ReadonlyMap<string, SamPlugin> = new Map(
  [functionPlugin, layerVersionPlugin, simpleTablePlugin].map((plugin) => [plugin.type, plugin]),
);

/** The types that SAM has and this transform has not. */
const OTHER_TYPES = new Set(
  ["Api", "Application", "CapacityProvider", "Connector", "GraphQLApi", "HttpApi", "StateMachine", "WebSocketApi"].map(
    (name) => `AWS::Serverless::${name}`,
  ),
);

/**
 * The types that a resource may have to be replaced by a generated one of its own id. Every other generated id must be
 * free.
 */
const REPLACES: ReadonlyMap<string, string> = new Map([
  ["AWS::Lambda::Function", "AWS::Serverless::Function"],
  ["AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion"],
  ["AWS::S3::Bucket", "AWS::S3::Bucket"],
  ["AWS::SNS::Topic", "AWS::SNS::Topic"],
  ["AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable"],
]);

/** Transforms template data. The input is left as it is. Raises TransformError with every fault found. */
export function transform(template: JsonObject, options: TransformOptions): JsonObject {
  try {
    return new SamTransform(template, options).run();
  } catch (error) {
    throw error instanceof SamFault ? new TransformError([error]) : error;
  }
}

class SamTransform {
  readonly #template: JsonObject;
  readonly #context: TransformContext;
  readonly #output: Map<string, JsonObject>;
  readonly #faults: SamFault[] = [];
  readonly #renamed = new Map<string, string>();
  readonly #derived = new Map<string, string>();

  constructor(template: JsonObject, options: TransformOptions) {
    this.#template = template;
    const written = readResources(template);
    mergeAllGlobals(written, readGlobals(own(template, "Globals")));
    const mappings = own(template, "Mappings") ?? {};
    if (!isObject(mappings) || own(template, "Mappings") === null) {
      throw invalidTemplate("'Mappings' or 'Parameters' is either null or not a valid dictionary.");
    }
    const conditions = own(template, "Conditions");
    this.#output = new Map(written);
    this.#context = new TransformContext({
      partition: options.partition,
      parameters: parameterValues(template, options),
      mappings,
      conditions: new Map(isObject(conditions) ? Object.entries(conditions) : []),
      written,
      preferences: new DeploymentPreferences(options.partition),
      passesConditions: options.passDeploymentConditions ?? false,
      managedPolicyArn: (name) => options.managedPolicyArn?.(name) ?? awsManagedPolicyArn(name, options.partition),
    });
  }

  run(): JsonObject {
    for (const [id, plugin] of this.#inOrder()) this.#collect(() => this.#expand(id, plugin));
    for (const [id, resource] of this.#context.written) {
      const type = own(resource, "Type");
      if (typeof type === "string" && OTHER_TYPES.has(type))
        this.#faults.push(unsupported(id, `Resource type '${type}'`));
      if (own(resource, "Connectors") !== undefined) this.#faults.push(unsupported(id, "Attribute 'Connectors'"));
    }
    this.#deployments();
    if (this.#faults.length > 0) throw new TransformError(this.#faults);
    return this.#finish();
  }

  /** The resources to expand: functions first, within a rank in the order of the template. */
  #inOrder(): readonly (readonly [string, SamPlugin])[] {
    return [...this.#context.written]
      .flatMap(([id, resource]) => {
        const type = own(resource, "Type");
        const plugin = typeof type === "string" ? PLUGINS.get(type) : undefined;
        return plugin === undefined ? [] : [[id, plugin] as const];
      })
      .sort(([, left], [, right]) => left.rank - right.rank);
  }

  #collect(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SamFault)) throw error;
      this.#faults.push(error);
    }
  }

  #expand(id: string, plugin: SamPlugin): void {
    const resource = readSamResource(id, this.#context.written.get(id) ?? {}, plugin);
    if (plugin === functionPlugin) {
      this.#checkEvents(resource);
    }
    const { drafts, newId } = plugin.expand(resource, this.#context);
    for (const [name, type] of Object.entries(plugin.derived)) {
      const draft = drafts.findLast((candidate) => candidate.type === type);
      if (draft !== undefined) this.#derived.set(`${id}.${name}`, draft.id);
    }
    if (newId !== undefined && newId !== id) this.#renamed.set(id, newId);
    this.#output.delete(id);
    for (const draft of drafts) this.#put(id, draft);
  }

  #checkEvents(resource: SamResource): void {
    try {
      checkEvents(resource.id, own(resource.properties, "Events"), this.#context);
    } catch (error) {
      if (error instanceof SamFault && error.name === "EventFault") throw invalidResource(resource.id, error.message);
      throw error;
    }
  }

  #put(id: string, draft: Draft): void {
    const there = this.#context.written.get(draft.id);
    if (there !== undefined && REPLACES.get(draft.type) !== own(there, "Type")) {
      this.#faults.push(
        new SamFault(
          `Transforming resource with id [${id}] attempts to create a new resource with id [${draft.id}] and type "${draft.type}". ` +
            "A resource with that id already exists within this template. Please use a different id for that resource.",
          id,
        ),
      );
      return;
    }
    this.#output.set(draft.id, draft.json());
  }

  #deployments(): void {
    const { preferences, conditions } = this.#context;
    const shared = preferences.shared();
    for (const draft of shared.drafts) this.#output.set(draft.id, draft.json());
    for (const [name, condition] of shared.conditions) conditions.set(name, condition);
    for (const id of preferences.functions()) {
      this.#collect(() => {
        const group = preferences.deploymentGroup(id);
        this.#output.set(group.id, group.json());
      });
    }
  }

  #finish(): JsonObject {
    const { conditions } = this.#context;
    const transforms = own(this.#template, "Transform");
    // Other macros that the template names are not this one's to take away.
    const others = isList(transforms) ? transforms.filter((name) => name !== SAM_TRANSFORM) : [];
    const sections = new Map(Object.entries(this.#template));
    sections.delete("Globals");
    if (others.length > 0) sections.set("Transform", others);
    else sections.delete("Transform");
    if (conditions.size > 0) sections.set("Conditions", Object.fromEntries(conditions));
    sections.set("Resources", Object.fromEntries(this.#output));
    const result = Object.fromEntries(sections);
    const renamed = renameResources(renameDependsOn(result, this.#renamed), this.#renamed);
    const followed = followDerived(renamed, this.#derived);
    return isObject(followed) ? followed : {};
  }
}

function readResources(template: JsonObject): Map<string, JsonObject> {
  const section = own(template, "Resources");
  if (!isObject(section) || Object.keys(section).length === 0) throw invalidTemplate("'Resources' section is required");
  const resources = new Map<string, JsonObject>();
  for (const [id, resource] of Object.entries(section)) {
    if (!isObject(resource)) {
      throw invalidTemplate("All 'Resources' must be Objects. If you're using YAML, this may be an indentation issue.");
    }
    resources.set(id, resource);
  }
  for (const [id, resource] of resources) {
    const type = own(resource, "Type");
    if (typeof type !== "string" || !type.startsWith("AWS::Serverless::")) continue;
    const condition = own(resource, "Condition");
    if (condition !== undefined && typeof condition !== "string")
      throw invalidTemplate("Every Condition member must be a string.");
    const properties = own(resource, "Properties");
    if (properties !== undefined && !isObject(properties))
      throw invalidResource(id, "Attribute 'Properties' should be a map.");
  }
  return resources;
}

function mergeAllGlobals(resources: Map<string, JsonObject>, globals: Globals): void {
  for (const [id, resource] of resources) {
    const properties = own(resource, "Properties") ?? {};
    if (!isObject(properties)) continue;
    const merged = mergeGlobals(id, resource, properties, globals);
    if (merged !== properties) resources.set(id, { ...resource, Properties: merged });
  }
}

function parameterValues(template: JsonObject, options: TransformOptions): JsonObject {
  const declared = own(template, "Parameters");
  const defaults: [string, Json][] = [];
  for (const [name, declaration] of isObject(declared) ? Object.entries(declared) : []) {
    const value = isObject(declaration) ? own(declaration, "Default") : undefined;
    if (value !== undefined) defaults.push([name, value]);
  }
  return {
    "AWS::Region": options.region,
    "AWS::Partition": options.partition,
    ...Object.fromEntries(defaults),
    ...options.parameters,
  };
}

const ATTRIBUTES = ["DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"];

function readSamResource(id: string, resource: JsonObject, plugin: SamPlugin): SamResource {
  if (!/^[A-Za-z0-9]+$/.test(id)) throw invalidResource(id, "Logical ids must be alphanumeric.");
  const properties = own(resource, "Properties") ?? {};
  if (!isObject(properties)) throw invalidResource(id, "Properties of a resource must be an object.");
  return {
    id,
    type: plugin.type,
    properties: readProperties(id, plugin.type, properties, plugin.table),
    dependsOn: own(resource, "DependsOn"),
    attributes: Object.fromEntries(Object.entries(resource).filter(([name]) => ATTRIBUTES.includes(name))),
  };
}
