/**
 * SourceAccessConfigurations of an event that Lambda polls: how it gets into a broker, cluster or database.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { isTruthy } from "../property-table.ts";
import { isIntrinsic } from "../references.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import type { EventInstance } from "./event-source.ts";

/** A policy statement. */
export function statement(action: readonly string[] | string, resource: Json): JsonObject {
  return { Action: action, Effect: "Allow", Resource: resource };
}

/** The permission to read a secret. */
export function readSecret(uri: Json): JsonObject {
  return statement(["secretsmanager:GetSecretValue"], uri);
}

/** The permission to use the key that secrets are encrypted with, where one is named. Raises SamFault. */
export function decryptStatements(
  { relativeId, properties }: EventInstance,
  action: readonly string[] | string,
): readonly JsonObject[] {
  const key = own(properties, "SecretsManagerKmsKeyId");
  if (!isTruthy(key)) return [];
  if (typeof key !== "string") {
    throw invalidEvent(relativeId, "Property 'SecretsManagerKmsKeyId' should be a string.");
  }
  const arn = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/";
  return [statement(action, { "Fn::Sub": arn + key })];
}

/** The permission to put network interfaces into a VPC. */
export const VPC_STATEMENT: JsonObject = statement(
  [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
  ],
  "*",
);

/** The URI of the one configuration that must be there. Raises SamFault. */
export function requiredUri(event: EventInstance, supported: readonly string[], required: string): Json {
  const { relativeId, type, properties } = event;
  const refuse = (message: string): never => {
    throw invalidEvent(relativeId, message);
  };
  const written = own(properties, "SourceAccessConfigurations");
  if (!isTruthy(written)) refuse(`No SourceAccessConfigurations for Amazon ${type} event provided.`);
  if (!isList(written)) return refuse("Provided SourceAccessConfigurations cannot be parsed into a list.");
  let found: Json | undefined;
  for (const [index, configuration] of written.entries()) {
    const at = `SourceAccessConfigurations[${index}]`;
    if (!isObject(configuration)) return refuse(`Property '${at}' should be a map.`);
    const kind = own(configuration, "Type");
    if (typeof kind !== "string") return refuse(`Property '${at}.Type' should be a string.`);
    if (!supported.includes(kind)) {
      const list = supported.map((name) => `'${name}'`).join(", ");
      refuse(`Invalid property Type specified in SourceAccessConfigurations. The supported values are: [${list}].`);
    }
    if (kind !== required) continue;
    if (isTruthy(found)) refuse(`Multiple ${required} properties specified in SourceAccessConfigurations.`);
    found = own(configuration, "URI");
    if (!isTruthy(found)) refuse(`No ${required} URI property specified in SourceAccessConfigurations.`);
  }
  return found ?? refuse(`No ${required} property specified in SourceAccessConfigurations.`);
}

const MECHANISMS = ["SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH"];

/** What a self-managed Kafka cluster's configurations come to. */
export interface KafkaAccess {
  readonly secret: Json | undefined;
  readonly hasCertificate: boolean;
  readonly isInVpc: boolean;
}

/** Reads the configurations of a self-managed Kafka cluster. Raises SamFault. */
export function kafkaAccess({ relativeId }: EventInstance, written: Json): KafkaAccess {
  const refuse = (message: string): never => {
    throw invalidEvent(relativeId, message);
  };
  if (!isList(written)) {
    return refuse("SourceAccessConfigurations for self managed kafka event should be a list.");
  }
  const uris = new Map<string, Json>();
  let secret: Json | undefined;
  for (const configuration of written) {
    if (!isObject(configuration)) {
      throw invalidResource(relativeId, "Property 'SourceAccessConfigurations' should be a map.");
    }
    const kind = own(configuration, "Type");
    const isMechanism = typeof kind === "string" && MECHANISMS.includes(kind);
    const isOther =
      typeof kind === "string" && ["VPC_SUBNET", "VPC_SECURITY_GROUP", "SERVER_ROOT_CA_CERTIFICATE"].includes(kind);
    if (!isMechanism && !isOther) {
      return refuse("Invalid SourceAccessConfigurations Type provided for self managed kafka event.");
    }
    if (isMechanism && secret !== undefined) {
      return refuse(
        "Multiple auth mechanism properties specified in SourceAccessConfigurations for self managed kafka event.",
      );
    }
    const uri = checkedUri(own(configuration, "URI"), isMechanism ? "auth mechanism" : kind, refuse);
    if (isMechanism) secret = uri;
    else uris.set(kind, uri);
  }
  if (uris.has("VPC_SUBNET") !== uris.has("VPC_SECURITY_GROUP")) {
    refuse(
      "VPC_SUBNET and VPC_SECURITY_GROUP in SourceAccessConfigurations for SelfManagedKafka must be both provided.",
    );
  }
  return { secret, hasCertificate: uris.has("SERVER_ROOT_CA_CERTIFICATE"), isInVpc: uris.has("VPC_SUBNET") };
}

function checkedUri(uri: Json | undefined, what: string, refuse: (message: string) => never): Json {
  const where = "URI property specified in SourceAccessConfigurations for self managed kafka event.";
  if (!isTruthy(uri)) return refuse(`No ${what} ${where}`);
  if (typeof uri !== "string" && !isIntrinsic(uri)) return refuse(`Wrong Type for ${what} ${where}`);
  return uri;
}
