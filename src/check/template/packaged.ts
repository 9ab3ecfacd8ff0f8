/**
 * What `aws cloudformation package` and `sam package` put in for paths on this machine ("package" of the AWS CLI reference): a
 * template is checked as it will be once it is packaged.
 */
import { isObject, mapObject, own } from "../../template/value.ts";
import type { Json, JsonObject, Path } from "../../template/value.ts";

const BUCKET = "packaged";
const KEY = "packaged";
const CODE = { S3Bucket: BUCKET, S3Key: KEY };
const BODY = { Bucket: BUCKET, Key: KEY };
const URI = `s3://${BUCKET}/${KEY}`;

/** The properties that are packaged, with what stands there afterwards. */
const PACKAGED: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  "AWS::Serverless::Function": { CodeUri: URI },
  "AWS::Serverless::LayerVersion": { ContentUri: URI },
  "AWS::Serverless::Api": { DefinitionUri: URI },
  "AWS::Serverless::HttpApi": { DefinitionUri: URI },
  "AWS::Serverless::StateMachine": { DefinitionUri: URI },
  "AWS::Serverless::GraphQLApi": { SchemaUri: URI },
  "AWS::Serverless::Application": { Location: `https://s3.amazonaws.com/${BUCKET}/${KEY}` },
  "AWS::Lambda::Function": { Code: CODE },
  "AWS::Lambda::LayerVersion": { Content: CODE },
  "AWS::ApiGateway::RestApi": { BodyS3Location: BODY },
  "AWS::ApiGatewayV2::Api": { BodyS3Location: BODY },
  "AWS::StepFunctions::StateMachine": { DefinitionS3Location: BODY },
  "AWS::ElasticBeanstalk::ApplicationVersion": { SourceBundle: CODE },
};

/** The template with paths replaced; what is no path stays for the checks to judge. */
export function packaged(source: JsonObject): JsonObject {
  const globals = own(source, "Globals");
  const resources = own(source, "Resources");
  const changed = new Map(Object.entries(source));
  if (isObject(resources)) changed.set("Resources", mapObject(resources, packagedResource));
  if (isObject(globals)) {
    const put = (properties: Json, kind: string): Json => replaced(properties, `AWS::Serverless::${kind}`);
    changed.set("Globals", mapObject(globals, put));
  }
  return Object.fromEntries(changed);
}

function packagedResource(resource: Json): Json {
  const type = isObject(resource) ? own(resource, "Type") : undefined;
  if (!isObject(resource) || typeof type !== "string" || !Object.hasOwn(PACKAGED, type)) return resource;
  return mapObject(resource, (member, key) => (key === "Properties" ? replaced(member, type) : member));
}

function replaced(properties: Json, type: string): Json {
  const table = Object.hasOwn(PACKAGED, type) ? PACKAGED[type] : undefined;
  if (table === undefined || !isObject(properties)) return properties;
  return mapObject(properties, (value, key) => (isLocalPath(value) ? (own(table, key) ?? value) : value));
}

/** Properties that name a file of the project; the others name what a build may yet have to make. */
const FILES = ["DefinitionUri", "SchemaUri", "BodyS3Location", "DefinitionS3Location"];

/** The files that packaging will look for, with their places. */
export function packagedFiles(source: JsonObject): readonly PackagedFile[] {
  const resources = own(source, "Resources");
  return Object.entries(isObject(resources) ? resources : {}).flatMap(([id, resource]) => {
    const properties = isObject(resource) ? own(resource, "Properties") : undefined;
    return FILES.flatMap((property): PackagedFile[] => {
      const file = isObject(properties) ? own(properties, property) : undefined;
      if (typeof file !== "string" || !isLocalPath(file)) return [];
      return [{ id, property, file, path: ["Resources", id, "Properties", property] }];
    });
  });
}

export interface PackagedFile {
  readonly id: string;
  readonly property: string;
  readonly file: string;
  readonly path: Path;
}

/** A path on this machine: no address, no name that CloudFormation or a dynamic reference will fill in. */
function isLocalPath(value: Json): boolean {
  return typeof value === "string" && value !== "" && !/^[a-z0-9]+:|\$\{|\{\{/i.test(value);
}
