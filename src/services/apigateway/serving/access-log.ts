/** What is told of a request: a line of the stage's access log, and the execution log where the method has one. Both go to CloudWatch Logs. */
import { isAwsError } from "../../../kernel/errors.ts";
import { formatAccessLog } from "../../../languages/access-log.ts";
import type { Principal, ServiceContext } from "../../../service.ts";
import { accounts } from "../state.ts";
import { contextVariables } from "./context-variables.ts";
import type { Exchange } from "./exchange.ts";
import { lookUp } from "./gateway-reply.ts";
import type { Reply } from "./reply.ts";
import type { Keeping } from "./keeping.ts";

/** Tells in the background: a reply does not wait for its log line. */
export function tell({ roles }: Pick<Keeping, "roles">, exchange: Exchange, reply: Reply, latencyMs: number): void {
  const { context, api, stage, setting } = exchange;
  const { destinationArn, format } = stage.accessLogSettings ?? {};
  const level = setting?.loggingLevel ?? "OFF";
  const isTold = level === "INFO" || (level === "ERROR" && reply.status >= 400 && exchange.lines.length > 0);
  if (destinationArn === undefined && !isTold) return;
  // "reported to a production stage CloudWatch Logs log group as well as a canary-specific CloudWatch Logs log group".
  const groupsOf = (group: string): string[] => (exchange.isCanary ? [group, `${group}/Canary`] : [group]);
  void (async () => {
    const role = context.table(accounts).get("account")?.cloudwatchRoleArn;
    // Without the account's role nobody may write logs.
    if (role === undefined) return;
    const as = await roles.assume(context, role);
    if (destinationArn !== undefined && format !== undefined) {
      const group = destinationArn.replace(/:\*$/, "").split(":log-group:")[1] ?? "";
      const lines = [accessLine(exchange, reply, format, latencyMs)];
      for (const one of groupsOf(group)) await write(context, as, one, api.id, lines, one !== group);
    }
    if (isTold) {
      const lines = executionLines(exchange, reply).map((line) => `(${context.requestId}) ${line}`);
      const group = `API-Gateway-Execution-Logs_${api.id}/${stage.stageName}`;
      for (const one of groupsOf(group)) await write(context, as, one, context.requestId, lines, true);
    }
    // What cannot be written is lost, as on AWS; the journal has the calls that failed.
  })().catch(() => {});
}

/** `$context.…` in the format, a dash for what has no value. */
function accessLine(exchange: Exchange, reply: Reply, format: string, latencyMs: number): string {
  const variables = {
    ...contextVariables(exchange, { status: reply.status, length: reply.body.length }),
    responseLatency: latencyMs,
  };
  return formatAccessLog(format, (name) => lookUp(variables, name));
}

/** As AWS tells it (AWS page "Set up CloudWatch logging for REST APIs"), without the parts that it does not publish. */
export function executionLines(exchange: Exchange, reply: Reply): string[] {
  const { context, incoming, setting, route, lines } = exchange;
  const told = [
    `Extended Request Id: ${exchange.extendedRequestId}`,
    `Starting execution for request: ${context.requestId}`,
    `HTTP Method: ${incoming.method}, Resource Path: ${route?.resource.path ?? incoming.path}`,
    ...(setting?.dataTraceEnabled === true
      ? [
          `Method request headers: ${JSON.stringify(Object.fromEntries(incoming.headers))}`,
          `Method request body before transformations: ${incoming.body.toString()}`,
        ]
      : []),
    ...lines,
    ...(setting?.dataTraceEnabled === true
      ? [`Method response body after transformations: ${reply.body.toString()}`]
      : []),
    reply.status < 500 ? "Successfully completed execution" : "Execution failed",
    `Method completed with status: ${reply.status}`,
  ];
  return told;
}

async function write(
  context: ServiceContext,
  as: Principal,
  logGroupName: string,
  logStreamName: string,
  lines: readonly string[],
  makesGroup: boolean,
): Promise<void> {
  const options = { as, account: context.account };
  const logEvents = lines.map((message) => ({ timestamp: context.now, message }));
  const put = () => context.call("logs", "PutLogEvents", { logGroupName, logStreamName, logEvents }, options);
  const present = (error: unknown): void => {
    if (!isAwsError(error, "ResourceAlreadyExistsException")) throw error;
  };
  try {
    await put();
  } catch (error) {
    if (!isAwsError(error, "ResourceNotFoundException")) throw error;
    if (makesGroup) await context.call("logs", "CreateLogGroup", { logGroupName }, options).catch(present);
    await context.call("logs", "CreateLogStream", { logGroupName, logStreamName }, options).catch(present);
    await put();
  }
}
