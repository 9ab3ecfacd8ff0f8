/** Response streaming for Node functions (AWS's page "Response streaming for Lambda functions"). */
import http from "node:http";
import { formatError } from "./node-console.mjs";

export const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const PRELUDE = Symbol("prelude");

/**
 * Opens the reply of one invocation: `stream` is what the handler writes to, `done` settles when the Runtime API took all of
 * it, `fail` ends it with the error in the trailers.
 */
export function createReplyStream({ host, port, agent, path }) {
  const stream = http.request({
    host,
    port,
    agent,
    path,
    method: "POST",
    headers: {
      "Lambda-Runtime-Function-Response-Mode": "streaming",
      Trailer: ["Lambda-Runtime-Function-Error-Type", "Lambda-Runtime-Function-Error-Body"],
      "Content-Type": "application/octet-stream",
      "Transfer-Encoding": "chunked",
    },
  });
  const done = new Promise((resolve, reject) => {
    stream.on("response", (response) => {
      response.resume();
      response.on("end", resolve);
    });
    stream.on("error", reject);
  });
  done.catch(() => {});
  const { write, end } = stream;

  function prelude() {
    const metadata = stream[PRELUDE];
    stream[PRELUDE] = undefined;
    if (metadata === undefined) return;
    write.call(stream, JSON.stringify(metadata));
    write.call(stream, new Uint8Array(8));
  }
  const bytes = (chunk) => (typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk));

  stream.setContentType = (contentType) => {
    if (stream.headersSent) throw new Error("Cannot set content-type, too late.");
    stream.setHeader("Content-Type", contentType);
  };
  stream.write = (chunk, ...rest) => {
    prelude();
    return write.call(stream, bytes(chunk), ...rest);
  };
  stream.end = (...given) => {
    prelude();
    if (given.length > 0 && typeof given[0] !== "function" && given[0] !== undefined && given[0] !== null)
      given[0] = bytes(given[0]);
    return end.apply(stream, given);
  };

  async function fail(error) {
    const { errorType, errorMessage, trace } = formatError(error);
    if (stream.writableEnded) return await done.catch(() => {});
    stream.addTrailers({
      "Lambda-Runtime-Function-Error-Type": /^[\x20-\x7e]{1,200}$/.test(errorType) ? errorType : "Error",
      "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify({ errorType, errorMessage, trace })).toString(
        "base64",
      ),
    });
    end.call(stream);
    await done;
  }
  return { stream, done, fail };
}

/** AWS's helper for function URLs: metadata (status, headers, cookies), eight NULs, then the body. */
export const HttpResponseStream = {
  from(stream, metadata) {
    stream.setContentType("application/vnd.awslambda.http-integration-response");
    stream[PRELUDE] = metadata;
    return stream;
  },
};
