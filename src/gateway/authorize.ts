/**
 * Judges a call by what its caller may do, before the operation runs: identity policies, permissions boundary, session policies, and the
 * resource's own policy where the service has one (AWS page "Policy evaluation logic"). The service itself judges callers of other accounts,
 * services and nobody, by its resources' policies.
 */
import { AwsError } from "../kernel/errors.ts";
import { denialMessage } from "../languages/policy/denial.ts";
import { evaluate, type NamedPolicy, type Policies } from "../languages/policy/evaluate.ts";
import { parsePolicy } from "../languages/policy/parse.ts";
import { requestPrincipal, type Principal, type ServiceContext } from "../service.ts";
import type { ServiceModel } from "../wire/model.ts";
import type { CallFacts } from "./context.ts";
import type { AnyService, Call } from "./call.ts";

/** Users and role sessions: who has policies of their own. Root may do everything in its account. */
type Identified = Extract<Principal, { type: "user" | "role-session" }>;

export interface AuthorizerOptions {
  readonly services: readonly AnyService[];
  readonly model: (service: string) => ServiceModel;
  readonly contextOf: (facts: CallFacts) => ServiceContext;
}

/** Raises AccessDenied (AccessDeniedException in JSON), in AWS's words, when the caller may not. */
export function createAuthorizer({ services, model, contextOf }: AuthorizerOptions): (call: Call) => void {
  const judged = new Map(services.filter((service) => service.judged === true).map((one) => [one.name, one]));

  return (call) => {
    const service = judged.get(call.service);
    const { principal } = call;
    if (service === undefined || (principal.type !== "user" && principal.type !== "role-session")) return;
    const rule = service.access[call.operation];
    if (rule === undefined) return;
    const policies = policiesOf(principal, call);
    const actions = typeof rule.action === "function" ? rule.action(call.input) : rule.action;
    const resources = rule.resource(call.input, contextOf(call));
    for (const action of asList(actions)) {
      for (const resource of asList(resources)) {
        const own =
          principal.account === call.account ? service.resourcePolicy?.(contextOf(call), resource) : undefined;
        const request = { principal: requestPrincipal(principal), action, resource, context: conditionKeys(call) };
        const evaluation = evaluate(request, own === undefined ? policies : { ...policies, resource: own });
        if (evaluation.decision !== "allowed") throw denied(call.service, denialMessage(request, evaluation));
      }
    }
  };

  function policiesOf(principal: Identified, call: Call): Policies {
    for (const service of services) {
      if (service.identityPolicies === undefined) continue;
      const context = contextOf({ ...call, service: service.name, account: principal.account });
      const found = service.identityPolicies(context, principal);
      if (found === undefined) continue;
      const session = principal.sessionPolicies?.map(sessionPolicy);
      return session === undefined ? found : { ...found, session };
    }
    return { identity: [] };
  }

  /** Query and REST-XML services say AccessDenied, the others AccessDeniedException. */
  function denied(service: string, message: string): AwsError {
    const [protocol] = model(service).protocols;
    const isXml = protocol === "awsQuery" || protocol === "restXml";
    return new AwsError(isXml ? "AccessDenied" : "AccessDeniedException", message);
  }
}

/** The keys that every request has (AWS page "AWS global condition context keys"), beside the principal's own. */
function conditionKeys({
  http,
  calledVia = [],
  region,
}: Call): Readonly<Record<string, string | readonly string[] | undefined>> {
  return {
    "aws:RequestedRegion": region,
    "aws:SecureTransport": "false",
    "aws:SourceIp": http?.sourceIp,
    "aws:UserAgent": http?.headers["user-agent"],
    "aws:ViaAWSService": String(calledVia.length > 0),
    "aws:CalledVia": calledVia.map((name) => `${name}.amazonaws.com`),
  };
}

function sessionPolicy(text: string, index: number): NamedPolicy {
  return { name: `session policy ${index + 1}`, document: parsePolicy(text, "identity") };
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
