/**
 * AWS::Serverless::SimpleTable: a DynamoDB table with one key.
 */
import { isObject, own } from "../value.ts";
import type { Json } from "../value.ts";
import type { Expansion, SamPlugin, SamResource } from "./context.ts";
import { Draft, tagList } from "./draft.ts";
import { isInteger, isMap, isText, isTruthy, mapOf, oneOf, passThrough, typed } from "./property-table.ts";
import { invalidResource } from "./sam-error.ts";

export const simpleTablePlugin: SamPlugin = {
  type: "AWS::Serverless::SimpleTable",
  table: {
    PointInTimeRecoverySpecification: passThrough(),
    PrimaryKey: typed(mapOf(isText)),
    ProvisionedThroughput: typed(mapOf(oneOf(isInteger, isMap))),
    TableName: typed(oneOf(isText, isMap)),
    Tags: typed(isMap),
    SSESpecification: typed(isMap),
  },
  derived: {},
  rank: 3,
  expand,
};

const KEY_TYPES: ReadonlyMap<string, string> = new Map([
  ["String", "S"],
  ["Number", "N"],
  ["Binary", "B"],
]);

function expand(resource: SamResource): Expansion {
  const { id, properties, attributes, dependsOn } = resource;
  const truthy = (name: string): Json | undefined =>
    isTruthy(own(properties, name)) ? own(properties, name) : undefined;
  const key = primaryKey(id, truthy("PrimaryKey"));
  const throughput = truthy("ProvisionedThroughput");
  const tags = truthy("Tags");
  const draft = new Draft(id, "AWS::DynamoDB::Table", attributes, dependsOn).set({
    AttributeDefinitions: [key],
    KeySchema: [{ AttributeName: key.AttributeName, KeyType: "HASH" }],
    PointInTimeRecoverySpecification: truthy("PointInTimeRecoverySpecification"),
    ProvisionedThroughput: throughput,
    TableName: truthy("TableName"),
    Tags: isObject(tags) ? tagList(tags) : undefined,
    SSESpecification: truthy("SSESpecification"),
    BillingMode: throughput === undefined ? "PAY_PER_REQUEST" : undefined,
  });
  return { drafts: [draft] };
}

function primaryKey(
  id: string,
  key: Json | undefined,
): { readonly AttributeName: Json; readonly AttributeType: string } {
  if (!isObject(key)) return { AttributeName: "id", AttributeType: "S" };
  const [name, type] = [own(key, "Name"), own(key, "Type")];
  if (name === undefined || name === null) throw invalidResource(id, "Property 'PrimaryKey.Name' is required.");
  if (type === undefined || type === null) throw invalidResource(id, "Property 'PrimaryKey.Type' is required.");
  const letter = typeof type === "string" ? KEY_TYPES.get(type) : undefined;
  if (letter === undefined) throw invalidResource(id, `Invalid 'Type' "${String(type)}".`);
  return { AttributeName: name, AttributeType: letter };
}
