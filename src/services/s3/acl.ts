/** Access control lists: canned ones written out, grants read and judged (AWS page "Access control list (ACL) overview"). */
import type { ServiceContext } from "../../service.ts";
import { configuration } from "./configurations.ts";
import { invalidArgument, notThere, s3Error } from "./errors.ts";
import { canonicalId } from "./owner.ts";
import type { AclGrant, Bucket } from "./state.ts";

export const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
export const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
export const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const GROUPS: readonly string[] = [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY];

type Permission = AclGrant["Permission"];

const user = (account: string, permission: Permission): AclGrant => ({
  Grantee: { Type: "CanonicalUser", ID: canonicalId(account) },
  Permission: permission,
});
const group = (uri: string, permission: Permission): AclGrant => ({
  Grantee: { Type: "Group", URI: uri },
  Permission: permission,
});

/** What an object or bucket has when nothing was asked for. */
export function privateAcl(account: string): AclGrant[] {
  return [user(account, "FULL_CONTROL")];
}

/** The grants of a canned ACL. Raises InvalidArgument for one that S3 does not know. */
export function cannedAcl(name: string, owner: string, bucketOwner: string): AclGrant[] {
  const own = privateAcl(owner);
  switch (name) {
    case "private":
      return own;
    case "public-read":
      return [...own, group(ALL_USERS, "READ")];
    case "public-read-write":
      return [...own, group(ALL_USERS, "READ"), group(ALL_USERS, "WRITE")];
    case "authenticated-read":
      return [...own, group(AUTHENTICATED_USERS, "READ")];
    case "aws-exec-read":
      throw notThere("the canned ACL aws-exec-read");
    case "bucket-owner-read":
      return owner === bucketOwner ? own : [...own, user(bucketOwner, "READ")];
    case "bucket-owner-full-control":
      return owner === bucketOwner ? own : [...own, user(bucketOwner, "FULL_CONTROL")];
    case "log-delivery-write":
      return [...own, group(LOG_DELIVERY, "WRITE"), group(LOG_DELIVERY, "READ_ACP")];
    default:
      throw invalidArgument("", "x-amz-acl", name);
  }
}

/** The members of a request that say who may what. */
export interface AclRequest {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
  readonly AccessControlPolicy?: { readonly Grants?: readonly GivenGrant[] | undefined } | undefined;
}

interface GivenGrant {
  readonly Grantee?:
    | {
        readonly Type?: string | undefined;
        readonly ID?: string | undefined;
        readonly URI?: string | undefined;
        readonly EmailAddress?: string | undefined;
      }
    | undefined;
  readonly Permission?: string | undefined;
}

/** The grants that a request asks for; undefined when it asks for none. Raises InvalidRequest, InvalidArgument, MalformedACLError. */
export function requestedAcl(request: AclRequest, owner: string, bucketOwner: string): AclGrant[] | undefined {
  const headers = [
    ["FULL_CONTROL", request.GrantFullControl],
    ["READ", request.GrantRead],
    ["READ_ACP", request.GrantReadACP],
    ["WRITE", request.GrantWrite],
    ["WRITE_ACP", request.GrantWriteACP],
  ] as const;
  const granted = headers.flatMap(([permission, text]) => (text === undefined ? [] : readGrantees(text, permission)));
  if (request.ACL !== undefined && granted.length > 0) {
    throw s3Error("InvalidRequest", { message: "Specifying both Canned ACLs and Header Grants is not allowed" });
  }
  const policy = request.AccessControlPolicy;
  if (policy !== undefined && (request.ACL !== undefined || granted.length > 0)) {
    throw s3Error("InvalidRequest", { message: "This request does not support content" });
  }
  if (request.ACL !== undefined) return cannedAcl(request.ACL, owner, bucketOwner);
  if (granted.length > 0) return granted;
  return policy === undefined ? undefined : (policy.Grants ?? []).map(readGrant);
}

/** `id="…", uri="…"` as the x-amz-grant-* headers have it. */
function readGrantees(text: string, permission: Permission): AclGrant[] {
  return text.split(",").map((entry) => {
    const match = /^\s*(id|uri|emailAddress)\s*=\s*"?([^"]*)"?\s*$/i.exec(entry);
    const [, kind, value] = match ?? [];
    if (kind === undefined || value === undefined) {
      throw invalidArgument("Argument format not recognized", "x-amz-grant", entry.trim());
    }
    return checkGrantee(kind.toLowerCase(), value, permission);
  });
}

function readGrant({ Grantee, Permission }: GivenGrant): AclGrant {
  const permission = (["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"] as const).find(
    (name) => name === Permission,
  );
  if (permission === undefined || Grantee === undefined) throw s3Error("MalformedACLError");
  if (Grantee.ID !== undefined) return checkGrantee("id", Grantee.ID, permission);
  if (Grantee.URI !== undefined) return checkGrantee("uri", Grantee.URI, permission);
  if (Grantee.EmailAddress !== undefined) return checkGrantee("emailaddress", Grantee.EmailAddress, permission);
  throw s3Error("MalformedACLError");
}

function checkGrantee(kind: string, value: string, permission: Permission): AclGrant {
  switch (kind) {
    case "id":
      if (!/^[0-9a-f]{64}$/.test(value)) throw invalidArgument("Invalid id", "CanonicalUser/ID", value);
      return { Grantee: { Type: "CanonicalUser", ID: value }, Permission: permission };
    case "uri":
      if (!GROUPS.includes(value)) throw invalidArgument("Invalid group uri", "Group/URI", value);
      return group(value, permission);
    default:
      throw invalidArgument("Email grantees are not supported here", "EmailAddress", value);
  }
}

/** True when the grants reach everybody. */
export function isPublicAcl(grants: readonly AclGrant[]): boolean {
  return grants.some(({ Grantee: { URI } }) => URI === ALL_USERS || URI === AUTHENTICATED_USERS);
}

/** True when the grants let this caller (an account, or nobody known) do it. */
export function aclAllows(grants: readonly AclGrant[], account: string | undefined, permission: Permission): boolean {
  return grants.some(({ Grantee, Permission }) => {
    if (Permission !== permission && Permission !== "FULL_CONTROL") return false;
    if (Grantee.URI === ALL_USERS) return true;
    if (account === undefined) return false;
    return Grantee.URI === AUTHENTICATED_USERS || Grantee.ID === canonicalId(account);
  });
}

/** Who owns what is put into the bucket (AWS page "Controlling ownership of objects"): its Object Ownership setting. */
export function objectOwnership(context: ServiceContext, bucket: Bucket): string {
  const controls = configuration(context, bucket.name, "ownershipControls");
  return controls?.Rules[0]?.ObjectOwnership ?? "ObjectWriter";
}

/**
 * Refuses grants that the bucket's settings forbid: AccessControlListNotSupported where ACLs are off, AccessDenied for public ones
 * where BlockPublicAcls is on.
 */
export function checkAclAllowed(
  context: ServiceContext,
  bucket: Bucket,
  request: AclRequest,
  grants: AclGrant[],
): void {
  if (objectOwnership(context, bucket) === "BucketOwnerEnforced") {
    const harmless =
      request.ACL === "bucket-owner-full-control" ||
      grants.every((grant) => grant.Permission === "FULL_CONTROL" && grant.Grantee.ID === canonicalId(bucket.account));
    if (!harmless || request.ACL === "private") throw s3Error("AccessControlListNotSupported");
  }
  const block = configuration(context, bucket.name, "publicAccessBlock");
  if (block?.BlockPublicAcls === true && isPublicAcl(grants)) throw s3Error("AccessDenied");
}
