/** Links to code, as GetFunction and GetLayerVersion give them: whoever has one may download the zip for ten minutes. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Door, ServiceContext } from "../../service.ts";
import { codes, secrets } from "./state.ts";

/** No bucket can have this name, so S3 loses nothing by it. */
const PATH = "/_lambda/code/";
const VALID_MS = 10 * 60_000;

/** Inside a transaction, since the first link makes the secret. */
export function linkTo(context: ServiceContext, hash: string): string {
  const expires = context.now + VALID_MS;
  const table = context.table(secrets);
  let secret = table.get("links");
  if (secret === undefined) {
    secret = context.random.hex(64);
    table.put(["links"], secret);
  }
  return `${context.endpointUrl}${PATH}${hash}.zip?expires=${expires}&signature=${sign(secret, hash, expires)}`;
}

function sign(secret: string, hash: string, expires: number): string {
  return createHmac("sha256", secret).update(`${hash}/${expires}`).digest("hex");
}

/** Where the links lead. */
export const codeDoor: Door = {
  claims: (request) => request.path.startsWith(PATH) && request.method === "GET",
  handle(context, request) {
    const hash = request.path.slice(PATH.length).replace(/\.zip$/, "");
    const query = new URLSearchParams(request.query);
    const expires = Number(query.get("expires"));
    const given = Buffer.from(query.get("signature") ?? "");
    const wanted = Buffer.from(sign(context.table(secrets).get("links") ?? "", hash, expires));
    const genuine = given.length === wanted.length && timingSafeEqual(given, wanted) && expires > context.now;
    const row = genuine ? context.table(codes).get(hash) : undefined;
    if (row === undefined) {
      const body = "This link to a function's code is not valid any more. Ask GetFunction for a new one.\n";
      return Promise.resolve({ status: 403, headers: { "content-type": "text/plain" }, body });
    }
    const headers = { "content-type": "application/zip", "content-length": String(row.size) };
    return Promise.resolve({ status: 200, headers, body: context.blobs.read(row.blob) });
  },
};
