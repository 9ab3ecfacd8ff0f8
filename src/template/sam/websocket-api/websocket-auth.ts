/**
 * Who may connect to a WebSocket API.
 */
import { own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { authorizerPermission as permissionOf } from "../api/authorizer-permission.ts";
import type { Complain } from "../api/expect.ts";
import { Draft } from "../draft.ts";
import { isTruthy } from "../property-table.ts";
import { ref } from "../references.ts";

/** Checks that an Auth is one of the kinds that there are. Raises SamFault. */
export function checkAuth(auth: JsonObject, complain: Complain): void {
  const written = own(auth, "AuthType");
  if (!isTruthy(written)) throw complain("AuthType must be specified for additional auth configurations.");
  const type = typeof written === "string" ? written.toUpperCase() : "";
  if (type !== "NONE" && type !== "AWS_IAM" && type !== "CUSTOM") {
    throw complain("AuthType is not one of AWS_IAM, CUSTOM or NONE.");
  }
  if (type === "CUSTOM") {
    if (!isTruthy(own(auth, "AuthArn"))) throw complain("AuthArn must be specified if AuthType is CUSTOM.");
  } else if (Object.keys(auth).length > 1) {
    throw complain(`No additional configurations supported for AuthType ${type}.`);
  }
}

/** The authorizer of the $connect route. */
export function authorizer(id: string, auth: JsonObject, passed: JsonObject): Draft {
  const authorizerId = `${id}ConnectAuthorizer`;
  const arn = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${AuthArn}/invocations";
  const name = own(auth, "Name");
  return new Draft(authorizerId, "AWS::ApiGatewayV2::Authorizer", passed).set({
    ApiId: ref(id),
    AuthorizerCredentialsArn: own(auth, "InvokeRole"),
    AuthorizerType: "REQUEST",
    AuthorizerUri: { "Fn::Sub": [arn, { AuthArn: own(auth, "AuthArn") ?? "" }] },
    IdentitySource: own(auth, "IdentitySource"),
    Name: isTruthy(name) ? name : authorizerId,
  });
}

/** The permission for API Gateway to call the authorizer, unless it does so with a role. */
export function authorizerPermission(id: string, auth: JsonObject, passed: JsonObject): readonly Draft[] {
  const arn: Json | undefined = own(auth, "AuthArn");
  if (isTruthy(own(auth, "InvokeRole")) || !isTruthy(arn)) return [];
  return [permissionOf(`${id}AuthorizerPermission`, arn, ref(id), "${AWS::Partition}", passed)];
}
