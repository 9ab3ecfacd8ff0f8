/** AWS::CloudFormation::WaitConditionHandle and AWS::CloudFormation::WaitCondition: a stack waits until somebody says that it may go on. */
import type { Progress, ServiceContext } from "../../../service.ts";
import { isObject, own, scalarText, type Json } from "../../../template/value.ts";
import { ResourceFailure } from "../failure.ts";
import { callbackAnswers, callbackUrl, closeCallback, openCallback, tokenOf, waitAt } from "./callback.ts";
import { awaitSignals, expectedSignals } from "../signals.ts";
import type { EngineType } from "./registry.ts";

/** "AWS::CloudFormation::WaitCondition": twelve hours at most. */
const LONGEST_SECONDS = 43_200;

export const waitConditionHandle: EngineType = {
  properties: [],
  replaceOn: [],
  create: async (context, request) => ({
    status: "SUCCESS",
    physicalId: callbackUrl(
      context,
      context.transact(() => openCallback(context, request.stackId, request.logicalId)),
    ),
  }),
  update: async (_, request) => ({ status: "SUCCESS", physicalId: request.physicalId }),
  async delete(context, request) {
    const token = tokenOf(request.physicalId);
    if (token !== undefined) context.transact(() => closeCallback(context, token));
    return { status: "SUCCESS" };
  },
};

export const waitCondition: EngineType = {
  properties: ["Count", "Handle", "Timeout"],
  replaceOn: [],
  async create(context, request) {
    const { stackId, logicalId, properties } = request;
    const expected = expectedSignals(context, stackId, logicalId);
    if (expected !== undefined) return awaitSignals(context, request, expected, `${stackId}/${logicalId}`);
    if (properties["Handle"] === undefined || properties["Timeout"] === undefined)
      throw new ResourceFailure("Either a CreationPolicy or Handle and Timeout must be specified.");
    const count = wholeNumber(properties, "Count", 1);
    const seconds = wholeNumber(properties, "Timeout", undefined);
    if (seconds > LONGEST_SECONDS) throw new ResourceFailure(`Timeout must be at most ${LONGEST_SECONDS} seconds.`);
    const token = tokenOf(String(properties["Handle"]));
    const isOpen = token !== undefined && context.transact(() => waitAt(context, token, logicalId));
    if (token === undefined || !isOpen)
      throw new ResourceFailure("Handle must be the Ref of an AWS::CloudFormation::WaitConditionHandle.");
    const due = dueOf(request.callbackContext) ?? context.now + seconds * 1000;
    return look(context, { token, count, due, physicalId: `${stackId}/${logicalId}` });
  },
  update() {
    return Promise.reject(
      new ResourceFailure("Update to resource type AWS::CloudFormation::WaitCondition is not supported."),
    );
  },
  delete: async () => ({ status: "SUCCESS" }),
};

interface Wait {
  readonly token: string;
  readonly count: number;
  readonly due: number;
  readonly physicalId: string;
}

function look(context: ServiceContext, { token, count, due, physicalId }: Wait): Progress {
  const data = new Map<string, string>();
  for (const text of callbackAnswers(context, token) ?? []) {
    const signal = readSignal(text);
    if (signal === undefined) continue;
    if (signal.status === "FAILURE") {
      throw new ResourceFailure(`WaitCondition received failed message: '${signal.reason}' for uniqueId: ${signal.id}`);
    }
    data.set(signal.id, signal.data);
  }
  if (data.size >= count)
    return { status: "SUCCESS", physicalId, attributes: { Data: JSON.stringify(Object.fromEntries(data)) } };
  if (context.now >= due)
    throw new ResourceFailure(`WaitCondition timed out. Received ${data.size} conditions when expecting ${count}`);
  return { status: "IN_PROGRESS", callbackContext: { due }, callbackDelayMs: due - context.now };
}

/** "Wait condition signal JSON format"; what has not that form is no signal. */
function readSignal(text: string): { status: string; reason: string; id: string; data: string } | undefined {
  let signal: Json;
  try {
    signal = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(signal)) return undefined;
  const status = own(signal, "Status");
  const id = scalarText(own(signal, "UniqueId"));
  if ((status !== "SUCCESS" && status !== "FAILURE") || id === undefined) return undefined;
  return { status, id, reason: scalarText(own(signal, "Reason")) ?? "", data: scalarText(own(signal, "Data")) ?? "" };
}

function dueOf(value: unknown): number | undefined {
  return typeof value === "object" && value !== null && "due" in value ? Number(value.due) : undefined;
}

function wholeNumber(
  properties: Readonly<Record<string, unknown>>,
  name: string,
  otherwise: number | undefined,
): number {
  const given = properties[name] ?? otherwise;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new ResourceFailure(`Value of property ${name} must be a whole number.`);
}
