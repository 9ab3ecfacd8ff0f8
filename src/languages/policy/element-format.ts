/** What IAM wants of each Action and Resource in an identity policy, in its own words. */
import { PolicySyntaxError } from "./document.ts";
import { maskVariables } from "./variables.ts";

const partitions = ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

/** The beginnings of what IAM names by ARN. */
const iamResourceTypes = (
  "user/ federated-user/ role/ group/ instance-profile/ mfa/ server-certificate/ policy/ " +
  "sms-mfa/ saml-provider/ oidc-provider/ report/ access-report/"
).split(" ");

/** Raises PolicySyntaxError for an action that is not `*` or `vendor:name`. */
export function checkActions(patterns: readonly string[]): void {
  for (const pattern of patterns) {
    if (pattern === "*") continue;
    const [vendor = "", ...names] = pattern.split(":");
    if (names.length === 0) {
      fail("action", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
    if (names.length > 1) fail("action", "Actions/Condition can contain only one colon.");
    if (vendor === "" || /[^a-zA-Z0-9.-]/.test(vendor)) fail("action", `Vendor ${vendor} is not valid`);
  }
}

/** Raises PolicySyntaxError for a resource that is not `*` or an ARN that IAM takes. */
export function checkResources(patterns: readonly string[]): void {
  for (const pattern of patterns) {
    if (pattern !== "*") checkResource(pattern);
  }
}

function checkResource(pattern: string): void {
  // A variable's own colon is none of the ARN's.
  const masked = maskVariables(pattern);
  const [prefix, partition, service, region, account, ...rest] = masked.split(":");
  if (partition === undefined || prefix !== "arn") {
    if (prefix === "*" || /^\*+$/.test(masked)) return;
    fail("resource", `Resource ${pattern} must be in ARN format or "*".`);
  }
  if (!partitions.includes(partition) && !/[*?]/.test(partition)) {
    const parts = [service || "*", region ?? "*", account ?? "*", rest.length > 0 ? rest.join(":") : "*"];
    fail("resource", `Partition "${partition}" is not valid for resource "arn:${partition}:${parts.join(":")}".`);
  }
  if (service === undefined || /[*?]/.test(service)) {
    fail("resource", "Resource vendor must be fully qualified and cannot contain regexes.");
  }
  // "::" stands for an empty region or account, so the parts after it must be there.
  if (masked.includes("::") && rest.length === 0) fail("legacy", "The policy failed legacy parsing");
  if (service === "iam" && region !== undefined) checkIamResource(pattern, region, rest.join(":"));
  if (service === "s3" && region !== undefined && region !== "" && region !== "*") {
    fail("resource", `Resource ${pattern} can not contain region information.`);
  }
}

function checkIamResource(pattern: string, region: string, resource: string): void {
  if (region !== "" && region !== "*") fail("resource", `IAM resource ${pattern} cannot contain region information.`);
  const literal = /^[^*?]*/.exec(resource)?.[0] ?? "";
  const fits = iamResourceTypes.some((type) =>
    literal === resource ? resource.startsWith(type) : type.startsWith(literal) || literal.startsWith(type),
  );
  if (!fits && resource !== "") {
    fail("resource", `IAM resource path must either be "*" or start with ${iamResourceTypes.join(", ")}.`);
  }
}

function fail(problem: PolicySyntaxError["problem"], message: string): never {
  throw new PolicySyntaxError(problem, message);
}
