/** The policy simulator: the evaluator that judges real requests, asked without making one (AWS page "IAM policy simulator"). */
import { AwsError, isAwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import { evaluate, type Evaluation, type NamedPolicy, type Policies } from "../../../languages/policy/evaluate.ts";
import type { PolicyDocument } from "../../../languages/policy/document.ts";
import type { ContextValue } from "../../../languages/policy/context.ts";
import type { RequestPrincipal } from "../../../languages/policy/principal.ts";
import type { Input, Operations, ServiceContext } from "../../../service.ts";
import { readPolicy as readAnyPolicy } from "../documents.ts";
import { contextKeysOf } from "../context-keys.ts";
import type { Iam } from "../iam.ts";
import { identityWithArn, policiesOf } from "../policies-of.ts";
import { pageOf } from "../paging.ts";

type Simulation = Omit<Input<Iam, "SimulateCustomPolicy">, "PolicyInputList">;

/** Who would ask: a user of the caller's account unless CallerArn says otherwise. */
function callerOf(
  context: ServiceContext,
  arn: string | undefined,
  tags: Readonly<Record<string, string>>,
): RequestPrincipal {
  const parts = arn === undefined ? undefined : tryParseArn(arn);
  const account = parts?.account ?? context.account;
  if (arn === undefined) return { type: "root", account, arn: `arn:aws:iam::${account}:root` };
  if (parts?.service === "sts" && parts.resource.startsWith("assumed-role/")) {
    const role = parts.resource.split("/")[1] ?? "";
    return { type: "role-session", account, arn, roleArn: `arn:aws:iam::${account}:role/${role}`, tags };
  }
  if (parts?.resource === "root") return { type: "root", account, arn };
  if (parts?.resource.startsWith("role/")) return { type: "role-session", account, arn, roleArn: arn, tags };
  return { type: "user", account, arn, tags };
}

function entriesOf(input: Simulation): Record<string, ContextValue> {
  const entries: Record<string, ContextValue> = {};
  for (const { ContextKeyName: key, ContextKeyValues: values = [], ContextKeyType: type } of input.ContextEntries ??
    []) {
    if (key === undefined) continue;
    const [first] = values;
    entries[key] = type?.endsWith("List") === true || first === undefined ? values : first;
  }
  return entries;
}

/** Raises InvalidInput: the simulator has no MalformedPolicyDocument. */
function readPolicy(text: string, kind: "identity" | "resource"): PolicyDocument {
  try {
    return readAnyPolicy(text, kind);
  } catch (error) {
    if (isAwsError(error, "MalformedPolicyDocumentException"))
      throw new AwsError("InvalidInputException", error.message);
    throw error;
  }
}

function named(texts: readonly string[] | undefined, prefix: string): NamedPolicy[] {
  return (texts ?? []).map((text, index) => ({
    name: `${prefix}.${index + 1}`,
    document: readPolicy(text, "identity"),
  }));
}

/** All results, one for each action on each resource. */
function simulate(
  context: ServiceContext,
  input: Simulation,
  identity: readonly NamedPolicy[],
  limits: Pick<Policies, "permissionsBoundary">,
  principal: RequestPrincipal,
) {
  const [givenBoundary] = named(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList");
  const boundary = givenBoundary ?? limits.permissionsBoundary;
  const policies: Policies = {
    identity,
    ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
    ...(input.ResourcePolicy === undefined
      ? {}
      : { resource: { name: "ResourcePolicy", document: readPolicy(input.ResourcePolicy, "resource") } }),
  };
  const given = entriesOf(input);
  const brought = new Set(Object.keys(given).map((key) => key.toLowerCase()));
  const documents = [...identity, ...(boundary === undefined ? [] : [boundary])].map(({ document }) => document);
  const missing = contextKeysOf(documents).filter(
    (key) => !brought.has(key.toLowerCase()) && !/^aws:(principal|userid|username)/i.test(key),
  );
  const owner =
    input.ResourceOwner === undefined
      ? context.account
      : (tryParseArn(input.ResourceOwner)?.account ?? input.ResourceOwner);
  return input.ActionNames.flatMap((action) =>
    (input.ResourceArns ?? ["*"]).map((resource) => {
      checkAction(action);
      // Without the resource's policy the question is only what the caller's own policies say, whosever the resource is.
      const judged =
        input.ResourcePolicy === undefined ? principalAccount(principal) : tryParseArn(resource)?.account || owner;
      const request = { principal, action, resource, resourceAccount: judged, context: given };
      const evaluation = evaluate(request, policies);
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: evaluation.decision,
        MatchedStatements: matchedOf(evaluation),
        MissingContextValues: missing,
        ...(boundary === undefined
          ? {}
          : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowsAlone(boundary, request) } }),
      };
    }),
  );
}

function allowsAlone(boundary: NamedPolicy, request: Parameters<typeof evaluate>[0]): boolean {
  const alone = { ...request, resourceAccount: principalAccount(request.principal) };
  return evaluate(alone, { identity: [boundary] }).decision === "allowed";
}

function principalAccount(principal: RequestPrincipal): string {
  return "account" in principal ? principal.account : "";
}

function checkAction(action: string): void {
  if (/^[\w-]+:[\w*?]+$/.test(action)) return;
  throw new AwsError(
    "InvalidInputException",
    `Invalid Action Name: ${action}. It must be of the form service:Operation.`,
  );
}

const SOURCES: Readonly<Record<string, "IAM Policy" | "Resource Policy" | "Permissions Boundary Policy" | "none">> = {
  "resource-based policy": "Resource Policy",
  "permissions boundary": "Permissions Boundary Policy",
};

function matchedOf({ matched }: Evaluation) {
  return matched.map(({ source, policy }) => {
    const type = SOURCES[source] ?? "IAM Policy";
    return { SourcePolicyId: policy, ...(type === "Resource Policy" ? { SourcePolicyType: "resource" as const } : {}) };
  });
}

/** Not part of the simulation: it decides for EC2 alone which resources a request touches. */
function refuseUnsupported(input: Simulation): void {
  if (input.ResourceHandlingOption === undefined) return;
  throw new AwsError("NotImplemented", "Seatrial does not support ResourceHandlingOption in the policy simulator.", {
    status: 501,
  });
}

export const simulateOperations = {
  SimulateCustomPolicy(context, input) {
    refuseUnsupported(input);
    const { CallerArn } = input;
    // Without a caller a custom policy is judged as that of a user without a name.
    const principal: RequestPrincipal =
      CallerArn === undefined
        ? { type: "user", account: context.account, arn: `arn:aws:iam::${context.account}:user/simulated` }
        : callerOf(context, CallerArn, {});
    const results = simulate(context, input, named(input.PolicyInputList, "PolicyInputList"), {}, principal);
    const { items, rest } = pageOf(numbered(results), input, ({ key }) => key);
    return { EvaluationResults: items.map(({ result }) => result), ...rest };
  },

  SimulatePrincipalPolicy(context, input) {
    refuseUnsupported(input);
    const identity = identityWithArn(context, input.PolicySourceArn);
    const { identity: own, permissionsBoundary } = policiesOf(context, identity);
    const tags = Object.fromEntries(("tags" in identity ? identity.tags : []).map(({ Key, Value }) => [Key, Value]));
    const principal: RequestPrincipal = userOrRole(context, input.CallerArn ?? identity.arn, identity.id, tags);
    const policies = [...own, ...named(input.PolicyInputList, "PolicyInputList")];
    const limits = permissionsBoundary === undefined ? {} : { permissionsBoundary };
    const results = simulate(context, input, policies, limits, principal);
    const { items, rest } = pageOf(numbered(results), input, ({ key }) => key);
    return { EvaluationResults: items.map(({ result }) => result), ...rest };
  },

  GetContextKeysForCustomPolicy(_context, input) {
    return { ContextKeyNames: contextKeysOf(input.PolicyInputList.map((text) => readPolicy(text, "identity"))) };
  },

  GetContextKeysForPrincipalPolicy(context, input) {
    const { identity, permissionsBoundary } = policiesOf(context, identityWithArn(context, input.PolicySourceArn));
    const added = (input.PolicyInputList ?? []).map((text) => readPolicy(text, "identity"));
    const boundary = permissionsBoundary === undefined ? [] : [permissionsBoundary];
    return { ContextKeyNames: contextKeysOf([...identity, ...boundary].map(({ document }) => document).concat(added)) };
  },
} satisfies Operations<Iam>;

function userOrRole(
  context: ServiceContext,
  arn: string,
  id: string,
  tags: Readonly<Record<string, string>>,
): RequestPrincipal {
  const caller = callerOf(context, arn, tags);
  return caller.type === "user" ? { ...caller, userId: id } : caller;
}

function numbered<Result>(results: readonly Result[]): { key: string; result: Result }[] {
  return results.map((result, index) => ({ key: String(index).padStart(6, "0"), result }));
}
