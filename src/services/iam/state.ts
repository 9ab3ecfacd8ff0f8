/** IAM's nouns and their tables. IAM is global to an account; ids and access keys are looked up over all accounts. */
import { defineTable } from "../../kernel/table.ts";

/** A tag as IAM keeps it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Named {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** AIDA…, AGPA…, AROA…, AIPA… or ANPA…. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createDate: number;
}

interface PolicyHolder extends Named {
  /** Policy text by the inline policy's name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of attached managed policies, in the order of attaching. */
  readonly attached: readonly string[];
}

export interface User extends PolicyHolder {
  readonly kind: "user";
  readonly groups: readonly string[];
  readonly tags: readonly Tag[];
  /** ARN of a managed policy. */
  readonly permissionsBoundary?: string | undefined;
}

export interface Group extends PolicyHolder {
  readonly kind: "group";
}

export interface Role extends PolicyHolder {
  readonly kind: "role";
  /** The trust policy, with unique ids in place of the ARNs of users and roles. */
  readonly trust: string;
  readonly description?: string | undefined;
  readonly maxSessionSeconds: number;
  readonly tags: readonly Tag[];
  readonly permissionsBoundary?: string | undefined;
  /** The service whose role this is: only AWS changes it. */
  readonly linkedService?: string;
}

/** What policies are attached to. */
export type Identity = User | Group | Role;
export type IdentityKind = Identity["kind"];

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createDate: number;
}

export interface ManagedPolicy extends Named {
  readonly description?: string | undefined;
  readonly updateDate: number;
  readonly defaultVersionId: string;
  /** Version numbers are never given twice. */
  readonly nextVersion: number;
  readonly versions: readonly PolicyVersion[];
  readonly tags: readonly Tag[];
}

export interface InstanceProfile extends Named {
  readonly role?: string | undefined;
  readonly tags: readonly Tag[];
}

/** Kept over all accounts, because a request brings nothing but the id. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly account: string;
  readonly userName: string;
  readonly status: "Active" | "Inactive";
  readonly createDate: number;
}

/** Whose unique id this is. */
export interface UniqueId {
  readonly account: string;
  readonly kind: "user" | "role";
  readonly name: string;
  readonly arn: string;
}

export interface LoginProfile {
  readonly userName: string;
  /** `salt:scrypt hash`, both in hexadecimal. */
  readonly password: string;
  readonly createDate: number;
  readonly passwordResetRequired: boolean;
}

export interface OidcProvider {
  readonly arn: string;
  /** Without `https://`. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createDate: number;
  readonly tags: readonly Tag[];
}

export interface SamlProvider {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly metadata: string;
  readonly createDate: number;
  readonly validUntil: number;
  readonly tags: readonly Tag[];
}

export interface PasswordPolicy {
  readonly MinimumPasswordLength: number;
  readonly RequireSymbols: boolean;
  readonly RequireNumbers: boolean;
  readonly RequireUppercaseCharacters: boolean;
  readonly RequireLowercaseCharacters: boolean;
  readonly AllowUsersToChangePassword: boolean;
  readonly MaxPasswordAge?: number | undefined;
  readonly PasswordReusePrevention?: number | undefined;
  readonly HardExpiry?: boolean | undefined;
}

export interface Account {
  readonly alias?: string | undefined;
  readonly passwordPolicy?: PasswordPolicy | undefined;
}

/** The outcome of DeleteServiceLinkedRole, by its task id. */
export interface DeletionTask {
  readonly status: "SUCCEEDED" | "FAILED";
}

// Keys are names in lower case: "names are not distinguished by case" (AWS page "IAM and AWS STS quotas").
export const users = defineTable<User>("iam.users", "account");
export const groups = defineTable<Group>("iam.groups", "account");
export const roles = defineTable<Role>("iam.roles", "account");
export const managedPolicies = defineTable<ManagedPolicy>("iam.policies", "account");
export const instanceProfiles = defineTable<InstanceProfile>("iam.instance-profiles", "account");
/** [group, user], both in lower case → the user's name. */
export const memberships = defineTable<string>("iam.memberships", "account");
/** [policy ARN, kind, name in lower case] → the name: who has the policy attached. */
export const attachments = defineTable<string>("iam.attachments", "account");
/** [policy ARN, kind, name in lower case] → the name: whose boundary the policy is. */
export const boundaryUses = defineTable<string>("iam.boundary-uses", "account");
/** [access key id], over all accounts. */
export const accessKeys = defineTable<AccessKey>("iam.access-keys", "global");
/** [user name in lower case, creation time, access key id] → the access key id. */
export const accessKeysOfUser = defineTable<string>("iam.access-keys-of-user", "account");
/** [unique id], over all accounts: trust policies may name users and roles of others. */
export const uniqueIds = defineTable<UniqueId>("iam.unique-ids", "global");
export const loginProfiles = defineTable<LoginProfile>("iam.login-profiles", "account");
export const oidcProviders = defineTable<OidcProvider>("iam.oidc-providers", "account");
export const samlProviders = defineTable<SamlProvider>("iam.saml-providers", "account");
/** ["account"]. */
export const accounts = defineTable<Account>("iam.account", "account");
/** [alias] → account: aliases are unique among all accounts. */
export const accountAliases = defineTable<string>("iam.account-aliases", "global");
export const deletionTasks = defineTable<DeletionTask>("iam.deletion-tasks", "account");
