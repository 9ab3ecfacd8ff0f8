/** Functions in Python: events, context, logging, boto3, layers, and AWS's words for what goes wrong. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTrial } from "./function-fixture.ts";
import type { Trial } from "./function-fixture.ts";

let trial: Trial;
let there: boolean;
beforeAll(async () => {
  trial = await openTrial();
  there = (await trial.compute.checkRuntime("python3.12")).ok;
});
afterAll(async () => {
  await trial.close();
});

const define = async (text: string, handler = "index.handler") =>
  await trial.define({ "index.py": text }, { runtime: "python3.12", handler });

test("a handler gets the event and AWS's context, and print and logging are lines of the log", async ({ skip }) => {
  if (!there) skip("no Python 3 on PATH");
  const spec = await define(`
import logging, os
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("printed")
    logging.info("logged\\ntwice")
    return {"event": event, "name": context.function_name, "arn": context.invoked_function_arn, "id": context.aws_request_id,
            "left": context.get_remaining_time_in_millis() > 0, "custom": context.client_context.custom, "env": os.environ["AWS_EXECUTION_ENV"]}
`);
  const from = trial.messages.length;
  const { json, requestId } = await trial.invoke(spec, { a: "ü" }, { clientContext: '{"custom":{"k":1}}' });
  expect(json).toEqual({
    event: { a: "ü" },
    name: "trial",
    arn: "arn:aws:lambda:eu-west-1:000000000000:function:trial:live",
    id: requestId,
    left: true,
    custom: { k: 1 },
    env: "AWS_Lambda_python3.12",
  });
  expect(trial.messages.slice(from)).toContain("printed\n");
  expect(trial.messages.slice(from)).toContainEqual(
    expect.stringMatching(new RegExp(`^\\[INFO\\]\t[\\d-]+T[\\d:.]+Z\t${requestId}\tlogged\ntwice\n$`)),
  );
});

test("an exception is AWS's error document with the function's own frames, and the environment lives on", async ({
  skip,
}) => {
  if (!there) skip("no Python 3 on PATH");
  const spec = await define(`
import os
def handler(event, context):
    if event.get("fail"):
        raise ValueError("nope")
    return os.getpid()
`);
  const { json: pid } = await trial.invoke(spec);
  const failed = await trial.invoke(spec, { fail: true });
  expect(failed).toMatchObject({
    functionError: "Unhandled",
    errorType: "ValueError",
    json: {
      errorMessage: "nope",
      errorType: "ValueError",
      requestId: failed.requestId,
      stackTrace: [expect.stringContaining("index.py")],
    },
  });
  expect(failed.tail).toContain("[ERROR] ValueError: nope\nTraceback (most recent call last):\n\u00a0\u00a0File");
  expect((await trial.invoke(spec)).json).toBe(pid);
});

test.each([
  [
    "a missing dependency",
    "import nowhere",
    "index.handler",
    "Runtime.ImportModuleError",
    "Unable to import module 'index': No module named 'nowhere'",
  ],
  ["a missing handler", "", "index.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"],
  [
    "a syntax error",
    "def handler(:",
    "index.handler",
    "Runtime.UserCodeSyntaxError",
    "Syntax error in module 'index': ",
  ],
  [
    "a reply that is no JSON",
    "def handler(e, c):\n  return {1, 2}",
    "index.handler",
    "Runtime.MarshalError",
    "Unable to marshal response: Object of type set is not JSON serializable",
  ],
])("%s is told in AWS's words", async (_what, text, handler, errorType, message) => {
  if (!there) return;
  const result = await trial.invoke(await define(text, handler));
  expect(result).toMatchObject({
    functionError: "Unhandled",
    errorType,
    json: { errorType, errorMessage: expect.stringContaining(message) },
  });
});

test("layers are on the path, the function's own modules before them", async ({ skip }) => {
  if (!there) skip("no Python 3 on PATH");
  const layers = [path.join(trial.directory, "layer-a"), path.join(trial.directory, "layer-b")];
  for (const [at, layer] of layers.entries()) {
    await mkdir(path.join(layer, "python"), { recursive: true });
    await writeFile(path.join(layer, "python", `only${at}.py`), `value = ${at}`);
    await writeFile(path.join(layer, "python", "both.py"), `value = ${at}`);
  }
  const spec = await define(
    "import only0, only1, both\ndef handler(e, c):\n  return [only0.value, only1.value, both.value]",
  );
  expect((await trial.invoke({ ...spec, layerDirectories: layers })).json).toEqual([0, 1, 1]);
});
