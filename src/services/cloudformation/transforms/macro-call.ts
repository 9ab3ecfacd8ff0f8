/**
 * One call of a macro of the account: its Lambda function is given a fragment and answers another ("Create a CloudFormation macro definition":
 * event mapping, response format). Invoked with the powers of whoever asks for the stack; its time is the function's own timeout.
 */
import { isAwsError } from "../../../kernel/errors.ts";
import type { ServiceContext } from "../../../service.ts";
import type { Json, JsonObject } from "../../../template/value.ts";
import { isObject, own, scalarText } from "../../../template/value.ts";
import { invalid } from "../names.ts";
import { actingPrincipal } from "../principal.ts";
import type { TransformFacts } from "./facts.ts";
import { macroParameters } from "./macro-parameters.ts";
import { macros, type MacroRow } from "./macro-state.ts";

/** `ACCOUNT::NAME`, as messages and the event name a macro. */
function transformId({ account }: ServiceContext, name: string): string {
  return name.includes("::") ? name : `${account}::${name}`;
}

/** Raises ValidationError `No transform named … found.` */
export function knownMacro(context: ServiceContext, name: string): MacroRow {
  const own = name.startsWith(`${context.account}::`) ? name.slice(context.account.length + 2) : name;
  const macro = context.table(macros).get(own);
  if (macro === undefined) throw invalid(`No transform named ${transformId(context, name)} found.`);
  return macro;
}

/** What the macro makes of the fragment. Raises ValidationError in AWS's words when it does not answer as it should. */
export async function callMacro(facts: TransformFacts, name: string, fragment: Json, given: JsonObject): Promise<Json> {
  const { context } = facts;
  const macro = knownMacro(context, name);
  const id = transformId(context, name);
  const requestId = context.random.uuid();
  const event = {
    accountId: context.account,
    fragment,
    transformId: id,
    requestId,
    region: context.region,
    params: macroParameters(facts, id, given),
    templateParameterValues: Object.fromEntries([...facts.parameters].map(([key, { value }]) => [key, value])),
  };
  const answer = await invoke(context, macro, id, event);
  const result = isObject(answer) && answer["requestId"] === requestId ? answer : {};
  const status = own(result, "status");
  if (typeof status !== "string") throw await refused(context, macro, malformed(id));
  if (status.toLowerCase() !== "success") {
    const message = scalarText(own(result, "errorMessage"));
    const words = message === undefined ? "failed without an error message." : `failed with: ${message}`;
    throw await refused(context, macro, `Transform ${id} ${words}`);
  }
  const made = own(result, "fragment");
  if (made === undefined || made === null) throw await refused(context, macro, malformed(id));
  return made;
}

function malformed(id: string): string {
  return `Received malformed response from transform ${id}`;
}

/** The function's answer; undefined where it failed or did not answer JSON. */
async function invoke(context: ServiceContext, macro: MacroRow, id: string, event: object): Promise<Json | undefined> {
  try {
    const { FunctionError, Payload } = await context.call("lambda", "Invoke", {
      FunctionName: macro.functionName,
      Payload: Buffer.from(JSON.stringify(event)),
    });
    if (FunctionError !== undefined || Payload === undefined) return undefined;
    const answer: Json = JSON.parse(Buffer.from(Payload).toString("utf8"));
    return answer;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (isAwsError(error)) throw await refused(context, macro, `Transform ${id} failed with: ${error.message}`);
    throw error;
  }
}

/** The error, after it was told in the macro's log group where it has one ("LogGroupName", "LogRoleARN"). */
async function refused(context: ServiceContext, { logGroupName, logRoleArn, stackId }: MacroRow, message: string) {
  if (logGroupName !== undefined && logRoleArn !== undefined) {
    try {
      const as = await actingPrincipal(context, logRoleArn, stackId);
      const stream = { logGroupName, logStreamName: context.random.uuid() };
      await context.call("logs", "CreateLogStream", stream, { as });
      await context.call(
        "logs",
        "PutLogEvents",
        { ...stream, logEvents: [{ timestamp: context.now, message }] },
        { as },
      );
    } catch (error) {
      if (!isAwsError(error)) throw error;
      // The stack's failure is the macro's, not the log's.
      context.transact(() => {
        context.note("macro-log", `${logGroupName}: ${error.message}`);
      });
    }
  }
  return invalid(message);
}
