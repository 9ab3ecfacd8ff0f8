/** The floor of a warm invocation: a child process that long-polls over HTTP and echoes. */
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const options = { host: "127.0.0.1", port: Number(process.argv[2]), agent };
const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const sent = request(
      { ...options, method, path, headers: body ? { "content-length": body.length } : {} },
      async (reply) => {
        const chunks = [];
        for await (const chunk of reply) chunks.push(chunk);
        resolve({ headers: reply.headers, body: Buffer.concat(chunks) });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });

for (;;) {
  const { headers, body } = await call("GET", "/next");
  await call("POST", `/response/${headers["request-id"]}`, Buffer.from(JSON.stringify(JSON.parse(body))));
}
