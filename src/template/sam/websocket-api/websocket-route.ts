/**
 * A route of a WebSocket API: what calls which function, and the permission for that.
 */
import { isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";
import { isTruthy } from "../property-table.ts";
import { ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";

/** A route as it is written. */
export interface WrittenRoute {
  /** The API's id. */
  readonly id: string;
  readonly key: string;
  readonly spec: Json;
  readonly stageName: Json;
  readonly passed: JsonObject;
  /** Completes the route before its integration is looked at. Raises SamFault. */
  readonly authorize: (route: Draft) => void;
}

/** The three resources of a route. Raises SamFault. */
export function route({ id, key, spec, stageName, passed, authorize }: WrittenRoute): {
  readonly route: Draft;
  readonly integration: Draft;
  readonly permission: Draft;
} {
  if (!isObject(spec)) throw invalidResource(id, `Property 'Routes.${key}' should be a map.`);
  const base = id + cleanKey(id, key);
  const parameters = own(spec, "RequestParameters");
  if (isTruthy(parameters) && key !== "$connect") {
    throw invalidResource(id, "Request parameters are only supported for the $connect route in WebSocket APIs.");
  }
  const made = new Draft(`${base}Route`, "AWS::ApiGatewayV2::Route", passed).set({
    ApiId: ref(id),
    ApiKeyRequired: own(spec, "ApiKeyRequired"),
    ModelSelectionExpression: own(spec, "ModelSelectionExpression"),
    OperationName: own(spec, "OperationName"),
    RequestModels: own(spec, "RequestModels"),
    RequestParameters: isTruthy(parameters) ? parameters : undefined,
    RouteKey: key,
    RouteResponseSelectionExpression: own(spec, "RouteResponseSelectionExpression"),
    Target: { "Fn::Join": ["/", ["integrations", ref(`${base}Integration`)]] },
  });
  authorize(made);
  const arn = own(spec, "FunctionArn");
  if (arn === undefined) throw invalidResource(id, "Route must have associated function.");
  const uri =
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";
  const integration = new Draft(`${base}Integration`, "AWS::ApiGatewayV2::Integration", passed).set({
    ApiId: ref(id),
    IntegrationType: "AWS_PROXY",
    IntegrationUri: { "Fn::Sub": [uri, { FunctionArn: arn }] },
    TimeoutInMillis: own(spec, "IntegrationTimeout"),
  });
  const permission = new Draft(`${base}Permission`, "AWS::Lambda::Permission", passed).set({
    Action: "lambda:InvokeFunction",
    FunctionName: arn,
    Principal: "apigateway.amazonaws.com",
    SourceArn: sourceArn(id, key, stageName),
  });
  return { route: made, integration, permission };
}

function sourceArn(id: string, key: string, stageName: Json): JsonObject {
  const api = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}.ApiId}`;
  return typeof stageName === "string"
    ? { "Fn::Sub": `${api}/${stageName}/${key}` }
    : { "Fn::Sub": [`${api}/\${__StageName__}/${key}`, { __StageName__: stageName }] };
}

/** The key as a part of logical ids. Raises SamFault. */
function cleanKey(id: string, key: string): string {
  const isSpecial = key === "$connect" || key === "$disconnect" || key === "$default";
  if (!isSpecial && !/^[\p{L}\p{N}]+$/u.test(key)) {
    throw invalidResource(
      id,
      `Route key '${key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are supported.`,
    );
  }
  const word = key.replace("$", "");
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
