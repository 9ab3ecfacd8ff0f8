/**
 * AWS::CloudFormation::CustomResource and Custom::*: a Lambda function is told what to do and answers at a ResponseURL ("Custom resource
 * request and response reference").
 */
import { tryParseArn } from "../../../languages/arn.ts";
import type { Progress, ResourceRequest, ServiceContext } from "../../../service.ts";
import { isList, isObject, own, scalarText, type Json, type JsonObject } from "../../../template/value.ts";
import { fromService, ResourceFailure } from "../failure.ts";
import { callbackAnswers, callbackUrl, closeCallback, openCallback } from "./callback.ts";
import type { EngineFacts, EngineType } from "./registry.ts";

/** "AWS::CloudFormation::CustomResource": ServiceTimeout in seconds, when none is given and at most. */
const LONGEST_SECONDS = 3600;
/** The largest answer, in bytes. */
const MOST_ANSWER_BYTES = 4096;
/** "PhysicalResourceId … can be up to 1 KB in size." */
const MOST_ID_BYTES = 1024;

type Request = ResourceRequest & EngineFacts;
type RequestType = "Create" | "Update" | "Delete";

/** What is remembered between asking and being answered. */
interface Asked {
  readonly token: string;
  readonly due: number;
  /** Whom to take away when nobody waits for the answer any more: the function may have made something. */
  readonly abandonedId: string;
}

export const customResource: EngineType = {
  properties: [],
  open: true,
  required: ["ServiceToken"],
  replaceOn: [],

  // Without an answer there is no physical id yet, but a Delete must name one: AWS makes it up as it makes up names.
  create: (context, request) => handle(context, request, "Create", request.generatedName(), {}),

  update: (context, request) =>
    handle(context, request, "Update", request.physicalId, {
      PhysicalResourceId: request.physicalId,
      OldResourceProperties: stringified(request.previousProperties),
    }),

  async delete(context, request) {
    const progress = await handle(context, request, "Delete", request.physicalId, {
      PhysicalResourceId: request.physicalId,
    });
    return progress.status === "SUCCESS" ? { status: "SUCCESS" } : progress;
  },
};

async function handle(
  context: ServiceContext,
  request: Request,
  requestType: RequestType,
  physicalId: string,
  more: Readonly<Record<string, unknown>>,
): Promise<Progress> {
  const asked = asAsked(request.callbackContext);
  if (asked !== undefined) return answerTo(context, asked, physicalId, request.requestToken, requestType);
  const timeoutSeconds = serviceTimeout(request.properties);
  const token = context.transact(() => openCallback(context, request.stackId, request.stepKey));
  await invoke(context, functionOf(context, request.properties), {
    RequestType: requestType,
    ServiceToken: request.properties["ServiceToken"],
    ResponseURL: callbackUrl(context, token),
    StackId: request.stackId,
    RequestId: request.requestToken,
    LogicalResourceId: request.logicalId,
    ResourceType: request.type,
    ...more,
    ResourceProperties: stringified(request.properties),
  });
  const due = context.now + timeoutSeconds * 1000;
  const waiting: Asked = { token, due, abandonedId: physicalId };
  // The physical id is told only when the function has said it.
  return { status: "IN_PROGRESS", callbackContext: waiting, callbackDelayMs: timeoutSeconds * 1000 };
}

function serviceTimeout(properties: Readonly<Record<string, unknown>>): number {
  const given = properties["ServiceTimeout"];
  if (given === undefined) return LONGEST_SECONDS;
  const seconds = Number(given);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new ResourceFailure(
    `Invalid ServiceTimeout value specified: it must be a whole number from 1 to ${LONGEST_SECONDS}`,
  );
}

function functionOf(context: ServiceContext, properties: Readonly<Record<string, unknown>>): string {
  const token = properties["ServiceToken"];
  const arn = typeof token === "string" ? tryParseArn(token) : undefined;
  if (arn === undefined) throw new ResourceFailure("Invalid ServiceToken: it must be the ARN of a Lambda function.");
  if (arn.service !== "lambda") {
    throw new ResourceFailure(
      `Seatrial's custom resources are Lambda functions; the ServiceToken is of ${arn.service}: ${String(token)}`,
    );
  }
  if (arn.region !== context.region)
    throw new ResourceFailure("Invalid service token: it must be in the region of the stack.");
  return String(token);
}

async function invoke(
  context: ServiceContext,
  functionName: string,
  event: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await context.call("lambda", "Invoke", {
      FunctionName: functionName,
      InvocationType: "Event",
      Payload: Buffer.from(JSON.stringify(event)),
    });
  } catch (error) {
    throw fromService("lambda", error);
  }
}

function asAsked(value: unknown): Asked | undefined {
  if (typeof value !== "object" || value === null || !("token" in value) || !("due" in value)) return undefined;
  const abandonedId = "abandonedId" in value ? String(value.abandonedId) : "";
  return { token: String(value.token), due: Number(value.due), abandonedId };
}

function answerTo(
  context: ServiceContext,
  asked: Asked,
  physicalId: string,
  requestId: string,
  requestType: RequestType,
): Progress {
  const text = callbackAnswers(context, asked.token)?.[0];
  if (text === undefined) {
    if (context.now < asked.due)
      return { status: "IN_PROGRESS", callbackContext: asked, callbackDelayMs: asked.due - context.now };
    context.transact(() => closeCallback(context, asked.token));
    throw new ResourceFailure(
      `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
      physicalId,
    );
  }
  context.transact(() => closeCallback(context, asked.token));
  return read(text, physicalId, requestType);
}

function read(text: string, physicalId: string, requestType: RequestType): Progress & { readonly noEcho?: boolean } {
  if (Buffer.byteLength(text) > MOST_ANSWER_BYTES)
    throw new ResourceFailure("Response object is too long.", physicalId);
  let answer: Json;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ResourceFailure("Invalid response object: it is not JSON.", physicalId);
  }
  if (!isObject(answer)) throw new ResourceFailure("Invalid response object: it is not a JSON object.", physicalId);
  const status = own(answer, "Status");
  const id = scalarText(own(answer, "PhysicalResourceId"));
  if (status === "FAILED") {
    throw new ResourceFailure(
      `Received response status [FAILED] from custom resource. Message returned: ${scalarText(own(answer, "Reason")) ?? "null"}`,
      id ?? physicalId,
    );
  }
  if (status !== "SUCCESS")
    throw new ResourceFailure(
      `Invalid Status in the response object: ${scalarText(status) ?? "there is none"}`,
      id ?? physicalId,
    );
  if (id === undefined && requestType === "Create") throw new ResourceFailure("Invalid PhysicalResourceId", physicalId);
  if (id !== undefined && Buffer.byteLength(id) > MOST_ID_BYTES)
    throw new ResourceFailure("Invalid PhysicalResourceId", physicalId);
  const data = own(answer, "Data");
  return {
    status: "SUCCESS",
    physicalId: id ?? physicalId,
    attributes: isObject(data) ? data : {},
    noEcho: own(answer, "NoEcho") === true || own(answer, "NoEcho") === "true",
  };
}

/** CloudFormation hands every scalar on as a string. */
function stringified(properties: Readonly<Record<string, unknown>>): JsonObject {
  const parsed: Json = JSON.parse(JSON.stringify(properties));
  const text = textual(parsed);
  return isObject(text) ? text : {};
}

function textual(value: Json): Json {
  if (isList(value)) return value.map(textual);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, textual(member)]));
  return scalarText(value) ?? value;
}
