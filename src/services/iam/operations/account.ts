/** What an account has as a whole: its alias, its password policy, its summary, and lists of what nobody can make here. */
import { AwsError } from "../../../kernel/errors.ts";
import type { TableDefinition } from "../../../kernel/table.ts";
import type { Operations, ServiceContext } from "../../../service.ts";
import { INLINE_POLICIES_SIZE, MANAGED_POLICY_SIZE } from "../documents.ts";
import { noSuchEntity, userNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import {
  accountAliases,
  accounts,
  attachments,
  boundaryUses,
  groups,
  instanceProfiles,
  managedPolicies,
  oidcProviders,
  roles,
  samlProviders,
  users,
} from "../state.ts";
import { callingUserName } from "./users.ts";

function count<Row>(context: ServiceContext, definition: TableDefinition<Row>): number {
  let rows = 0;
  for (const _ of context.table(definition).list()) rows++;
  return rows;
}

/** An empty page, true because there is no operation here that makes what it would list. Raises NoSuchEntity for the user. */
function nothingOf(context: ServiceContext, userName: string | undefined): { IsTruncated: false } {
  if (userName !== undefined) userNamed(context, userName);
  return { IsTruncated: false };
}

export const accountOperations = {
  CreateAccountAlias(context, input) {
    const aliases = context.table(accountAliases);
    const alias = input.AccountAlias;
    const owner = aliases.get(alias);
    if (owner !== undefined && owner !== context.account) {
      throw new AwsError("EntityAlreadyExistsException", `The account alias ${alias} already exists.`);
    }
    if (!/^[a-z0-9](?:-?[a-z0-9]){2,62}$/.test(alias) || /^\d{12}$/.test(alias)) {
      throw new AwsError(
        "ValidationError",
        `The account alias ${alias} is not valid: 3 to 63 lower case letters, digits and single hyphens.`,
      );
    }
    const row = context.table(accounts).get("account") ?? {};
    // An account has one alias: a new one takes the old one's place.
    if (row.alias !== undefined) aliases.remove(row.alias);
    aliases.put([alias], context.account);
    context.table(accounts).put(["account"], { ...row, alias });
    return {};
  },

  DeleteAccountAlias(context, input) {
    const row = context.table(accounts).get("account");
    if (row?.alias !== input.AccountAlias)
      throw noSuchEntity(`The account alias with name ${input.AccountAlias} cannot be found.`);
    context.table(accountAliases).remove(input.AccountAlias);
    context.table(accounts).put(["account"], { ...row, alias: undefined });
    return {};
  },

  ListAccountAliases(context) {
    const alias = context.table(accounts).get("account")?.alias;
    return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
  },

  UpdateAccountPasswordPolicy(context, input) {
    const passwordPolicy = {
      MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
      RequireSymbols: input.RequireSymbols ?? false,
      RequireNumbers: input.RequireNumbers ?? false,
      RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
      RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
      AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
      MaxPasswordAge: input.MaxPasswordAge,
      PasswordReusePrevention: input.PasswordReusePrevention,
      HardExpiry: input.HardExpiry,
    };
    context.table(accounts).put(["account"], { ...context.table(accounts).get("account"), passwordPolicy });
    return {};
  },

  GetAccountPasswordPolicy(context) {
    const policy = context.table(accounts).get("account")?.passwordPolicy;
    if (policy === undefined)
      throw noSuchEntity(`The Password Policy with domain name ${context.account} cannot be found.`);
    return { PasswordPolicy: { ...policy, ExpirePasswords: (policy.MaxPasswordAge ?? 0) > 0 } };
  },

  DeleteAccountPasswordPolicy(context) {
    const row = context.table(accounts).get("account");
    if (row?.passwordPolicy === undefined) {
      throw noSuchEntity("The account policy with name PasswordPolicy cannot be found.");
    }
    context.table(accounts).put(["account"], { ...row, passwordPolicy: undefined });
    return {};
  },

  GetAccountSummary(context) {
    let versions = 0;
    for (const policy of context.table(managedPolicies).list()) versions += policy.versions.length;
    const inUse = new Set<unknown>();
    for (const table of [attachments, boundaryUses]) {
      for (const [[arn]] of context.table(table).entries()) inUse.add(arn);
    }
    // The quotas of AWS page "IAM and AWS STS quotas". How many users, groups, roles and policies there are is not held to them.
    return {
      SummaryMap: {
        Users: count(context, users),
        UsersQuota: 5000,
        Groups: count(context, groups),
        GroupsQuota: 300,
        GroupsPerUserQuota: 10,
        Roles: count(context, roles),
        RolesQuota: 1000,
        InstanceProfiles: count(context, instanceProfiles),
        InstanceProfilesQuota: 1000,
        Policies: count(context, managedPolicies),
        PoliciesQuota: 1500,
        PolicyVersionsInUse: versions,
        PolicyVersionsInUseQuota: 10000,
        PolicySizeQuota: MANAGED_POLICY_SIZE,
        VersionsPerPolicyQuota: 5,
        AttachedPoliciesPerGroupQuota: 10,
        AttachedPoliciesPerRoleQuota: 10,
        AttachedPoliciesPerUserQuota: 10,
        AssumeRolePolicySizeQuota: 2048,
        UserPolicySizeQuota: INLINE_POLICIES_SIZE.user,
        GroupPolicySizeQuota: INLINE_POLICIES_SIZE.group,
        RolePolicySizeQuota: INLINE_POLICIES_SIZE.role,
        AccessKeysPerUserQuota: 2,
        Providers: count(context, oidcProviders) + count(context, samlProviders),
        AccountMFAEnabled: 0,
        AccountAccessKeysPresent: 0,
        AccountSigningCertificatesPresent: 0,
        MFADevices: 0,
        MFADevicesInUse: 0,
        ServerCertificates: 0,
        ServerCertificatesQuota: 20,
        SigningCertificatesPerUserQuota: 2,
        GlobalEndpointTokenVersion: 2,
      },
    };
  },

  ListMFADevices: (context, input) => ({
    MFADevices: [],
    ...nothingOf(context, input.UserName ?? callingUserName(context)),
  }),
  ListVirtualMFADevices: () => ({ VirtualMFADevices: [], IsTruncated: false }),
  ListSigningCertificates: (context, input) => ({
    Certificates: [],
    ...nothingOf(context, input.UserName ?? callingUserName(context)),
  }),
  ListSSHPublicKeys: (context, input) => ({
    SSHPublicKeys: [],
    ...nothingOf(context, input.UserName ?? callingUserName(context)),
  }),
  ListServerCertificates: () => ({ ServerCertificateMetadataList: [], IsTruncated: false }),
  ListServiceSpecificCredentials: (context, input) => ({
    ServiceSpecificCredentials: [],
    ...nothingOf(context, input.UserName),
  }),
} satisfies Operations<Iam>;
