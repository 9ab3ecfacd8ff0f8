/** CodeDeploy's refusals, and why a deployment comes to nothing. All refusals are answered with status 400. */
import type { CodeDeployServiceException, ErrorCode } from "@aws-sdk/client-codedeploy";
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import type { Diagnostics } from "./state.ts";

/** `code` is one of the model's exceptions (AWS page "AWS CodeDeploy API Reference, Errors"). */
export function refuse(code: CodeDeployServiceException["name"], message: string): never {
  throw new AwsError(code, message, { status: 400 });
}

/** For what AWS has and Seatrial has not. */
export function notHere(operation: string, what: string): never {
  throw new AwsError("NotImplemented", `Seatrial's codedeploy ${operation} does not support ${what}.`, { status: 501 });
}

/** For what belongs to servers, on-premises instances and ECS. */
export function lambdaOnly(what: string): never {
  refuse("InvalidComputePlatformException", `Seatrial's CodeDeploy has the compute platform Lambda only: ${what}.`);
}

/** Why a deployment fails, as `errorInformation` has it. */
export class DeploymentFault extends Error {
  override readonly name = "DeploymentFault";
  readonly code: ErrorCode;
  readonly diagnostics: Diagnostics | undefined;

  constructor(code: ErrorCode, message: string, diagnostics?: Diagnostics) {
    super(message);
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

/** The names by which CodeDeploy's messages call other services. */
export type CalledService = "AWSLambda" | "AmazonCloudWatch" | "AmazonS3";

/** What the refusal of a call made as the service role means for the deployment ("Error codes for AWS CodeDeploy"). Raises what is no AwsError. */
export function faultOf(error: unknown, service: CalledService, roleArn: string): DeploymentFault {
  if (error instanceof DeploymentFault) return error;
  if (!isAwsError(error)) throw error;
  if (/AccessDenied/.test(error.code)) {
    return new DeploymentFault(
      "IAM_ROLE_PERMISSIONS",
      `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${service}. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant permissions to your users or groups by creating IAM policies.`,
    );
  }
  if (/TooManyRequests|Throttl/.test(error.code)) {
    return new DeploymentFault(
      "THROTTLED",
      `The deployment failed because the number of requests by the IAM role ${roleArn} exceeded the request limit for ${service}. Avoid retrying API requests at a high rate.`,
    );
  }
  if (service === "AWSLambda" && isAwsError(error, "ResourceNotFoundException", "InvalidParameterValueException")) {
    return new DeploymentFault(
      "INVALID_LAMBDA_FUNCTION",
      `The deployment failed because of an invalid Lambda function. ${error.message}`,
    );
  }
  return new DeploymentFault("INTERNAL_ERROR", `${error.code}: ${error.message}`);
}
