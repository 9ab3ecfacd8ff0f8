/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for AWS Security Token Service"). */
import type { Access } from "../../service.ts";
import type { operations } from "./operations.ts";
import type { Sts } from "./sdk.ts";

export const access = {
  // The role's trust policy is judged by AssumeRole itself, which also asks the caller's own policies.
  AssumeRole: {
    action: ({ Tags = [], SourceIdentity }) => [
      "sts:AssumeRole",
      ...(Tags.length > 0 ? ["sts:TagSession"] : []),
      ...(SourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
    ],
    resource: ({ RoleArn }) => RoleArn,
  },
  // "No permissions are required to perform this operation", not even where a policy denies it.
  GetCallerIdentity: { action: [], resource: () => "*" },
  // "No permissions are required for users to perform this operation."
  GetSessionToken: { action: [], resource: () => "*" },
  GetFederationToken: {
    action: "sts:GetFederationToken",
    resource: ({ Name }, { account }) => `arn:aws:sts::${account}:federated-user/${Name}`,
  },
  GetAccessKeyInfo: { action: "sts:GetAccessKeyInfo", resource: () => "*" },
  DecodeAuthorizationMessage: { action: "sts:DecodeAuthorizationMessage", resource: () => "*" },
} satisfies Access<Sts, typeof operations>;
