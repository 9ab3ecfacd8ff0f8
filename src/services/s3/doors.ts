/** Ways in that are no operations: a browser's preflight question, and the form upload that is not there yet. */
import type { Door, HttpReply, HttpRequest } from "../../service.ts";
import { corsHeaders } from "./cors.ts";
import { s3Error } from "./errors.ts";
import type { AwsError } from "../../kernel/errors.ts";

/** The bucket that a request is addressed to, in its host or first in its path; "" for none. */
function bucketOf(request: HttpRequest, host: string): string {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const label = /^(.+)\.s3[.-]/.exec(name)?.[1] ?? /^(.+)\.localhost$/.exec(name)?.[1];
  if (label !== undefined && label !== "s3") return label;
  const [, first = ""] = request.path.split("/");
  try {
    return decodeURIComponent(first);
  } catch {
    return "";
  }
}

/** Hosts and paths under which other services answer browsers themselves. */
function isElsewhere(request: HttpRequest, host: string): boolean {
  return /(^|\.)(execute-api|lambda-url)\./.test(host) || /^\/(_seatrial|restapis)(\/|$)/.test(request.path);
}

/** `OPTIONS` with Access-Control-Request-Method (AWS page "OPTIONS object"). */
export const preflight: Door = {
  claims: (request, host) =>
    request.method === "OPTIONS" &&
    request.headers["access-control-request-method"] !== undefined &&
    !isElsewhere(request, host),

  handle: async (context, request) => {
    const { headers } = request;
    const origin = headers["origin"];
    const method = headers["access-control-request-method"];
    if (origin === undefined || method === undefined) {
      return errorReply(
        context.requestId,
        s3Error("InvalidRequest", { message: "Insufficient information. Origin request header needed." }),
      );
    }
    const requestHeaders = (headers["access-control-request-headers"] ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    const allowed = corsHeaders(context, bucketOf(request, headers["host"] ?? ""), { origin, method, requestHeaders });
    if (allowed !== undefined) return { status: 200, headers: { ...allowed, "content-length": "0" }, body: undefined };
    return errorReply(
      context.requestId,
      s3Error("AccessDenied", {
        message:
          "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        members: { Method: method, ResourceType: "OBJECT" },
      }),
    );
  },
};

/** A browser's form upload (AWS page "POST Object"): named, not taken. */
export const formUpload: Door = {
  claims: (request, host) =>
    request.method === "POST" &&
    request.headers["content-type"]?.startsWith("multipart/form-data") === true &&
    request.headers["authorization"] === undefined &&
    request.headers["x-amz-target"] === undefined &&
    !isElsewhere(request, host) &&
    /^\/?[^/]*\/?$/.test(request.path) &&
    bucketOf(request, host) !== "",

  handle: async (context) =>
    errorReply(
      context.requestId,
      s3Error("NotImplemented", { message: "Seatrial's S3 does not have POST Object (form uploads) yet." }),
    ),
};

function errorReply(requestId: string, error: AwsError): HttpReply {
  const members = Object.entries(error.details.members ?? {}).map(
    ([name, value]) => `<${name}>${escape(String(value))}</${name}>`,
  );
  return {
    status: error.details.status ?? 400,
    headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escape(error.message)}</Message>${members.join("")}<RequestId>${requestId}</RequestId></Error>`,
  };
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
