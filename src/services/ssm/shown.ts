/** Parameters as the answers show them, and the version that a call means. */
import type { AwsError } from "../../kernel/errors.ts";
import type { ServiceContext } from "../../service.ts";
import { decrypt } from "./cipher.ts";
import { notFound, refusal, refuse } from "./errors.ts";
import { parameterArn, type Asked } from "./names.ts";
import { labels, latestOf, versions, type Owner, type Version } from "./state.ts";

/** Names of secrets, read through Parameter Store (AWS page "Referencing AWS Secrets Manager secrets from Parameter Store parameters"). */
const SECRETS = "/aws/reference/secretsmanager/";

/** The version that is asked for: the latest without a selector. Raises ParameterNotFound and ParameterVersionNotFound. */
export function versionAsked(context: ServiceContext, { owner, name, selector }: Asked): Version {
  const latest = latestOf(context, name, owner);
  if (latest === undefined) throw missing(name);
  if (selector === undefined) return latest;
  const number = /^\d+$/.test(selector) ? Number(selector) : context.table(labels, owner).get(name, selector);
  const found = number === undefined ? undefined : context.table(versions, owner).get(name, number);
  return found ?? noSuchVersion(name, selector);
}

function missing(name: string): AwsError {
  if (!name.startsWith(SECRETS)) return notFound();
  return refusal(
    "ParameterNotFound",
    `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${name} not found. (Seatrial has no Secrets Manager yet.)`,
  );
}

export function noSuchVersion(name: string, version: string | number): never {
  refuse(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
}

/** The value, as ciphertext in base64 where it is a SecureString that is not to be decrypted. */
export function valueOf(
  context: ServiceContext,
  owner: Owner,
  name: string,
  { value }: Version,
  withDecryption: boolean | undefined,
): string {
  if (typeof value === "string") return value;
  return withDecryption === true ? decrypt(context, owner, name, value) : Buffer.from(value).toString("base64");
}

/** A parameter with its value (AWS page "Parameter"). */
export function showParameter(
  context: ServiceContext,
  { owner, name, shown, selector }: Asked,
  version: Version,
  withDecryption: boolean | undefined,
) {
  return {
    Name: shown,
    Type: version.type,
    Value: valueOf(context, owner, name, version, withDecryption),
    Version: version.version,
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(owner, name),
    DataType: version.dataType,
  };
}

/** What is said of a parameter without its value (AWS page "ParameterMetadata"). */
export function showMetadata(name: string, version: Version) {
  return {
    Name: name,
    Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: new Date(version.modifiedAt),
    LastModifiedUser: version.modifiedBy,
    ...(version.description === undefined ? {} : { Description: version.description }),
    ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: version.policies.map(({ text, type, status }) => ({
      PolicyText: text,
      PolicyType: type,
      PolicyStatus: status,
    })),
    DataType: version.dataType,
  };
}
