/**
 * An authorizer of an AWS::Serverless::Api: IAM, a Cognito user pool, or a function.
 */
import { Dict, isTrue, plain, py27, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { str, Text } from "../python/text.ts";
import { complainOf, expectFlag, expectList, expectMap, expectText, present } from "./expect.ts";
import type { Complain } from "./expect.ts";
import type { SecurityScheme } from "./swagger-security.ts";

const KEY = "x-amazon-apigateway-authorizer";

/** One authorizer; `functionArn` is set where a function decides. */
export interface RestAuthorizer extends SecurityScheme {
  readonly functionArn: Data | undefined;
  /** Whether the transform is not to let API Gateway call the function. */
  readonly isWithoutPermission: boolean;
}

export type RestAuthorizers = ReadonlyMap<string, { readonly name: Text; readonly scheme: RestAuthorizer }>;

/** The authorizers that an Auth property comes to; undefined when there are none. Raises SamFault. */
export function restAuthorizers(
  apiId: string,
  config: Data | undefined,
  defaultAuthorizer: Data | undefined,
  partition: string,
): RestAuthorizers | undefined {
  const made = new Map<string, { readonly name: Text; readonly scheme: RestAuthorizer }>();
  if (defaultAuthorizer instanceof Text && defaultAuthorizer.text === "AWS_IAM") {
    made.set("AWS_IAM", { name: defaultAuthorizer, scheme: IAM });
  }
  if (!isTrue(config)) return made.size > 0 ? made : undefined;
  const complain = complainOf(apiId);
  // Python's dictionary would order these; they go into one of its kind at once, in this order.
  const ordered = py27();
  for (const key of [...made.values()].map(({ name }) => name)) ordered.set(key, null);
  for (const [name, authorizer] of expectMap(config, "Auth.Authorizers", complain).entries()) {
    const properties = expectMap(authorizer, `Auth.Authorizers.${name.text}`, complain);
    ordered.set(name, null);
    made.set(name.text, { name, scheme: authorizerOf(name.text, properties, complain, partition) });
  }
  return new Map(
    ordered.keys().flatMap(({ text }) => {
      const found = made.get(text);
      return found === undefined ? [] : [[text, found] as const];
    }),
  );
}

const IAM: RestAuthorizer = {
  scopes: [],
  functionArn: undefined,
  isWithoutPermission: false,
  swagger: () => header(str("Authorization"), "awsSigv4"),
};

function header(name: Data, authType: string): Dict {
  return py27({ type: "apiKey", name, in: "header", "x-amazon-apigateway-authtype": authType });
}

function authorizerOf(name: string, properties: Dict, complain: Complain, partition: string): RestAuthorizer {
  const get = (key: string): Data | undefined => present(properties.get(key));
  const payload = get("FunctionPayloadType");
  const kind = textOf(payload);
  if (payload !== undefined && kind !== "TOKEN" && kind !== "REQUEST") {
    throw complain(`${name} Authorizer has invalid 'FunctionPayloadType': ${show(payload)}.`);
  }
  const identity = get("Identity");
  if (kind === "REQUEST" && isSourceMissing(name, identity, complain)) {
    throw complain(
      `${name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or Context.`,
    );
  }
  const scopes = get("AuthorizationScopes");
  if (scopes !== undefined) expectList(scopes, `Authorizers.${name}.AuthorizationScopes`, complain);
  const disabled = get("DisableFunctionDefaultPermissions");
  const isDisabled =
    disabled !== undefined && expectFlag(disabled, `Authorizers.${name}.DisableFunctionDefaultPermissions`, complain);
  const pool = get("UserPoolArn");
  const isTokenBased = isTrue(pool) || kind !== "REQUEST";
  return {
    scopes: scopes ?? [],
    functionArn: get("FunctionArn"),
    isWithoutPermission: isDisabled,
    swagger: () => {
      const swagger = isTrue(pool)
        ? cognito(pool, identity, complain)
        : lambda(name, properties, kind ?? "TOKEN", complain, partition);
      const validation = identity instanceof Dict ? identity.get("ValidationExpression") : undefined;
      const inside = swagger.get(KEY);
      if (isTokenBased && isTrue(validation) && inside instanceof Dict) {
        inside.set("identityValidationExpression", validation);
      }
      return swagger;
    },
  };
}

function isSourceMissing(name: string, identity: Data | undefined, complain: Complain): boolean {
  if (!isTrue(identity)) return true;
  const map = expectMap(identity, `Authorizer.${name}.Identity`, complain);
  const isMissing = !["Headers", "QueryStrings", "StageVariables", "Context"].some((key) => isTrue(map.get(key)));
  const seconds = present(map.get("ReauthorizeEvery"));
  if (seconds === undefined || seconds instanceof Dict || Array.isArray(seconds)) return isMissing;
  const text = show(seconds).trim();
  if (typeof seconds !== "boolean" && !/^[+-]?\d+$/.test(text) && typeof seconds !== "number") return isMissing;
  return Number(typeof seconds === "boolean" ? seconds : text) > 0 && isMissing;
}

function identityHeader(identity: Data | undefined, complain: Complain): Data {
  if (!isTrue(identity)) return str("Authorization");
  if (!(identity instanceof Dict)) {
    throw complain(
      "Auth.Authorizers.<Authorizer>.Identity must be a dict (LambdaTokenAuthorizationIdentity, LambdaRequestAuthorizationIdentity or CognitoAuthorizationIdentity).",
    );
  }
  const name = identity.get("Header");
  return isTrue(name) ? name : str("Authorization");
}

function cognito(pool: Data, identity: Data | undefined, complain: Complain): Dict {
  const arns = Array.isArray(pool) ? pool : [pool];
  return header(identityHeader(identity, complain), "cognito_user_pools").set(
    KEY,
    py27({ type: "cognito_user_pools", providerARNs: arns }),
  );
}

function lambda(name: string, properties: Dict, kind: string, complain: Complain, partition: string): Dict {
  const identity = present(properties.get("Identity"));
  const headerName = kind === "REQUEST" ? str("Unused") : identityHeader(identity, complain);
  const arn = `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`;
  const inside = py27({ type: kind.toLowerCase() });
  inside.set(
    "authorizerUri",
    plain({ "Fn::Sub": [str(arn), plain({ __FunctionArn__: properties.get("FunctionArn") ?? null })] }),
  );
  const map = identity instanceof Dict ? identity : py27();
  const seconds = present(map.get("ReauthorizeEvery"));
  if (seconds !== undefined) inside.set("authorizerResultTtlInSeconds", seconds);
  const role = properties.get("FunctionInvokeRole");
  if (isTrue(role) && textOf(role) !== "NONE") inside.set("authorizerCredentials", role);
  if (kind === "REQUEST") {
    const source = identitySource(name, map, complain);
    if (source.text !== "") inside.set("identitySource", source);
  }
  return header(headerName, "custom").set(KEY, inside);
}

function identitySource(name: string, identity: Dict, complain: Complain): Text {
  const prefixes = [
    ["Headers", "method.request.header."],
    ["QueryStrings", "method.request.querystring."],
    ["StageVariables", "stageVariables."],
    ["Context", "context."],
  ] as const;
  const items = prefixes.flatMap(([key, prefix]) => {
    const values = identity.get(key);
    if (!isTrue(values)) return [];
    const path = `Auth.Authorizers.${name}.Identity.${key}`;
    return expectList(values, path, complain).map((value, index) =>
      expectText(value, `${path}[${index}]`, complain).map((text) => prefix + text),
    );
  });
  return new Text(
    items.map(({ text }) => text).join(", "),
    items.some(({ isUnicode }) => isUnicode),
  );
}
