/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for AWS Identity and Access Management"). */
import type { Access } from "../../service.ts";
import type { Iam } from "./iam.ts";
import { linkedRoleOf, linkedRoleNamed } from "./linked-roles.ts";
import { iamArn, ROOT_PATH } from "./names.ts";
import type { operations } from "./operations.ts";

interface Where {
  readonly account: string;
}

/** An optional member, as the SDK types it. */
type Maybe = string | undefined;

// A rule sees the request and not the state, so that a thing that exists is named without its path.
const account = (action: string) => ({ action: `iam:${action}`, resource: () => "*" });
const user = (action: string) => ({
  action: `iam:${action}`,
  // Without a name the caller's own user is meant, whom the rule does not see.
  resource: ({ UserName = "*" }: { UserName?: Maybe }, where: Where) =>
    iamArn(where.account, "user", ROOT_PATH, UserName),
});
const ownUser = (action: string) => ({
  action: `iam:${action}`,
  resource: (_: object, where: Where) => iamArn(where.account, "user", ROOT_PATH, "*"),
});
const newUser = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Path = ROOT_PATH, UserName }: { Path?: Maybe; UserName: string }, where: Where) =>
    iamArn(where.account, "user", Path, UserName),
});
const group = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ GroupName }: { GroupName: string }, where: Where) =>
    iamArn(where.account, "group", ROOT_PATH, GroupName),
});
const newGroup = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Path = ROOT_PATH, GroupName }: { Path?: Maybe; GroupName: string }, where: Where) =>
    iamArn(where.account, "group", Path, GroupName),
});
const role = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ RoleName }: { RoleName: string }, where: Where) => iamArn(where.account, "role", ROOT_PATH, RoleName),
});
const newRole = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Path = ROOT_PATH, RoleName }: { Path?: Maybe; RoleName: string }, where: Where) =>
    iamArn(where.account, "role", Path, RoleName),
});
const newLinkedRole = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ AWSServiceName, CustomSuffix }: { AWSServiceName: string; CustomSuffix?: Maybe }, where: Where) => {
    const name = linkedRoleOf(AWSServiceName)?.role ?? "*";
    return iamArn(
      where.account,
      "role",
      `/aws-service-role/${AWSServiceName}/`,
      CustomSuffix === undefined ? name : `${name}_${CustomSuffix}`,
    );
  },
});
const linkedRole = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ RoleName }: { RoleName: string }, where: Where) =>
    iamArn(where.account, "role", `/aws-service-role/${linkedRoleNamed(RoleName) ?? "*"}/`, RoleName),
});
const deletionTask = (action: string) => ({
  action: `iam:${action}`,
  // `task/aws-service-role/SERVICE/ROLE/UUID`
  resource: ({ DeletionTaskId }: { DeletionTaskId: string }, where: Where) =>
    `arn:aws:iam::${where.account}:role/${DeletionTaskId.split("/").slice(1, -1).join("/")}`,
});
const policy = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ PolicyArn }: { PolicyArn: string }) => PolicyArn,
});
const newPolicy = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Path = ROOT_PATH, PolicyName }: { Path?: Maybe; PolicyName: string }, where: Where) =>
    iamArn(where.account, "policy", Path, PolicyName),
});
const instanceProfile = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ InstanceProfileName }: { InstanceProfileName: string }, where: Where) =>
    iamArn(where.account, "instance-profile", ROOT_PATH, InstanceProfileName),
});
const newInstanceProfile = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Path = ROOT_PATH, InstanceProfileName }: { Path?: Maybe; InstanceProfileName: string }, where: Where) =>
    iamArn(where.account, "instance-profile", Path, InstanceProfileName),
});
const oidcProvider = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ OpenIDConnectProviderArn }: { OpenIDConnectProviderArn: string }) => OpenIDConnectProviderArn,
});
const newOidcProvider = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Url }: { Url: string }, where: Where) =>
    `arn:aws:iam::${where.account}:oidc-provider/${Url.replace(/^https:\/\//, "")}`,
});
const samlProvider = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ SAMLProviderArn }: { SAMLProviderArn: string }) => SAMLProviderArn,
});
const newSamlProvider = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ Name }: { Name: string }, where: Where) => `arn:aws:iam::${where.account}:saml-provider/${Name}`,
});
const source = (action: string) => ({
  action: `iam:${action}`,
  resource: ({ PolicySourceArn }: { PolicySourceArn: string }) => PolicySourceArn,
});

export const access = {
  CreateAccessKey: user("CreateAccessKey"),
  ListAccessKeys: user("ListAccessKeys"),
  UpdateAccessKey: user("UpdateAccessKey"),
  DeleteAccessKey: user("DeleteAccessKey"),

  CreateAccountAlias: account("CreateAccountAlias"),
  DeleteAccountAlias: account("DeleteAccountAlias"),
  ListAccountAliases: account("ListAccountAliases"),
  UpdateAccountPasswordPolicy: account("UpdateAccountPasswordPolicy"),
  GetAccountPasswordPolicy: account("GetAccountPasswordPolicy"),
  DeleteAccountPasswordPolicy: account("DeleteAccountPasswordPolicy"),
  GetAccountSummary: account("GetAccountSummary"),
  ListMFADevices: user("ListMFADevices"),
  ListVirtualMFADevices: account("ListVirtualMFADevices"),
  ListSigningCertificates: user("ListSigningCertificates"),
  ListSSHPublicKeys: user("ListSSHPublicKeys"),
  ListServerCertificates: account("ListServerCertificates"),
  ListServiceSpecificCredentials: user("ListServiceSpecificCredentials"),

  AttachUserPolicy: user("AttachUserPolicy"),
  AttachGroupPolicy: group("AttachGroupPolicy"),
  AttachRolePolicy: role("AttachRolePolicy"),
  DetachUserPolicy: user("DetachUserPolicy"),
  DetachGroupPolicy: group("DetachGroupPolicy"),
  DetachRolePolicy: role("DetachRolePolicy"),
  ListAttachedUserPolicies: user("ListAttachedUserPolicies"),
  ListAttachedGroupPolicies: group("ListAttachedGroupPolicies"),
  ListAttachedRolePolicies: role("ListAttachedRolePolicies"),

  GetAccountAuthorizationDetails: account("GetAccountAuthorizationDetails"),

  CreateGroup: newGroup("CreateGroup"),
  GetGroup: group("GetGroup"),
  ListGroups: account("ListGroups"),
  UpdateGroup: group("UpdateGroup"),
  DeleteGroup: group("DeleteGroup"),

  PutUserPolicy: user("PutUserPolicy"),
  PutGroupPolicy: group("PutGroupPolicy"),
  PutRolePolicy: role("PutRolePolicy"),
  GetUserPolicy: user("GetUserPolicy"),
  GetGroupPolicy: group("GetGroupPolicy"),
  GetRolePolicy: role("GetRolePolicy"),
  DeleteUserPolicy: user("DeleteUserPolicy"),
  DeleteGroupPolicy: group("DeleteGroupPolicy"),
  DeleteRolePolicy: role("DeleteRolePolicy"),
  ListUserPolicies: user("ListUserPolicies"),
  ListGroupPolicies: group("ListGroupPolicies"),
  ListRolePolicies: role("ListRolePolicies"),

  CreateInstanceProfile: newInstanceProfile("CreateInstanceProfile"),
  GetInstanceProfile: instanceProfile("GetInstanceProfile"),
  ListInstanceProfiles: account("ListInstanceProfiles"),
  ListInstanceProfilesForRole: role("ListInstanceProfilesForRole"),
  AddRoleToInstanceProfile: instanceProfile("AddRoleToInstanceProfile"),
  RemoveRoleFromInstanceProfile: instanceProfile("RemoveRoleFromInstanceProfile"),
  DeleteInstanceProfile: instanceProfile("DeleteInstanceProfile"),

  CreateLoginProfile: user("CreateLoginProfile"),
  GetLoginProfile: user("GetLoginProfile"),
  UpdateLoginProfile: user("UpdateLoginProfile"),
  DeleteLoginProfile: user("DeleteLoginProfile"),
  ChangePassword: ownUser("ChangePassword"),

  CreatePolicy: newPolicy("CreatePolicy"),
  GetPolicy: policy("GetPolicy"),
  ListPolicies: account("ListPolicies"),
  DeletePolicy: policy("DeletePolicy"),
  CreatePolicyVersion: policy("CreatePolicyVersion"),
  GetPolicyVersion: policy("GetPolicyVersion"),
  ListPolicyVersions: policy("ListPolicyVersions"),
  SetDefaultPolicyVersion: policy("SetDefaultPolicyVersion"),
  DeletePolicyVersion: policy("DeletePolicyVersion"),
  ListEntitiesForPolicy: policy("ListEntitiesForPolicy"),

  CreateOpenIDConnectProvider: newOidcProvider("CreateOpenIDConnectProvider"),
  GetOpenIDConnectProvider: oidcProvider("GetOpenIDConnectProvider"),
  ListOpenIDConnectProviders: account("ListOpenIDConnectProviders"),
  UpdateOpenIDConnectProviderThumbprint: oidcProvider("UpdateOpenIDConnectProviderThumbprint"),
  AddClientIDToOpenIDConnectProvider: oidcProvider("AddClientIDToOpenIDConnectProvider"),
  RemoveClientIDFromOpenIDConnectProvider: oidcProvider("RemoveClientIDFromOpenIDConnectProvider"),
  DeleteOpenIDConnectProvider: oidcProvider("DeleteOpenIDConnectProvider"),

  CreateRole: newRole("CreateRole"),
  GetRole: role("GetRole"),
  ListRoles: account("ListRoles"),
  UpdateRole: role("UpdateRole"),
  UpdateRoleDescription: role("UpdateRoleDescription"),
  UpdateAssumeRolePolicy: role("UpdateAssumeRolePolicy"),
  DeleteRole: role("DeleteRole"),
  PutRolePermissionsBoundary: role("PutRolePermissionsBoundary"),
  DeleteRolePermissionsBoundary: role("DeleteRolePermissionsBoundary"),

  CreateSAMLProvider: newSamlProvider("CreateSAMLProvider"),
  GetSAMLProvider: samlProvider("GetSAMLProvider"),
  ListSAMLProviders: account("ListSAMLProviders"),
  UpdateSAMLProvider: samlProvider("UpdateSAMLProvider"),
  DeleteSAMLProvider: samlProvider("DeleteSAMLProvider"),

  CreateServiceLinkedRole: newLinkedRole("CreateServiceLinkedRole"),
  DeleteServiceLinkedRole: linkedRole("DeleteServiceLinkedRole"),
  GetServiceLinkedRoleDeletionStatus: deletionTask("GetServiceLinkedRoleDeletionStatus"),

  SimulateCustomPolicy: account("SimulateCustomPolicy"),
  SimulatePrincipalPolicy: source("SimulatePrincipalPolicy"),
  GetContextKeysForCustomPolicy: account("GetContextKeysForCustomPolicy"),
  GetContextKeysForPrincipalPolicy: source("GetContextKeysForPrincipalPolicy"),

  TagUser: user("TagUser"),
  UntagUser: user("UntagUser"),
  ListUserTags: user("ListUserTags"),
  TagRole: role("TagRole"),
  UntagRole: role("UntagRole"),
  ListRoleTags: role("ListRoleTags"),
  TagPolicy: policy("TagPolicy"),
  UntagPolicy: policy("UntagPolicy"),
  ListPolicyTags: policy("ListPolicyTags"),
  TagInstanceProfile: instanceProfile("TagInstanceProfile"),
  UntagInstanceProfile: instanceProfile("UntagInstanceProfile"),
  ListInstanceProfileTags: instanceProfile("ListInstanceProfileTags"),
  TagOpenIDConnectProvider: oidcProvider("TagOpenIDConnectProvider"),
  UntagOpenIDConnectProvider: oidcProvider("UntagOpenIDConnectProvider"),
  ListOpenIDConnectProviderTags: oidcProvider("ListOpenIDConnectProviderTags"),
  TagSAMLProvider: samlProvider("TagSAMLProvider"),
  UntagSAMLProvider: samlProvider("UntagSAMLProvider"),
  ListSAMLProviderTags: samlProvider("ListSAMLProviderTags"),

  CreateUser: newUser("CreateUser"),
  GetUser: user("GetUser"),
  ListUsers: account("ListUsers"),
  UpdateUser: user("UpdateUser"),
  DeleteUser: user("DeleteUser"),
  AddUserToGroup: group("AddUserToGroup"),
  RemoveUserFromGroup: group("RemoveUserFromGroup"),
  ListGroupsForUser: user("ListGroupsForUser"),
  PutUserPermissionsBoundary: user("PutUserPermissionsBoundary"),
  DeleteUserPermissionsBoundary: user("DeleteUserPermissionsBoundary"),
} satisfies Access<Iam, typeof operations>;
