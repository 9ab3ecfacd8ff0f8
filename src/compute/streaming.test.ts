/** Replies that are handed on as they are written, and executables that speak the Runtime API themselves. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReplyStream } from "./contract.ts";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await openTrial();
});
afterAll(async () => {
  await trial.close();
});

interface Recorded extends ReplyStream {
  readonly chunks: string[];
  contentType: string;
}

function recorder(onChunk: () => void = () => {}): Recorded {
  const recorded: Recorded = {
    chunks: [],
    contentType: "",
    start: (contentType) => void (recorded.contentType = contentType),
    write(chunk) {
      recorded.chunks.push(Buffer.from(chunk).toString());
      onChunk();
    },
  };
  return recorded;
}

const defineStreaming = async (body: string) =>
  await trial.define({
    "index.js": `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`,
  });

test("a streaming handler's pieces arrive as they are written", async () => {
  const spec = await defineStreaming(
    `stream.setContentType("text/plain"); stream.write("one"); await new Promise((r) => setTimeout(r, 100)); stream.write({ two: 2 }); stream.end("three");`,
  );
  const reply = recorder();
  const result = await trial.stream(spec, reply);
  expect(result.payload).toHaveLength(0);
  expect(result.functionError).toBeUndefined();
  expect(reply.contentType).toBe("text/plain");
  expect(reply.chunks[0]).toBe("one");
  expect(reply.chunks.join("")).toBe('one{"two":2}three');
});

test("HttpResponseStream puts the metadata and eight NULs before the body", async () => {
  const spec = await defineStreaming(
    `const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201 }); out.write("body"); out.end();`,
  );
  const reply = recorder();
  await trial.stream(spec, reply);
  expect(reply.contentType).toBe("application/vnd.awslambda.http-integration-response");
  expect(reply.chunks.join("")).toBe(`{"statusCode":201}${"\0".repeat(8)}body`);
});

test("an error half way is in the result, and the environment lives on", async () => {
  const spec = await defineStreaming(
    `if (event.well) return stream.end("well") && undefined; stream.write("half"); throw new TypeError("broke");`,
  );
  const reply = recorder();
  const result = await trial.stream(spec, reply);
  expect(reply.chunks.join("")).toBe("half");
  expect(result).toMatchObject({ functionError: "Unhandled", errorType: "TypeError" });
  expect(JSON.parse(Buffer.from(result.payload).toString())).toMatchObject({ errorMessage: "broke" });
  const again = recorder();
  expect((await trial.stream(spec, again, { well: true })).coldStart).toBe(false);
  expect(again.chunks.join("")).toBe("well");
});

test("a caller that does not stream gets a streaming function's reply whole", async () => {
  const spec = await defineStreaming(`stream.write('{"a":'); stream.end("1}");`);
  expect((await trial.invoke(spec)).json).toEqual({ a: 1 });
});

test("a function that does not stream gives its reply in one piece", async () => {
  const spec = await trial.define({ "index.js": "exports.handler = async () => ({ whole: true });" });
  const reply = recorder();
  const result = await trial.stream(spec, reply);
  expect(reply).toMatchObject({ contentType: "application/json", chunks: ['{"whole":true}'] });
  expect(result.payload).toHaveLength(0);
});

test("a caller that hangs up costs the environment nothing", async () => {
  const spec = await defineStreaming(`for (let i = 0; i < 50; i++) stream.write("x".repeat(10000)); stream.end();`);
  const reply = recorder(() => {
    throw new Error("hung up");
  });
  expect((await trial.stream(spec, reply)).functionError).toBeUndefined();
  expect((await trial.stream(spec, recorder())).coldStart).toBe(false);
});

const BOOTSTRAP = `#!${process.execPath}
const http = require("http"), api = process.env.AWS_LAMBDA_RUNTIME_API, base = "http://" + api + "/2018-06-01/runtime/";
const call = (method, path, body, headers) => new Promise((resolve, reject) => {
  const request = http.request(base + path, { method, headers }, (response) => { let text = ""; response.on("data", (d) => (text += d)); response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text })); });
  request.on("error", reject); request.end(body);
});
(async () => { for (;;) {
  const next = await call("GET", "invocation/next"); const id = next.headers["lambda-runtime-aws-request-id"];
  const event = JSON.parse(next.text);
  console.log("handling", process.env._HANDLER);
  const seen = [(await call("GET", "invocation/next")).status, (await call("POST", "invocation/wrong/response", "1")).status, (await call("GET", "nowhere")).status];
  if (event.fail) await call("POST", "invocation/" + id + "/error", JSON.stringify({ errorMessage: "m", errorType: "T" }), { "Lambda-Runtime-Function-Error-Type": "T" });
  else await call("POST", "invocation/" + id + "/response", JSON.stringify({ seen, env: process.env.AWS_EXECUTION_ENV ?? null }));
} })();`;

test("provided runs the executable bootstrap, and the Runtime API keeps its state", async () => {
  const spec = await trial.define({ bootstrap: BOOTSTRAP }, { runtime: "provided.al2023", handler: "any.thing" });
  const { json, tail } = await trial.invoke(spec);
  expect(json).toEqual({ seen: [403, 400, 404], env: null });
  expect(tail).toContain("handling any.thing\n");
  expect(await trial.invoke(spec, { fail: true })).toMatchObject({
    functionError: "Unhandled",
    errorType: "T",
    json: { errorMessage: "m" },
  });
});

test("a layer can bring the bootstrap, and extensions are said not to run", async () => {
  const layer = path.join(trial.directory, "layer");
  await mkdir(path.join(layer, "extensions"), { recursive: true });
  await writeFile(path.join(layer, "bootstrap"), BOOTSTRAP, { mode: 0o755 });
  await writeFile(path.join(layer, "extensions", "watcher"), "", { mode: 0o755 });
  const spec = await trial.define({ "x.txt": "" }, { runtime: "provided", layerDirectories: [layer] });
  const { json, tail } = await trial.invoke(spec);
  expect(json).toMatchObject({ env: null });
  expect(tail).not.toContain("Status:");
  expect(trial.messages.some((message) => message.includes("does not run external Lambda extensions: watcher"))).toBe(
    true,
  );
});

test("a missing bootstrap is told in AWS's words", async () => {
  const spec = await trial.define({ "x.txt": "" }, { runtime: "provided.al2" });
  expect(await trial.invoke(spec)).toMatchObject({
    errorType: "Runtime.InvalidEntrypoint",
    json: { errorMessage: expect.stringContaining("Couldn't find valid bootstrap(s)") },
  });
});

test("runtimes that are not there are named with what is accepted", async () => {
  for (const runtime of ["java21", "ruby3.4", "dotnet8", "cobol"]) {
    const checked = await trial.compute.checkRuntime(runtime);
    expect(checked).toMatchObject({
      ok: false,
      problem: expect.stringMatching(new RegExp(`^The runtime ${runtime} is not .* Accepted are nodejs`)),
    });
  }
  expect(await trial.compute.checkRuntime("nodejs99.x")).toMatchObject({
    ok: true,
    warning: expect.stringContaining(process.version),
  });
  await expect(trial.invoke(await trial.define({ x: "" }, { runtime: "java21" }))).rejects.toThrow("java21");
});
