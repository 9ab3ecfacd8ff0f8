/** One statement of the policy of a function or a layer version, as the properties of the resource that made it. */
import { parsedDocument, type Properties } from "../../../resource.ts";

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The statement of this id in a policy's text; undefined when there is none. */
export function statementIn(policy: string | undefined, sid: string): Properties | undefined {
  const document = parsedDocument(policy);
  const statements: unknown = isObject(document) ? document["Statement"] : undefined;
  if (!Array.isArray(statements)) return undefined;
  return statements.find((one: unknown): one is Properties => isObject(one) && one["Sid"] === sid);
}

/** What AddPermission was given; `writtenPrincipal` is how the template has it: an account is written as its root's ARN. */
export function propertiesOf(statement: Properties, writtenPrincipal: unknown): Properties {
  const keys = conditionsOf(statement["Condition"]);
  const viaUrl = keys.get("lambda:invokedviafunctionurl");
  return {
    Action: statement["Action"],
    EventSourceToken: keys.get("lambda:eventsourcetoken"),
    FunctionUrlAuthType: keys.get("lambda:functionurlauthtype"),
    InvokedViaFunctionUrl: viaUrl === undefined ? undefined : viaUrl === "true",
    Principal: principalOf(statement["Principal"], writtenPrincipal),
    PrincipalOrgID: keys.get("aws:principalorgid"),
    SourceAccount: keys.get("aws:sourceaccount"),
    SourceArn: keys.get("aws:sourcearn"),
  };
}

/** The principal as it is given to AddPermission and AddLayerVersionPermission. */
export function principalOf(principal: unknown, written: unknown): unknown {
  const named = isObject(principal) ? (principal["Service"] ?? principal["AWS"]) : principal;
  const account = typeof named === "string" ? /^arn:[^:]+:iam::(\d{12}):root$/.exec(named)?.[1] : undefined;
  return account !== undefined && written !== named ? account : named;
}

/** The values of all condition keys, by key in lower case, as the policy language takes them. */
export function conditionsOf(condition: unknown): ReadonlyMap<string, unknown> {
  const operators = isObject(condition) ? Object.values(condition) : [];
  return new Map(
    operators
      .filter(isObject)
      .flatMap(Object.entries)
      .map(([key, value]) => [key.toLowerCase(), value]),
  );
}
