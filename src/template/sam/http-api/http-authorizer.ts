/**
 * An authorizer of an AWS::Serverless::HttpApi: IAM, a JWT issuer, or a function.
 */
import { Dict, isTrue, plain, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { str } from "../python/text.ts";
import type { Text } from "../python/text.ts";
import { expectFlag, expectMap, expectTexts, present } from "../api/expect.ts";
import type { Complain } from "../api/expect.ts";

const KEY = "x-amazon-apigateway-authorizer";

/** One authorizer. */
export interface HttpAuthorizer {
  readonly name: Text;
  readonly scopes: Data | undefined;
  readonly functionArn: Data | undefined;
  /** Whether the transform is to let API Gateway call the function. */
  readonly isPermitted: boolean;
  /** Raises SamFault. */
  openapi(): Dict;
}

/** What each property is for. "HttpApiAuth" of the SAM specification. */
const PROPERTIES = [
  ["AuthorizationScopes", "OAuth2 Authorizer", "JWT"],
  ["JwtConfiguration", "OAuth2 Authorizer", "JWT"],
  ["IdentitySource", "OAuth2 Authorizer. For Lambda Authorizer, use the 'Identity' property instead", "JWT"],
  ["FunctionArn", "Lambda Authorizer", "REQUEST"],
  ["FunctionInvokeRole", "Lambda Authorizer", "REQUEST"],
  ["Identity", "Lambda Authorizer", "REQUEST"],
  ["AuthorizerPayloadFormatVersion", "Lambda Authorizer", "REQUEST"],
  ["EnableSimpleResponses", "Lambda Authorizer", "REQUEST"],
  ["EnableFunctionDefaultPermissions", "Lambda Authorizer", "REQUEST"],
] as const;

/** The authorizers by name. Raises SamFault. */
export function httpAuthorizers(
  config: Data | undefined,
  isIamEnabled: Data | undefined,
  partition: string,
  complain: Complain,
): ReadonlyMap<string, HttpAuthorizer> {
  const made = new Map<string, HttpAuthorizer>();
  if (isIamEnabled === true) made.set("AWS_IAM", IAM);
  if (!isTrue(config)) return made;
  for (const [name, authorizer] of expectMap(config, "Auth.Authorizers", complain).entries()) {
    const properties = expectMap(authorizer, `Auth.Authorizers.${name.text}`, complain);
    if (properties.has("OpenIdConnectUrl")) {
      throw complain(
        `'OpenIdConnectUrl' is no longer a supported property for authorizer '${name.text}'. Please refer to the AWS SAM documentation.`,
      );
    }
    made.set(name.text, authorizerOf(name, properties, partition, complain));
  }
  return made;
}

const IAM: HttpAuthorizer = {
  name: str("AWS_IAM"),
  scopes: undefined,
  functionArn: undefined,
  isPermitted: false,
  openapi: () =>
    plain({ type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" }),
};

function authorizerOf(name: Text, properties: Dict, partition: string, complain: Complain): HttpAuthorizer {
  const get = (key: string): Data | undefined => present(properties.get(key));
  const jwt = get("JwtConfiguration");
  const configuration = isTrue(jwt) ? lowered(expectMap(jwt, "JwtConfiguration", complain)) : undefined;
  const type = configuration === undefined ? "REQUEST" : "JWT";
  const scopes = get("AuthorizationScopes");
  if (scopes !== undefined && !Array.isArray(scopes)) throw complain("AuthorizationScopes must be a list.");
  for (const [property, purpose, ofType] of PROPERTIES) {
    const value = property === "JwtConfiguration" ? configuration : get(property);
    if (value !== undefined && ofType !== type) throw complain(`${property} is only supported for ${purpose}.`);
  }
  if (configuration !== undefined && !isTrue(get("IdentitySource"))) {
    throw complain(`${name.text} OAuth2 Authorizer must define 'IdentitySource'.`);
  }
  if (configuration === undefined) {
    for (const property of ["FunctionArn", "AuthorizerPayloadFormatVersion"]) {
      if (!isTrue(get(property))) throw complain(`${name.text} Lambda Authorizer must define '${property}'.`);
    }
  }
  const enabled = get("EnableFunctionDefaultPermissions");
  const isPermitted =
    enabled !== undefined && expectFlag(enabled, `Authorizers.${name.text}.EnableFunctionDefaultPermissions`, complain);
  return {
    name,
    scopes,
    functionArn: get("FunctionArn"),
    isPermitted,
    openapi: () =>
      configuration === undefined
        ? lambda(name.text, properties, partition, complain)
        : plain({
            type: "oauth2",
            [KEY]: plain({
              jwtConfiguration: configuration,
              identitySource: get("IdentitySource") ?? null,
              type: "jwt",
            }),
          }),
  };
}

function lowered(configuration: Dict): Dict {
  const made = new Dict("plain");
  for (const [key, value] of configuration.entries()) {
    made.set(
      key.map((text) => text.toLowerCase()),
      value,
    );
  }
  return made;
}

function lambda(name: string, properties: Dict, partition: string, complain: Complain): Dict {
  const arn = `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`;
  const uri = plain({ "Fn::Sub": [str(arn), plain({ __FunctionArn__: properties.get("FunctionArn") ?? null })] });
  const inside = plain({ type: "request", authorizerUri: uri });
  const role = properties.get("FunctionInvokeRole");
  if (isTrue(role) && textOf(role) !== "NONE") inside.set("authorizerCredentials", role);
  const identity = properties.get("Identity");
  if (isTrue(identity)) {
    const map = expectMap(identity, `Auth.Authorizers.${name}.Identity`, complain);
    const seconds = present(map.get("ReauthorizeEvery"));
    if (seconds !== undefined) inside.set("authorizerResultTtlInSeconds", seconds);
    inside.set("identitySource", identitySource(name, map, complain));
  }
  inside.set("authorizerPayloadFormatVersion", properties.get("AuthorizerPayloadFormatVersion") ?? null);
  const simple = properties.get("EnableSimpleResponses");
  if (isTrue(simple)) inside.set("enableSimpleResponses", simple);
  return plain({ type: "apiKey", name: "Unused", in: "header", [KEY]: inside });
}

const SOURCES = [
  ["$request.header.", "Headers"],
  ["$request.querystring.", "QueryStrings"],
  ["$stageVariables.", "StageVariables"],
  ["$context.", "Context"],
] as const;

function identitySource(name: string, identity: Dict, complain: Complain): Data[] {
  return SOURCES.flatMap(([prefix, property]) => {
    const values = identity.get(property);
    if (!isTrue(values)) return [];
    return expectTexts(values, `Authorizers.${name}.Identity.${property}`, complain).map((value) =>
      value.map((text) => prefix + text),
    );
  });
}
