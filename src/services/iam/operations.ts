/** All operations that IAM has here, by AWS's names. */
import { accessKeyOperations } from "./operations/access-keys.ts";
import { accountOperations } from "./operations/account.ts";
import { attachmentOperations } from "./operations/attachments.ts";
import { authorizationDetailsOperations } from "./operations/authorization-details.ts";
import { groupOperations } from "./operations/groups.ts";
import { inlinePolicyOperations } from "./operations/inline-policies.ts";
import { instanceProfileOperations } from "./operations/instance-profiles.ts";
import { loginProfileOperations } from "./operations/login-profiles.ts";
import { managedPolicyOperations } from "./operations/managed-policies.ts";
import { oidcProviderOperations } from "./operations/oidc-providers.ts";
import { roleOperations } from "./operations/roles.ts";
import { samlProviderOperations } from "./operations/saml-providers.ts";
import { serviceLinkedRoleOperations } from "./operations/service-linked-roles.ts";
import { simulateOperations } from "./operations/simulate.ts";
import { tagOperations } from "./operations/tags.ts";
import { userOperations } from "./operations/users.ts";

export const operations = {
  ...userOperations,
  ...groupOperations,
  ...roleOperations,
  ...managedPolicyOperations,
  ...inlinePolicyOperations,
  ...attachmentOperations,
  ...accessKeyOperations,
  ...instanceProfileOperations,
  ...tagOperations,
  ...loginProfileOperations,
  ...oidcProviderOperations,
  ...samlProviderOperations,
  ...serviceLinkedRoleOperations,
  ...accountOperations,
  ...authorizationDetailsOperations,
  ...simulateOperations,
};
