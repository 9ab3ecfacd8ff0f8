/** For the tests: every resource type of IAM with every property that it supports. */
import { allow, ref, TAGS, trust } from "./every-part-fixture.ts";

const METADATA = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"><IDPSSODescriptor/>${" ".repeat(
  1000,
)}</EntityDescriptor>`;

export const IAM_RESOURCES = {
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: trust("lambda.amazonaws.com"),
      Description: "runs functions",
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
      MaxSessionDuration: 7200,
      Path: "/shop/",
      PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess",
      Policies: [{ PolicyName: "inline", PolicyDocument: allow(["s3:GetObject", "lambda:*"]) }],
      RoleName: "every-role",
      Tags: TAGS,
    },
  },
  Group: {
    Type: "AWS::IAM::Group",
    Properties: {
      GroupName: "every-group",
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      Path: "/shop/",
      Policies: [{ PolicyName: "inline", PolicyDocument: allow("s3:ListAllMyBuckets") }],
    },
  },
  User: {
    Type: "AWS::IAM::User",
    Properties: {
      Groups: [ref("Group")],
      LoginProfile: { Password: "Correct-horse-7", PasswordResetRequired: true },
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      Path: "/shop/",
      PermissionsBoundary: "arn:aws:iam::aws:policy/AdministratorAccess",
      Policies: [{ PolicyName: "inline", PolicyDocument: allow("s3:ListAllMyBuckets") }],
      Tags: TAGS,
      UserName: "every-user",
    },
  },
  OtherUser: { Type: "AWS::IAM::User", Properties: { UserName: "other-user" } },
  AccessKey: { Type: "AWS::IAM::AccessKey", Properties: { Serial: 1, Status: "Inactive", UserName: ref("User") } },
  Membership: {
    Type: "AWS::IAM::UserToGroupAddition",
    Properties: { GroupName: ref("Group"), Users: [ref("OtherUser")] },
  },
  Policy: {
    Type: "AWS::IAM::Policy",
    Properties: {
      Groups: [ref("Group")],
      PolicyDocument: allow("s3:GetObject"),
      PolicyName: "shared",
      Roles: [ref("Role")],
      Users: [ref("User")],
    },
  },
  RolePolicy: {
    Type: "AWS::IAM::RolePolicy",
    Properties: { PolicyDocument: allow("s3:GetObject"), PolicyName: "of-role", RoleName: ref("Role") },
  },
  UserPolicy: {
    Type: "AWS::IAM::UserPolicy",
    Properties: { PolicyDocument: allow("s3:GetObject"), PolicyName: "of-user", UserName: ref("User") },
  },
  GroupPolicy: {
    Type: "AWS::IAM::GroupPolicy",
    Properties: { GroupName: ref("Group"), PolicyDocument: allow("s3:GetObject"), PolicyName: "of-group" },
  },
  ManagedPolicy: {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      Description: "read",
      Groups: [ref("Group")],
      ManagedPolicyName: "every-policy",
      Path: "/shop/",
      PolicyDocument: allow("s3:GetObject"),
      Roles: [ref("Role")],
      Users: [ref("User")],
    },
  },
  Profile: {
    Type: "AWS::IAM::InstanceProfile",
    Properties: { InstanceProfileName: "every-profile", Path: "/shop/", Roles: [ref("Role")] },
  },
  Oidc: {
    Type: "AWS::IAM::OIDCProvider",
    Properties: {
      ClientIdList: ["sts.amazonaws.com", "other"],
      Tags: TAGS,
      ThumbprintList: ["a".repeat(40)],
      Url: "https://token.example.com",
    },
  },
  Saml: {
    Type: "AWS::IAM::SAMLProvider",
    Properties: { Name: "every-saml", SamlMetadataDocument: METADATA, Tags: TAGS },
  },
  Linked: {
    Type: "AWS::IAM::ServiceLinkedRole",
    Properties: { AWSServiceName: "autoscaling.amazonaws.com", CustomSuffix: "blue", Description: "scales" },
  },
};
