/** The console of a Node function: AWS's text and JSON forms, each call one event of the log (AWS's page "Node.js logging"). */
import fs from "node:fs";
import util from "node:util";

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
/** AWS's framing between a runtime and the platform: type, length, time in microseconds, bytes. */
const FRAME_TYPE = 0xa55a0003;

const isError = (value) => util.types.isNativeError(value) || value instanceof Error;

/** What the caller of a failed function gets: `{ errorType, errorMessage, trace }`. */
export function formatError(error) {
  if (!isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: String(error.name),
    errorMessage: String(error.message),
    trace: typeof error.stack === "string" ? error.stack.split("\n") : [],
  };
}

function describeError(error) {
  const { errorType, errorMessage, trace } = formatError(error);
  const own = isError(error) ? { ...error } : {};
  delete own.name;
  delete own.promise;
  if (isError(own.reason)) own.reason = describeError(own.reason);
  return { errorType, errorMessage, ...own, stack: trace };
}

function errorText(error) {
  try {
    return `\t${JSON.stringify(describeError(error))}`;
  } catch {
    return `\t${JSON.stringify(formatError(error))}`;
  }
}

const jsonError = (_key, value) =>
  isError(value)
    ? {
        errorType: value.constructor?.name ?? "UnknownError",
        errorMessage: value.message,
        stackTrace: String(value.stack).split("\n"),
        ...value,
      }
    : value;

function jsonLine(timestamp, requestId, level, message, parameters) {
  const line = { timestamp, level, requestId };
  if (parameters.length === 0) {
    try {
      return JSON.stringify({ ...line, message }, jsonError);
    } catch {
      return JSON.stringify({ ...line, message: util.format(message) });
    }
  }
  line.message = util.format(message, ...parameters);
  const error = parameters.find(isError);
  if (error) {
    line.errorType = error.constructor?.name ?? "UnknownError";
    line.errorMessage = error.message;
    line.stackTrace = typeof error.stack === "string" ? error.stack.split("\n") : [];
  }
  return JSON.stringify(line);
}

function writeAll(descriptor, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(descriptor, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Takes over `console`. Answers the logger: its `requestId` is set for each invocation; `problem` logs an error as AWS does. */
export function createConsole() {
  const descriptor = Number(process.env._LAMBDA_TELEMETRY_LOG_FD);
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;
  const json = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const least = json ? Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO")) : 0;
  const logger = { requestId: undefined, problem };

  function write(level, message, parameters) {
    const timestamp = new Date().toISOString();
    const text = json
      ? jsonLine(timestamp, logger.requestId, level, message, parameters)
      : `${timestamp}\t${logger.requestId}\t${level}\t${util.format(message, ...parameters)}\n`;
    const body = Buffer.from(text);
    const head = Buffer.allocUnsafe(16);
    head.writeUInt32BE(FRAME_TYPE, 0);
    head.writeUInt32BE(body.length, 4);
    head.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
    writeAll(descriptor, Buffer.concat([head, body]));
  }

  const at = (level) =>
    LEVELS.indexOf(level) < least ? () => {} : (message, ...parameters) => write(level, message, parameters);
  console.trace = at("TRACE");
  console.debug = at("DEBUG");
  console.info = console.log = at("INFO");
  console.warn = at("WARN");
  console.error = at("ERROR");
  console.fatal = at("FATAL");

  function problem(label, error) {
    if (json) console.error(isError(error) ? error : formatError(error));
    else console.error(label, errorText(error));
  }
  return logger;
}
