/** For the tests: IAM's types. */
import { allowing, ref, tags, trusting, type TypeCases } from "./case-fixture.ts";

const ROLE = {
  Type: "AWS::IAM::Role",
  Properties: { RoleName: "r", AssumeRolePolicyDocument: trusting("a.amazonaws.com") },
};
const SECOND_ROLE = { ...ROLE, Properties: { ...ROLE.Properties, RoleName: "r2" } };
const USER = { Type: "AWS::IAM::User", Properties: { UserName: "u" } };
const SECOND_USER = { Type: "AWS::IAM::User", Properties: { UserName: "u2" } };
const GROUP = { Type: "AWS::IAM::Group", Properties: { GroupName: "g" } };
const SECOND_GROUP = { Type: "AWS::IAM::Group", Properties: { GroupName: "g2" } };
const HOLDERS = {
  Role: ROLE,
  Role2: SECOND_ROLE,
  User: USER,
  User2: SECOND_USER,
  Group: GROUP,
  Group2: SECOND_GROUP,
};
const BOUNDARY = { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: allowing("s3:*") } };
const inline = (name: string, action: string) => [{ PolicyName: name, PolicyDocument: allowing(action) }];

const METADATA = (entity: string): string =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://${entity}.example.com/saml"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${"MIIC".padEnd(800, "A")}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://${entity}.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>`.padEnd(
    1200,
    "\n",
  );

export const iamTypes: TypeCases = {
  "AWS::IAM::AccessKey": {
    beside: { User: USER, User2: SECOND_USER },
    first: { UserName: ref("User") },
    changed: { UserName: ref("User"), Status: "Inactive" },
    replaced: { UserName: ref("User"), Serial: 2 },
  },
  "AWS::IAM::Group": {
    beside: { Boundary: BOUNDARY },
    first: { GroupName: "group" },
    changed: {
      GroupName: "group",
      Path: "/team/",
      ManagedPolicyArns: [ref("Boundary")],
      Policies: inline("p", "s3:GetObject"),
    },
    replaced: { GroupName: "other", Policies: inline("p", "s3:GetObject") },
  },
  "AWS::IAM::GroupPolicy": {
    beside: HOLDERS,
    first: { GroupName: ref("Group"), PolicyName: "p", PolicyDocument: allowing("s3:GetObject") },
    changed: { GroupName: ref("Group"), PolicyName: "p", PolicyDocument: allowing("s3:PutObject") },
    replaced: { GroupName: ref("Group2"), PolicyName: "p", PolicyDocument: allowing("s3:PutObject") },
  },
  "AWS::IAM::InstanceProfile": {
    beside: HOLDERS,
    first: { InstanceProfileName: "profile", Roles: [ref("Role")] },
    changed: { InstanceProfileName: "profile", Roles: [ref("Role2")] },
    replaced: { InstanceProfileName: "other", Path: "/team/", Roles: [ref("Role")] },
  },
  "AWS::IAM::ManagedPolicy": {
    beside: HOLDERS,
    first: { ManagedPolicyName: "policy", PolicyDocument: allowing("s3:GetObject"), Roles: [ref("Role")] },
    changed: {
      ManagedPolicyName: "policy",
      PolicyDocument: allowing("s3:PutObject"),
      Roles: [ref("Role2")],
      Users: [ref("User")],
      Groups: [ref("Group")],
    },
    replaced: {
      Description: "another",
      Path: "/team/",
      PolicyDocument: allowing("s3:PutObject"),
      Users: [ref("User")],
    },
  },
  "AWS::IAM::OIDCProvider": {
    first: { Url: "https://one.example.com", ThumbprintList: ["a".repeat(40)], ClientIdList: ["x"] },
    changed: {
      Url: "https://one.example.com",
      ThumbprintList: ["b".repeat(40)],
      ClientIdList: ["y", "z"],
      Tags: tags("a", "b"),
    },
    replaced: { Url: "https://two.example.com", ThumbprintList: ["a".repeat(40)], ClientIdList: ["x"] },
  },
  "AWS::IAM::Policy": {
    beside: HOLDERS,
    first: { PolicyName: "p", PolicyDocument: allowing("s3:GetObject"), Roles: [ref("Role")] },
    changed: {
      PolicyName: "q",
      PolicyDocument: allowing("s3:PutObject"),
      Roles: [ref("Role2")],
      Users: [ref("User"), ref("User2")],
      Groups: [ref("Group")],
    },
    replaced: "nothing needs a new one",
  },
  "AWS::IAM::Role": {
    beside: { Boundary: BOUNDARY },
    first: { RoleName: "role", AssumeRolePolicyDocument: trusting("lambda.amazonaws.com") },
    changed: {
      RoleName: "role",
      AssumeRolePolicyDocument: trusting("codebuild.amazonaws.com"),
      Description: "another",
      MaxSessionDuration: 7200,
      ManagedPolicyArns: [ref("Boundary")],
      PermissionsBoundary: ref("Boundary"),
      Policies: inline("p", "s3:GetObject"),
      Tags: tags("a", "b"),
    },
    replaced: { Path: "/team/", AssumeRolePolicyDocument: trusting("lambda.amazonaws.com") },
  },
  "AWS::IAM::RolePolicy": {
    beside: HOLDERS,
    first: { RoleName: ref("Role"), PolicyName: "p", PolicyDocument: allowing("s3:GetObject") },
    changed: { RoleName: ref("Role"), PolicyName: "p", PolicyDocument: allowing("s3:PutObject") },
    replaced: { RoleName: ref("Role"), PolicyName: "q", PolicyDocument: allowing("s3:GetObject") },
  },
  "AWS::IAM::SAMLProvider": {
    first: { Name: "saml", SamlMetadataDocument: METADATA("one") },
    changed: { Name: "saml", SamlMetadataDocument: METADATA("two"), Tags: tags("a", "b") },
    replaced: { Name: "other", SamlMetadataDocument: METADATA("one") },
  },
  "AWS::IAM::ServiceLinkedRole": {
    first: { AWSServiceName: "autoscaling.amazonaws.com", CustomSuffix: "one", Description: "one" },
    changed: { AWSServiceName: "autoscaling.amazonaws.com", CustomSuffix: "one", Description: "two" },
    replaced: { AWSServiceName: "autoscaling.amazonaws.com", CustomSuffix: "two", Description: "one" },
  },
  "AWS::IAM::User": {
    beside: { Boundary: BOUNDARY, Group: GROUP, Group2: SECOND_GROUP },
    first: { UserName: "user", Groups: [ref("Group")] },
    changed: {
      UserName: "user",
      Groups: [ref("Group2")],
      LoginProfile: { Password: "Secret-1234567", PasswordResetRequired: true },
      ManagedPolicyArns: [ref("Boundary")],
      Path: "/team/",
      PermissionsBoundary: ref("Boundary"),
      Policies: inline("p", "s3:GetObject"),
      Tags: tags("a", "b"),
    },
    replaced: { UserName: "other", Groups: [ref("Group")] },
  },
  "AWS::IAM::UserPolicy": {
    beside: HOLDERS,
    first: { UserName: ref("User"), PolicyName: "p", PolicyDocument: allowing("s3:GetObject") },
    changed: { UserName: ref("User"), PolicyName: "p", PolicyDocument: allowing("s3:PutObject") },
    replaced: { UserName: ref("User2"), PolicyName: "p", PolicyDocument: allowing("s3:GetObject") },
  },
  "AWS::IAM::UserToGroupAddition": {
    beside: HOLDERS,
    first: { GroupName: ref("Group"), Users: [ref("User")] },
    changed: { GroupName: ref("Group2"), Users: [ref("User"), ref("User2")] },
    replaced: "both properties change without interruption",
  },
};
