/** AWS_PROXY: a function answers. */
import { isAwsError } from "../../../kernel/errors.ts";
import { inferredReply, readReply, type ProxyReply } from "../../../languages/proxy/reply.ts";
import { executeArn, functionOfUri } from "../names.ts";
import { refuse } from "./answer.ts";
import type { FunctionCaller } from "./call-function.ts";
import { integrationEvent, resourceOf } from "./event.ts";
import { mapRequest } from "./mapping.ts";
import { within } from "./time-limit.ts";
import { withStageVariables } from "./variables.ts";
import type { Visit } from "./visit.ts";

const BROKEN = "Internal Server Error";
const UNAVAILABLE = "Service Unavailable";

export async function callIntegratedFunction(
  functions: FunctionCaller,
  visit: Visit,
  body: Uint8Array,
): Promise<ProxyReply> {
  const { integrated } = visit;
  const { IntegrationUri = "", CredentialsArn, TimeoutInMillis = 30_000 } = visit.integration ?? {};
  const arn = functionOfUri(withStageVariables(IntegrationUri, visit));
  if (arn === undefined) return failed(visit, 500, BROKEN, "Invalid function ARN or invalid URI");
  const payload = integrationEvent(mapRequest(visit, body).visit, body);
  const call = { arn, sourceArn: sourceArn(visit), credentials: CredentialsArn, payload };
  try {
    const answer = await within(TimeoutInMillis, functions.call(visit.context, call));
    if (answer === undefined) return failed(visit, 503, UNAVAILABLE, "Endpoint request timed out");
    integrated.integrationStatus = 200;
    if (answer.error !== undefined) {
      return failed(visit, 500, BROKEN, `The Lambda function returned the following error: ${errorOf(answer.payload)}`);
    }
    return replyOf(visit, answer.payload);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    integrated.integrationStatus = error.details.status ?? 500;
    const isBusy = error.code === "TooManyRequestsException";
    return failed(visit, isBusy ? 503 : 500, isBusy ? UNAVAILABLE : BROKEN, wordsOf(error));
  }
}

function wordsOf({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code !== "AccessDeniedException") return message;
  return `The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again. (${message})`;
}

/** `STAGE/METHOD/path`, the path as the route has it. */
function sourceArn(visit: Visit): string {
  const { api, context, request, route, stage } = visit;
  const resource = resourceOf(visit);
  const method = route?.RouteKey === "$default" ? "" : `${request.method}/`;
  return executeArn(context, api.ApiId, `${stage.StageName}/${method}${resource.replace(/^\//, "")}`);
}

function replyOf(visit: Visit, text: string): ProxyReply {
  const format = visit.integration?.PayloadFormatVersion === "2.0" ? "2.0" : "1.0";
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return malformed(visit);
  }
  const isWhole = typeof payload === "object" && payload !== null && "statusCode" in payload;
  if (!isWhole && format === "2.0") {
    visit.integrated.status = 200;
    return inferredReply(payload, text);
  }
  const reply = readReply(payload, format);
  if (reply === undefined) return malformed(visit);
  visit.integrated.status = reply.status;
  if (!reply.headers.has("content-type")) reply.headers.set("content-type", ["text/plain;charset=UTF-8"]);
  return reply;
}

function malformed(visit: Visit): ProxyReply {
  const why = "The response from the Lambda function doesn't match the format that API Gateway expects.";
  return failed(visit, 500, BROKEN, why);
}

function failed(visit: Visit, status: number, message: string, why: string): ProxyReply {
  visit.integrated.error = why;
  return refuse(visit, status, message, { type: status === 503 ? "INTEGRATION_TIMEOUT" : "INTEGRATION_FAILURE" });
}

function errorOf(payload: string): string {
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value === "object" && value !== null && "errorMessage" in value) return String(value.errorMessage);
  } catch {
    // Told as it is.
  }
  return payload;
}
