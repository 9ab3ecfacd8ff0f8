/** IAM's CloudFormation resource types. */
import type { ResourceType } from "../../service.ts";
import { groupPolicy, managedPolicy, policy, rolePolicy, userPolicy } from "./resources/policies.ts";
import { oidcProvider, samlProvider } from "./resources/providers.ts";
import { instanceProfile, role, serviceLinkedRole } from "./resources/roles.ts";
import { accessKey, group, user, userToGroupAddition } from "./resources/users.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::IAM::AccessKey": accessKey,
  "AWS::IAM::Group": group,
  "AWS::IAM::GroupPolicy": groupPolicy,
  "AWS::IAM::InstanceProfile": instanceProfile,
  "AWS::IAM::ManagedPolicy": managedPolicy,
  "AWS::IAM::OIDCProvider": oidcProvider,
  "AWS::IAM::Policy": policy,
  "AWS::IAM::Role": role,
  "AWS::IAM::RolePolicy": rolePolicy,
  "AWS::IAM::SAMLProvider": samlProvider,
  "AWS::IAM::ServiceLinkedRole": serviceLinkedRole,
  "AWS::IAM::User": user,
  "AWS::IAM::UserPolicy": userPolicy,
  "AWS::IAM::UserToGroupAddition": userToGroupAddition,
};
