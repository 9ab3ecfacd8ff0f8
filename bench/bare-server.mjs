/** The floor: a bare `node:http` server that returns canned correct replies, and hands invocations to a child that long-polls. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:user/bench</Arn><UserId>AIDAAAAAAAAAAAAAAAAA</UserId><Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
const objects = new Map();

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (request.url.endsWith("/invocations")) {
    const payload = await invoke(body);
    response.writeHead(200, { "content-type": "application/json", "content-length": payload.length }).end(payload);
  } else if (request.method === "PUT") {
    objects.set(request.url, body);
    response.writeHead(200, { etag: '"d41d8cd98f00b204e9800998ecf8427e"', "content-length": 0 }).end();
  } else if (request.method === "GET") {
    const object = objects.get(request.url) ?? Buffer.alloc(0);
    response.writeHead(200, { "content-type": "binary/octet-stream", "content-length": object.length }).end(object);
  } else {
    response.writeHead(200, { "content-type": "text/xml", "content-length": IDENTITY.length }).end(IDENTITY);
  }
});

// The child's side: /next hangs until there is an event, /response/ID answers it.
let nextId = 0;
let hanging;
const events = [];
const answers = new Map();
const runtimeApi = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.url === "/next") {
    hanging = response;
    feed();
    return;
  }
  const id = request.url.slice("/response/".length);
  answers.get(id)?.(Buffer.concat(chunks));
  answers.delete(id);
  response.writeHead(202, { "content-length": 0 }).end();
});
function feed() {
  if (hanging === undefined || events.length === 0) return;
  const { id, body } = events.shift();
  hanging.writeHead(200, { "request-id": id, "content-length": body.length }).end(body);
  hanging = undefined;
}
let child;
function invoke(body) {
  child ??= spawn(process.execPath, [
    fileURLToPath(new URL("bare-function.mjs", import.meta.url)),
    runtimeApi.address().port,
  ]);
  return new Promise((resolve) => {
    const id = String(++nextId);
    answers.set(id, resolve);
    events.push({ id, body });
    feed();
  });
}
process.on("SIGTERM", () => {
  child?.kill();
  process.exit(0);
});
runtimeApi.listen(0, "127.0.0.1");
server.listen(Number(process.argv[2]), "127.0.0.1");
