/**
 * The permission for API Gateway to call the function that authorizes an API's callers.
 */
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";

/** The permission; `partition` may be a pseudo parameter's placeholder. */
export function authorizerPermission(
  id: string,
  functionArn: Json,
  api: Json,
  partition: string,
  passed: JsonObject,
): Draft {
  const arn = `arn:${partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`;
  return new Draft(id, "AWS::Lambda::Permission", passed).set({
    Action: "lambda:InvokeFunction",
    FunctionName: functionArn,
    Principal: "apigateway.amazonaws.com",
    SourceArn: { "Fn::Sub": [arn, { __ApiId__: api }] },
  });
}
