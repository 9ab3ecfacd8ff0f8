/** The policies of functions, versions and aliases: who else may invoke them. */
import { AwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import type { Handler, Input } from "../../../service.ts";
import { checkRevision, conflict, invalid, notFound } from "../errors.ts";
import { find, resolve, type Found } from "../functions.ts";
import { functionArn, LATEST } from "../names.ts";
import { policyText } from "../permission.ts";
import type { Sdk } from "../sdk.ts";
import { policies } from "../state.ts";

/** AWS page "Lambda quotas": function resource-based policy, 20 KB. */
const LONGEST_POLICY = 20_480;

export const AddPermission: Handler<Sdk, "AddPermission"> = (caller, input) => {
  const found = policed(find(caller, "AddPermission", input));
  const { context, name } = found;
  const key = [name, found.qualifier ?? ""] as const;
  const before = context.table(policies).get(...key);
  checkRevision(input.RevisionId, before?.revisionId, "policy");
  if (before?.statements.some(({ Sid }) => Sid === input.StatementId)) {
    conflict(
      `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement = statementOf(functionArn(context, name, found.qualifier), input);
  const row = { statements: [...(before?.statements ?? []), statement], revisionId: context.random.uuid() };
  const size = Buffer.byteLength(policyText(row));
  if (size > LONGEST_POLICY) {
    throw new AwsError(
      "PolicyLengthExceededException",
      `The final policy size (${size}) is bigger than the limit (${LONGEST_POLICY}).`,
    );
  }
  context.table(policies).put(key, row);
  return { Statement: JSON.stringify(statement) };
};

export const RemovePermission: Handler<Sdk, "RemovePermission"> = (caller, input) => {
  const { context, name, qualifier = "" } = policed(find(caller, "RemovePermission", input));
  const before = context.table(policies).get(name, qualifier);
  if (before === undefined) return notFound("No policy is associated with the given resource.");
  if (!before.statements.some(({ Sid }) => Sid === input.StatementId)) {
    notFound(`Statement ${input.StatementId} is not found in resource policy.`);
  }
  checkRevision(input.RevisionId, before.revisionId, "policy");
  const statements = before.statements.filter(({ Sid }) => Sid !== input.StatementId);
  if (statements.length === 0) context.table(policies).remove(name, qualifier);
  else context.table(policies).put([name, qualifier], { statements, revisionId: context.random.uuid() });
  return {};
};

export const GetPolicy: Handler<Sdk, "GetPolicy"> = (caller, input) => {
  const { context, name, qualifier = "" } = policed(find(caller, "GetPolicy", input));
  const row = context.table(policies).get(name, qualifier);
  return row === undefined ? notFound() : { Policy: policyText(row), RevisionId: row.revisionId };
};

/** Checks that what a policy is for is there, and that it may have one. */
function policed(found: Found): Found {
  if (found.qualifier === LATEST) invalid("We currently do not support adding policies for $LATEST.");
  resolve(found);
  return found;
}

type Statement = Readonly<Record<string, unknown>>;

/** The statement, its elements in AWS's order. */
function statementOf(resource: string, input: Input<Sdk, "AddPermission">): Statement {
  if (input.FunctionUrlAuthType !== undefined && input.Action !== "lambda:InvokeFunctionUrl") {
    invalid("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action");
  }
  if (input.InvokedViaFunctionUrl !== undefined && input.Action !== "lambda:InvokeFunction") {
    invalid("InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action");
  }
  const equal: Record<string, string> = {
    ...(input.FunctionUrlAuthType === undefined ? {} : { "lambda:FunctionUrlAuthType": input.FunctionUrlAuthType }),
    ...(input.PrincipalOrgID === undefined ? {} : { "aws:PrincipalOrgID": input.PrincipalOrgID }),
    ...(input.SourceAccount === undefined ? {} : { "AWS:SourceAccount": input.SourceAccount }),
    ...(input.EventSourceToken === undefined ? {} : { "lambda:EventSourceToken": input.EventSourceToken }),
  };
  const condition: Record<string, Record<string, string>> = {
    ...(Object.keys(equal).length === 0 ? {} : { StringEquals: equal }),
    ...(input.SourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": input.SourceArn } }),
    ...(input.InvokedViaFunctionUrl === undefined
      ? {}
      : { Bool: { "lambda:InvokedViaFunctionUrl": String(input.InvokedViaFunctionUrl) } }),
  };
  return {
    Sid: input.StatementId,
    Effect: "Allow",
    Principal: principalOf(input.Principal),
    Action: input.Action,
    Resource: resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

/** `*`, an account, an ARN of IAM or STS, or a service. Raises InvalidParameterValueException. */
export function principalOf(text: string): string | Record<string, string> {
  if (text === "*") return "*";
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  const arn = tryParseArn(text);
  if (arn !== undefined && (arn.service === "iam" || arn.service === "sts")) return { AWS: text };
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|aws\.internal|alexa\.com|amazon\.com)$/.test(text)) {
    return { Service: text };
  }
  return invalid("The provided principal was invalid. Please check the principal and try again.");
}
