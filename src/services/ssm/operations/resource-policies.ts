/** Policies that let other accounts read a parameter (AWS page "PutResourcePolicy"). They are written for its ARN. */
import { createHash } from "node:crypto";
import { PolicySyntaxError } from "../../../languages/policy/document.ts";
import { parsePolicy } from "../../../languages/policy/parse.ts";
import type { Handler, ServiceContext } from "../../../service.ts";
import { refuse } from "../errors.ts";
import { readToken, takePage } from "../paging.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import { canonical } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { latestOf, resourcePolicies, type ResourcePolicy, type Version } from "../state.ts";

const LONGEST_POLICY = 1024;
const PAGE = 50;

export const PutResourcePolicy: Handler<Sdk, "PutResourcePolicy"> = (context, input) => {
  const { name, version } = shared(context, input.ResourceArn);
  checkShareable(version);
  checkPolicy(input.Policy);
  const { PolicyId: id, PolicyHash: hash } = input;
  if ((id === undefined) !== (hash === undefined)) {
    wrong(["PolicyId", "PolicyHash"], "To update a policy, you must specify PolicyId and PolicyHash.");
  }
  if (id !== undefined && hash !== undefined) policyNamed(context, name, id, hash);
  const row = { id: id ?? context.random.uuid(), hash: hashOf(input.Policy), policy: input.Policy };
  context.table(resourcePolicies).put([name, row.id], row);
  return { PolicyId: row.id, PolicyHash: row.hash };
};

export const GetResourcePolicies: Handler<Sdk, "GetResourcePolicies"> = (context, input) => {
  const { name } = shared(context, input.ResourceArn);
  const last = readToken(input.NextToken);
  const rows = context.table(resourcePolicies).list([name], last === undefined ? {} : { after: [last] });
  const { page, rest } = takePage(rows, input.MaxResults ?? PAGE, ({ id }) => id);
  return {
    Policies: page.map(({ id, hash, policy }) => ({ PolicyId: id, PolicyHash: hash, Policy: policy })),
    ...rest,
  };
};

export const DeleteResourcePolicy: Handler<Sdk, "DeleteResourcePolicy"> = (context, input) => {
  const { name } = shared(context, input.ResourceArn);
  const { id } = policyNamed(context, name, input.PolicyId, input.PolicyHash);
  context.table(resourcePolicies).remove(name, id);
  return {};
};

/** The caller's own parameter of an ARN. Raises ResourcePolicyInvalidParameterException and ResourceNotFoundException. */
function shared(context: ServiceContext, given: string): { readonly name: string; readonly version: Version } {
  const arn = tryParseArn(given);
  if (arn?.service !== "ssm" || !arn.resource.startsWith("parameter/")) {
    return wrong(["ResourceArn"], `Seatrial's ssm has resource policies for parameters only, not for ${given}.`);
  }
  const name = canonical(arn.resource.slice("parameter".length));
  const own = arn.account === context.account && arn.region === context.region;
  const version = own ? latestOf(context, name) : undefined;
  if (version === undefined) {
    return refuse("ResourceNotFoundException", "The specified parameter to be shared could not be found.");
  }
  return { name, version };
}

function checkShareable(version: Version): void {
  if (version.tier !== "Advanced") {
    wrong(["ResourceArn"], "To share a parameter, it must be in the advanced parameter tier.");
  }
  if (version.type === "SecureString") {
    wrong(
      ["ResourceArn"],
      "To share a SecureString parameter, it must be encrypted with a customer managed key. AWS managed keys cannot be shared.",
    );
  }
}

function checkPolicy(policy: string): void {
  if (Buffer.byteLength(policy) > LONGEST_POLICY) {
    refuse("ResourcePolicyLimitExceededException", `A policy can't be greater than ${LONGEST_POLICY} bytes in size.`, {
      Limit: LONGEST_POLICY,
      LimitType: "PolicySize",
    });
  }
  try {
    parsePolicy(policy, "resource");
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    refuse("MalformedResourcePolicyDocumentException", error.message);
  }
}

function policyNamed(context: ServiceContext, name: string, id: string, hash: string): ResourcePolicy {
  const there = context.table(resourcePolicies).get(name, id);
  if (there === undefined) {
    return refuse(
      "ResourcePolicyNotFoundException",
      "No policies with the specified policy ID and hash could be found.",
    );
  }
  if (there.hash !== hash) {
    refuse("ResourcePolicyConflictException", "The hash provided in the call doesn't match the stored hash.");
  }
  return there;
}

function hashOf(policy: string): string {
  return createHash("sha256").update(policy).digest("hex");
}

function wrong(ParameterNames: readonly string[], message: string): never {
  refuse("ResourcePolicyInvalidParameterException", message, { ParameterNames });
}
