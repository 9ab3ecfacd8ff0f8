/**
 * The Lambda runtime for Node functions: loads the handler, then asks the Runtime API for one invocation after another.
 * Plain JavaScript without dependencies, because it runs in the function's process, on whatever Node that is.
 * Words and shapes are those of AWS's pages "Node.js handlers", "context object", "logging" and "response streaming".
 */
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { keepTime, machineNow } from "./node-clock.mjs";
import { createConsole, formatError } from "./node-console.mjs";
import { installSdkFallback } from "./node-sdk.mjs";
import { createReplyStream, HttpResponseStream, STREAMING } from "./node-stream.mjs";

const env = process.env;
keepTime(env.SEATRIAL_CLOCK_AHEAD_MS);
delete env.SEATRIAL_CLOCK_AHEAD_MS;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const BASE = "/2018-06-01/runtime/";
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const require = createRequire(import.meta.url);
const majorVersion = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? "")?.[1] ?? 0);

const logger = createConsole();
/** The invocation that is running. */
let current;
/** What happens when the event loop runs dry while an invocation is open. */
let onDry;

class RuntimeProblem extends Error {
  constructor(name, message, cause) {
    super(message);
    this.name = name;
    if (cause?.stack) this.stack = `${name}: ${message}\n${String(cause.stack).split("\n").slice(1).join("\n")}`;
  }
}

function request(method, target, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host, port, agent, method, path: BASE + target, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const post = (target, body, headers = {}) =>
  request(
    "POST",
    target,
    { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body), ...headers },
    body,
  );

function postError(target, error) {
  const { errorType, errorMessage, trace } = formatError(error);
  return post(target, JSON.stringify({ errorType, errorMessage, trace }), {
    "Lambda-Runtime-Function-Error-Type": /^[\x20-\x7e]{1,200}$/.test(errorType) ? errorType : "Error",
  });
}

/* ---- loading the handler --------------------------------------------------------------------------------------- */

function splitHandler(handler) {
  if (handler.includes("..")) {
    throw new RuntimeProblem(
      "Runtime.MalformedHandlerName",
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  // The file's name begins behind the last slash and ends at the first dot; what follows names the export.
  const name = handler.lastIndexOf("/") + 1;
  const dot = handler.indexOf(".", name);
  if (dot < 0) throw new RuntimeProblem("Runtime.MalformedHandlerName", "Bad handler");
  return { folder: handler.slice(0, name), module: handler.slice(name, dot), exported: handler.slice(dot + 1) };
}

function isModulePackage(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    if (path.basename(at) === "node_modules") return false;
    try {
      return JSON.parse(fs.readFileSync(path.join(at, "package.json"), "utf8")).type === "module";
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR") {
        console.warn(`${at}/package.json cannot be read, it will be ignored for ES module detection purposes.`, error);
        return false;
      }
    }
    if (path.dirname(at) === at) return false;
  }
}

async function loadModule(root, { folder, module }) {
  const file = path.resolve(root, folder, module);
  const isFile = (name) => fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  const esm = async (name) => {
    await installSdkFallback.forImport(root);
    return await import(pathToFileURL(name).href);
  };
  if (isFile(file)) return require(file);
  const asModule = isModulePackage(path.dirname(file));
  if (isFile(`${file}.js`)) return asModule ? await esm(`${file}.js`) : require(`${file}.js`);
  if (isFile(`${file}.mjs`)) return await esm(`${file}.mjs`);
  if (isFile(`${file}.cjs`)) return require(`${file}.cjs`);
  if (process.features.typescript) {
    if (isFile(`${file}.ts`)) return asModule ? await esm(`${file}.ts`) : require(`${file}.ts`);
    if (isFile(`${file}.mts`)) return await esm(`${file}.mts`);
    if (isFile(`${file}.cts`)) return require(`${file}.cts`);
  }
  return require(require.resolve(module, { paths: [root, path.join(root, folder)] }));
}

async function loadHandler(root, name) {
  const parts = splitHandler(name);
  let module;
  try {
    module = await loadModule(root, parts);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeProblem("Runtime.UserCodeSyntaxError", String(error), error);
    if (error?.code === "MODULE_NOT_FOUND") throw new RuntimeProblem("Runtime.ImportModuleError", String(error), error);
    throw error;
  }
  const handler = parts.exported.split(".").reduce((value, key) => value?.[key], module);
  if (!handler) throw new RuntimeProblem("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeProblem("Runtime.HandlerNotFound", `${name} is not a function`);
  if (majorVersion >= 24 && handler.length >= 3 && handler[STREAMING] === undefined) {
    throw new RuntimeProblem(
      "Runtime.CallbackHandlerDeprecated",
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. " +
        "You need to modify this function to use a supported handler signature to use Node.js 24 or later.",
    );
  }
  return handler;
}

/* ---- one invocation --------------------------------------------------------------------------------------------- */

const parseHeader = (value, name) => {
  if (!value) return undefined;
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new RuntimeProblem("Runtime.LambdaContextUnmarshalError", `Cannot parse ${name} as json: ${error}`);
  }
};

function createContext(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parseHeader(headers["lambda-runtime-client-context"], "ClientContext"),
    identity: parseHeader(headers["lambda-runtime-cognito-identity"], "CognitoIdentity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadline - machineNow(),
  };
}

/** Settles with `{ value }` or `{ error }`: by a promise, a plain return, the callback, `context.done`, or a dry event loop. */
function runBuffered(handler, event, context) {
  return new Promise((resolve) => {
    let waitForEmptyLoop = true;
    const succeed = (value) => resolve({ value });
    const fail = (error) => resolve({ error });
    const callback = (error, value) => {
      const settle = () => (error === undefined || error === null ? succeed(value) : fail(error));
      if (waitForEmptyLoop) onDry = settle;
      else setImmediate(settle);
    };
    if (majorVersion < 24) {
      const done = (error, value) => {
        waitForEmptyLoop = false;
        callback(error, value);
      };
      Object.assign(context, {
        done,
        succeed: (value) => done(null, value),
        fail: (error) => done(error ?? "handled"),
      });
      Object.defineProperty(context, "callbackWaitsForEmptyEventLoop", {
        get: () => waitForEmptyLoop,
        set: (value) => (waitForEmptyLoop = value),
        enumerable: true,
      });
    }
    try {
      const returned = handler(event, context, callback);
      if (typeof returned?.then === "function") {
        onDry = undefined; // A promise that nothing can settle any more: the process ends, as on AWS.
        Promise.resolve(returned).then(succeed, fail);
      } else if (handler.constructor?.name === "AsyncFunction" || (majorVersion >= 24 && returned !== undefined)) {
        succeed(returned);
      } else {
        onDry ??= () => succeed(majorVersion >= 24 ? returned : null);
      }
    } catch (error) {
      fail(error);
    }
  });
}

async function answerBuffered(handler, event, context, id) {
  const outcome = await runBuffered(handler, event, context);
  onDry = undefined;
  if (!("error" in outcome)) {
    try {
      const body = JSON.stringify(outcome.value === undefined ? null : outcome.value) ?? "null";
      await post(`invocation/${id}/response`, body);
      return;
    } catch (error) {
      if (error.syscall !== undefined) throw error;
      outcome.error = new Error("Unable to stringify response body");
    }
  }
  logger.problem("Invoke Error", outcome.error);
  await postError(`invocation/${id}/error`, outcome.error);
}

async function answerStreaming(handler, event, context, id) {
  const { stream, done, fail } = createReplyStream({ host, port, agent, path: `${BASE}invocation/${id}/response` });
  try {
    const result = handler(event, stream, context);
    if (typeof result?.then !== "function") throw new Error("Streaming does not support non-async handlers.");
    if ((await result) !== undefined) console.warn("Streaming handlers ignore return values.");
    onDry = () => void fail(new Error("Response stream is not finished.")).catch(() => process.exit(1));
    await done;
  } catch (error) {
    logger.problem("Invoke Error", error);
    await fail(error);
  }
  onDry = undefined;
}

async function serve(handler) {
  for (;;) {
    const { status, headers, body } = await request("GET", "invocation/next");
    if (status !== 200) throw new Error(`the Runtime API answered next with ${status}: ${body}`);
    keepTime(headers["seatrial-clock-ahead-ms"]);
    const id = headers["lambda-runtime-aws-request-id"];
    const trace = headers["lambda-runtime-trace-id"];
    if (trace === undefined) delete env._X_AMZN_TRACE_ID;
    else env._X_AMZN_TRACE_ID = trace;
    logger.requestId = id;
    current = { id };
    try {
      const context = createContext(headers);
      const event = JSON.parse(body);
      if (handler[STREAMING] === undefined) await answerBuffered(handler, event, context, id);
      else await answerStreaming(handler, event, context, id);
    } catch (error) {
      if (error.syscall !== undefined) throw error;
      logger.problem("Invoke Error", error);
      await postError(`invocation/${id}/error`, error);
    }
    current = undefined;
  }
}

/* ---- what goes wrong outside of the handler ----------------------------------------------------------------------- */

async function die(code, label, error) {
  const open = current;
  onDry = undefined;
  logger.problem(label, error);
  try {
    await postError(open === undefined ? "init/error" : `invocation/${open.id}/error`, error);
  } catch {
    // The Runtime API is gone: so is the one who would have listened.
  }
  process.exit(code);
}

process.on("uncaughtException", (error) => void die(129, "Uncaught Exception", error));
process.on("unhandledRejection", (reason, promise) => {
  const error = new RuntimeProblem("Runtime.UnhandledPromiseRejection", String(reason), reason);
  error.reason = reason;
  error.promise = promise;
  void die(128, "Unhandled Promise Rejection", error);
});
process.on("beforeExit", () => {
  const dry = onDry;
  onDry = undefined;
  dry?.();
});

// Where the system cannot tie our life to Seatrial's, the parent's id says that it is gone.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 1000).unref();

// What is printed must be out before the reply is, and before `process.exit`: Node would put it off when the pipe is full.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

globalThis.awslambda = {
  streamifyResponse(handler, options) {
    handler[STREAMING] = "response";
    if (typeof options?.highWaterMark === "number")
      handler[Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark")] = options.highWaterMark;
    return handler;
  },
  HttpResponseStream,
};
installSdkFallback.forRequire();

let handler;
try {
  handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
} catch (error) {
  await die(1, "Uncaught Exception", error);
}
serve(handler).catch((error) => {
  if (error.syscall === undefined) console.error(error);
  process.exit(1);
});
