/**
 * AWS::Serverless::Connector: what one resource needs to be allowed so that it can use another.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { Expansion, SamPlugin, SamResource, TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { byCodePoint } from "../logical-id.ts";
import { isText, listOf, mapOf, oneOf, typed } from "../property-table.ts";
import { invalidResource } from "../sam-error.ts";
import { addDependsOn, eventSourceMappings, replaceDependsOn } from "./depends-on.ts";
import { connectorProfile, fillProfile, MissingVariable } from "./profile.ts";
import { ReferenceError, resourceReference } from "./resource-reference.ts";
import type { ResourceReference } from "./resource-reference.ts";

const anyMap = mapOf(() => true);

export const connectorPlugin: SamPlugin = {
  type: "AWS::Serverless::Connector",
  table: {
    Source: typed(anyMap, true),
    Destination: typed(oneOf(anyMap, listOf(anyMap)), true),
    Permissions: typed(listOf(isText), true),
  },
  derived: {},
  rank: 4,
  expand: expandConnector,
};

/** One connection of a connector to one of its destinations. */
interface Connection {
  readonly connector: SamResource;
  readonly source: ResourceReference;
  readonly destination: ResourceReference;
  readonly permissions: readonly string[];
  /** What the ids of its resources end with where there are several destinations. */
  readonly suffix: string;
  readonly profile: JsonObject;
}

/** Makes the policies and permissions. Raises SamFault. */
export function expandConnector(connector: SamResource, context: TransformContext): Expansion {
  const { id, properties } = connector;
  const written = own(properties, "Destination");
  const destinations = (isList(written) ? written : [written]).filter(isObject);
  const source = own(properties, "Source");
  const drafts = destinations.flatMap((destination, index) => {
    const suffix = isList(written) ? `Destination${index}` : "";
    return connect(connector, isObject(source) ? source : {}, destination, suffix, context);
  });
  replaceDependsOn(
    id,
    drafts.map((draft) => draft.id),
    context.output,
  );
  if (drafts.length === 0) throw invalidResource(id, "'Destination' is an empty list");
  return { drafts };
}

function connect(
  connector: SamResource,
  from: JsonObject,
  to: JsonObject,
  suffix: string,
  context: TransformContext,
): readonly Draft[] {
  try {
    const destination = resourceReference(to, from, context.output);
    const source = resourceReference(from, to, context.output);
    const drafts = makeConnection(connector, source, destination, suffix, context);
    for (const draft of drafts) addMetadata(draft, connector.id, source, destination, context);
    return drafts;
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof MissingVariable) {
      throw invalidResource(connector.id, error.message);
    }
    throw error;
  }
}

function makeConnection(
  connector: SamResource,
  source: ResourceReference,
  destination: ResourceReference,
  suffix: string,
  context: TransformContext,
): readonly Draft[] {
  const { id } = connector;
  const profile = connectorProfile(source.type, destination.type);
  if (profile === undefined) {
    throw invalidResource(
      id,
      `Unable to create connector from ${source.type} to ${destination.type}; it's not supported or the template is invalid.`,
    );
  }
  const permissions = checkPermissions(connector, source, destination, profile.properties);
  const variables = new Map<string, Json | undefined>([
    ["Source.Arn", source.arn],
    ["Destination.Arn", destination.arn],
    ["Source.ResourceId", source.resourceId],
    ["Destination.ResourceId", destination.resourceId],
    ["Source.Name", source.name],
    ["Destination.Name", destination.name],
    ["Source.Qualifier", source.qualifier],
    ["Destination.Qualifier", destination.qualifier],
  ]);
  const filled = fillProfile(profile.properties, variables);
  const connection = { connector, source, destination, permissions, suffix, profile: isObject(filled) ? filled : {} };
  switch (profile.type) {
    case "AWS_IAM_ROLE_MANAGED_POLICY":
      return [rolePolicy(connection, context)];
    case "AWS_SQS_QUEUE_POLICY":
      return [resourcePolicy(connection, "queueUrl", "SQS queue URL", "Queues")];
    case "AWS_SNS_TOPIC_POLICY":
      return [resourcePolicy(connection, "arn", "SNS topic ARN", "Topics")];
    case "AWS_LAMBDA_PERMISSION":
      return lambdaPermissions(connection);
    default:
      throw invalidResource(id, `Profile type ${profile.type} is not supported`);
  }
}

function checkPermissions(
  { id, properties }: SamResource,
  source: ResourceReference,
  destination: ResourceReference,
  profile: JsonObject,
): readonly string[] {
  const written = own(properties, "Permissions");
  const permissions = [
    ...new Set((isList(written) ? written : isObject(written) ? Object.keys(written) : []).map(String)),
  ];
  const categories = own(profile, "AccessCategories");
  const known = isObject(categories) ? Object.keys(categories) : [];
  if (permissions.length === 0) {
    throw invalidResource(id, `'Permissions' cannot be empty; valid values are: ${known.join(", ")}.`);
  }
  const between = `Unsupported 'Permissions' provided for connector from ${source.type} to ${destination.type}`;
  if (!permissions.every((permission) => known.includes(permission))) {
    throw invalidResource(id, `${between}; valid values are: ${known.join(", ")}.`);
  }
  const combinations = own(profile, "ValidAccessCategories");
  if (!isList(combinations)) return permissions;
  const sorted = combinations.map((names) => (isList(names) ? names.map(String).sort(byCodePoint) : []).join(" + "));
  if (sorted.includes([...permissions].sort(byCodePoint).join(" + "))) return permissions;
  throw invalidResource(id, `${between}; valid combinations are: ${sorted.join(", ")}.`);
}

/** The categories of the profile that are asked for. */
function categories({ profile, permissions }: Connection): readonly (readonly [string, JsonObject])[] {
  const all = own(profile, "AccessCategories");
  return Object.entries(isObject(all) ? all : {}).flatMap(([name, category]) =>
    permissions.includes(name) && isObject(category) ? [[name, category] as const] : [],
  );
}

function policyDocument(connection: Connection): JsonObject {
  const statements = categories(connection).flatMap(([, category]) => {
    const list = own(category, "Statement");
    return isList(list) ? list : [];
  });
  return { Version: "2012-10-17", Statement: statements };
}

/** The end that the policy is about. */
function subject({ profile, source, destination }: Connection): {
  readonly end: ResourceReference;
  readonly property: string;
} {
  return own(profile, "SourcePolicy") === true
    ? { end: source, property: "Source" }
    : { end: destination, property: "Destination" };
}

function draft({ connector }: Connection, id: string, type: string): Draft {
  return new Draft(id, type, connector.attributes, connector.dependsOn);
}

function rolePolicy(connection: Connection, context: TransformContext): Draft {
  const { connector, source, destination, suffix, profile } = connection;
  const { end, property } = subject(connection);
  if (end.roleName === undefined) {
    throw invalidResource(connector.id, `Unable to get IAM role name from '${property}' resource.`);
  }
  const policy = draft(connection, `${connector.id}Policy${suffix}`, "AWS::IAM::ManagedPolicy").set({
    PolicyDocument: policyDocument(connection),
    Roles: [end.roleName],
  });
  const dependent = own(profile, "DependedBy");
  if (dependent === "DESTINATION_EVENT_SOURCE_MAPPING" && source.id !== undefined && destination.id !== undefined) {
    const [mapping, ...others] = eventSourceMappings(source.id, destination.id, context.output);
    if (mapping !== undefined && others.length === 0) addDependsOn(mapping, policy.id, context.output);
  }
  if (dependent === "SOURCE" && source.id !== undefined) addDependsOn(source.id, policy.id, context.output);
  return policy;
}

function resourcePolicy(
  connection: Connection,
  member: "queueUrl" | "arn",
  what: string,
  list: "Queues" | "Topics",
): Draft {
  const { connector, suffix } = connection;
  const { end, property } = subject(connection);
  const target = end[member];
  if (target === undefined) {
    throw invalidResource(connector.id, `Unable to get ${what} from '${property}' resource.`);
  }
  const kind = list === "Queues" ? "QueuePolicy" : "TopicPolicy";
  const type = list === "Queues" ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy";
  return draft(connection, `${connector.id}${kind}${suffix}`, type).set({
    PolicyDocument: policyDocument(connection),
    [list]: [target],
  });
}

function lambdaPermissions(connection: Connection): readonly Draft[] {
  const { connector, suffix } = connection;
  const { end, property } = subject(connection);
  const { arn } = end;
  if (arn === undefined) {
    throw invalidResource(connector.id, `Unable to get Lambda function ARN from '${property}' resource.`);
  }
  return categories(connection).map(([name, category]) =>
    draft(connection, `${connector.id}${name}LambdaPermission${suffix}`, "AWS::Lambda::Permission").set({
      Action: own(category, "Action"),
      FunctionName: arn,
      Principal: own(category, "Principal"),
      SourceAccount: own(category, "SourceAccount"),
      SourceArn: own(category, "SourceArn"),
    }),
  );
}

/** Notes in each resource which connector it is from. */
function addMetadata(
  made: Draft,
  connectorId: string,
  source: ResourceReference,
  destination: ResourceReference,
  context: TransformContext,
): void {
  const typeOf = ({ id, type }: ResourceReference): Json => {
    const written = id === undefined ? undefined : context.written.get(id);
    return (written === undefined ? undefined : own(written, "Type")) ?? type;
  };
  const before = made.attributes.get("Metadata");
  const note = { [connectorId]: { Source: { Type: typeOf(source) }, Destination: { Type: typeOf(destination) } } };
  made.attributes.set("Metadata", { ...(isObject(before) ? before : {}), "aws:sam:connectors": note });
}
