/** A function's own policy: its text, and what it allows. */
import { AwsError } from "../../kernel/errors.ts";
import { tryParseArn } from "../../languages/arn.ts";
import { evaluate, type NamedPolicy } from "../../languages/policy/evaluate.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { requestPrincipal, type Principal, type ServiceContext } from "../../service.ts";
import { functionArn, type Located } from "./names.ts";
import { policies, type PolicyRow } from "./state.ts";

/** As GetPolicy gives it. */
export function policyText(row: PolicyRow): string {
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: row.statements });
}

/** The policy of a function, a version or an alias. */
export function policyOf(context: ServiceContext, name: string, qualifier?: string): string | undefined {
  const row = context.table(policies).get(name, qualifier ?? "");
  return row === undefined ? undefined : policyText(row);
}

/** The policy of the function, version or alias that an ARN names; for the gateway, which judges callers of the same account by it too. */
export function resourcePolicy(context: ServiceContext, arn: string): NamedPolicy | undefined {
  const [kind, name, qualifier] = tryParseArn(arn)?.resource.split(":") ?? [];
  if (kind !== "function" || name === undefined) return undefined;
  const text = policyOf(context, name, qualifier);
  return text === undefined ? undefined : { name: "default", document: parsePolicy(text, "resource") };
}

/** What the caller's own account allows its identities is judged before an operation is reached. */
const IDENTITY = [
  {
    name: "identity",
    document: parsePolicy(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
      "identity",
    ),
  },
];

/** Whether the policy of a function (or of its alias) allows `action` to `principal`, who is of another account or of none. */
export function allows(
  context: ServiceContext,
  { name, qualifier }: Pick<Located, "name" | "qualifier">,
  action: string,
  principal: Principal = context.principal,
  keys: Readonly<Record<string, string>> = {},
): boolean {
  const text = policyOf(context, name, qualifier);
  if (text === undefined) return false;
  const document = parsePolicy(text, "resource");
  const request = {
    principal: requestPrincipal(principal),
    action,
    resource: functionArn(context, name, qualifier),
    resourceAccount: context.account,
    context: { ...(principal.type === "service" ? sourceKeys(principal) : {}), ...keys },
  };
  return evaluate(request, { identity: IDENTITY, resource: { name: "default", document } }).decision === "allowed";
}

/** Raises AccessDeniedException unless `allows`. */
export function permit(context: ServiceContext, located: Located, action: string): void {
  const checked =
    action === "lambda:Invoke" || action === "lambda:InvokeWithResponseStream" ? "lambda:InvokeFunction" : action;
  if (allows(context, located, checked)) return;
  throw denied(context, checked, functionArn(located, located.name, located.qualifier));
}

/** AWS's refusal of another account's caller. */
export function denied({ principal }: ServiceContext, action: string, arn: string): AwsError {
  return new AwsError(
    "AccessDeniedException",
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${arn} because no resource-based policy allows the ${action} action`,
    { status: 403 },
  );
}

function sourceKeys({ account, sourceArn }: Extract<Principal, { type: "service" }>): Record<string, string> {
  return { "aws:SourceAccount": account, ...(sourceArn === undefined ? {} : { "aws:SourceArn": sourceArn }) };
}
