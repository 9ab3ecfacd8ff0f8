/** A client that costs as little as it can: one keep-alive connection a worker, requests signed ahead of the measurement. */
import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";

/**
 * Sends `count` requests, `concurrency` at a time, made by `make(index)`, and does `between` after each; gives latencies in ms, sorted.
 */
export async function send(port, { count, concurrency = 4, make, between }) {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies = [];
  let next = 0;
  async function worker() {
    while (next < count) {
      const begun = performance.now();
      await one(port, agent, make(next++));
      latencies.push(performance.now() - begun);
      await between?.();
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return latencies.sort((a, b) => a - b);
}

function one(port, agent, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, agent, method, path, headers }, (reply) => {
      let failed = "";
      reply.on("data", (chunk) => {
        if (reply.statusCode >= 300) failed += chunk;
      });
      reply.on("end", () =>
        reply.statusCode < 300 ? resolve() : reject(new Error(`${method} ${path}: ${reply.statusCode} ${failed}`)),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const hmac = (key, data) => createHmac("sha256", key).update(data).digest();

/** Signature Version 4 for a request whose path and query need no encoding. */
export function sign({ method, path, headers = {}, body = "", service, host, keys, region = "us-east-1" }) {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = stamp.slice(0, 8);
  const [pathname, query = ""] = path.split("?");
  const hash = sha256(body);
  const all = {
    ...headers,
    host,
    "x-amz-date": stamp,
    "x-amz-content-sha256": hash,
    "content-length": String(Buffer.byteLength(body)),
  };
  const names = Object.keys(all).sort();
  const canonical = [
    method,
    pathname,
    query,
    ...names.map((name) => `${name}:${all[name]}`),
    "",
    names.join(";"),
    hash,
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce(hmac, `AWS4${keys.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n")).toString("hex");
  all.authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { method, path, headers: all, body };
}
