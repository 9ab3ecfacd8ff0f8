/**
 * A CloudFormation resource while the transform is putting it together.
 */
import type { Json, JsonObject } from "../value.ts";
import { invalidResource } from "./sam-error.ts";

/** The types whose Tags the transform sets when a resource propagates its own. */
const TAGGED_TYPES: ReadonlySet<string> = new Set([
  "AWS::ApiGateway::ApiKey",
  "AWS::ApiGateway::DomainName",
  "AWS::ApiGateway::DomainNameAccessAssociation",
  "AWS::ApiGateway::DomainNameV2",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGateway::UsagePlan",
  "AWS::CodeDeploy::Application",
  "AWS::CodeDeploy::DeploymentGroup",
  "AWS::DynamoDB::Table",
  "AWS::IAM::Role",
  "AWS::IoT::TopicRule",
  "AWS::Lambda::Function",
  "AWS::S3::Bucket",
  "AWS::SNS::Topic",
  "AWS::SQS::Queue",
  "AWS::StepFunctions::StateMachine",
]);

/** The types whose Tags are a mapping. */
const MAP_TAGGED_TYPES: ReadonlySet<string> = new Set(["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"]);

/** A resource to be; the order in which properties are set is the order in which they are written. */
export class Draft {
  readonly id: string;
  readonly type: string;
  dependsOn: Json | undefined;
  readonly attributes: Map<string, Json>;
  readonly #properties = new Map<string, Json>();

  constructor(id: string, type: string, attributes: JsonObject = {}, dependsOn?: Json) {
    if (!/^[A-Za-z0-9]+$/.test(id)) throw invalidResource(id, "Logical ids must be alphanumeric.");
    this.id = id;
    this.type = type;
    this.attributes = new Map(Object.entries(attributes));
    this.dependsOn = dependsOn;
  }

  /** Sets properties; undefined ones are left out. */
  set(properties: Readonly<Record<string, Json | undefined>>): this {
    for (const [name, value] of Object.entries(properties)) {
      if (value !== undefined && value !== null) this.#properties.set(name, value);
    }
    return this;
  }

  get(name: string): Json | undefined {
    return this.#properties.get(name);
  }

  /** The attributes that go on to what is generated beside the resource. */
  passThrough(): JsonObject {
    return passThroughOf(Object.fromEntries(this.attributes));
  }

  /** Gives the resource the tags of what it is made from, where its type has any. */
  assignTags(tags: JsonObject): void {
    if (TAGGED_TYPES.has(this.type)) this.#properties.set("Tags", tagList(tags));
    if (MAP_TAGGED_TYPES.has(this.type)) this.#properties.set("Tags", tags);
  }

  properties(): JsonObject {
    return Object.fromEntries(this.#properties);
  }

  json(): JsonObject {
    const isDependent =
      this.dependsOn !== undefined &&
      this.dependsOn !== "" &&
      !(Array.isArray(this.dependsOn) && this.dependsOn.length === 0);
    return {
      Type: this.type,
      ...(isDependent && this.dependsOn !== undefined ? { DependsOn: this.dependsOn } : {}),
      ...Object.fromEntries(this.attributes),
      Properties: this.properties(),
    };
  }
}

const PASSED_ON = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"];

/** Of a resource's attributes, those that are given to everything generated from it. */
export function passThroughOf(attributes: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => PASSED_ON.includes(name)));
}

/** SAM's tags, a mapping, as CloudFormation has them. */
export function tagList(tags: JsonObject | undefined): readonly Json[] {
  return Object.entries(tags ?? {}).map(([Key, value]) => ({ Key, Value: value ?? "" }));
}
