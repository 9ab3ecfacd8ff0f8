/** Resource policies: which AWS services may write logs here; of the account, or of one log group. */
import { AwsError } from "../../../kernel/errors.ts";
import type { Handler } from "../../../service.ts";
import { groupIdentified, invalid } from "../names.ts";
import { DESCRIBE_LIMIT, readToken, takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { resourcePolicies, type ResourcePolicy } from "../state.ts";

const MOST_POLICIES = 10;
const MOST_ACCOUNT_POLICY_CHARACTERS = 5120;

export const PutResourcePolicy: Handler<Sdk, "PutResourcePolicy"> = (context, input) => {
  const { policyDocument, policyName, resourceArn } = input;
  if (policyDocument === undefined) invalid("policyDocument must be specified.");
  if (resourceArn === undefined && policyName === undefined) invalid("policyName must be specified.");
  if (resourceArn !== undefined) groupIdentified(context, resourceArn);
  checkDocument(policyDocument, resourceArn === undefined);
  const table = context.table(resourcePolicies);
  const key = keyOf(input);
  const old = table.get(...key);
  checkRevision(old, resourceArn, input.expectedRevisionId);
  if (old === undefined && resourceArn === undefined && [...table.entries(["ACCOUNT"])].length >= MOST_POLICIES) {
    throw new AwsError("LimitExceededException", "Resource limit exceeded.");
  }
  const policy: ResourcePolicy = {
    ...(resourceArn === undefined ? { policyName } : { resourceArn }),
    policyDocument,
    lastUpdatedAt: context.now,
    revisionId: context.random.hex(32),
  };
  table.put(key, policy);
  return { resourcePolicy: describe(policy), ...(resourceArn === undefined ? {} : { revisionId: policy.revisionId }) };
};

export const DeleteResourcePolicy: Handler<Sdk, "DeleteResourcePolicy"> = (context, input) => {
  if (input.resourceArn === undefined && input.policyName === undefined) invalid("policyName must be specified.");
  const table = context.table(resourcePolicies);
  const key = keyOf(input);
  const old = table.get(...key);
  if (old === undefined) {
    const name = input.resourceArn ?? input.policyName ?? "";
    throw new AwsError("ResourceNotFoundException", `Policy with name [${name}] does not exist`);
  }
  checkRevision(old, input.resourceArn, input.expectedRevisionId);
  table.remove(...key);
  return {};
};

export const DescribeResourcePolicies: Handler<Sdk, "DescribeResourcePolicies"> = (context, input) => {
  const scope = input.policyScope ?? (input.resourceArn === undefined ? "ACCOUNT" : "RESOURCE");
  const last = input.nextToken === undefined ? undefined : readToken(input.nextToken);
  const found = [...context.table(resourcePolicies).list([scope])].filter(
    (policy) =>
      (input.resourceArn === undefined || policy.resourceArn === input.resourceArn) &&
      (last === undefined || nameOf(policy) > last),
  );
  const { page, nextToken } = takePage(found, input.limit ?? DESCRIBE_LIMIT, nameOf);
  return { resourcePolicies: page.map(describe), nextToken };
};

function keyOf(given: { policyName?: string | undefined; resourceArn?: string | undefined }): [string, string] {
  return given.resourceArn === undefined ? ["ACCOUNT", given.policyName ?? ""] : ["RESOURCE", given.resourceArn];
}

const nameOf = (policy: ResourcePolicy): string => policy.resourceArn ?? policy.policyName ?? "";

function checkDocument(text: string, ofAccount: boolean): void {
  if (ofAccount && text.length > MOST_ACCOUNT_POLICY_CHARACTERS) {
    invalid(`The policy document has more than ${MOST_ACCOUNT_POLICY_CHARACTERS} characters.`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    invalid("Unable to parse the policy document: it is not JSON.");
  }
  if (typeof document !== "object" || document === null || !("Statement" in document)) {
    invalid("Unable to parse the policy document: it has no Statement.");
  }
}

/** A log group's policy is changed only by who knows its present revision. */
function checkRevision(
  old: ResourcePolicy | undefined,
  resourceArn: string | undefined,
  expected: string | undefined,
): void {
  if (resourceArn === undefined || expected === old?.revisionId) return;
  throw new AwsError(
    "OperationAbortedException",
    "The specified expectedRevisionId is not the current revision of the resource policy.",
  );
}

function describe(policy: ResourcePolicy) {
  return {
    ...(policy.policyName === undefined ? {} : { policyName: policy.policyName }),
    ...(policy.resourceArn === undefined ? {} : { resourceArn: policy.resourceArn, revisionId: policy.revisionId }),
    policyDocument: policy.policyDocument,
    lastUpdatedTime: policy.lastUpdatedAt,
    policyScope: policy.resourceArn === undefined ? ("ACCOUNT" as const) : ("RESOURCE" as const),
  };
}
