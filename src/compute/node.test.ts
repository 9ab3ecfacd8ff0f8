/** Functions in Node: handlers of every form, the context, the console, the SDK, and AWS's words for what goes wrong. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await openTrial();
});
afterAll(async () => {
  await trial.close();
});

test("an async handler gets the event and answers with what it returns, and the second call is warm", async () => {
  const spec = await trial.define({ "index.js": "let n = 0; exports.handler = async (event) => ({ event, n: ++n });" });
  const cold = await trial.invoke(spec, { a: "ü" });
  expect(cold).toMatchObject({ json: { event: { a: "ü" }, n: 1 }, coldStart: true, timedOut: false });
  expect(cold.initMs).toBeGreaterThan(0);
  expect(cold.logStream).toMatch(/^2026\/11\/21\/\[\$LATEST\][0-9a-f]{32}$/);
  const warm = await trial.invoke(spec);
  expect(warm).toMatchObject({ json: { n: 2 }, coldStart: false, logStream: cold.logStream });
  expect(warm.initMs).toBeUndefined();
  expect(warm.maxMemoryMegabytes).toBeGreaterThan(10);
});

test("a callback is answered when the event loop is empty, or at once where the context says so", async () => {
  const files = {
    "index.js": `
      exports.waits = (event, context, callback) => { let late = "no"; setTimeout(() => (late = "yes"), 30); callback(null, { get late() { return late; } }); };
      exports.hurries = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 60000); callback(null, "now"); };
      exports.fails = (event, context, callback) => callback("in words");
      exports.done = (event, context) => context.succeed("done");
      exports.nothing = () => {};`,
  };
  const call = async (handler: string) =>
    await trial.invoke(await trial.define(files, { handler: `index.${handler}` }));
  expect((await call("waits")).json).toEqual({ late: "yes" });
  expect((await call("hurries")).json).toBe("now");
  expect(await call("fails")).toMatchObject({
    functionError: "Unhandled",
    json: { errorType: "string", errorMessage: "in words", trace: [] },
  });
  expect((await call("done")).json).toBe("done");
  expect((await call("nothing")).json).toBe(null);
});

test("ES modules, folders and nested exports are handlers too", async () => {
  const spec = await trial.define(
    {
      "src/app.mjs": "const ready = await Promise.resolve(7); export const a = { b: { handler: async () => ready } };",
    },
    { handler: "src/app.a.b.handler" },
  );
  expect((await trial.invoke(spec)).json).toBe(7);
});

test("the context and the environment are AWS's", async () => {
  const spec = await trial.define(
    {
      "index.js":
        "exports.handler = async (event, c) => ({ ...c, left: c.getRemainingTimeInMillis(), env: process.env });",
    },
    { environment: { MINE: "yes" } },
  );
  const { json, requestId, logStream } = await trial.invoke(
    spec,
    {},
    { clientContext: '{"custom":{"k":"ü"}}', traceHeader: "Root=1-2-3;Sampled=1" },
  );
  expect(json).toMatchObject({
    functionName: "trial",
    functionVersion: "$LATEST",
    memoryLimitInMB: "256",
    logGroupName: "/aws/lambda/trial",
    logStreamName: logStream,
    awsRequestId: requestId,
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:trial:live",
    clientContext: { custom: { k: "ü" } },
    callbackWaitsForEmptyEventLoop: true,
    left: expect.toSatisfy((left: number) => left > 5000 && left <= 10_000),
    env: {
      MINE: "yes",
      _HANDLER: "index.handler",
      _X_AMZN_TRACE_ID: "Root=1-2-3;Sampled=1",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x",
      AWS_LAMBDA_FUNCTION_NAME: "trial",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/trial",
      AWS_ACCESS_KEY_ID: "ASIATRIAL",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
    },
  });
  expect(json).not.toHaveProperty("env.HOME");
  expect(json).not.toHaveProperty("env.VITEST");
});

test("console writes AWS's lines, one event each, between START and REPORT", async () => {
  const spec = await trial.define({
    "index.js": `exports.handler = async () => { console.log("two\\nlines %d", 5); console.error(new Error("seen").message); process.stdout.write("bare"); };`,
  });
  const from = trial.messages.length;
  const { requestId } = await trial.invoke(spec);
  const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
  expect(trial.messages.slice(from)).toEqual([
    expect.stringMatching(/^INIT_START Runtime Version: nodejs:20 /),
    `START RequestId: ${requestId} Version: $LATEST\n`,
    expect.stringMatching(new RegExp(`^${time}\t${requestId}\tINFO\ttwo\nlines 5\n$`)),
    expect.stringMatching(new RegExp(`^${time}\t${requestId}\tERROR\tseen\n$`)),
    `END RequestId: ${requestId}\n`,
    expect.stringMatching(
      new RegExp(
        `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\t\n$`,
      ),
    ),
  ]);
});

test("with the JSON format the platform's and the function's lines are JSON, filtered by their level", async () => {
  const spec = await trial.define(
    {
      "index.js": `exports.handler = async () => { console.info("left out"); console.warn("kept", new TypeError("why")); };`,
    },
    { logFormat: "JSON", applicationLogLevel: "WARN" },
  );
  const from = trial.messages.length;
  const { requestId } = await trial.invoke(spec);
  const lines = trial.messages.slice(from).map((message): unknown => JSON.parse(message));
  expect(lines).toMatchObject([
    { type: "platform.initStart", record: { phase: "init" } },
    { type: "platform.start", record: { requestId, version: "$LATEST" } },
    { level: "WARN", requestId, errorType: "TypeError", errorMessage: "why" },
    { type: "platform.report", record: { requestId, status: "success", metrics: { memorySizeMB: 256 } } },
  ]);
});

test("the SDK that AWS's runtime brings along is there for require and import, and the function's own copy wins", async () => {
  const own = {
    "node_modules/@aws-sdk/client-sts/package.json": `{"name":"@aws-sdk/client-sts","main":"i.js"}`,
    "node_modules/@aws-sdk/client-sts/i.js": "module.exports.mine = true;",
  };
  const required = await trial.define({
    "index.js": `exports.handler = async () => [typeof require("@aws-sdk/client-sts").STSClient, typeof require("@aws-sdk/client-ssm").SSMClient];`,
  });
  const imported = await trial.define({
    "index.mjs": `import { STSClient } from "@aws-sdk/client-sts"; export const handler = async () => [typeof STSClient];`,
  });
  const bundled = await trial.define({
    ...own,
    "index.js": `exports.handler = async () => require("@aws-sdk/client-sts").mine;`,
  });
  const other = await trial.define({ "index.js": `require("commander");` });
  expect((await trial.invoke(required)).json).toEqual(["function", "function"]);
  expect((await trial.invoke(imported)).json).toEqual(["function"]);
  expect((await trial.invoke(bundled)).json).toBe(true);
  // Nothing else of Seatrial's is to be had.
  expect((await trial.invoke(other)).json).toMatchObject({ errorType: "Runtime.ImportModuleError" });
});

test("what the handler throws is AWS's error document, and the environment lives on", async () => {
  const spec = await trial.define({
    "index.js": `exports.handler = async ({ fail }) => { if (fail) throw Object.assign(new RangeError("too far"), { code: "E" }); return process.pid; };`,
  });
  const first = await trial.invoke(spec);
  const failed = await trial.invoke(spec, { fail: true });
  expect(failed).toMatchObject({
    functionError: "Unhandled",
    errorType: "RangeError",
    json: { errorType: "RangeError", errorMessage: "too far" },
  });
  expect(failed.json).toHaveProperty("trace.0", "RangeError: too far");
  expect(failed.tail).toContain(
    '\tERROR\tInvoke Error \t{"errorType":"RangeError","errorMessage":"too far","code":"E","stack":',
  );
  expect((await trial.invoke(spec)).json).toBe(first.json);
});

test.each([
  ["a missing file", {}, "gone.handler", "Runtime.ImportModuleError", /^Error: Cannot find module 'gone'/],
  [
    "a missing export",
    { "index.js": "" },
    "index.nothing",
    "Runtime.HandlerNotFound",
    /^index.nothing is undefined or not exported$/,
  ],
  [
    "an export that is no function",
    { "index.js": "exports.x = 1" },
    "index.x",
    "Runtime.HandlerNotFound",
    /^index.x is not a function$/,
  ],
  [
    "a syntax error",
    { "index.js": "exports.handler = async () => {" },
    "index.handler",
    "Runtime.UserCodeSyntaxError",
    /^SyntaxError: /,
  ],
  ["a bad handler name", { "index.js": "" }, "index", "Runtime.MalformedHandlerName", /^Bad handler$/],
  ["an error at the top level", { "index.js": "throw new Error('early')" }, "index.handler", "Error", /^early$/],
])("%s is told in AWS's words", async (_what, files, handler, errorType, message) => {
  const spec = await trial.define({ "other.txt": "", ...files }, { handler });
  const result = await trial.invoke(spec);
  expect(result).toMatchObject({
    functionError: "Unhandled",
    errorType,
    json: { errorType, errorMessage: expect.stringMatching(message) },
  });
  expect(result.tail).toContain("Phase: invoke\tStatus: error\tError Type: ");
});

test("an unhandled rejection ends the invocation with AWS's type, and the next has a new environment", async () => {
  const spec = await trial.define({
    "index.js": `exports.handler = async ({ fail }) => { if (fail) { Promise.reject(new Error("alone")); await new Promise((r) => setTimeout(r, 5000)); } return process.pid; };`,
  });
  const first = await trial.invoke(spec);
  expect((await trial.invoke(spec, { fail: true })).json).toMatchObject({
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: "Error: alone",
  });
  const next = await trial.invoke(spec);
  expect(next.coldStart).toBe(true);
  expect(next.json).not.toBe(first.json);
});

test("a reply that JSON cannot say is an error of the function", async () => {
  const spec = await trial.define({ "index.js": "exports.handler = async () => 1n;" });
  expect((await trial.invoke(spec)).json).toMatchObject({ errorMessage: "Unable to stringify response body" });
});

test("from nodejs24.x on a handler with a callback is refused, as on AWS", async () => {
  const spec = await trial.define({ "index.js": "exports.handler = (a, b, c) => c();" }, { runtime: "nodejs24.x" });
  expect((await trial.invoke(spec)).errorType).toBe("Runtime.CallbackHandlerDeprecated");
});
