/** Bucket policies: what may be kept, whether one is public, and what it says to callers from outside the owner's account. */
import { evaluate } from "../../languages/policy/evaluate.ts";
import type { RequestPrincipal } from "../../languages/policy/principal.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { PolicySyntaxError, type PolicyDocument, type Statement } from "../../languages/policy/document.ts";
import { matchesWildcard } from "../../languages/glob.ts";
import type { Principal, ServiceContext } from "../../service.ts";
import { aclAllows } from "./acl.ts";
import { configuration } from "./configurations.ts";
import { s3Error } from "./errors.ts";
import { canonicalId } from "./owner.ts";
import { privateAcl } from "./acl.ts";
import type { AclGrant, Bucket } from "./state.ts";
import { newest, versionById } from "./versions.ts";

const LARGEST_POLICY = 20 * 1024;

/** Parses and checks a policy for this bucket. Raises MalformedPolicy with S3's words. */
export function checkPolicy(bucket: string, text: string): PolicyDocument {
  if (Buffer.byteLength(text) > LARGEST_POLICY) {
    throw s3Error("MalformedPolicy", { message: "Policy exceeds the maximum allowed document size." });
  }
  const document = parsed(text);
  const arn = `arn:aws:s3:::${bucket}`;
  for (const { actions, resources } of document.statements) {
    for (const action of actions.patterns) {
      if (action !== "*" && !/^s3:/i.test(action)) {
        throw s3Error("MalformedPolicy", { message: "Policy has invalid action" });
      }
    }
    for (const resource of resources?.patterns ?? []) {
      const ours = resource === arn || resource.startsWith(`${arn}/`) || matchesWildcard(resource, arn);
      if (!ours) throw s3Error("MalformedPolicy", { message: "Policy has invalid resource" });
    }
  }
  return document;
}

function parsed(text: string): PolicyDocument {
  if (!text.startsWith("{")) throw s3Error("MalformedPolicy");
  try {
    return parsePolicy(text, "resource");
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw s3Error("MalformedPolicy", { message: error.message });
    throw error;
  }
}

/** Keys whose fixed values keep a policy from being public (AWS page "The meaning of 'public'"). */
const LIMITING_KEYS = new Set(
  [
    "aws:SourceIp",
    "aws:SourceArn",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceOwner",
    "aws:SourceAccount",
    "aws:userid",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
  ].map((key) => key.toLowerCase()),
);

/** True when a statement allows everybody without a limit that AWS counts. */
export function isPublicPolicy(document: PolicyDocument): boolean {
  return document.statements.some(
    (statement) => statement.effect === "Allow" && namesEverybody(statement) && !isLimited(statement),
  );
}

function namesEverybody({ principals }: Statement): boolean {
  return principals !== undefined && (principals.negated || principals.names.some(({ name }) => name === "*"));
}

function isLimited({ conditions }: Statement): boolean {
  return conditions.some(
    ({ key, operator, values, ifExists }) =>
      !ifExists &&
      LIMITING_KEYS.has(key.toLowerCase()) &&
      !operator.includes("Not") &&
      values.every((value) => !/^[*?]*$/.test(value) && !value.startsWith("0.0.0.0/0") && value !== "::/0"),
  );
}

/** One thing that somebody wants to do with the bucket or a key in it. */
export interface Asked {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
}

/**
 * Refuses callers from outside the owner's account, and those without credentials, unless the bucket's policy or an access control
 * list lets them. Callers of the owner's account are judged by their own policies, at the gateway. Raises AccessDenied.
 */
export function requireAccess(context: ServiceContext, bucket: Bucket, asked: Asked): void {
  const { principal } = context;
  if (principal.type !== "anonymous" && principal.account === bucket.account) return;
  const block = configuration(context, bucket.name, "publicAccessBlock");
  const policy = configuration(context, bucket.name, "policy");
  const document = policy === undefined ? undefined : parsePolicy(policy.text, "resource");
  const everybody = document !== undefined && isPublicPolicy(document);
  const byPolicy = document !== undefined && !(everybody && block?.RestrictPublicBuckets === true);
  for (const action of asked.actions) {
    for (const resource of asked.resources) {
      const verdict = byPolicy ? judge(context, bucket, document, action, resource) : "implicitDeny";
      if (verdict === "allowed") continue;
      if (verdict === "implicitDeny" && aclLets(context, bucket, action, asked, block?.IgnorePublicAcls === true))
        continue;
      throw s3Error("AccessDenied");
    }
  }
}

/** Identity policies are the gateway's matter: here the caller's side is taken to allow. */
const CALLERS_SIDE = {
  name: "caller",
  document: parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
    "identity",
  ),
};

function judge(
  context: ServiceContext,
  bucket: Bucket,
  document: PolicyDocument,
  action: string,
  resource: string,
): string {
  const { principal, http } = context;
  const { decision } = evaluate(
    {
      principal: requestPrincipal(principal),
      action,
      resource,
      resourceAccount: bucket.account,
      context: {
        "aws:CurrentTime": new Date(context.now).toISOString(),
        "aws:EpochTime": Math.floor(context.now / 1000),
        "aws:SecureTransport": "false",
        "aws:SourceIp": http?.sourceIp,
        "aws:Referer": http?.headers["referer"],
        "aws:UserAgent": http?.headers["user-agent"],
        "aws:SourceArn": principal.type === "service" ? principal.sourceArn : undefined,
        "aws:SourceAccount": principal.type === "service" ? principal.account : undefined,
      },
    },
    { identity: [CALLERS_SIDE], resource: { name: "bucket policy", document } },
  );
  return decision;
}

function requestPrincipal(principal: Principal): RequestPrincipal {
  switch (principal.type) {
    case "anonymous":
      return { type: "anonymous" };
    case "service":
      return { type: "service", service: principal.service };
    case "root":
      return {
        type: "root",
        account: principal.account,
        arn: principal.arn,
        canonicalUser: canonicalId(principal.account),
      };
    case "user": {
      const { account, arn, userId } = principal;
      return { type: "user", account, arn, userId, canonicalUser: canonicalId(account) };
    }
    case "role-session": {
      const { account, arn, roleArn, userId, sessionTags } = principal;
      return {
        type: "role-session",
        account,
        arn,
        roleArn,
        userId,
        tags: sessionTags,
        canonicalUser: canonicalId(account),
      };
    }
  }
}

/** Which permission of which list stands for an action (AWS page "Mapping of ACL permissions and access policy permissions"). */
const BY_ACL: Readonly<Record<string, readonly ["bucket" | "object", AclGrant["Permission"]]>> = {
  "s3:GetObject": ["object", "READ"],
  "s3:GetObjectVersion": ["object", "READ"],
  "s3:GetObjectAcl": ["object", "READ_ACP"],
  "s3:PutObjectAcl": ["object", "WRITE_ACP"],
  "s3:ListBucket": ["bucket", "READ"],
  "s3:ListBucketVersions": ["bucket", "READ"],
  "s3:ListBucketMultipartUploads": ["bucket", "READ"],
  "s3:PutObject": ["bucket", "WRITE"],
  "s3:DeleteObject": ["bucket", "WRITE"],
  "s3:GetBucketAcl": ["bucket", "READ_ACP"],
  "s3:PutBucketAcl": ["bucket", "WRITE_ACP"],
};

function aclLets(
  context: ServiceContext,
  bucket: Bucket,
  action: string,
  asked: Asked,
  ignorePublic: boolean,
): boolean {
  const [of, permission] = BY_ACL[action] ?? [];
  if (of === undefined || permission === undefined) return false;
  const grants = of === "bucket" ? bucketGrants(context, bucket) : objectGrants(context, bucket, asked);
  const counted = ignorePublic ? grants.filter(({ Grantee }) => Grantee.URI === undefined) : grants;
  const { principal } = context;
  return aclAllows(counted, principal.type === "anonymous" ? undefined : principal.account, permission);
}

function bucketGrants(context: ServiceContext, bucket: Bucket): readonly AclGrant[] {
  return configuration(context, bucket.name, "acl")?.grants ?? privateAcl(bucket.account);
}

function objectGrants(context: ServiceContext, bucket: Bucket, { key, versionId }: Asked): readonly AclGrant[] {
  if (key === undefined) return [];
  const version =
    versionId === undefined ? newest(context, bucket.name, key) : versionById(context, bucket.name, key, versionId);
  if (version?.kind !== "object") return [];
  return version.acl ?? privateAcl(version.owner);
}
