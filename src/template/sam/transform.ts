/**
 * The SAM transform: a template with AWS::Serverless resources → one that CloudFormation knows all types of.
 * Follows the serverless-application-model project (Apache-2.0), whose test cases are its measure.
 */
import { isList, isObject, own } from "../value.ts";
import type { JsonObject } from "../value.ts";
import { restApiPlugin } from "./api/rest-api.ts";
import { applicationPlugin } from "./application.ts";
import { capacityProviderPlugin } from "./capacity-provider.ts";
import { connectorPlugin } from "./connector/connector.ts";
import { TransformContext } from "./context.ts";
import type { SamPlugin, SamResource } from "./context.ts";
import type { Draft } from "./draft.ts";
import { noteFunctionNames } from "./function-names.ts";
import { functionPlugin } from "./function.ts";
import { graphQlApiPlugin } from "./graphql/graphql-api.ts";
import { httpApiPlugin } from "./http-api/http-api.ts";
import { layerVersionPlugin } from "./layer-version.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { readProperties } from "./property-table.ts";
import { dictToJson } from "./python/dict.ts";
import { followDerived, renameDependsOn, renameResources } from "./references.ts";
import { DocumentFault, EventFault, invalidResource, SAM_TRANSFORM, SamFault, TransformError } from "./sam-error.ts";
import { simpleTablePlugin } from "./simple-table.ts";
import { stateMachinePlugin } from "./state-machine/state-machine.ts";
import { webSocketApiPlugin } from "./websocket-api/websocket-api.ts";
import type { TransformOptions } from "./transform-options.ts";

export type { ApplicationAnswer, ApplicationRepository, TransformOptions } from "./transform-options.ts";

const PLUGINS: ReadonlyMap<string, SamPlugin> = new Map(
  [
    functionPlugin,
    stateMachinePlugin,
    restApiPlugin,
    httpApiPlugin,
    webSocketApiPlugin,
    layerVersionPlugin,
    simpleTablePlugin,
    applicationPlugin,
    capacityProviderPlugin,
    graphQlApiPlugin,
    connectorPlugin,
  ].map((plugin) => [plugin.type, plugin]),
);

/**
 * The types that a resource may have to be replaced by a generated one of its own id. Every other generated id must be
 * free.
 */
const REPLACES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["AWS::Lambda::Function", ["AWS::Serverless::Function"]],
  ["AWS::Lambda::LayerVersion", ["AWS::Serverless::LayerVersion"]],
  ["AWS::Lambda::CapacityProvider", ["AWS::Serverless::CapacityProvider"]],
  ["AWS::ApiGateway::RestApi", ["AWS::Serverless::Api"]],
  ["AWS::ApiGatewayV2::Api", ["AWS::Serverless::HttpApi", "AWS::Serverless::WebSocketApi"]],
  ["AWS::DynamoDB::Table", ["AWS::Serverless::SimpleTable"]],
  ["AWS::CloudFormation::Stack", ["AWS::Serverless::Application"]],
  ["AWS::StepFunctions::StateMachine", ["AWS::Serverless::StateMachine"]],
  ["AWS::AppSync::GraphQLApi", ["AWS::Serverless::GraphQLApi"]],
  ...[
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::Cognito::UserPool",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::BasePathMappingV2",
  ].map((type) => [type, [type]] as const),
]);

/** Transforms template data. The input is left as it is. Raises TransformError with every fault found. */
export function transform(template: JsonObject, options: TransformOptions): JsonObject {
  try {
    return new SamTransform(template, prepare(template, options)).run();
  } catch (error) {
    if (error instanceof SamFault) throw new TransformError([error]);
    if (error instanceof DocumentFault) throw new TransformError(error.faults);
    throw error;
  }
}

class SamTransform {
  readonly #template: JsonObject;
  readonly #context: TransformContext;
  readonly #prepared: Prepared;
  readonly #faults: SamFault[];
  readonly #renamed = new Map<string, string>();
  readonly #derived = new Map<string, string>();

  constructor(template: JsonObject, prepared: Prepared) {
    this.#template = template;
    this.#prepared = prepared;
    this.#context = new TransformContext(prepared.scope);
    this.#faults = [...prepared.faults];
  }

  run(): JsonObject {
    for (const [id, plugin] of this.#inOrder()) this.#collect(() => this.#expand(id, plugin));
    this.#deployments();
    this.#collect(this.#prepared.finish);
    if (this.#faults.length > 0) throw new TransformError(this.#faults);
    return this.#finish();
  }

  /** The resources to expand: functions first, connectors last, within a rank in the order of the template. */
  #inOrder(): readonly (readonly [string, SamPlugin])[] {
    return this.#context.written
      .entries()
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
    const context = this.#context;
    const resource = readSamResource(id, context.written.get(id) ?? {}, plugin, context);
    asResourceFault(id, () => plugin.check?.(resource, context));
    noteFunctionNames(resource, context);
    const { drafts, newId } = plugin.expand(resource, context);
    for (const [name, type] of Object.entries(plugin.derived)) {
      const draft = drafts.findLast((candidate) => candidate.type === type);
      if (draft !== undefined) this.#derived.set(`${id}.${name}`, draft.id);
    }
    if (newId !== undefined && newId !== id) this.#renamed.set(id, newId);
    context.output.delete(id);
    for (const draft of drafts) this.#put(id, draft);
  }

  #put(id: string, draft: Draft): void {
    const there = this.#context.written.get(draft.id);
    const before = there === undefined ? undefined : own(there, "Type");
    const isReplaced = typeof before === "string" && REPLACES.get(draft.type)?.includes(before) === true;
    if (there !== undefined && !isReplaced) {
      this.#faults.push(
        new SamFault(
          `Transforming resource with id [${id}] attempts to create a new resource with id [${draft.id}] and type "${draft.type}". ` +
            "A resource with that id already exists within this template. Please use a different id for that resource.",
          id,
          ["Resources", id],
        ),
      );
      return;
    }
    this.#context.output.set(draft.id, draft.json());
    this.#prepared.scope.onResource?.(draft.id, id);
  }

  #deployments(): void {
    const { preferences, conditions, output } = this.#context;
    const shared = preferences.shared();
    for (const draft of shared.drafts) output.set(draft.id, draft.json());
    for (const [name, condition] of shared.conditions) conditions.set(name, condition);
    for (const id of preferences.functions()) {
      this.#collect(() => {
        const group = preferences.deploymentGroup(id);
        output.set(group.id, group.json());
        this.#prepared.scope.onResource?.(group.id, id);
      });
    }
  }

  #finish(): JsonObject {
    const { conditions, output } = this.#context;
    const transforms = own(this.#template, "Transform");
    // Other macros that the template names are not this one's to take away.
    const others = isList(transforms) ? transforms.filter((name) => name !== SAM_TRANSFORM) : [];
    const sections = new Map(Object.entries(this.#template));
    sections.delete("Globals");
    if (others.length > 0) sections.set("Transform", others);
    else sections.delete("Transform");
    if (conditions.size > 0) sections.set("Conditions", Object.fromEntries(conditions));
    sections.set("Resources", Object.fromEntries(output));
    const result = Object.fromEntries(sections);
    const renamed = renameResources(renameDependsOn(result, this.#renamed), this.#renamed);
    const followed = followDerived(renamed, this.#derived);
    return isObject(followed) ? followed : {};
  }
}

/** What is wrong with an event is its resource's fault. */
function asResourceFault(id: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw error instanceof EventFault ? invalidResource(id, error.message, error.path) : error;
  }
}

const ATTRIBUTES = ["DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"];

function readSamResource(id: string, resource: JsonObject, plugin: SamPlugin, context: TransformContext): SamResource {
  if (!/^[A-Za-z0-9]+$/.test(id)) throw invalidResource(id, "Logical ids must be alphanumeric.");
  const api = context.apis.get(id);
  const written = api === undefined ? (own(resource, "Properties") ?? {}) : dictToJson(api);
  if (!isObject(written)) throw invalidResource(id, "Properties of a resource must be an object.");
  const completed = plugin.complete?.(id, written, context) ?? written;
  const properties =
    plugin.leavesOutUnknown === true
      ? Object.fromEntries(Object.entries(completed).filter(([name]) => Object.hasOwn(plugin.table, name)))
      : completed;
  return {
    id,
    type: plugin.type,
    properties: readProperties(id, plugin.type, properties, plugin.table),
    dependsOn: own(resource, "DependsOn"),
    attributes: Object.fromEntries(Object.entries(resource).filter(([name]) => ATTRIBUTES.includes(name))),
  };
}
